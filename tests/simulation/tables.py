"""Tables of no trade in three releases: what the engine must carry, in small. One of each kind of row and of each rule."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Integer, MetaData, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.schema import CreateTable

from sync import allowance, conflicts
from sync.node import tables as node_tables
from sync.schema import Schema, attach_engine_columns, read_schema

NUMBERS = ("1", "2", "3")
TAGS = ("blue", "green", "naïve", "red")
STAGES = ("new", "begun", "done", "closed")
EARLIER, PRESENT, LATER = 0, 1, 2
_ID = Text().with_variant(UUID(as_uuid=False), "postgresql")


@dataclass(frozen=True)
class Release:
    """What an end of one release knows."""

    number: int
    metadata: MetaData

    @cached_property
    def schema(self) -> Schema:
        """As the engine reads it."""
        return read_schema(*self._all)

    @cached_property
    def tables(self) -> dict[str, str]:
        """How each table is made in SQLite, by name."""
        return made(*self._all)

    @cached_property
    def tables_in_postgres(self) -> dict[str, str]:
        """The same for PostgreSQL."""
        names = [str(table.name) for one in self._all for table in one.sorted_tables]
        return dict(zip(names, made_in_postgres(*self._all), strict=True))

    @property
    def _all(self) -> tuple[MetaData, ...]:
        return self.metadata, conflicts.metadata, allowance.metadata


def made(*found: MetaData) -> dict[str, str]:
    """Tables by name, with the statement that makes each in SQLite."""
    tables = [table for one in found for table in one.sorted_tables]
    return {str(t.name): str(CreateTable(t).compile(dialect=sqlite.dialect())) for t in tables}


def made_in_postgres(*found: MetaData) -> list[str]:
    """The same for PostgreSQL."""
    tables = [table for one in found for table in one.sorted_tables]
    return [str(CreateTable(t).compile(dialect=postgresql.dialect())) for t in tables]  # type: ignore[no-untyped-call]


@cache
def release(number: int) -> Release:
    """EARLIER lacks a field and a table of PRESENT; LATER has one more of each."""
    metadata = MetaData()
    cards = _table(
        metadata,
        "cards",
        Column("name", Text, nullable=True),
        Column("note", Text, nullable=True),
        Column("number", Text, nullable=True),
        Column("shown", Boolean, nullable=True),
        Column("tags", Text, nullable=False, server_default="[]", info={"merge": "set"}),
        Column("stage", Text, nullable=False, info={"merge": "furthest_stage", "stages": STAGES}),
        writer="property",
        keys={"number": ("property_id", "number")},
    )
    _table(metadata, "rules", Column("name", Text, nullable=True), writer="both", place_needed=False, revive=True)
    _table(metadata, "notices", Column("name", Text, nullable=True), writer="group", place_needed=False)
    _table(
        metadata,
        "deeds",
        Column("what", Text, nullable=False),
        Column("parts", Integer, nullable=False),
        kind="fact",
        large=True,
        writer="property",
    )
    _table(
        metadata,
        "parts",
        Column("deed_id", _ID, nullable=False),
        Column("amount", Integer, nullable=False),
        ForeignKeyConstraint(["org_id", "deed_id"], ["deeds.org_id", "deeds.id"]),
        kind="fact",
        large=True,
        writer="property",
    )
    _add_patrons(metadata)
    if number >= PRESENT:
        cards.append_column(Column("colour", Text, nullable=True))
        _table(
            metadata,
            "labels",
            Column("card_id", _ID, nullable=False),
            Column("notice_id", _ID, nullable=True),
            Column("name", Text, nullable=True),
            ForeignKeyConstraint(["org_id", "card_id"], ["cards.org_id", "cards.id"]),
            ForeignKeyConstraint(["org_id", "notice_id"], ["notices.org_id", "notices.id"]),
            writer="property",
        )
    if number >= LATER:
        cards.append_column(Column("weight", Text, nullable=True))
        _table(metadata, "charms", Column("what", Text, nullable=False), kind="fact", writer="property")
    attach_engine_columns(metadata)
    return Release(number, metadata)


def _add_patrons(metadata: MetaData) -> None:
    """The group's, told to those who deal with them."""
    _table(
        metadata,
        "patrons",
        Column("name", Text, nullable=True),
        Column("note", Text, nullable=True),
        Column("tags", Text, nullable=False, info={"merge": "set"}),
        writer="both",
        place_needed=False,
        interest=("visits", "patron_id"),
    )
    _table(
        metadata,
        "visits",
        Column("patron_id", _ID, nullable=False),
        Column("ends_id", _ID, nullable=True),
        kind="fact",
        writer="both",
        ends="ends_id",
    )


