"""What is served when, and prices by the part of the floor."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import ELEMENTS, FLAG, ID, WORDS

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All was on at all hours, and cost the same at every table."""
    new_table(
        "serving_periods",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("weekdays", ELEMENTS, server_default="[]", nullable=False),
        sa.Column("from_time", WORDS, nullable=False),
        sa.Column("to_time", WORDS, nullable=False),
        sa.Column("active", FLAG, nullable=False),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
    for table in ("menu_categories", "menu_items"):
        op.add_column(table, sa.Column("period_ids", ELEMENTS, server_default="[]", nullable=False))
    op.add_column("price_rules", sa.Column("area_id", ID, nullable=True))
