"""Which records are deleted, and which of them were taken out for good."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "sync_tombstones",
        sa.Column("org_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("tbl", sa.Text(), nullable=False),
        sa.Column("row_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("noted_ms", sa.BigInteger(), nullable=False),
        sa.Column("tried_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("removed_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "tbl", "row_id", name=op.f("pk_sync_tombstones")),
        info={"kind": "local", "host": "cloud", "large": False},
    )
    op.create_index(op.f("ix_sync_tombstones_org_id_noted_ms"), "sync_tombstones", ["org_id", "noted_ms"])
