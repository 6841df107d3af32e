"""Parties that wait or have reserved, and what they leave as deposit."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import AMOUNT, DAY, ID, INSTANT

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody waited before."""
    new_table(
        "parties",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("area_id", ID, nullable=True),
        sa.Column("reserved_for", INSTANT, nullable=True),
        sa.Column("stay_minutes", sa.Integer(), nullable=True),
        sa.Column("table_ids", sa.Text(), server_default="[]", nullable=False),
        sa.Column("quoted_for", INSTANT, nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", ID, nullable=True),
        indexes=[["property_id", "reserved_for"], ["property_id", "made_at"]],
        kind="record",
        writer="both",
    )
    new_table(
        "party_steps",
        sa.Column("party_id", ID, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"party_id": "parties"},
        indexes=[["party_id"]],
    )
    new_table(
        "deposits",
        sa.Column("party_id", ID, nullable=False),
        sa.Column("tender", sa.Text(), nullable=False),
        sa.Column("amount_minor", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("drawer_session_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        indexes=[["party_id"], ["property_id", "business_date"], ["drawer_session_id"]],
    )
    new_table(
        "deposit_ends",
        sa.Column("deposit_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tender", sa.Text(), nullable=False),
        sa.Column("amount_minor", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("payment_id", ID, nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("drawer_session_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"deposit_id": "deposits"},
        indexes=[["deposit_id"], ["property_id", "business_date"], ["drawer_session_id"]],
    )
    new_table(
        "host_rules",
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("turn_minutes", sa.Integer(), nullable=False),
        sa.Column("deposit_covers_min", sa.Integer(), nullable=False),
        sa.Column("deposit_minor", AMOUNT, nullable=False),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
    op.create_index("ix_table_seatings_org_id_party_id", "table_seatings", ["org_id", "party_id"], unique=False)
