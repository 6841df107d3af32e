"""What of a transaction that was set aside its author went on from."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    op.add_column("sync_quarantine", sa.Column("gone_on", sa.Text(), nullable=True))
