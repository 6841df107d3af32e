"""Approvals by a second person, and their use."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import AMOUNT, DAY, ID, INSTANT

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was approved before."""
    new_table(
        "approvals",
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("value", AMOUNT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approver_id", ID, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("terminal_id", ID, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={},
        indexes=[["record_id"], ["property_id", "business_date", "id"]],
    )
    new_table(
        "approval_uses",
        sa.Column("approval_id", ID, nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"approval_id": "approvals"},
        indexes=[["approval_id"]],
    )
