"""Taking whole rows as they stand at the hub: for a new node's first rows, for healing, for what newly concerns it.

A row image is a transaction of one insert with the stamps of its fields, so it is merged, kept and tried again by the
rules of `apply`; rows that are new here go in together by table, which is what a snapshot consists of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec

from sync.merge import RowVersions, Version, row_parts, with_part
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
from sync.node.outbox import get
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


class Outrun(Exception):
    """Something of ours reached the hub after these rows were read: they have to be read again."""


def take_rows(
    connection: Any,
    schema: Schema,
    scope: str,
    images: Iterable[RowImage],
    errors: Errors,
    *,
    behind: bool = False,
    acked: int | None = None,
) -> Taken:
    """Takes rows of a scope, parents first; runs inside one transaction with capture off.

    Of each field the later version stays. A fact that is here already stays, under the hub's stamp. A row whose parent
    is missing, or whose table is of another release, is kept and tried again. `errors` as in `apply_page`. What is
    taken `behind` goes in before all that its table has: who follows a table by its row numbers must not take history
    for news. `acked` is what the hub had of our outbox when the rows were read: where nothing of ours has come since,
    the hub's word on our own edits is canonical, also when it lowered their stamps. Raises Outrun.
    """
    last = len(schema.order)
    ordered = sorted(images, key=lambda image: (schema.order.get(image.t, last), image.t))
    new = met = kept = 0
    for name, found in groupby(ordered, key=lambda image: image.t):
        group, table = list(found), schema.tables.get(name)
        here = _here(connection, table, group) if table else set()
        fresh, known = [i for i in group if i.k not in here], [i for i in group if i.k in here]
        if table is None or not _insert_together(connection, table, fresh, errors, behind):
            went_in = [apply_or_keep(connection, schema, _entry(image), scope, errors) for image in fresh]
            kept += went_in.count(False)
        for image in known:
            kept += not apply_or_keep(connection, schema, _entry(image), scope, errors)
        if table is not None and table.kind == "fact":
            _restamp(connection, table, known)
        elif table is not None and acked is not None:
            _settle(connection, table, known, acked)
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


def _insert_together(
    connection: Any, table: TableSpec, images: Sequence[RowImage], errors: Errors, behind: bool
) -> bool:
    """Puts rows in with one statement; False when one of them can't be, and then none is."""
    org, rows = organisation(connection), list[dict[str, Any]]()
    first = _first_row_number(connection, table) if behind else 0
    expected: Errors = (CannotApply, *errors)
    connection.execute("SAVEPOINT images")
    try:
        for place, image in enumerate(images, 1):
            entry = _entry(image)
            row = new_row(entry, entry.changes[0], *told_apart(table, entry.changes[0]))
            rows.append({"org_id": org, **row, **({"rowid": first - place} if behind else {})})
        for names, alike in groupby(rows, key=tuple):
            connection.executemany(insert_statement(table, names), [tuple(row.values()) for row in alike])
    except expected:
        connection.execute("ROLLBACK TO images")
        connection.execute("RELEASE images")
        return False
    connection.execute("RELEASE images")
    return True


def _first_row_number(connection: Any, table: TableSpec) -> int:
    return int(connection.execute(f'SELECT coalesce(min(rowid), 0) FROM "{table.name}"').fetchone()[0])


def _restamp(connection: Any, table: TableSpec, images: Sequence[RowImage]) -> None:
    """The hub's stamp of a fact is canonical: it may have lowered the one that its author gave."""
    connection.executemany(
        f'UPDATE "{table.name}" SET _hlc = ?, _node = ?'
        " WHERE org_id = (SELECT v FROM sync_meta WHERE k = 'org') AND id = ? AND (_hlc, _node) <> (?, ?)",
        [(image.h, image.n, image.k, image.h, image.n) for image in images],
    )


