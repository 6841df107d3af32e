"""The engine's functions and tables at the hub."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sync.hub.capture import FUNCTIONS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables of the first release."""
    for statement in FUNCTIONS:
        op.execute(statement)
    op.create_table(
        "sync_captured",
        sa.Column("org_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("txid", sa.Text(), server_default=sa.text("(pg_current_xact_id()::text)"), nullable=False),
        sa.Column("scope", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("hlc", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "seq", name=op.f("pk_sync_captured")),
        info={"kind": "local", "host": "cloud", "large": False},
    )
    op.create_index(op.f("ix_sync_captured_org_id_txid"), "sync_captured", ["org_id", "txid"], unique=False)
    op.create_table(
        "sync_codes",
        sa.Column("org_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("property_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sync_codes")),
        info={"kind": "local", "host": "cloud", "large": False},
    )
    op.create_index(op.f("ix_sync_codes_code_hash"), "sync_codes", ["code_hash"], unique=False)
    op.create_table(
        "sync_feed",
        sa.Column("org_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("scope", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=False),
        sa.Column("node", sa.Integer(), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("hlc", sa.BigInteger(), nullable=False),
        sa.Column("differs", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("(now())"), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "scope", "pos", name=op.f("pk_sync_feed")),
        info={"kind": "local", "host": "cloud", "large": True},
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_table(
        "sync_nodes",
        sa.Column("org_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("property_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("acked", sa.BigInteger(), nullable=False),
        sa.Column("acked_hlc", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("waiting", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Text(), server_default=sa.text("('')"), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("enrolled_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seen_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sync_nodes")),
        info={"kind": "local", "host": "cloud", "large": False},
    )
    op.create_table(
        "sync_quarantine",
        sa.Column("org_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("property_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("node_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sync_quarantine")),
        info={"kind": "local", "host": "cloud", "large": False},
    )
    op.create_table(
        "sync_scopes",
        sa.Column("org_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("scope", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "scope", name=op.f("pk_sync_scopes")),
        info={"kind": "local", "host": "cloud", "large": False},
        postgresql_with={"fillfactor": 20},
    )
    op.create_table(
        "sync_stage",
        sa.Column("org_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("node_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "node_id", "incarnation", "last", name=op.f("pk_sync_stage")),
        info={"kind": "local", "host": "cloud", "large": False},
    )
