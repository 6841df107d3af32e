"""Portions that are counted, and what each line took of them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
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
    """Nothing was counted before."""
    table(
        "portion_counts",
        sa.Column("menu_item_id", ID, nullable=False),
        sa.Column("count_no", sa.Integer(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=True),
        indexes=[["menu_item_id", "count_no"]],
    )
    table(
        "portion_moves",
        sa.Column("count_id", ID, nullable=False),
        sa.Column("menu_item_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        indexes=[["count_id"]],
    )
    op.create_table(
        "portions_left",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("property_id", ID, nullable=True),
        sa.Column("count_id", ID, nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_portions_left")),
        info={"kind": "local", "writer": "property", "large": False, "host": "both"},
    )
