"""Conflicts and troubles with what was done about them, as sync's shared tables have them at either end.

Sync declares these tables; here they are known by name alone. What the edited rows are is read of their own
declarations. Of two resolutions made apart the earlier stamp counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlmodel import SQLModel

from hospitality.conflicts.rules import BUSINESS_KEY, Restorable, State, restorable, state_of
from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Invalid, NotFound
from hospitality.ground.ids import is_id
from hospitality.ground.statements import Reading

COUNTED_MAX = 500
SCANNED_MAX = 2_000
CHUNK = 200
# what a row is called, in the order in which a table's columns are asked
_NAMES = ("name", "display_name", "number", "date")
_LATEST_MS = 253_402_300_000_000  # what a datetime can hold
_STAMP_COUNTER_BITS = 16  # a stamp is milliseconds and a counter of so many bits
_FIRST = """(
    SELECT e.id FROM sync_resolutions e WHERE e.org_id = :org_id AND e.subject_id = s.id
    ORDER BY e._hlc, e._node, e.id LIMIT 1
)"""
_CONFLICTS = f"""
    SELECT s.id, s.property_id, s.tbl, s.row_id, s.field, s.rule, s.won_value, s.won_hlc, s.won_node, s.lost_value,
           s.lost_hlc, s.lost_node, s.decided_at, r.action, r.note, r.resolved_by, r.resolved_at
    FROM sync_conflicts s LEFT JOIN sync_resolutions r ON r.org_id = :org_id AND r.id = {_FIRST}
    WHERE s.org_id = :org_id
"""
_TROUBLES = f"""
    SELECT s.id, s.property_id, s.node, s.incarnation, s.first, s.last, s.code, s.reason, s.tables, s.at,
           r.action, r.note, r.resolved_by, r.resolved_at
    FROM sync_troubles s LEFT JOIN sync_resolutions r ON r.org_id = :org_id AND r.id = {_FIRST}
    WHERE s.org_id = :org_id AND s.property_id = :property_id
"""
_OPEN = "NOT EXISTS (SELECT 1 FROM sync_resolutions e WHERE e.org_id = :org_id AND e.subject_id = s.id)"


@dataclass(frozen=True, slots=True)
class Declared:
    """What a trade says of a table: who writes it, which fields are left empty or point elsewhere, what a row is called,
    which fields hold nothing of people, and its business keys."""

    kind: str
    writer: str
    optional: frozenset[str]
    points_to: Mapping[str, str]
    plain: frozenset[str]
    keys: Mapping[str, tuple[str, ...]]
    called: str | None


@lru_cache(maxsize=256)
def declared(table: str) -> Declared | None:
    """A replicated table's declaration; None for one of another release."""
    found = SQLModel.metadata.tables.get(table)
    if found is None or found.info.get("kind") not in ("fact", "record"):
        return None
    names = [str(column.name) for column in found.columns]
    return Declared(
        kind=found.info["kind"],
        writer=found.info["writer"],
        optional=frozenset(str(column.name) for column in found.columns if column.nullable),
        points_to={
            str(column.name): str(key.referred_table.name)
            for key in found.foreign_key_constraints
            for column in key.columns
            if column.name != "org_id"
        },
        plain=frozenset(str(column.name) for column in found.columns if column.info.get("pii") == "none"),
        keys=found.info.get("keys", {}),
        called=next((name for name in _NAMES if name in names), None),
    )


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a property's row: its stamp and the number of the node that wrote it."""

    property_id: str
    hlc: int
    node: int

    @property
    def at(self) -> datetime:
        """When it was made, by the clock that stamped it."""
        return datetime.fromtimestamp(min(self.hlc >> _STAMP_COUNTER_BITS, _LATEST_MS) / 1000, UTC)


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row's name, where its table has one, whether it is deleted, and the stamps of its fields: one for all, and later
    ones by field."""

    name: str | None
    deleted: bool
    stamp: tuple[int, int]
    later: Mapping[str, tuple[int, int]]

    def stamp_of(self, field: str) -> tuple[int, int]:
        """The edit that the field stands at."""
        return self.later.get(field, self.stamp)

    def holds_since(self, key: Iterable[str]) -> tuple[int, int] | None:
        """The edit by which the row got its business key, None when it is deleted and holds none."""
        return None if self.deleted else max(self.stamp_of(field) for field in key)


@dataclass(frozen=True, slots=True)
class LoadedConflict:
    """One entry of the log with what was done about it. `stands` is None when its row is not here or not known."""

    row: Mapping[str, Any]
    stands: bool | None

    @property
    def state(self) -> State:
        """How far it is."""
        return state_of(self.row["action"], self.stands)

    @property
    def edits(self) -> tuple[Edit, Edit]:
        """The edit that won and the one that lost."""
        row = self.row
        place = row["property_id"] or ""
        return Edit(place, row["won_hlc"], row["won_node"]), Edit(place, row["lost_hlc"], row["lost_node"])

    @property
    def values(self) -> tuple[Any, Any]:
        """The value that won and the one that lost."""
        return _value(self.row["won_value"]), _value(self.row["lost_value"])

    def restorable(self, side: str) -> Restorable:
        """How the losing value may come back, for who asks at this end."""
        table = declared(self.row["tbl"])
        return restorable(
            writer=table.writer if table else None, kind=table.kind if table else None, rule=self.row["rule"], side=side
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which conflicts: of one property or of all, decided from `since` until before `until` (instants), of one table,
    in one state (None: in any)."""

    property_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    table: str | None = None
    state: State | None = None


