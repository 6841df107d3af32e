"""What a node's rows come to, stretch by stretch in the order of their ids, and what it would give of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sync.checksum import checksum, total
from sync.merge import RowVersions, part, with_part
from sync.node.apply import Errors, organisation, told_apart
from sync.node.outbox import get
from sync.node.take import take_rows
from sync.schema import Schema, TableSpec
from sync.wire import FORGET, SPANS_MAX, Entry, EntryChange, RowImage, Span

SPAN_ROWS = 250
BROKEN_MAX = 1_000
_WAITING = "SELECT tbl, pk, op, f FROM sync_outbox WHERE pk IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Own:
    """A row of the node's: its id, its checksum, and the stamp under which it was made."""

    id: str
    sum: int
    hlc: int
    node: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows in the order of their ids, and the spans that they mark out. positions: what was applied of each scope by
    then; is_quiet: whether all that was written here had been acknowledged."""

    rows: list[Own]
    spans: list[Span]
    positions: dict[str, tuple[int, int]]
    is_quiet: bool

    @property
    def is_last(self) -> bool:
        """Whether the table ends here."""
        return self.spans[-1].upto is None


def read_stretch(connection: Any, table: TableSpec, after: str | None) -> Stretch:
    """The next rows of a table after an id, as many as one question to the hub takes."""
    found = connection.execute(
        f'SELECT * FROM "{table.name}" WHERE org_id = ? AND id > ? ORDER BY id LIMIT ?',
        (organisation(connection), after or "", SPANS_MAX * SPAN_ROWS),
    )
    names = list(table.fields)
    rows = [Own(row["id"], checksum(table, names, row), row["_hlc"], row["_node"]) for row in found]
    spans = []
    for start in range(0, max(1, len(rows)), SPAN_ROWS):
        part = rows[start : start + SPAN_ROWS]
        is_end = start + SPAN_ROWS >= len(rows) and len(rows) < SPANS_MAX * SPAN_ROWS
        spans.append(Span(None if is_end else part[-1].id, len(part), total(row.sum for row in part)))
    cursors = connection.execute("SELECT scope, position, epoch FROM sync_cursors").fetchall()
    waits = connection.execute("SELECT count(*) FROM sync_outbox").fetchone()[0]
    return Stretch(rows, spans, {row[0]: (row[1], row[2]) for row in cursors}, waits == 0)


def is_kept(connection: Any, id: str) -> bool:
    """Whether a row came and waits for its parent."""
    found = connection.execute("SELECT body FROM sync_kept WHERE instr(body, ?)", (id,))
    entries = (msgspec.json.decode(row[0], type=Entry) for row in found)
    return any(change.k == id and change.o == "i" for entry in entries for change in entry.changes)


def forget_kept(connection: Any, schema: Schema) -> None:
    """What came and waits for its parent is of a history that the hub may have forgotten: comparing brings what is of it
    still. What waits for another release stays."""
    for id, body in connection.execute("SELECT id, body FROM sync_kept").fetchall():
        if all(change.t in (*schema.tables, FORGET) for change in msgspec.json.decode(body, type=Entry).changes):
            connection.execute("DELETE FROM sync_kept WHERE id = ?", (id,))


def broken_references(connection: Any, table: str) -> int:
    """How many rows of a table lean on one that isn't here; stops counting at BROKEN_MAX."""
    return len(connection.execute(f'PRAGMA foreign_key_check("{table}")').fetchmany(BROKEN_MAX))


