"""Cash drawers: their sessions, what was moved beside sales, and how they were counted."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import AMOUNT, DAY, ID, INSTANT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cash of before went into no drawer."""
    for taken in ("payments", "refunds"):
        op.add_column(taken, sa.Column("drawer_session_id", ID, nullable=True))
    for taken in ("payments", "refunds"):
        op.create_index(
            op.f(f"ix_{taken}_org_id_drawer_session_id"), taken, ["org_id", "drawer_session_id"], unique=False
        )
    new_table(
        "drawers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("terminal_id", ID, nullable=True),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
    new_table(
        "drawer_sessions",
        sa.Column("drawer_id", ID, nullable=False),
        sa.Column("float_minor", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("opened_by", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        indexes=[["drawer_id", "id"], ["property_id", "business_date"]],
    )
    new_table(
        "cash_moves",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_minor", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("to_person_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"session_id": "drawer_sessions"},
        indexes=[["session_id"], ["property_id", "business_date"]],
    )
    new_table(
        "drawer_counts",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("counted_minor", AMOUNT, nullable=False),
        sa.Column("expected_minor", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("counted_by", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("counted_at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"session_id": "drawer_sessions"},
        indexes=[["session_id"], ["property_id", "business_date"]],
    )
