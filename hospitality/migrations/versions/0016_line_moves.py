"""Lines that stand on another order than they were placed on."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import DAY, ID, INSTANT

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every line stood on the order that it was placed on."""
    op.add_column("adjustments", sa.Column("origin_id", ID, nullable=True))
    new_table(
        "line_moves",
        sa.Column("line_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("to_order_id", ID, nullable=False),
        sa.Column("move_no", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"line_id": "order_lines", "to_order_id": "orders"},
        indexes=[["line_id", "move_no"], ["order_id"], ["to_order_id"]],
    )
