"""Which tables a node has, and its migrations: the trades' shared ones, its own, and the engine's."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData
from sqlmodel import SQLModel

import edge.tables  # noqa: F401  (declares the node's own tables)
import hospitality.approvals.models
import hospitality.cash.models
import hospitality.days.models
import hospitality.equipment.models
import hospitality.fiscal.models
import hospitality.ground
import hospitality.handouts.models
import hospitality.invoices.models
import hospitality.kitchen.service
import hospitality.menu.models
import hospitality.orders.models
import hospitality.paper.models
import hospitality.parties.models
import hospitality.payments.models
import hospitality.people.models
import hospitality.properties.models
import hospitality.requests.models
import hospitality.room_service.models
import hospitality.rooms.models
import hospitality.tables.models
import sync
from edge.database import CONSTRAINT_ERRORS, alchemy
from hospitality.ground import host, journal, numbers  # noqa: F401
from hospitality.ground.migrations import History, behind, upgrade
from sync import allowance, conflicts
from sync.capture_sqlite import (
    check_triggers,
    create_triggers,
    drop_triggers,
    trigger_statements,
    triggers_fingerprint,
)
from sync.node import tables as node_tables
from sync.node.outbox import get, put
from sync.node.widening import take_in
from sync.schema import Schema, attach_engine_columns, read_schema

attach_engine_columns(SQLModel.metadata)
SCHEMA: Schema = read_schema(SQLModel.metadata, conflicts.metadata, allowance.metadata)
# what the triggers were made of: another release makes them anew
SCHEMA_TRIGGERS = sha256("\n".join(trigger_statements(SCHEMA).values()).encode()).hexdigest()
TRIGGERS, MADE_FROM = "triggers", "triggers_made_from"
METADATA: tuple[MetaData, ...] = (
    SQLModel.metadata,
    conflicts.metadata,
    allowance.metadata,
    node_tables.metadata,
)


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
        drop_triggers(connection)
        take_in(connection, SCHEMA, CONSTRAINT_ERRORS)
        _make_triggers(connection)


def prepare(connection: Any) -> None:
    """Brings a database to this release; the capture triggers that are there must be as we left them.

    Raises TamperedError when another program changed one: what it wrote meanwhile may never have been captured.
    """
    engine = alchemy(connection)
    with engine.begin() as at:
        current = not behind(at, HISTORIES)
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sync_meta'").fetchone():
        migrate(connection)
        return
    if triggers_fingerprint(connection) != get(connection, TRIGGERS):
        check_triggers(connection, SCHEMA)  # names what is wrong
    if not current:
        migrate(connection)
    elif triggers_fingerprint(connection) != _wanted_fingerprint(connection):
        with engine.begin():
            _make_triggers(connection)


def _make_triggers(connection: Any) -> None:
    create_triggers(connection, SCHEMA)
    put(connection, TRIGGERS, triggers_fingerprint(connection))
    put(connection, MADE_FROM, SCHEMA_TRIGGERS)


def _wanted_fingerprint(connection: Any) -> str:
    """The fingerprint that is there when the triggers were made from this release's schema, else none."""
    return get(connection, TRIGGERS) or "" if get(connection, MADE_FROM) == SCHEMA_TRIGGERS else ""