def load_conflict(reading: Reading, conflict_id: str) -> LoadedConflict:
    """One conflict of the property; NotFound when it has none of that id."""
    row = reading.one(f"{_CONFLICTS} AND s.property_id = :property_id AND s.id = :id", id=conflict_id)
    if row is None:
        raise NotFound.of("conflict", conflict_id)
    return _loaded(reading, [row])[0]


def load_conflicts(
    reading: Reading, asked: Asked, *, limit: int, cursor: str | None
) -> tuple[list[LoadedConflict], str | None]:
    """The log newest first, and where the next page begins. Invalid for a cursor that is none of ours.

    Whether a field was edited since is seen row by row, so a page in one state may be shorter than `limit` though more
    follows: no more than SCANNED_MAX entries are looked at for it.
    """
    found: list[LoadedConflict] = []
    scanned = 0
    while True:
        rows = _rows(reading, asked, limit=max(CHUNK, limit + 1), cursor=cursor)
        for one in _loaded(reading, rows):
            if asked.state in (None, one.state):
                if len(found) == limit:
                    return found, _cursor(found[-1].row)
                found.append(one)
        if len(rows) < max(CHUNK, limit + 1):
            return found, None
        scanned, cursor = scanned + len(rows), _cursor(rows[-1])
        if scanned >= SCANNED_MAX:
            return found, cursor


def open_conflicts(reading: Reading) -> int:
    """How many are open, of the property at hand or of all; looks at the COUNTED_MAX newest that nobody decided."""
    conditions = f"AND {_OPEN}" + (" AND s.property_id = :property_id" if reading.property_id_or_none else "")
    order = "ORDER BY s.decided_at DESC, s.id DESC LIMIT :limit"
    rows = reading.rows(f"{_CONFLICTS} {conditions} {order}", limit=COUNTED_MAX)
    return sum(1 for one in _loaded(reading, rows) if one.state == "open")


def load_troubles(
    reading: Reading, *, only_open: bool, limit: int, cursor: str | None
) -> tuple[list[Mapping[str, Any]], str | None]:
    """What was set aside of the property, newest first, with what was done about each; and where the next page begins."""
    conditions, given = (f"AND {_OPEN}" if only_open else ""), {}
    if cursor is not None:
        conditions += " AND (s.at < :at OR (s.at = :at AND s.id < :id))"
        given["at"], given["id"] = _from_cursor(cursor)
    rows = reading.rows(
        f"{_TROUBLES} {conditions} ORDER BY s.at DESC, s.id DESC LIMIT :limit", limit=limit + 1, **given
    )
    page = list(rows[:limit])
    return page, f"{page[-1]['at']}.{page[-1]['id']}" if len(rows) > limit else None


