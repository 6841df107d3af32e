"""A printer's backup, and for which printer a slip was meant that goes to one."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import ID

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody named a backup before."""
    op.add_column("printers", sa.Column("backup_id", ID, nullable=True))
    op.add_column("printers", sa.Column("backup_after_seconds", sa.Integer(), server_default="60", nullable=False))
    op.add_column("print_jobs", sa.Column("home_id", ID, nullable=True))
