"""Taking whole rows as they stand at the hub: for a new node's first rows, for healing, for what newly concerns it.

A row image is a transaction of one insert with the stamps of its fields, so it is merged, kept and tried again by the
rules of `apply`; rows that are new here go in together by table, which is what a snapshot consists of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec

from sync.node.apply import (
    CannotApply,
    Errors,
    apply_or_keep,
    insert_statement,
    new_row,
    organisation,
    retry_kept,
    told_apart,
)
from sync.schema import Schema, TableSpec
from sync.wire import Entry, EntryChange, RowImage


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking did: rows that were new, rows that were here already, how many of both were kept for later, the
    tables concerned, and the latest stamp."""

    new: int
    met: int
    kept: int
    tables: frozenset[str]
    hlc: int


def take_rows(connection: Any, schema: Schema, scope: str, images: Iterable[RowImage], errors: Errors) -> Taken:
    """Takes rows of a scope, parents first; runs inside one transaction with capture off.

    Of each field the later version stays. A fact that is here already stays, under the hub's stamp. A row whose parent
    is missing, or whose table is of another release, is kept and tried again. `errors` as in `apply_page`.
    """
    last = len(schema.order)
    ordered = sorted(images, key=lambda image: (schema.order.get(image.t, last), image.t))
    new = met = kept = 0
    for name, found in groupby(ordered, key=lambda image: image.t):
        group, table = list(found), schema.tables.get(name)
        here = _here(connection, table, group) if table else set()
        fresh, known = [i for i in group if i.k not in here], [i for i in group if i.k in here]
        if table is None or not _insert_together(connection, table, fresh, errors):
            went_in = [apply_or_keep(connection, schema, _entry(image), scope, errors) for image in fresh]
            kept += went_in.count(False)
        for image in known:
            kept += not apply_or_keep(connection, schema, _entry(image), scope, errors)
        if table is not None and table.kind == "fact":
            _restamp(connection, table, known)
        new, met = new + len(fresh), met + len(known)
    if new:
        retry_kept(connection, schema, errors)
    tables = frozenset(image.t for image in ordered)
    return Taken(new, met, kept, tables, max((_latest(image) for image in ordered), default=0))


def _here(connection: Any, table: TableSpec, images: Sequence[RowImage]) -> set[str]:
    rows = connection.execute(
        f'SELECT id FROM "{table.name}" WHERE org_id = ? AND id IN (SELECT value FROM json_each(?))',
        (organisation(connection), msgspec.json.encode([image.k for image in images]).decode()),
    )
    return {row[0] for row in rows}


def _insert_together(connection: Any, table: TableSpec, images: Sequence[RowImage], errors: Errors) -> bool:
    """Puts rows in with one statement; False when one of them can't be, and then none is."""
    org, rows = organisation(connection), list[dict[str, Any]]()
    expected: Errors = (CannotApply, *errors)
    connection.execute("SAVEPOINT images")
    try:
        for image in images:
            entry = _entry(image)
            rows.append({"org_id": org, **new_row(entry, entry.changes[0], *told_apart(table, entry.changes[0]))})
        for names, alike in groupby(rows, key=tuple):
            connection.executemany(insert_statement(table, names), [tuple(row.values()) for row in alike])
    except expected:
        connection.execute("ROLLBACK TO images")
        connection.execute("RELEASE images")
        return False
    connection.execute("RELEASE images")
    return True


def _restamp(connection: Any, table: TableSpec, images: Sequence[RowImage]) -> None:
    """The hub's stamp of a fact is canonical: it may have lowered the one that its author gave."""
    connection.executemany(
        f'UPDATE "{table.name}" SET _hlc = ?, _node = ?'
        " WHERE org_id = (SELECT v FROM sync_meta WHERE k = 'org') AND id = ? AND (_hlc, _node) <> (?, ?)",
        [(image.h, image.n, image.k, image.h, image.n) for image in images],
    )


def _entry(image: RowImage) -> Entry:
    """The image as a transaction of one insert. It has no place in a feed."""
    # spliced, not taken apart: there are many. Ours come last, and the last of two fields with one name counts
    tombstone = b',"_deleted":true}' if image.d else b',"_deleted":false}'
    fields = bytes(image.f)[:-1] + tombstone
    if image.x:
        fields = msgspec.json.encode({**msgspec.json.decode(image.x), **msgspec.json.decode(fields)})
    return Entry(0, image.h, image.n, [EntryChange(image.t, "i", image.k, msgspec.Raw(fields), image.v)])


def _latest(image: RowImage) -> int:
    return max(image.h, *(stamp[0] for stamp in (image.v or {}).values()), 0)
