"""What was set aside can be tried again: its stamp, how often it was, and a way to find a node's."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns and the index."""
    op.add_column("sync_quarantine", sa.Column("hlc", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("sync_quarantine", sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_index(
        op.f("ix_sync_quarantine_org_id_node_id_state"),
        "sync_quarantine",
        ["org_id", "node_id", "state"],
        unique=False,
    )
