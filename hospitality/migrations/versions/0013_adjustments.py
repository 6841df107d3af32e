"""Voids that say whether it was made, comps, discounts and service charges."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import AMOUNT, DAY, ID, INSTANT

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was taken off before but whole lines."""
    op.add_column("line_voids", sa.Column("fired", sa.Boolean(), nullable=True))
    op.add_column("line_voids", sa.Column("wasted", sa.Boolean(), nullable=True))
    new_table(
        "adjustments",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("percent_bp", sa.Integer(), nullable=True),
        sa.Column("amount_minor", AMOUNT, nullable=True),
        sa.Column("rule_id", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"order_id": "orders"},
        indexes=[["order_id"], ["line_id"]],
    )
    new_table(
        "adjustment_withdrawals",
        sa.Column("adjustment_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"adjustment_id": "adjustments"},
        indexes=[["adjustment_id"]],
    )
    new_table(
        "service_charge_rules",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("covers_min", sa.Integer(), nullable=False),
        sa.Column("percent_bp", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        refers={},
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
