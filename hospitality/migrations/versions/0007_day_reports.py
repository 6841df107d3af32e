"""Reports of days that are over, what people handed in, and how a property closes its days."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import AMOUNT, DAY, ID, INSTANT

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A property of before has said nothing of its rules, and has no reports."""
    new_table(
        "house_rules",
        sa.Column("carries_over", sa.Boolean(), nullable=False),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
    new_table(
        "day_reports",
        sa.Column("date", DAY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("open_orders", sa.Text(), nullable=False),
        sa.Column("made_by", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        indexes=[["property_id", "date", "sequence"]],
    )
    new_table(
        "server_checkouts",
        sa.Column("date", DAY, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("declared_tip_minor", AMOUNT, nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("made_by", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        indexes=[["property_id", "date"]],
    )
    # a day's facts are found by its date
    for name in ("receipts", "line_voids"):
        op.create_index(
            op.f(f"ix_{name}_org_id_property_id_business_date"),
            name,
            ["org_id", "property_id", "business_date"],
            unique=False,
        )
