"""What an earlier life of a node's database wrote is told from what the present one did."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the mark between them."""
    op.add_column("sync_nodes", sa.Column("born", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
