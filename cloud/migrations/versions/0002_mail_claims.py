"""Claims on mails that are to be sent."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import COUNT, ID, INSTANT

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Head office sent nothing."""
    op.create_table(
        "mail_claims",
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("property_id", ID, nullable=True),
        sa.Column("tries", COUNT, nullable=False),
        sa.Column("doubts", COUNT, nullable=False),
        sa.Column("begun_at", INSTANT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_mail_claims")),
        info={"kind": "local", "writer": "property", "large": False, "host": "cloud"},
    )
