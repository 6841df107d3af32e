"""Stations that take no orders for a while."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import DAY, ID, INSTANT, WORDS

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every station took orders."""
    new_table(
        "station_pauses",
        sa.Column("station_id", ID, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"station_id": "stations"},
        indexes=[["property_id", "until"]],
    )
    new_table(
        "station_pause_ends",
        sa.Column("pause_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"pause_id": "station_pauses"},
        indexes=[["pause_id"]],
    )
