"""Which tables a node has, and its migrations: the trades' shared ones, its own, and the engine's."""

from pathlib import Path
from typing import Any

from sqlalchemy import MetaData
from sqlmodel import SQLModel

import edge.tables  # noqa: F401  (declares the node's own tables)
import hospitality.ground
import hospitality.kitchen.service
import hospitality.menu.models
import hospitality.orders.models
import hospitality.payments.models
import hospitality.people.models
import hospitality.properties.models
import sync
from edge.database import alchemy
from hospitality.ground import host, journal, numbers  # noqa: F401
from hospitality.ground.migrations import History, behind, upgrade
from sync import conflicts
from sync.capture_sqlite import check_triggers, create_triggers
from sync.node import tables as node_tables
from sync.schema import Schema, attach_engine_columns, read_schema

attach_engine_columns(SQLModel.metadata)
SCHEMA: Schema = read_schema(SQLModel.metadata, conflicts.metadata)
METADATA: tuple[MetaData, ...] = (SQLModel.metadata, conflicts.metadata, node_tables.metadata)


def _folder(package: Any) -> Path:
    return Path(next(iter(package.__path__)))


HISTORIES = (
    History("sync_node", _folder(sync) / "node" / "migrations"),
    History("sync", _folder(sync) / "migrations"),
    History("hospitality", _folder(hospitality) / "migrations"),
    History("edge", Path(__file__).parent / "migrations"),
)


def migrate(connection: Any) -> None:
    """Brings the node's database to this release, with the capture triggers that its tables want."""
    engine = alchemy(connection)
    with engine.begin() as at:
        upgrade(at, HISTORIES)
        create_triggers(connection, SCHEMA)


def check(connection: Any) -> None:
    """Raises TamperedError when the capture triggers are not the ones that belong there."""
    check_triggers(connection, SCHEMA)


def prepare(connection: Any) -> None:
    """Brings a database to this release; one that is there already must have its own capture triggers unharmed."""
    engine = alchemy(connection)
    with engine.begin() as at:
        current = not behind(at, HISTORIES)
    if current:
        check(connection)
    else:
        migrate(connection)
