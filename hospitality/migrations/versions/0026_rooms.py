"""Rooms."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import FLAG, WORDS

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Orders alone said where they went."""
    new_table(
        "rooms",
        sa.Column("number", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=True),
        sa.Column("floor", WORDS, nullable=True),
        sa.Column("active", FLAG, nullable=False),
        kind="record",
        writer="both",
        indexes=[["property_id", "number"]],
    )
