"""Applying the hub's feed at a node: whole transactions, with the cursor moved in the same SQLite transaction.

The hub's result is canonical. A field takes the incoming version when that is the later one; what comes back of the
node's own (because the hub changed it) is taken as it stands, but not over a newer edit of our own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sync.clock import Stamp
from sync.merge import BY_STAMP, RowVersions, Version, later, named_parts, part, with_part
from sync.schema import IN_SET, FieldSpec, Schema, TableSpec
from sync.wire import FORGET, Entry, EntryChange, Page, PullAnswer

RETRIED_MAX = 200
# what came and can't be applied yet: beyond this the feed waits at the hub
KEPT_MAX = 10_000
KEPT_CHARS_MAX = 64_000_000
SLICE_ENTRIES = 50
SLICE_CHANGES = 200
Errors = tuple[type[Exception], ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What an application did: entries applied, entries kept for later, and the tables that changed."""

    entries: int
    kept: int
    tables: frozenset[str]
    hlc: int


class NoRoom(Exception):
    """As much is kept for later as may be; what comes is not taken, and comes again."""


class CannotApply(Exception):
    """One transaction can't be applied here and now; it is kept with this reason."""


def apply_page(connection: Any, schema: Schema, page: Page, errors: Errors) -> Applied:
    """Applies a page and moves its scope's cursor; runs inside one transaction with capture off.

    `errors` are the driver's errors that mean a transaction can't be applied (constraints). Raises ValueError when
    the page does not join on to the cursor: nothing is skipped silently.
    """
    found = connection.execute(
        "SELECT position, epoch, seal FROM sync_cursors WHERE scope = ?", (page.scope,)
    ).fetchone()
    position, epoch, seal = found or (0, 0, None)
    if epoch not in (0, page.epoch):
        raise ValueError(f"page of {page.scope} is of epoch {page.epoch}, the cursor of {epoch}")
    if page.after != position:
        raise ValueError(f"page of {page.scope} starts after {page.after}, the cursor is at {position}")
    if page.entries:
        _check_room(connection)
    tables: set[str] = set()
    kept = hlc = 0
    for entry in page.entries:
        hlc = max(hlc, entry.h, *(stamp[0] for change in entry.changes if change.v for stamp in change.v.values()))
        if not apply_or_keep(connection, schema, entry, page.scope, errors):
            kept += 1
        tables.update(change.t for change in entry.changes)
    connection.execute(
        "INSERT INTO sync_cursors (scope, position, epoch, seal) VALUES (?, ?, ?, ?) ON CONFLICT (scope)"
        " DO UPDATE SET position = excluded.position, epoch = excluded.epoch, seal = excluded.seal",
        (page.scope, page.to, page.epoch, page.seal or (seal if page.to == position else None)),
    )
    if page.entries:
        tables |= retry_kept(connection, schema, errors)
    return Applied(len(page.entries) - kept, kept, frozenset(tables), hlc)


def _check_room(connection: Any) -> None:
    """Raises NoRoom when so much waits for another release, or for parents, that no more is taken before it goes."""
    count, chars = connection.execute("SELECT count(*), ifnull(sum(length(body)), 0) FROM sync_kept").fetchone()
    if count >= KEPT_MAX or chars >= KEPT_CHARS_MAX:
        raise NoRoom(f"{count} transactions came that can't be applied here: update this node, or ask head office")


def apply_or_keep(connection: Any, schema: Schema, entry: Entry, scope: str, errors: Errors) -> bool:
    """Applies one whole transaction, or keeps it with the reason; False when it was kept."""
    expected: Errors = (CannotApply, *errors)
    connection.execute("SAVEPOINT entry")
    try:
        for change in entry.changes:
            _apply_change(connection, schema, entry, change)
    except expected as error:
        connection.execute("ROLLBACK TO entry")
        connection.execute("RELEASE entry")
        connection.execute(
            "INSERT INTO sync_kept (scope, position, reason, body) VALUES (?, ?, ?, ?)",
            (scope, entry.p, str(error), msgspec.json.encode(entry).decode()),
        )
        return False
    connection.execute("RELEASE entry")
    return True


def retry_kept(connection: Any, schema: Schema, errors: Errors) -> frozenset[str]:
    """Tries what was kept for later: a parent may have come since, or the release that knows a table.

    Each retried transaction either goes in whole or is kept anew. Answers the tables of those that went in.
    """
    tables: set[str] = set()
    rows = connection.execute("SELECT id, scope, body FROM sync_kept ORDER BY id LIMIT ?", (RETRIED_MAX,)).fetchall()
    for row in rows:
        connection.execute("DELETE FROM sync_kept WHERE id = ?", (row[0],))
        entry = msgspec.json.decode(row[2], type=Entry)
        if apply_or_keep(connection, schema, entry, row[1], errors):
            tables.update(change.t for change in entry.changes)
    return frozenset(tables)


