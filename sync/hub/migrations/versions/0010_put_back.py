"""When the hub was put back to an older copy, which nodes were heard out since, and what comparisons found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns."""
    instant = postgresql.TIMESTAMP(timezone=True)
    op.add_column("sync_scopes", sa.Column("put_back_at", instant, nullable=True))
    op.add_column("sync_nodes", sa.Column("settled", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("sync_nodes", sa.Column("differed", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("sync_nodes", sa.Column("standing", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("sync_nodes", sa.Column("checked_at", instant, nullable=True))
