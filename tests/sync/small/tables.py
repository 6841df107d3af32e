"""Tables of no trade: what the engine must carry, in small. One of each kind of row and of each rule."""

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Integer, MetaData, Table, Text
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.schema import CreateTable

from sync import allowance, conflicts
from sync.node import tables as node_tables
from sync.schema import attach_engine_columns, read_schema

STAGES = ("new", "begun", "done", "closed")
NUMBERS = ("1", "2", "3")
TAGS = ("blue", "green", "naïve", "red")
ID = Text().with_variant(UUID(as_uuid=False), "postgresql")
metadata = MetaData()


def _key() -> list[Column[str]]:
    return [
        Column("org_id", ID, primary_key=True, nullable=False),
        Column("id", ID, primary_key=True, nullable=False),
    ]


cards = Table(
    "cards",
    metadata,
    *_key(),
    Column("property_id", ID, nullable=False),
    Column("name", Text, nullable=True),
    Column("note", Text, nullable=True),
    Column("number", Text, nullable=True),
    Column("shown", Boolean, nullable=True),
    Column("tags", Text, nullable=False, server_default="[]", info={"merge": "set"}),
    Column("stage", Text, nullable=False, info={"merge": "furthest_stage", "stages": STAGES}),
    info={"kind": "record", "writer": "property", "keys": {"number": ("property_id", "number")}},
)
rules = Table(
    "rules",
    metadata,
    *_key(),
    Column("property_id", ID, nullable=True),
    Column("name", Text, nullable=True),
    info={"kind": "record", "writer": "both", "revive": True},
)
deeds = Table(
    "deeds",
    metadata,
    *_key(),
    Column("property_id", ID, nullable=False),
    Column("what", Text, nullable=False),
    info={"kind": "fact", "writer": "property", "large": True},
)
parts = Table(
    "parts",
    metadata,
    *_key(),
    Column("property_id", ID, nullable=False),
    Column("deed_id", ID, nullable=False),
    Column("amount", Integer, nullable=False),
    ForeignKeyConstraint(["org_id", "deed_id"], ["deeds.org_id", "deeds.id"]),
    info={"kind": "fact", "writer": "property", "large": True},
)
# the group's, told to those who deal with them
patrons = Table(
    "patrons",
    metadata,
    *_key(),
    Column("property_id", ID, nullable=True),
    Column("name", Text, nullable=True),
    Column("note", Text, nullable=True),
    Column("tags", Text, nullable=False, info={"merge": "set"}),
    info={"kind": "record", "writer": "both", "interest": ("visits", "patron_id")},
)
visits = Table(
    "visits",
    metadata,
    *_key(),
    Column("property_id", ID, nullable=False),
    Column("patron_id", ID, nullable=False),
    Column("ends_id", ID, nullable=True),
    info={"kind": "fact", "writer": "both", "ends": "ends_id"},
)
attach_engine_columns(metadata)
SCHEMA = read_schema(metadata, conflicts.metadata, allowance.metadata)


def _made(*found: MetaData) -> list[str]:
    tables = [table for one in found for table in one.sorted_tables]
    return [str(CreateTable(table).compile(dialect=sqlite.dialect())) for table in tables]


ROWS = _made(metadata, conflicts.metadata, allowance.metadata)
NODE = _made(node_tables.metadata)
HUB = [
    "CREATE TABLE sync_nodes (number INTEGER PRIMARY KEY, acked INTEGER NOT NULL DEFAULT 0,"
    " stamp INTEGER NOT NULL DEFAULT 0, incarnation INTEGER NOT NULL DEFAULT 1, ceiling INTEGER NOT NULL DEFAULT 0,"
    " mark TEXT NOT NULL DEFAULT '', active INTEGER NOT NULL DEFAULT 1, born INTEGER NOT NULL DEFAULT 0,"
    " settled INTEGER NOT NULL DEFAULT 1, differed INTEGER NOT NULL DEFAULT 0,"
    " property_id TEXT NOT NULL, seen INTEGER NOT NULL)",
    "CREATE TABLE sync_node_cursors (number INTEGER, scope TEXT, position INTEGER, PRIMARY KEY (number, scope))",
    "CREATE TABLE sync_stage (number INTEGER, incarnation INTEGER, last INTEGER, body TEXT,"
    " PRIMARY KEY (number, incarnation, last))",
    "CREATE TABLE sync_quarantine (id TEXT PRIMARY KEY, number INTEGER, incarnation INTEGER, hlc INTEGER,"
    " first INTEGER, last INTEGER, code TEXT, reason TEXT, body TEXT, state TEXT NOT NULL DEFAULT 'waiting',"
    " tries INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE sync_interests (tbl TEXT, row_id TEXT, property_id TEXT, ended INTEGER, again INTEGER,"
    " PRIMARY KEY (tbl, row_id, property_id))",
    "CREATE TABLE sync_tombstones (tbl TEXT, row_id TEXT, noted_ms INTEGER, tried_ms INTEGER, removed_ms INTEGER,"
    " PRIMARY KEY (tbl, row_id))",
    "CREATE TABLE sync_scopes (scope TEXT PRIMARY KEY, head INTEGER NOT NULL, epoch INTEGER NOT NULL DEFAULT 1,"
    " kept_from INTEGER NOT NULL DEFAULT 1)",
    "CREATE TABLE sync_feed (scope TEXT, pos INTEGER, node INTEGER, incarnation INTEGER, hlc INTEGER, differs INTEGER,"
    " body BLOB, at INTEGER, PRIMARY KEY (scope, pos))",
]
