"""Cards taken while the acquirer can't be reached, and how much a house risks on them."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import AMOUNT, DAY, ID, INSTANT

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A card was known to the acquirer, or unknown to everybody."""
    for limit in ("offline_card_minor", "offline_day_minor", "offline_total_minor"):
        op.add_column("house_rules", sa.Column(limit, AMOUNT, server_default="0", nullable=False))
    new_table(
        "offline_cards",
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("amount_minor", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("over", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"payment_id": "payments", "order_id": "orders"},
        indexes=[["payment_id"], ["property_id", "business_date", "id"]],
    )
    new_table(
        "offline_outcomes",
        sa.Column("offline_card_id", ID, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("amount_minor", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"offline_card_id": "offline_cards"},
        indexes=[["offline_card_id"], ["property_id", "business_date"]],
    )
