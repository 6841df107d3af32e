"""Where things are made at some times, for a way of ordering or in an area."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import COUNT, ELEMENTS, ID

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everything was made at its own station."""
    new_table(
        "station_routes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("station_id", ID, nullable=False),
        sa.Column("menu_item_id", ID, nullable=True),
        sa.Column("category_id", ID, nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("area_id", ID, nullable=True),
        sa.Column("weekdays", ELEMENTS, server_default="[]", nullable=False),
        sa.Column("from_time", sa.Text(), nullable=False),
        sa.Column("to_time", sa.Text(), nullable=False),
        sa.Column("priority", COUNT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        kind="record",
        writer="both",
        refers={"station_id": "stations"},
        indexes=[["property_id"]],
    )
