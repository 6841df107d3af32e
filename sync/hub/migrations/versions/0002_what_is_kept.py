"""How far each node is, and from where on each feed is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes what retention decides by."""
    op.add_column("sync_scopes", sa.Column("kept_from", sa.BigInteger(), server_default=sa.text("1"), nullable=False))
    op.create_table(
        "sync_node_cursors",
        sa.Column("org_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("node_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("scope", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "node_id", "scope", name=op.f("pk_sync_node_cursors")),
        info={"kind": "local", "host": "cloud", "large": False},
    )
