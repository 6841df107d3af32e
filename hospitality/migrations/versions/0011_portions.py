"""Portions that are counted, and what each line took of them."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import DAY, ID, INSTANT

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was counted before."""
    new_table(
        "portion_counts",
        sa.Column("menu_item_id", ID, nullable=False),
        sa.Column("count_no", sa.Integer(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=True),
        indexes=[["menu_item_id", "count_no"]],
    )
    new_table(
        "portion_moves",
        sa.Column("count_id", ID, nullable=False),
        sa.Column("menu_item_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        indexes=[["count_id"]],
    )
    op.create_table(
        "portions_left",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("property_id", ID, nullable=True),
        sa.Column("count_id", ID, nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_portions_left")),
        info={"kind": "local", "writer": "property", "large": False, "host": "both"},
    )
