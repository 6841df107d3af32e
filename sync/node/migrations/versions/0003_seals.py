"""What the hub sealed of each cursor."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the seal."""
    op.add_column("sync_cursors", sa.Column("seal", sa.Text(), nullable=True))
