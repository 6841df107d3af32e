"""How the serial line of a printer is set."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import DOCUMENT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All printers were on the network before."""
    op.add_column("printers", sa.Column("settings", DOCUMENT, server_default="{}", nullable=False))
