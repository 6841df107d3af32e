"""What a fiscal device signed."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import COUNT, DAY, DOCUMENT, ID, INSTANT

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was signed."""
    new_table(
        "fiscal_signatures",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("counter", COUNT, nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("said", DOCUMENT, nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        indexes=[["property_id", "business_date"], ["property_id", "series"]],
        large=True,
    )
