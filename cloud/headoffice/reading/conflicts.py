"""The conflict log, newest first, with what a person needs to judge it: names, both values, who wrote each.

A conflict stands while its field is still at the edit that won; once somebody has edited the field after it, it is
settled. So the log needs no marks of its own, and every replica agrees on what is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from cloud.headoffice.reading.rows import REFERENCES, KnownRow, rows_known
from cloud.headoffice.reading.writers import Edit, writers
from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Invalid
from hospitality.ground.ids import is_id
from hospitality.ground.statements import Reading

OPEN_DAYS = 7
COUNTED_MAX = 500
HEAD_OFFICE = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Which conflicts: of one property or all, decided from `since` until before `until` (instants)."""

    property_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of two edits: its value, the row's name when the value is an id, and who wrote it.

    `node_code` None is head office; `person` None is not known.
    """

    value: Any
    value_name: str | None
    node: int
    node_code: str | None
    person: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """One entry of the log. `stands` is None when the row is of a table that this release doesn't know."""

    id: str
    property_id: str | None
    table: str
    row_id: str
    row_name: str | None
    field: str
    rule: str
    won: Side
    lost: Side
    decided_at: str
    stands: bool | None


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """A page and where the next begins."""

    items: list[Conflict]
    next_cursor: str | None


_CONFLICTS = """
    SELECT id, property_id, tbl, row_id, field, rule, won_value, won_hlc, won_node, lost_value, lost_hlc, lost_node,
           decided_at
    FROM sync_conflicts WHERE org_id = :org_id {conditions} ORDER BY decided_at DESC, id DESC LIMIT :limit
"""


def conflicts_page(reading: Reading, asked: Asked, *, limit: int = 50, cursor: str | None = None) -> ConflictPage:
    """The log newest first; Invalid for a cursor that is none of ours."""
    rows = _rows(reading, asked, limit=limit + 1, cursor=cursor)
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    return ConflictPage(_told(reading, page), f"{last['decided_at']}.{last['id']}" if last else None)


def open_conflicts(reading: Reading, now: datetime) -> int:
    """How many of the last seven days still stand; counts up to COUNTED_MAX entries of the log."""
    asked = Asked(reading.property_id_or_none, now - timedelta(days=OPEN_DAYS))
    rows = _rows(reading, asked, limit=COUNTED_MAX, cursor=None)
    known = rows_known(reading, {(row["tbl"], row["row_id"]) for row in rows})
    return sum(1 for row in rows if _stands(row, known))


def _rows(reading: Reading, asked: Asked, *, limit: int, cursor: str | None) -> Sequence[Any]:
    conditions, parameters = [""], {"limit": limit}
    given: dict[str, Any] = {}
    if asked.property_id is not None:
        conditions.append("property_id = :of_property")
        given["of_property"] = asked.property_id
    if asked.since is not None:
        conditions.append("decided_at >= :since")
        given["since"] = instant_text(asked.since)
    if asked.until is not None:
        conditions.append("decided_at < :until")
        given["until"] = instant_text(asked.until)
    if cursor is not None:
        conditions.append("(decided_at, id) < (:at::timestamptz, :id::uuid)")
        given["at"], given["id"] = _from_cursor(cursor)
    return reading.rows(_CONFLICTS.format(conditions=" AND ".join(conditions)), **parameters, **given)


def _from_cursor(cursor: str) -> tuple[str, str]:
    at, _, id = cursor.rpartition(".")
    try:
        known = instant_text(datetime.fromisoformat(at)) == at and is_id(id)
    except ValueError:
        known = False
    if not known:
        raise Invalid("CURSOR_INVALID", "Ask for the first page again; that cursor is none of ours.")
    return at, id


def _told(reading: Reading, rows: Sequence[Any]) -> list[Conflict]:
    values = {row["id"]: (_value(row["won_value"]), _value(row["lost_value"])) for row in rows}
    wanted = {(row["tbl"], row["row_id"]) for row in rows}
    for row in rows:
        points_to = REFERENCES.get((row["tbl"], row["field"]))
        if points_to is not None:
            wanted |= {(points_to, value) for value in values[row["id"]] if isinstance(value, str) and is_id(value)}
    known = rows_known(reading, wanted)
    codes = {
        row["number"]: row["code"] for row in reading.rows("SELECT number, code FROM sync_nodes WHERE org_id = :org_id")
    }
    people = writers(reading, (edit for row in rows if row["property_id"] for edit in _edits(row)))

    def side(row: Any, which: int) -> Side:
        edit = _edits(row)[which]
        value = values[row["id"]][which]
        named = known.get((REFERENCES.get((row["tbl"], row["field"]), ""), value)) if isinstance(value, str) else None
        return Side(
            value=value,
            value_name=named.name if named else None,
            node=edit.node,
            node_code=None if edit.node == HEAD_OFFICE else codes.get(edit.node, str(edit.node)),
            person=people.get(edit),
            at=edit.at,
        )

    def told(row: Any) -> Conflict:
        one = known.get((row["tbl"], row["row_id"]))
        return Conflict(
            id=row["id"],
            property_id=row["property_id"],
            table=row["tbl"],
            row_id=row["row_id"],
            row_name=one.name if one else None,
            field=row["field"],
            rule=row["rule"],
            won=side(row, 0),
            lost=side(row, 1),
            decided_at=row["decided_at"],
            stands=_stands(row, known) if one else None,
        )

    return [told(row) for row in rows]


def _edits(row: Any) -> tuple[Edit, Edit]:
    property_id = row["property_id"] or ""
    won = Edit(property_id, row["won_hlc"], row["won_node"])
    return won, Edit(property_id, row["lost_hlc"], row["lost_node"])


def _stands(row: Any, known: dict[tuple[str, str], KnownRow]) -> bool:
    one = known.get((row["tbl"], row["row_id"]))
    return one is not None and one.stamp_of(row["field"]) == (row["won_hlc"], row["won_node"])


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
