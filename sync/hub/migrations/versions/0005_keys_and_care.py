"""Keys that turn, since when a node is revoked, and what a node tells of itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns."""
    op.add_column("sync_nodes", sa.Column("next_key", sa.Text(), nullable=True))
    op.add_column("sync_nodes", sa.Column("key_since", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("sync_nodes", sa.Column("revoked_at", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("sync_nodes", sa.Column("protocol", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("sync_nodes", sa.Column("told", sa.Text(), nullable=True))
