"""Tips, money given back, and card payments that go through a card terminal."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import AMOUNT, DAY, ID, INSTANT

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A payment of before has no tip."""
    op.add_column("payments", sa.Column("tip_minor", AMOUNT, server_default="0", nullable=False))
    op.add_column("payments", sa.Column("attempt_id", ID, nullable=True))
    new_table(
        "refunds",
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tender", sa.Text(), nullable=False),
        sa.Column("amount_minor", AMOUNT, nullable=False),
        sa.Column("tip_minor", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("taxes", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"payment_id": "payments"},
        indexes=[["order_id"], ["payment_id"], ["property_id", "business_date", "id"]],
    )
    new_table(
        "card_attempts",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("amount_minor", AMOUNT, nullable=False),
        sa.Column("tip_minor", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"order_id": "orders"},
        indexes=[["order_id"], ["property_id", "business_date", "id"]],
    )
    new_table(
        "card_answers",
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"attempt_id": "card_attempts"},
        indexes=[["attempt_id"]],
    )
