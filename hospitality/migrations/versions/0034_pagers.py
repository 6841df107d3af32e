"""The pager that a party holds while it waits."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import WORDS

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody got one before."""
    op.add_column("parties", sa.Column("pager", WORDS, nullable=True))
