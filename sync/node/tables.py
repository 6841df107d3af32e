"""The engine's own tables at a node. They never replicate."""

from sqlalchemy import Column, Index, Integer, MetaData, Table, Text

metadata = MetaData()
_INFO = {"pii": "none", "merge": "engine"}
_COPY = {"pii": "direct", "merge": "engine"}
_LOCAL = {"kind": "local", "host": "edge"}

meta = Table(
    "sync_meta",
    metadata,
    Column("k", Text, primary_key=True, info=_INFO),
    Column("v", Text, nullable=False, info=_INFO),
    info=_LOCAL,
)
# AUTOINCREMENT: a number is never given twice, not even after what bore it was acknowledged and deleted
outbox = Table(
    "sync_outbox",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True, info=_INFO),
    Column("hlc", Integer, nullable=False, info=_INFO),
    Column("tbl", Text, nullable=False, info=_INFO),
    Column("op", Text, nullable=False, info=_INFO),
    Column("pk", Text, nullable=False, info=_INFO),
    Column("f", Text, nullable=False, info=_COPY),
    Column("base", Text, info=_INFO),
    info=_LOCAL,
    sqlite_autoincrement=True,
)
cursors = Table(
    "sync_cursors",
    metadata,
    Column("scope", Text, primary_key=True, info=_INFO),
    Column("position", Integer, nullable=False, info=_INFO),
    Column("epoch", Integer, nullable=False, info=_INFO),
    Column("seal", Text, info=_INFO),  # the hub's word for what it has there
    info=_LOCAL,
)
# how far the taking of rows as they stand got: a table of a scope that is not here was never asked for
bootstrap = Table(
    "sync_bootstrap",
    metadata,
    Column("scope", Text, primary_key=True, info=_INFO),
    Column("tbl", Text, primary_key=True, info=_INFO),
    Column("after", Text, nullable=False, info=_INFO),
    Column("done", Integer, nullable=False, info=_INFO),
    info=_LOCAL,
)
# what came and can't be applied yet (its parent is missing, its table is of a later release), whole transactions
kept = Table(
    "sync_kept",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=_INFO),
    Column("scope", Text, nullable=False, info=_INFO),
    Column("position", Integer, nullable=False, info=_INFO),
    Column("reason", Text, nullable=False, info=_INFO),
    Column("body", Text, nullable=False, info=_COPY),
    Index("ix_sync_kept_position", "scope", "position"),
    info=_LOCAL,
)
