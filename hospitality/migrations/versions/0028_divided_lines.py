"""So many of a line as a line of their own."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import AMOUNT, COUNT, DAY, ID, INSTANT

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lines went to other orders as a whole."""
    op.add_column("order_lines", sa.Column("whole_id", ID, nullable=True))
    op.add_column("line_voids", sa.Column("amount_minor", AMOUNT, nullable=True))
    new_table(
        "line_divisions",
        sa.Column("line_id", ID, nullable=False),
        sa.Column("part_id", ID, nullable=False),
        sa.Column("whole_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("quantity", COUNT, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"line_id": "order_lines", "part_id": "order_lines"},
        indexes=[["whole_id"], ["order_id"]],
    )
