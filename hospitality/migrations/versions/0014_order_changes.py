"""Orders that go to another table or server, and tabs with names."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import DAY, ID, INSTANT

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No order was changed before."""
    new_table(
        "order_changes",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("server_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"order_id": "orders"},
        indexes=[["order_id", "field", "at"], ["property_id", "business_date"]],
    )
