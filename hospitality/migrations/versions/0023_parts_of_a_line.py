"""Sets, nested choices and halves; what is weighed or keyed in."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import COUNT, DOCUMENT, FLAG, ID, WORDS

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An item was one line, sold by the piece, and a choice added words and a price to it."""
    op.add_column("menu_items", sa.Column("sold_as", WORDS, server_default="piece", nullable=False))
    op.add_column("modifier_groups", sa.Column("halves", FLAG, server_default="0", nullable=False))
    op.add_column("modifier_groups", sa.Column("course", COUNT, nullable=True))
    op.add_column("modifier_groups", sa.Column("held", FLAG, server_default="0", nullable=False))
    op.add_column("modifier_options", sa.Column("menu_item_id", ID, nullable=True))
    op.add_column("modifier_options", sa.Column("preset", FLAG, server_default="0", nullable=False))
    op.add_column("order_lines", sa.Column("part_of", DOCUMENT, nullable=True))
    op.add_column("order_lines", sa.Column("sold_as", DOCUMENT, nullable=True))
    new_table(
        "option_groups",
        sa.Column("option_id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("sort", COUNT, nullable=False),
        refers={"option_id": "modifier_options", "group_id": "modifier_groups"},
        indexes=[["option_id"]],
        kind="record",
        writer="both",
    )
