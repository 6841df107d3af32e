"""Two machines with one disk are told apart also when they give equal stamps."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the mark of what was acknowledged last."""
    op.add_column("sync_nodes", sa.Column("mark", sa.Text(), server_default=sa.text("''"), nullable=False))
