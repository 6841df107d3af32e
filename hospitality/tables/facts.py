"""What can happen to tables: they are drawn, guests sit down, ask for the bill and leave, and tables are put together."""

from dataclasses import dataclass, field
from typing import Any

from hospitality.ground.journal import journal_kind


@journal_kind("tables.area_added")
@dataclass(frozen=True, slots=True)
class AreaAdded:
    """A part of the floor was drawn."""

    area_id: str


@journal_kind("tables.area_changed")
@dataclass(frozen=True, slots=True)
class AreaChanged:
    """An area's fields were edited."""

    area_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("tables.table_added")
@dataclass(frozen=True, slots=True)
class TableAdded:
    """A table was drawn, or one that had been taken away is there again."""

    table_id: str
    label: str


@journal_kind("tables.table_changed")
@dataclass(frozen=True, slots=True)
class TableChanged:
    """A table was moved, or its fields edited."""

    table_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("tables.section_added")
@dataclass(frozen=True, slots=True)
class SectionAdded:
    """Tables were put together for one server."""

    section_id: str


@journal_kind("tables.section_changed")
@dataclass(frozen=True, slots=True)
class SectionChanged:
    """A section has other tables, or another server."""

    section_id: str
    before: dict[str, Any] = field(metadata={"pii": "indirect"})
    after: dict[str, Any] = field(metadata={"pii": "indirect"})


@journal_kind("tables.guests_seated")
@dataclass(frozen=True, slots=True)
class GuestsSeated:
    """Guests sat down at a table."""

    seating_id: str
    table_id: str
    covers: int


@journal_kind("tables.seating_moved_on")
@dataclass(frozen=True, slots=True)
class SeatingMovedOn:
    """Guests asked for the bill (bill_asked) or left (ended), or their table was cleaned (cleaned)."""

    seating_id: str
    table_id: str
    step: str


@journal_kind("tables.tables_joined")
@dataclass(frozen=True, slots=True)
class TablesJoined:
    """Tables were put to another for one party."""

    table_id: str
    joined_ids: tuple[str, ...]


@journal_kind("tables.tables_parted")
@dataclass(frozen=True, slots=True)
class TablesParted:
    """Tables stand by themselves again."""

    table_id: str
    parted_ids: tuple[str, ...]
