"""How long a kitchen's slip may be on no paper."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It was two minutes everywhere."""
    op.add_column(
        "paper_settings", sa.Column("alarm_after_seconds", sa.Integer(), server_default="120", nullable=False)
    )