def _settle(connection: Any, table: TableSpec, images: Sequence[RowImage], acked: int) -> None:
    """What the hub made of our own edits stands, where nothing waits that it had not heard. Raises Outrun."""
    unheard: dict[str, set[str]] = {}
    # of a transaction that is under way in parts, nothing is in the hub's rows
    waiting = (
        "SELECT pk, f, op FROM sync_outbox WHERE tbl = ? AND (seq > ? OR hlc ="
        " (SELECT hlc FROM sync_outbox WHERE seq > ? ORDER BY seq LIMIT 1))"
    )
    for row in connection.execute(waiting, (table.name, acked, acked)).fetchall():
        unheard.setdefault(row[0], set()).update(msgspec.json.decode(row[1]), {"_deleted"} if row[2] == "i" else ())
    me, org = int(get(connection, "node") or 0), organisation(connection)
    for image in images:
        row = connection.execute(f'SELECT * FROM "{table.name}" WHERE org_id = ? AND id = ?', (org, image.k)).fetchone()
        mine = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
        theirs = RowVersions(image.h, image.n, image.v or {})
        ours = _ours(table, row, mine, image, theirs, me, unheard.get(image.k, set()))
        base = (theirs.hlc, theirs.node)
        # it counts for fields that neither knows yet, too
        is_lowered = base[1] == me == mine.node and base[0] < mine.hlc and "_deleted" not in unheard.get(image.k, ())
        if not ours and not is_lowered:
            continue
        if int(get(connection, "acked") or 0) > acked:
            raise Outrun(f"{table.name} {image.k} was edited here while it was read there")
        values: dict[str, Any] = {}
        for name, version in ours.items():
            spec = table.holding(name)
            assert spec is not None, "a part is of a field"
            values[spec.name] = with_part(spec, name, values.get(spec.name, row[spec.name]), version.value)
        versions = mine.with_fields({name: version.stamp for name, version in ours.items()})
        if is_lowered:
            stamped = {name: part.stamp for name, part in row_parts(table, {**row, **values}, versions).items()}
            # what a hub of an older release does not know was made under the stamp that it lowered, too
            untold = set(table.mergeable) - set(told_apart(table, _entry(image).changes[0])[0])
            lowered = {name for name, stamp in stamped.items() if stamp == (mine.hlc, mine.node)}
            kept = {
                name: stamp
                for name, stamp in stamped.items()
                if stamp != base and not (name in lowered and _is_in(table, name, untold))
            }
            versions = RowVersions(*base, {**versions.exceptions, **kept})
            values["_hlc"] = base[0]
        values["_fv"] = versions.fv()
        changes = ", ".join(f'"{name}" = ?' for name in values)
        connection.execute(
            f'UPDATE "{table.name}" SET {changes} WHERE org_id = ? AND id = ?', (*values.values(), org, image.k)
        )


def _ours(
    table: TableSpec, row: Any, mine: RowVersions, image: RowImage, theirs: RowVersions, me: int, unheard: set[str]
) -> dict[str, Version]:
    """What the hub holds of a row's parts that we wrote last, where that is another version than ours."""
    known, _ = told_apart(table, _entry(image).changes[0])
    whole = {name: known[name] for name in table.mergeable if name in known}
    # a hub of an older release can't tell of all: what it doesn't know stays as it is
    untold = set(table.mergeable) - set(whole)
    here = row_parts(table, row, mine)
    there = row_parts(table, {**{name: row[name] for name in untold}, **whole}, theirs)
    return {
        name: there[name]
        for name, version in here.items()
        if version.stamp[1] == me
        and name in there
        and there[name] != version
        and not _is_in(table, name, unheard)
        and not _is_in(table, name, untold)
    }


def _is_in(table: TableSpec, name: str, fields: set[str]) -> bool:
    spec = table.holding(name)
    return name in fields or (spec is not None and spec.name in fields)


def _entry(image: RowImage) -> Entry:
    """The image as a transaction of one insert. It has no place in a feed."""
    # spliced, not taken apart: there are many. Ours come last, and the last of two fields with one name counts
    tombstone = b',"_deleted":true}' if image.d else b',"_deleted":false}'
    fields = bytes(image.f)[:-1] + tombstone
    if image.x:
        fields = msgspec.json.encode({**image.x, **msgspec.json.decode(fields)})
    return Entry(0, image.h, image.n, [EntryChange(image.t, "i", image.k, msgspec.Raw(fields), image.v)])


def _latest(image: RowImage) -> int:
    return max(image.h, *(stamp[0] for stamp in (image.v or {}).values()), 0)
