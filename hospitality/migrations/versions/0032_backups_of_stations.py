"""Who shows or prints a station's tickets when none of its screens is heard."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import ID

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody did before."""
    op.add_column("stations", sa.Column("backup_station_id", ID, nullable=True))
    op.add_column("stations", sa.Column("backup_printer", sa.Text(), nullable=True))