# --- giving


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A row to be given, in the order in which it was made. absent: whether the hub has nothing of it."""

    hlc: int
    node: int
    order: int
    id: str
    table: str = field(compare=False)
    absent: bool = field(compare=False)


@dataclass(frozen=True, slots=True)
class Given:
    """Rows as they stood when they were given, with their checksums. unsent: by table, those that the hub has although
    the node has yet to send them (again)."""

    images: list[RowImage]
    sums: dict[tuple[str, str], int]
    unsent: dict[str, list[str]] = field(default_factory=dict)


def images_of(connection: Any, schema: Schema, due: Sequence[Due], bytes_max: int) -> tuple[Given, int]:
    """The first of these rows as images, and how many those are. What waits in the outbox goes by itself: a row that was
    made there is left out, and so are fields that were edited there, unless the hub has nothing of the row. But a row
    that others edited, too, had reached the hub, whose answer was lost."""
    waiting = _waiting(connection, [one.id for one in due])
    given, size, me = Given([], {}), 0, int(get(connection, "node") or 0)
    for count, one in enumerate(due):
        table = schema.tables[one.table]
        row = connection.execute(
            f'SELECT * FROM "{table.name}" WHERE org_id = ? AND id = ?', (organisation(connection), one.id)
        ).fetchone()
        edited = waiting.get((one.table, one.id), set())
        if edited is None and row is not None and _is_edited_by_others(row, me):
            edited = set()
        if edited is None and not one.absent:
            given.unsent.setdefault(one.table, []).append(one.id)
        if row is None or edited is None:
            continue
        image = _image(table, row, set() if one.absent else edited, me)
        size += len(bytes(image.f))
        if given.images and size > bytes_max:
            return given, count
        given.images.append(image)
        given.sums[one.table, one.id] = checksum(table, list(table.fields), row)
    return given, len(due)


def _is_edited_by_others(row: Any, me: int) -> bool:
    versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
    return any(stamp[1] != me for stamp in versions.exceptions.values())


def _waiting(connection: Any, ids: Iterable[str]) -> dict[tuple[str, str], set[str] | None]:
    """Which fields of these rows wait to be sent; None: the row itself does."""
    found: dict[tuple[str, str], set[str] | None] = {}
    for table, key, op, fields in connection.execute(_WAITING, (msgspec.json.encode(list(ids)).decode(),)):
        before = found.setdefault((table, key), set())
        if op == "i" or before is None:
            found[table, key] = None
        else:
            before.update(msgspec.json.decode(fields))
    return found


def _image(table: TableSpec, row: Any, waiting: set[str], me: int) -> RowImage:
    versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
    without = {name for name in waiting if versions.of(name)[1] == me}  # another's edit may have won over what waits
    fields = {name: row[name] for name in table.fields if name not in without}
    exceptions = {name: stamp for name, stamp in versions.exceptions.items() if name not in without}
    for name in sorted(without):
        spec = table.holding(name)
        if spec is not None and spec.name != name:  # of a set, what waits of it is left out
            fields[spec.name] = with_part(spec, name, fields[spec.name], False)
    raw = msgspec.Raw(msgspec.json.encode(fields))
    extra = msgspec.json.decode(row["_x"]) if row["_x"] else None
    return RowImage(
        table.name, row["id"], row["_hlc"], row["_node"], raw, exceptions or None, bool(row["_deleted"]), extra
    )


# --- taking the answer


def take_answer(
    connection: Any, schema: Schema, scope: str, images: Sequence[RowImage], given: Given, errors: Errors
) -> frozenset[str]:
    """Takes rows as the hub has them after it was given ours: as they stand where ours have not changed since, by the
    rules of any row otherwise. Runs inside one transaction with capture off; answers the tables concerned."""
    waiting = _waiting(connection, [image.k for image in images])
    changed: list[RowImage] = []
    for image in images:
        table = schema.tables[image.t]
        row = connection.execute(
            f'SELECT * FROM "{table.name}" WHERE org_id = ? AND id = ?', (organisation(connection), image.k)
        ).fetchone()
        same = row is not None and checksum(table, list(table.fields), row) == given.sums.get((image.t, image.k))
        edited = waiting.get((image.t, image.k), set())
        if not same or edited is None or not _overwrite(connection, table, image, row, edited, errors):
            changed.append(image)
    take_rows(connection, schema, scope, changed, errors)
    return frozenset(image.t for image in images)


def _overwrite(connection: Any, table: TableSpec, image: RowImage, row: Any, edited: set[str], errors: Errors) -> bool:
    """Puts the image in the row's place, but for the fields that were edited and not sent yet."""
    known, unknown = told_apart(table, EntryChange(image.t, "i", image.k, image.f))
    mine = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
    theirs = {name: stamp for name, stamp in (image.v or {}).items() if name not in edited}
    kept = {name: stamp for name, stamp in mine.exceptions.items() if name in edited}
    known["_deleted"] = image.d
    for name in sorted(edited):
        spec = table.holding(name)
        if spec is not None:
            own = part(spec, name, row[spec.name], mine)
            known[spec.name] = with_part(spec, name, known[spec.name], own.value)
    extra = {**(image.x or {}), **unknown}
    values = {
        **{name: value for name, value in known.items() if name != "id"},
        "_hlc": image.h,
        "_node": image.n,
        "_fv": RowVersions(image.h, image.n, {**theirs, **kept}).fv(),
        "_x": msgspec.json.encode(extra).decode() if extra else None,
    }
    changes = ", ".join(f'"{name}" = ?' for name in values)
    connection.execute("SAVEPOINT overwrite")
    try:
        connection.execute(
            f'UPDATE "{table.name}" SET {changes} WHERE org_id = ? AND id = ?',
            (*values.values(), organisation(connection), image.k),
        )
    except errors:
        connection.execute("ROLLBACK TO overwrite")
        connection.execute("RELEASE overwrite")
        return False
    connection.execute("RELEASE overwrite")
    return True
