"""Refunds of a receipt that was withdrawn."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import ID

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No refund named its receipt, and none was turned by its withdrawal."""
    op.add_column("refunds", sa.Column("receipt_id", ID, nullable=True))
    op.add_column("receipt_withdrawals", sa.Column("turns_refunds", sa.Boolean(), server_default="0", nullable=False))
