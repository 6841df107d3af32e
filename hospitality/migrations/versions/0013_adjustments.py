"""Voids that say whether it was made, comps, discounts and service charges."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql")
AMOUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
DAY = sa.Text().with_variant(sa.Date(), "postgresql")


def table(
    name: str,
    *columns: sa.Column[Any],
    refers: dict[str, str],
    indexes: list[list[str]],
    large: bool = False,
    kind: str = "fact",
    writer: str = "property",
) -> None:
    """Makes a table of facts that the property writes."""
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
            for column, other in refers.items()
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f(f"pk_{name}")),
        postgresql_partition_by="HASH (org_id)" if large else None,
        info={"kind": kind, "writer": writer, "large": large, "host": "both"},
    )
    for columns_of in indexes:
        op.create_index(op.f(f"ix_{name}_org_id_{'_'.join(columns_of)}"), name, ["org_id", *columns_of], unique=False)


def upgrade() -> None:
    """Nothing was taken off before but whole lines."""
    op.add_column("line_voids", sa.Column("fired", sa.Boolean(), nullable=True))
    op.add_column("line_voids", sa.Column("wasted", sa.Boolean(), nullable=True))
    table(
        "adjustments",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("percent_bp", sa.Integer(), nullable=True),
        sa.Column("amount_minor", AMOUNT, nullable=True),
        sa.Column("rule_id", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"order_id": "orders"},
        indexes=[["order_id"], ["line_id"]],
    )
    table(
        "adjustment_withdrawals",
        sa.Column("adjustment_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"adjustment_id": "adjustments"},
        indexes=[["adjustment_id"]],
    )
    table(
        "service_charge_rules",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("covers_min", sa.Integer(), nullable=False),
        sa.Column("percent_bp", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        refers={},
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
