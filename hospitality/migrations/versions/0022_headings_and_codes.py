"""Headings under headings; diet marks, descriptions and codes of items."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import ELEMENTS, ID, WORDS

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Headings stood side by side, and items were found by their names."""
    op.add_column("menu_categories", sa.Column("parent_id", ID, nullable=True))
    op.add_column("menu_items", sa.Column("diets", ELEMENTS, server_default="[]", nullable=False))
    op.add_column("menu_items", sa.Column("description", WORDS, nullable=True))
    op.add_column("menu_items", sa.Column("plu", WORDS, nullable=True))
    op.add_column("menu_items", sa.Column("barcodes", ELEMENTS, server_default="[]", nullable=False))
