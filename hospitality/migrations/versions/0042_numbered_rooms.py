"""Since when a room has its number."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import INSTANT

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rooms that are there had theirs before any terminal was enrolled in them."""
    op.add_column("rooms", sa.Column("numbered_at", INSTANT, nullable=True))
