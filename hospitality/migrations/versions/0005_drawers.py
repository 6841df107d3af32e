"""Cash drawers: their sessions, what was moved beside sales, and how they were counted."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
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
    """Cash of before went into no drawer."""
    for taken in ("payments", "refunds"):
        op.add_column(taken, sa.Column("drawer_session_id", ID, nullable=True))
    for taken in ("payments", "refunds"):
        op.create_index(
            op.f(f"ix_{taken}_org_id_drawer_session_id"), taken, ["org_id", "drawer_session_id"], unique=False
        )
    table(
        "drawers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("terminal_id", ID, nullable=True),
        indexes=[["property_id"]],
        kind="record",
        writer="both",
    )
    table(
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
    table(
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
    table(
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
