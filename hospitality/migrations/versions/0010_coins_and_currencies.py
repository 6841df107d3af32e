"""The smallest coin, and other currencies with a house rate."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import AMOUNT

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cash of before was rounded to nothing, and all of it was the house's own."""
    op.add_column("house_rules", sa.Column("cash_step_minor", sa.Integer(), server_default="1", nullable=False))
    for name in ("payments", "refunds"):
        op.add_column(name, sa.Column("rounding_minor", AMOUNT, server_default="0", nullable=False))
    op.add_column("payments", sa.Column("given_currency", sa.Text(), nullable=True))
    op.add_column("payments", sa.Column("given_minor", AMOUNT, nullable=True))
    op.add_column("payments", sa.Column("rate_micro", AMOUNT, nullable=True))
    new_table(
        "house_rates",
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("rate_micro", AMOUNT, nullable=False),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
