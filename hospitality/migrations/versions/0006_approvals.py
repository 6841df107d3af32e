"""Approvals by a second person, and their use."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql")
AMOUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
DAY = sa.Text().with_variant(sa.Date(), "postgresql")


def table(name: str, *columns: sa.Column[Any], refers: dict[str, str], indexes: list[list[str]]) -> None:
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
        info={"kind": "fact", "writer": "property", "large": False, "host": "both"},
    )
    for columns_of in indexes:
        op.create_index(op.f(f"ix_{name}_org_id_{'_'.join(columns_of)}"), name, ["org_id", *columns_of], unique=False)


def upgrade() -> None:
    """Nothing was approved before."""
    table(
        "approvals",
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("value", AMOUNT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approver_id", ID, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("terminal_id", ID, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={},
        indexes=[["record_id"], ["property_id", "business_date", "id"]],
    )
    table(
        "approval_uses",
        sa.Column("approval_id", ID, nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"approval_id": "approvals"},
        indexes=[["approval_id"]],
    )
