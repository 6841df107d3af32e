"""The smallest coin, and other currencies with a house rate."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
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
    """Cash of before was rounded to nothing, and all of it was the house's own."""
    op.add_column("house_rules", sa.Column("cash_step_minor", sa.Integer(), server_default="1", nullable=False))
    for name in ("payments", "refunds"):
        op.add_column(name, sa.Column("rounding_minor", AMOUNT, server_default="0", nullable=False))
    op.add_column("payments", sa.Column("given_currency", sa.Text(), nullable=True))
    op.add_column("payments", sa.Column("given_minor", AMOUNT, nullable=True))
    op.add_column("payments", sa.Column("rate_micro", AMOUNT, nullable=True))
    table(
        "house_rates",
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("rate_micro", AMOUNT, nullable=False),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
