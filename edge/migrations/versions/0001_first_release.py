"""What only a node has."""

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
        "one_time_codes",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("for_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column(
            "expires_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column("used_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_one_time_codes")),
        info={"kind": "local", "writer": "property", "large": False, "host": "edge"},
    )
    op.create_index(op.f("ix_one_time_codes_org_id_code_hash"), "one_time_codes", ["org_id", "code_hash"], unique=False)
    op.create_table(
        "pin_verifiers",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column(
            "locked_until", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=True
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_pin_verifiers")),
        info={"kind": "local", "writer": "property", "large": False, "host": "edge"},
    )
    op.create_table(
        "print_jobs",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("printer_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("cause_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column(
            "fresh_since", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column(
            "changed_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("unconfirmed", sa.Integer(), nullable=False),
        sa.Column("troubles", sa.Integer(), nullable=False),
        sa.Column(
            "next_attempt_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=True
        ),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_print_jobs")),
        info={"kind": "local", "writer": "property", "large": False, "host": "edge"},
    )
    op.create_index(
        op.f("ix_print_jobs_org_id_printer_id_state"), "print_jobs", ["org_id", "printer_id", "state"], unique=False
    )
    op.create_index(op.f("ix_print_jobs_org_id_sequence"), "print_jobs", ["org_id", "sequence"], unique=False)
    op.create_table(
        "printers",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("station_ids", sa.Text(), nullable=False),
        sa.Column("receipts", sa.Boolean(), nullable=False),
        sa.Column("columns", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_printers")),
        info={"kind": "local", "writer": "property", "large": False, "host": "edge"},
    )
    op.create_table(
        "reader_places",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_reader_places")),
        info={"kind": "local", "writer": "property", "large": False, "host": "edge"},
    )
    op.create_table(
        "sessions",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("terminal_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("person_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column(
            "started_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column(
            "expires_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column("ended_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sessions")),
        info={"kind": "local", "writer": "property", "large": False, "host": "edge"},
    )
    op.create_index(op.f("ix_sessions_org_id_person_id"), "sessions", ["org_id", "person_id"], unique=False)
    op.create_index(op.f("ix_sessions_org_id_token_hash"), "sessions", ["org_id", "token_hash"], unique=False)
    op.create_table(
        "terminals",
        sa.Column("org_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=False),
        sa.Column("property_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Text().with_variant(sa.UUID(as_uuid=False), "postgresql"), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column(
            "enrolled_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=False
        ),
        sa.Column(
            "revoked_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=True
        ),
        sa.Column(
            "last_seen_at", sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql"), nullable=True
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_terminals")),
        info={"kind": "local", "writer": "property", "large": False, "host": "edge"},
    )
    op.create_index(op.f("ix_terminals_org_id_token_hash"), "terminals", ["org_id", "token_hash"], unique=False)
