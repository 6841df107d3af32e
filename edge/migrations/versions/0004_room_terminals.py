"""In which room a terminal stands."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import ID

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A tablet in a guest's hands could do nothing before."""
    op.add_column("terminals", sa.Column("room_id", ID, nullable=True))
