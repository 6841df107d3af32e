"""Courses, lines that are held and fired, and tickets that are rushed."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import DAY, ID, INSTANT

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No line of before was held."""
    op.add_column("order_lines", sa.Column("course", sa.Integer(), nullable=True))
    op.add_column("order_lines", sa.Column("held", sa.Boolean(), server_default="0", nullable=False))
    new_table(
        "line_fires",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("business_date", DAY, nullable=False),
        refers={"line_id": "order_lines"},
        indexes=[["line_id"], ["ticket_id"]],
        large=True,
    )
    new_table(
        "ticket_rushes",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("business_date", DAY, nullable=False),
        refers={"order_id": "orders"},
        indexes=[["ticket_id"], ["order_id"]],
    )
