"""The visits of nodes: that two machines have one identity is noticed also where one only listens."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns."""
    for name in ("visits", "visit", "wrote", "heard_ms"):
        op.add_column("sync_nodes", sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0")))
