"""Receipts that count no more."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import DAY, DOCUMENT, ID, INSTANT, WORDS

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every receipt stood for good."""
    op.add_column("receipts", sa.Column("adjustments", DOCUMENT, nullable=True))
    op.add_column("receipts", sa.Column("replaces", WORDS, nullable=True))
    new_table(
        "receipt_withdrawals",
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("cause", WORDS, nullable=False),
        sa.Column("reason", WORDS, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"receipt_id": "receipts"},
        indexes=[["receipt_id"], ["order_id"], ["property_id", "business_date"]],
    )
