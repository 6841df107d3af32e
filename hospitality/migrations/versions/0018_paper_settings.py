"""What a property says on paper."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody said anything before."""
    new_table(
        "paper_settings",
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("kitchen_language", sa.Text(), nullable=True),
        sa.Column("head", sa.Text(), nullable=True),
        sa.Column("foot", sa.Text(), nullable=True),
        sa.Column("feedback_link", sa.Text(), nullable=True),
        sa.Column("logo", sa.Text(), nullable=True),
        sa.Column("left_out", sa.Text(), server_default="[]", nullable=False),
        sa.Column("buzzes", sa.Boolean(), server_default="0", nullable=False),
        kind="record",
        writer="both",
        indexes=[["property_id"]],
    )
