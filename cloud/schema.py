"""Which tables head office has, its migrations, and what is made from the models after each: triggers, policies."""

from pathlib import Path
from typing import Any

from sqlalchemy import MetaData
from sqlmodel import SQLModel

import cloud.tables  # noqa: F401  (declares head office's own tables)
import hospitality.approvals.models
import hospitality.cash.models
import hospitality.days.models
import hospitality.equipment.models
import hospitality.fiscal.models
import hospitality.handouts.models
import hospitality.invoices.models
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
from hospitality.ground import host, journal, numbers  # noqa: F401
from hospitality.ground.migrations import History
from sync import allowance, conflicts
from sync.hub import tables as hub_tables
from sync.schema import Schema, attach_engine_columns, read_schema

attach_engine_columns(SQLModel.metadata)
SCHEMA: Schema = read_schema(SQLModel.metadata, conflicts.metadata, allowance.metadata)
METADATA: tuple[MetaData, ...] = (
    SQLModel.metadata,
    conflicts.metadata,
    allowance.metadata,
    hub_tables.metadata,
)


def _folder(package: Any) -> Path:
    return Path(next(iter(package.__path__)))


HISTORIES = (
    History("sync_hub", _folder(sync) / "hub" / "migrations"),
    History("sync", _folder(sync) / "migrations"),
    History("hospitality", _folder(hospitality) / "migrations"),
    History("cloud", Path(__file__).parent / "migrations"),
)
