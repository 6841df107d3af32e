"""Conflicts and troubles as people judge them: names, both values, who wrote each and when, what was done and may be."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hospitality.conflicts.loading import (
    Asked,
    Edit,
    LoadedConflict,
    declared,
    load_conflict,
    load_conflicts,
    load_trouble,
    load_troubles,
    rows_known,
)
from hospitality.conflicts.rules import BUSINESS_KEY, Restorable, State
from hospitality.ground.clock import instant_text
from hospitality.ground.ids import is_id
from hospitality.ground.statements import Reading

HEAD_OFFICE = 0


@dataclass(frozen=True, slots=True)
class Names:
    """What a host knows of names, and at which side it stands (`property` or `group`)."""

    side: str
    nodes: Callable[[Reading], Mapping[int, str]]
    writers: Callable[[Reading, Sequence[Edit]], Mapping[Edit, str]]
    people: Callable[[Reading, Collection[str]], Mapping[str, str]]


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
    at: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done first, by whom (None: by the engine itself), and why."""

    action: str
    note: str | None
    by: str | None
    by_name: str | None
    at: str


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
    state: State
    restore: Restorable
    settled: Settled | None


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """A page and where the next begins."""

    items: list[Conflict]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class TroubleView:
    """A transaction that head office could not apply. `holds`: how many changes it has of each table."""

    id: str
    property_id: str
    node_code: str
    incarnation: int
    first: int
    last: int
    code: str
    reason: str
    holds: Mapping[str, int]
    at: str
    settled: Settled | None


@dataclass(frozen=True, slots=True)
class TroublePage:
    """A page and where the next begins."""

    items: list[TroubleView]
    next_cursor: str | None


def conflicts_page(
    reading: Reading, asked: Asked, names: Names, *, limit: int = 50, cursor: str | None = None
) -> ConflictPage:
    """The log newest first; Invalid for a cursor that is none of ours."""
    found, following = load_conflicts(reading, asked, limit=limit, cursor=cursor)
    return ConflictPage(_told(reading, found, names), following)


def conflict_view(reading: Reading, conflict_id: str, names: Names) -> Conflict:
    """One of the property's conflicts."""
    return _told(reading, [load_conflict(reading, conflict_id)], names)[0]


def troubles_page(
    reading: Reading, names: Names, *, only_open: bool = True, limit: int = 50, cursor: str | None = None
) -> TroublePage:
    """What was set aside of the property, newest first."""
    rows, following = load_troubles(reading, only_open=only_open, limit=limit, cursor=cursor)
    return TroublePage(_troubles(reading, rows, names), following)


def trouble_view(reading: Reading, trouble_id: str, names: Names) -> TroubleView:
    """One of the property's troubles."""
    return _troubles(reading, [load_trouble(reading, trouble_id)], names)[0]


def _troubles(reading: Reading, rows: Sequence[Mapping[str, Any]], names: Names) -> list[TroubleView]:
    people, codes = _people(reading, rows, names), names.nodes(reading)
    return [
        TroubleView(
            id=row["id"],
            property_id=row["property_id"],
            node_code=codes.get(row["node"], str(row["node"])),
            incarnation=row["incarnation"],
            first=row["first"],
            last=row["last"],
            code=row["code"],
            reason=row["reason"],
            holds=msgspec.json.decode(row["tables"]),
            at=row["at"],
            settled=_settled(row, people),
        )
        for row in rows
    ]


def _told(reading: Reading, found: Sequence[LoadedConflict], names: Names) -> list[Conflict]:
    wanted = {(one.row["tbl"], one.row["row_id"]) for one in found}
    for one in found:
        table = _points_to(one)
        wanted |= {(table, value) for value in one.values if table and isinstance(value, str) and is_id(value)}
    known = rows_known(reading, wanted)
    codes = names.nodes(reading)
    writers = names.writers(reading, [edit for one in found if one.row["property_id"] for edit in one.edits])
    people = _people(reading, [one.row for one in found], names)

    def side(one: LoadedConflict, which: int) -> Side:
        edit, value = one.edits[which], one.values[which]
        named = known.get((_points_to(one) or "", value)) if isinstance(value, str) else None
        return Side(
            value=value,
            value_name=named.name if named else None,
            node=edit.node,
            node_code=None if edit.node == HEAD_OFFICE else codes.get(edit.node, str(edit.node)),
            person=writers.get(edit),
            at=instant_text(edit.at),
        )

    def told(one: LoadedConflict) -> Conflict:
        row = one.row
        named = known.get((row["tbl"], row["row_id"]))
        return Conflict(
            id=row["id"],
            property_id=row["property_id"],
            table=row["tbl"],
            row_id=row["row_id"],
            row_name=named.name if named else None,
            field=row["field"],
            rule=row["rule"],
            won=side(one, 0),
            lost=side(one, 1),
            decided_at=row["decided_at"],
            stands=one.stands,
            state=one.state,
            restore=one.restorable(names.side),
            settled=_settled(row, people),
        )

    return [told(one) for one in found]


def _points_to(one: LoadedConflict) -> str | None:
    if one.row["rule"] == BUSINESS_KEY:
        return str(one.row["tbl"])
    table = declared(one.row["tbl"])
    return table.points_to.get(one.row["field"]) if table else None


def _people(reading: Reading, rows: Sequence[Mapping[str, Any]], names: Names) -> Mapping[str, str]:
    wanted = {row["resolved_by"] for row in rows if row["resolved_by"]}
    return names.people(reading, wanted) if wanted else {}


def _settled(row: Mapping[str, Any], people: Mapping[str, str]) -> Settled | None:
    if row["action"] is None:
        return None
    by = row["resolved_by"]
    return Settled(row["action"], row["note"], by, people.get(by) if by else None, row["resolved_at"])
