"""Receipts by mail, and what became of each."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import COUNT, FLAG, ID, INSTANT, WORDS

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was mailed."""
    new_table(
        "receipt_mails",
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("invoice_id", ID, nullable=True),
        sa.Column("address", WORDS, nullable=False),
        sa.Column("language", WORDS, nullable=False),
        sa.Column("again_of", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        refers={"receipt_id": "receipts", "invoice_id": "invoices"},
        indexes=[["order_id"], ["asked_at"]],
    )
    new_table(
        "receipt_mail_outcomes",
        sa.Column("mail_id", ID, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("twice", FLAG, nullable=False),
        sa.Column("reply_code", COUNT, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        refers={"mail_id": "receipt_mails"},
        indexes=[["mail_id"]],
        writer="group",
    )
