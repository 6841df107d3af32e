"""What leans on a row is found by it: a snapshot hands an order out with all that belongs to it."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the indexes."""
    for table in ("line_steps", "line_voids"):
        op.create_index(op.f(f"ix_{table}_org_id_line_id"), table, ["org_id", "line_id"], unique=False)