def load_trouble(reading: Reading, trouble_id: str) -> Mapping[str, Any]:
    """One of the property's troubles; NotFound when it has none of that id."""
    row = reading.one(f"{_TROUBLES} AND s.id = :id", id=trouble_id)
    if row is None:
        raise NotFound.of("trouble", trouble_id)
    return row


def open_troubles(reading: Reading) -> int:
    """How many of the property's transactions are set aside and wait for somebody."""
    sql = f"SELECT count(*) FROM sync_troubles s WHERE s.org_id = :org_id AND s.property_id = :property_id AND {_OPEN}"
    return int(reading.value(sql))


def rows_known(reading: Reading, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], KnownRow]:
    """(table, id) → the row, one SELECT a table; tables and rows that are not here are left out."""
    by_table: dict[str, set[str]] = {}
    for table, id in wanted:
        by_table.setdefault(table, set()).add(id)
    found: dict[tuple[str, str], KnownRow] = {}
    for name, ids in by_table.items():
        known = declared(name)
        if known is None:
            continue
        called = f'"{known.called}"' if known.called else "NULL"
        sql = f'SELECT id, {called} AS name, _deleted, _hlc, _node, _fv FROM "{name}" WHERE org_id = :org_id AND id IN (:ids)'
        for row in reading.rows(sql, ids=sorted(ids)):
            later = msgspec.json.decode(row["_fv"], type=dict[str, tuple[int, int]]) if row["_fv"] else {}
            found[name, row["id"]] = KnownRow(row["name"], bool(row["_deleted"]), (row["_hlc"], row["_node"]), later)
    return found


def _loaded(reading: Reading, rows: Sequence[Any]) -> list[LoadedConflict]:
    wanted = {(row["tbl"], row["row_id"]) for row in rows}
    wanted |= {(row["tbl"], _value(row["won_value"])) for row in rows if row["rule"] == BUSINESS_KEY}
    known = rows_known(reading, wanted)

    def stands(row: Any) -> bool | None:
        one, won = known.get((row["tbl"], row["row_id"])), (row["won_hlc"], row["won_node"])
        if row["rule"] != BUSINESS_KEY:
            return None if one is None else one.stamp_of(row["field"]) == won
        other, table = known.get((row["tbl"], _value(row["won_value"]))), declared(row["tbl"])
        if one is None or other is None or table is None:
            return None
        key = table.keys.get(row["field"], ())
        return bool(key) and (other.holds_since(key), one.holds_since(key)) == (
            won,
            (row["lost_hlc"], row["lost_node"]),
        )

    return [LoadedConflict(row, stands(row)) for row in rows]


def _rows(reading: Reading, asked: Asked, *, limit: int, cursor: str | None) -> Sequence[Any]:
    conditions, given = [""], dict[str, Any]()
    for name, sql, value in (
        ("of_property", "s.property_id = :of_property", asked.property_id),
        ("since", "s.decided_at >= :since", asked.since and instant_text(asked.since)),
        ("until", "s.decided_at < :until", asked.until and instant_text(asked.until)),
        ("of_table", "s.tbl = :of_table", asked.table),
    ):
        if value is not None:
            conditions.append(sql)
            given[name] = value
    if asked.state in ("restored", "dismissed"):
        conditions.append("r.action = :action")
        given["action"] = asked.state
    elif asked.state is not None:
        conditions.append("r.id IS NULL")
    if cursor is not None:
        conditions.append("(s.decided_at < :at OR (s.decided_at = :at AND s.id < :id))")
        given["at"], given["id"] = _from_cursor(cursor)
    sql = f"{_CONFLICTS} {' AND '.join(conditions)} ORDER BY s.decided_at DESC, s.id DESC LIMIT :limit"
    return reading.rows(sql, limit=limit, **given)


def _cursor(row: Mapping[str, Any]) -> str:
    return f"{row['decided_at']}.{row['id']}"


def _from_cursor(cursor: str) -> tuple[str, str]:
    at, _, id = cursor.rpartition(".")
    try:
        known = instant_text(datetime.fromisoformat(at)) == at and is_id(id)
    except ValueError:
        known = False
    if not known:
        raise Invalid("CURSOR_INVALID", "Ask for the first page again; that cursor is none of ours.")
    return at, id


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
