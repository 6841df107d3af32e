"""Choices that are withdrawn."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import FLAG

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What could be chosen stayed as it was made."""
    for table in ("modifier_options", "option_groups", "menu_item_groups"):
        op.add_column(table, sa.Column("active", FLAG, server_default="1", nullable=False))
