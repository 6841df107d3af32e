"""Promotions, and where staff took one off an order."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import AMOUNT, COUNT, DAY, ELEMENTS, FLAG, ID, INSTANT, WORDS

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was taken off an order by itself."""
    new_table(
        "promotions",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("item_ids", ELEMENTS, server_default="[]", nullable=False),
        sa.Column("category_ids", ELEMENTS, server_default="[]", nullable=False),
        sa.Column("percent_bp", COUNT, nullable=True),
        sa.Column("amount_minor", AMOUNT, nullable=True),
        sa.Column("buy", COUNT, nullable=True),
        sa.Column("free", COUNT, nullable=True),
        sa.Column("from_minor", AMOUNT, nullable=True),
        sa.Column("channel", WORDS, nullable=True),
        sa.Column("area_id", ID, nullable=True),
        sa.Column("weekdays", ELEMENTS, server_default="[]", nullable=False),
        sa.Column("from_time", WORDS, nullable=False),
        sa.Column("to_time", WORDS, nullable=False),
        sa.Column("period_ids", ELEMENTS, server_default="[]", nullable=False),
        sa.Column("active", FLAG, nullable=False),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
    new_table(
        "promotion_waivers",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("promotion_id", ID, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"order_id": "orders"},
        indexes=[["order_id"]],
    )
