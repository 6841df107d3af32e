"""Exempt guests, and taxes that are rounded line by line."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import WORDS

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody was exempt, and every bill was rounded once a rate."""
    op.add_column("adjustments", sa.Column("certificate", WORDS, nullable=True))
    for table in ("house_rules", "orders"):
        op.add_column(table, sa.Column("tax_by_line", sa.Boolean(), server_default="0", nullable=False))
