"""The conflict log, at both ends."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables of the first release."""
    op.create_table(
        "sync_conflicts",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("tbl", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("won_value", sa.Text(), nullable=False),
        sa.Column("won_hlc", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("won_node", sa.Integer(), nullable=False),
        sa.Column("lost_value", sa.Text(), nullable=False),
        sa.Column("lost_hlc", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lost_node", sa.Integer(), nullable=False),
        sa.Column(
            "decided_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column(
            "_hlc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default=sa.text("(sync_stamp())"),
            nullable=False,
        ),
        sa.Column("_node", sa.Integer(), server_default=sa.text("(sync_node())"), nullable=False),
        sa.Column("_fv", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), server_default=sa.text("(FALSE)"), nullable=False),
        sa.Column("_x", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sync_conflicts")),
        info={"kind": "fact", "writer": "group", "large": False, "host": "both"},
    )
    op.create_index(
        op.f("ix_sync_conflicts_org_id_property_id_decided_at"),
        "sync_conflicts",
        ["org_id", "property_id", "decided_at"],
        unique=False,
    )