def _apply_change(connection: Any, schema: Schema, entry: Entry, change: EntryChange) -> None:
    if change.t == FORGET:
        _forget(connection, schema, change)
        return
    table = schema.tables.get(change.t)
    if table is None:
        raise CannotApply(f"table {change.t} is of another release")
    known, unknown = told_apart(table, change)
    if change.o == "i" and known.get("id") != change.k:
        raise CannotApply(f"the fields of {change.t} {change.k} are another row's")
    row = connection.execute(
        f"SELECT * FROM \"{table.name}\" WHERE org_id = (SELECT v FROM sync_meta WHERE k = 'org') AND id = ?",
        (change.k,),
    ).fetchone()
    if row is None:
        if change.o == "u":
            raise CannotApply(f"{change.t} {change.k} is not here to edit")
        _insert(connection, table, entry, change, known, unknown)
        if change.d is not None:
            _edit_again(connection, table, change.k)
    elif table.kind == "record":
        _merge(connection, table, entry, change, known, unknown, row)
    elif entry.own and row["_hlc"] == change.w:
        _restamp(connection, table, entry, row)


def _forget(connection: Any, schema: Schema, change: EntryChange) -> None:
    """Takes a row off the disk, with what is told of it in the conflict log and what is kept of it for later; the
    connection's `secure_delete` blanks where they stood.

    What waits in the outbox stays: somebody was told that it is kept, and the hub decides about it.
    """
    name = msgspec.json.decode(change.f)["tbl"]
    if name not in schema.tables:
        raise CannotApply(f"table {name} is of another release")
    org = organisation(connection)
    connection.execute(f'DELETE FROM "{name}" WHERE org_id = ? AND id = ?', (org, change.k))
    if "sync_conflicts" in schema.tables:
        connection.execute(
            "DELETE FROM sync_conflicts WHERE org_id = ? AND tbl = ? AND row_id = ?", (org, name, change.k)
        )
    rows = connection.execute("SELECT id, body FROM sync_kept WHERE instr(body, ?)", (change.k,)).fetchall()
    for row in rows:
        entry = msgspec.json.decode(row[1], type=Entry)
        entry.changes = [c for c in entry.changes if c.d != (name, change.k) and (c.t, c.k) != (name, change.k)]
        connection.execute("UPDATE sync_kept SET body = ? WHERE id = ?", (msgspec.json.encode(entry).decode(), row[0]))


def _edit_again(connection: Any, table: TableSpec, id: str) -> None:
    """Puts our own edits that wait in the outbox on a row that we let go of and are told again, so that who edits it next
    sees them."""
    number = connection.execute("SELECT sync_node()").fetchone()[0]
    waiting = connection.execute(
        "SELECT hlc, f FROM sync_outbox WHERE tbl = ? AND pk = ? AND op = 'u' ORDER BY seq", (table.name, id)
    ).fetchall()
    for hlc, fields in waiting:
        edit = EntryChange(table.name, "u", id, msgspec.Raw(fields.encode()))
        row = connection.execute(
            f'SELECT * FROM "{table.name}" WHERE org_id = ? AND id = ?', (organisation(connection), id)
        ).fetchone()
        _merge(connection, table, Entry(0, hlc, number, [edit]), edit, *told_apart(table, edit), row)


def told_apart(table: TableSpec, change: EntryChange) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that this release knows, and those that it doesn't; raises CannotApply unless they are plain values."""
    fields = msgspec.json.decode(change.f)
    if not isinstance(fields, dict) or not all(_plain(value) for value in fields.values()):
        raise CannotApply(f"the fields of {change.t} {change.k} are no plain values")
    known = {name: value for name, value in fields.items() if name in table.fields or table.holding(name)}
    return known, {name: value for name, value in fields.items() if name not in known}


def _plain(value: Any) -> bool:
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None or isinstance(value, str | float)


def _restamp(connection: Any, table: TableSpec, entry: Entry, row: Any) -> None:
    """Our own row, whose stamp ran ahead and was lowered by the hub."""
    connection.execute(
        f'UPDATE "{table.name}" SET _hlc = ? WHERE org_id = ? AND id = ?', (entry.h, row["org_id"], row["id"])
    )


def _insert(connection: Any, table: TableSpec, entry: Entry, change: EntryChange, known: Any, unknown: Any) -> None:
    values = {"org_id": organisation(connection), **new_row(entry, change, known, unknown)}
    connection.execute(insert_statement(table, values), tuple(values.values()))


def organisation(connection: Any) -> str:
    """Whose rows all of these are."""
    return str(connection.execute("SELECT v FROM sync_meta WHERE k = 'org'").fetchone()[0])