def _table(
    metadata: MetaData,
    name: str,
    *columns: Any,
    writer: str,
    kind: str = "record",
    place_needed: bool = True,
    **more: Any,
) -> Table:
    return Table(
        name,
        metadata,
        Column("org_id", _ID, primary_key=True, nullable=False),
        Column("id", _ID, primary_key=True, nullable=False),
        Column("property_id", _ID, nullable=not place_needed),
        *columns,
        info={"kind": kind, "writer": writer, **more},
    )


NODE = made(node_tables.metadata)
HUB = [
    "CREATE TABLE sync_nodes (number INTEGER PRIMARY KEY, acked INTEGER NOT NULL DEFAULT 0,"
    " stamp INTEGER NOT NULL DEFAULT 0, incarnation INTEGER NOT NULL DEFAULT 1, ceiling INTEGER NOT NULL DEFAULT 0,"
    " active INTEGER NOT NULL DEFAULT 1, born INTEGER NOT NULL DEFAULT 0, mark TEXT NOT NULL DEFAULT '',"
    " settled INTEGER NOT NULL DEFAULT 1, differed INTEGER NOT NULL DEFAULT 0, visits INTEGER NOT NULL DEFAULT 0,"
    " visit INTEGER NOT NULL DEFAULT 0, wrote INTEGER NOT NULL DEFAULT 0, heard_ms INTEGER NOT NULL DEFAULT 0,"
    " property_id TEXT NOT NULL, seen INTEGER NOT NULL)",
    "CREATE TABLE sync_node_cursors (number INTEGER, scope TEXT, position INTEGER, PRIMARY KEY (number, scope))",
    "CREATE TABLE sync_stage (number INTEGER, incarnation INTEGER, last INTEGER, body TEXT,"
    " PRIMARY KEY (number, incarnation, last))",
    "CREATE TABLE sync_quarantine (id TEXT PRIMARY KEY, number INTEGER, incarnation INTEGER, hlc INTEGER,"
    " first INTEGER, last INTEGER, code TEXT, reason TEXT, body TEXT, state TEXT NOT NULL DEFAULT 'waiting',"
    " tries INTEGER NOT NULL DEFAULT 0,"
    " gone_on TEXT NOT NULL DEFAULT '')",
    "CREATE TABLE sync_interests (tbl TEXT, row_id TEXT, property_id TEXT, ended INTEGER, again INTEGER,"
    " PRIMARY KEY (tbl, row_id, property_id))",
    "CREATE TABLE sync_tombstones (tbl TEXT, row_id TEXT, noted_ms INTEGER, tried_ms INTEGER, removed_ms INTEGER,"
    " PRIMARY KEY (tbl, row_id))",
    "CREATE TABLE sync_scopes (scope TEXT PRIMARY KEY, head INTEGER NOT NULL, epoch INTEGER NOT NULL DEFAULT 1,"
    " kept_from INTEGER NOT NULL DEFAULT 1)",
    "CREATE TABLE sync_feed (scope TEXT, pos INTEGER, node INTEGER, incarnation INTEGER, hlc INTEGER, differs INTEGER,"
    " body BLOB, at INTEGER, PRIMARY KEY (scope, pos))",
]
