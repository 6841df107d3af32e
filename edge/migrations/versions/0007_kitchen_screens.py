"""Which kitchen screens there should be, and who stands in for a station of which none is heard."""

import sqlalchemy as sa
from alembic import op

from hospitality.ground.tables import ID, INSTANT

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LOCAL = {"kind": "local", "writer": "property", "large": False, "host": "edge"}


def upgrade() -> None:
    """None was expected before."""
    op.create_table(
        "kitchen_screens",
        *_own("kitchen_screens"),
        sa.Column("terminal_id", ID, nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        info=LOCAL,
    )
    op.create_table(
        "stand_ins",
        *_own("stand_ins"),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("to_station_id", ID, nullable=True),
        sa.Column("printer_id", ID, nullable=True),
        info=LOCAL,
    )


def _own(name: str) -> list[sa.Column[str] | sa.PrimaryKeyConstraint]:
    return [
        sa.Column("org_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("property_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f(f"pk_{name}")),
    ]
