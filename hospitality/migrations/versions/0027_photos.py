"""Photos of what is sold."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import COUNT, DOCUMENT, ID

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An item had words alone."""
    op.add_column("menu_items", sa.Column("photo_id", ID, nullable=True))
    new_table(
        "menu_photos",
        sa.Column("picture", DOCUMENT, nullable=False),
        sa.Column("width", COUNT, nullable=False),
        sa.Column("height", COUNT, nullable=False),
        indexes=[["property_id"]],
        writer="both",
        large=True,
    )
