"""Taxes of what leaves the house."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import ID

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everything was taxed at its own rate, wherever it was eaten."""
    op.add_column("tax_rates", sa.Column("away_rate_id", ID, nullable=True))
