"""A code may name the node that its use replaces."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    op.add_column("sync_codes", sa.Column("replaces", sa.UUID(as_uuid=False), nullable=True))
