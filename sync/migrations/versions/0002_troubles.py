"""What was set aside, and what people did about it and about conflicts; at both ends."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        "sync_troubles",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("node", sa.Integer(), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tables", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False),
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
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sync_troubles")),
        info={"kind": "fact", "writer": "group", "large": False, "host": "both"},
    )
    op.create_index(
        op.f("ix_sync_troubles_org_id_property_id_at"), "sync_troubles", ["org_id", "property_id", "at"], unique=False
    )
    op.create_table(
        "sync_resolutions",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("subject_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("resolved_by", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column(
            "resolved_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
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
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sync_resolutions")),
        info={"kind": "fact", "writer": "both", "large": False, "host": "both"},
    )
    op.create_index(
        op.f("ix_sync_resolutions_org_id_subject_id"), "sync_resolutions", ["org_id", "subject_id"], unique=False
    )