def new_row(entry: Entry, change: EntryChange, known: dict[str, Any], unknown: dict[str, Any]) -> dict[str, Any]:
    """A row's columns, but for whose it is, where there is none yet."""
    return {
        **known,
        "_hlc": entry.h,
        "_node": entry.n,
        "_fv": RowVersions(entry.h, entry.n, change.v or {}).fv(),
        "_x": msgspec.json.encode(unknown).decode() if unknown else None,
    }


def insert_statement(table: TableSpec, names: Iterable[str]) -> str:
    """Puts in a row of these columns."""
    columns = [f'"{name}"' for name in names]
    return f'INSERT INTO "{table.name}" ({", ".join(columns)}) VALUES ({", ".join("?" * len(columns))})'


def _merge(
    connection: Any, table: TableSpec, entry: Entry, change: EntryChange, known: Any, unknown: Any, row: Any
) -> None:
    current = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
    if entry.own and change.o == "i" and (row["_hlc"], row["_node"]) == (change.w, entry.n):
        _restamp(connection, table, entry, row)
        return
    stamps = change.v or {}
    if change.o == "i":  # made twice: who makes a row also says that it is there
        known.setdefault("_deleted", False)
    taken: dict[str, Any] = {}
    moved: dict[str, Stamp] = {}
    for name, value in _parts(table, known, stamps).items():
        spec = table.holding(name)
        if spec is None:
            continue
        stamp = tuple(stamps.get(name, (entry.h, entry.n)))
        incoming = Version(value, (stamp[0], stamp[1]))
        held = taken.get(spec.name, row[spec.name])
        mine = part(spec, name, held, current)
        if incoming != mine and _stands(spec, entry, change, incoming, mine):
            taken[spec.name] = with_part(spec, name, held, value)
            moved[name] = incoming.stamp
    kept = msgspec.json.decode(row["_x"]) if row["_x"] else {}
    for name, value in unknown.items():
        # what is not known merges by its stamp, which is kept for the release that knows it
        stamp = tuple(stamps.get(name, (entry.h, entry.n)))
        if name not in kept or stamp >= current.of(name):
            kept[name], moved[name] = value, (stamp[0], stamp[1])
    if not moved:
        return
    values = {**taken, "_fv": current.with_fields(moved).fv()}
    if kept:
        values["_x"] = msgspec.json.encode(kept).decode()
    changes = ", ".join(f'"{name}" = ?' for name in values)
    connection.execute(
        f'UPDATE "{table.name}" SET {changes} WHERE org_id = ? AND id = ?',
        (*values.values(), row["org_id"], change.k),
    )


def _parts(table: TableSpec, fields: Mapping[str, Any], stamps: Mapping[str, Stamp]) -> dict[str, Any]:
    """The fields, each element of a set as one of them; a whole set lacks those that only their stamps still tell of."""
    found: dict[str, Any] = {}
    try:
        for name, value in fields.items():
            spec = table.sets.get(name)
            if spec is None:
                found[name] = value
            else:
                gone = (stamped for stamped in stamps if stamped.startswith(f"{name}{IN_SET}"))
                found.update({**dict.fromkeys(gone, False), **named_parts(spec, value)})
    except (TypeError, ValueError) as error:
        raise CannotApply(f"{table.name}: {error}") from error
    return found


def _stands(spec: FieldSpec, entry: Entry, change: EntryChange, incoming: Version, mine: Version) -> bool:
    """Whether the hub's version takes the place of ours."""
    if entry.own and change.o == "u" and mine.stamp == (entry.h if change.w is None else change.w, entry.n):
        return True  # the answer to this very edit is canonical, and no answer to one that we made after it
    if incoming.stamp == mine.stamp and spec.merge in BY_STAMP:
        return True  # two edits of one field in one transaction: the feed has them in their order
    return later(spec, incoming, mine) is incoming


def slices(page: Page, entries_max: int = SLICE_ENTRIES, changes_max: int = SLICE_CHANGES) -> list[Page]:
    """The page cut into pages of few changes, each ending where the next begins; never within a transaction."""
    found: list[Page] = []
    after, entries, changes = page.after, list[Any](), 0
    for entry in page.entries:
        if entries and (len(entries) >= entries_max or changes + len(entry.changes) > changes_max):
            found.append(Page(page.scope, page.epoch, after, entries[-1].p, page.head, entries))
            after, entries, changes = entries[-1].p, [], 0
        entries.append(entry)
        changes += len(entry.changes)
    found.append(Page(page.scope, page.epoch, after, page.to, page.head, entries, page.seal))
    return found


def goes_on(answer: PullAnswer) -> bool:
    return any(page.to < page.head for page in answer.pages)
