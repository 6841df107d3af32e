"""Reports of days that are over, what people handed in, and how a property closes its days."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
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
    """A property of before has said nothing of its rules, and has no reports."""
    table(
        "house_rules",
        sa.Column("carries_over", sa.Boolean(), nullable=False),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
    table(
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
    table(
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
