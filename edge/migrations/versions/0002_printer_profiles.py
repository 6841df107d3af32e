"""What a printer can do, by the name of its kind."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those that there are stay thermal printers of so many columns."""
    op.add_column("printers", sa.Column("profile", sa.Text(), nullable=True))
