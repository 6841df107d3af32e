"""Links to receipts, and whether a printed one carries its own."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import ID, INSTANT, WORDS

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Receipts were on paper alone."""
    new_table(
        "receipt_links",
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("token", WORDS, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        refers={"receipt_id": "receipts"},
        indexes=[["receipt_id"], ["token"]],
    )
    op.add_column("paper_settings", sa.Column("receipt_link", sa.Boolean(), server_default="0", nullable=False))
