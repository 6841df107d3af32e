"""The floor: areas, tables, sections; who sat where, and which tables were put together."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql")
AMOUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
DAY = sa.Text().with_variant(sa.Date(), "postgresql")


def table(
    name: str,
    *columns: sa.Column[Any],
    indexes: list[list[str]],
    refers: dict[str, str] | None = None,
    kind: str = "fact",
    writer: str = "property",
) -> None:
    """Makes a table that replicates."""
    op.create_table(
        name,
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("property_id", ID, nullable=True),
        *columns,
        sa.Column("_hlc", AMOUNT, server_default=sa.text("(sync_stamp())"), nullable=False),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                ["org_id", column], [f"{other}.org_id", f"{other}.id"], name=op.f(f"fk_{name}_{column}")
            )
            for column, other in (refers or {}).items()
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f(f"pk_{name}")),
        info={"kind": kind, "writer": writer, "large": False, "host": "both"},
    )
    for columns_of in indexes:
        op.create_index(op.f(f"ix_{name}_org_id_{'_'.join(columns_of)}"), name, ["org_id", *columns_of], unique=False)


def upgrade() -> None:
    """Areas, tables, sections, seatings and joins."""
    table(
        "areas",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
    table(
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
    table(
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
    table(
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
    table(
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
    table(
        "table_joins",
        sa.Column("table_id", ID, nullable=False),
        sa.Column("to_table_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        indexes=[["property_id", "business_date"]],
    )
    table(
        "table_partings",
        sa.Column("join_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"join_id": "table_joins"},
        indexes=[["join_id"]],
    )
