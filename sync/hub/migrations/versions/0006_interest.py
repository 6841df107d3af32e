"""Which property is told of which row of the group's."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "sync_interests",
        sa.Column("org_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("tbl", sa.Text(), nullable=False),
        sa.Column("row_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("property_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("again", sa.Boolean(), server_default=sa.text("FALSE"), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "tbl", "row_id", "property_id", name=op.f("pk_sync_interests")),
        info={"kind": "local", "host": "cloud", "large": False},
    )
    op.create_index(
        op.f("ix_sync_interests_org_id_property_id_tbl"), "sync_interests", ["org_id", "property_id", "tbl"]
    )
