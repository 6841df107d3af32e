"""The allergens of menu items."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An item has none until somebody says so."""
    op.add_column("menu_items", sa.Column("allergens", sa.Text(), server_default="[]", nullable=False))
