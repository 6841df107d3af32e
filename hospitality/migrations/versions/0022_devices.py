"""Devices of a property's nodes, and how each is."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import DOCUMENT, FLAG, ID, INSTANT, WORDS

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Printers alone were known, each to its node."""
    new_table(
        "devices",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("driver", WORDS, nullable=False),
        sa.Column("address", WORDS, nullable=False),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("station_id", ID, nullable=True),
        sa.Column("settings", DOCUMENT, nullable=False),
        sa.Column("node_code", WORDS, nullable=False),
        sa.Column("active", FLAG, nullable=False),
        indexes=[["property_id"]],
    )
    new_table(
        "device_states",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("detail", WORDS, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("node_code", WORDS, nullable=False),
        sa.Column("active", FLAG, nullable=False),
        indexes=[["property_id"]],
    )
