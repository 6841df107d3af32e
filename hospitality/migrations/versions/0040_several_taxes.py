"""Several taxes of one item, and taxes on the price with other taxes."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import DOCUMENT, ELEMENTS, FLAG

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each item had one."""
    op.add_column("tax_rates", sa.Column("with_rate_ids", ELEMENTS, server_default="[]", nullable=False))
    op.add_column("tax_rates", sa.Column("compound", FLAG, server_default="0", nullable=False))
    op.add_column("order_lines", sa.Column("more_taxes", DOCUMENT, nullable=True))
