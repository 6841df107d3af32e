"""What a printer on the network is known by when its address changes."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import WORDS

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It is learned when they answer."""
    for name in ("hardware", "told_name"):
        op.add_column("printers", sa.Column(name, WORDS, server_default="", nullable=False))
