"""Invoices."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import DAY, ID, INSTANT, WORDS

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Receipts named no company."""
    new_table(
        "invoices",
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("number", WORDS, nullable=False),
        sa.Column("company", WORDS, nullable=False),
        sa.Column("address", WORDS, nullable=False),
        sa.Column("tax_number", WORDS, nullable=False),
        sa.Column("country", WORDS, nullable=True),
        sa.Column("reference", WORDS, nullable=True),
        sa.Column("replaces", WORDS, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"receipt_id": "receipts"},
        indexes=[["receipt_id"], ["order_id"], ["property_id", "business_date"]],
    )
    new_table(
        "invoice_cancellations",
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"invoice_id": "invoices"},
        indexes=[["invoice_id"]],
    )
