"""The floor: areas, tables, sections; who sat where, and which tables were put together."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import DAY, ID, INSTANT

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Areas, tables, sections, seatings and joins."""
    new_table(
        "areas",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
    new_table(
        "dining_tables",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("w", sa.Integer(), nullable=False),
        sa.Column("h", sa.Integer(), nullable=False),
        sa.Column("rotation", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        indexes=[["property_id", "label"]],
        kind="record",
        writer="both",
    )
    new_table(
        "sections",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("table_ids", sa.Text(), server_default="[]", nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
    new_table(
        "table_seatings",
        sa.Column("table_id", ID, nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("party_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        indexes=[["table_id", "id"], ["property_id", "business_date"]],
    )
    new_table(
        "seating_steps",
        sa.Column("seating_id", ID, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"seating_id": "table_seatings"},
        indexes=[["seating_id"]],
    )
    new_table(
        "table_joins",
        sa.Column("table_id", ID, nullable=False),
        sa.Column("to_table_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        indexes=[["property_id", "business_date"]],
    )
    new_table(
        "table_partings",
        sa.Column("join_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"join_id": "table_joins"},
        indexes=[["join_id"]],
    )
