"""Prices by time of day, weekday and channel."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import AMOUNT, ID

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Without a rule a price holds at all times."""
    new_table(
        "price_rules",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("menu_item_id", ID, nullable=True),
        sa.Column("category_id", ID, nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("weekdays", sa.Text(), server_default="[]", nullable=False),
        sa.Column("from_time", sa.Text(), nullable=False),
        sa.Column("to_time", sa.Text(), nullable=False),
        sa.Column("price_minor", AMOUNT, nullable=True),
        sa.Column("percent_bp", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        indexes=[["menu_item_id"], ["category_id"], ["property_id"]],
        kind="record",
        writer="both",
    )
