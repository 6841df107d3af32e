"""Between a room and the house: guests who left, what they asked for, and its answers."""

import sqlalchemy as sa

from hospitality.ground.new_tables import new_table
from hospitality.ground.tables import DAY, ELEMENTS, ID, INSTANT, WORDS

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A room had no terminal that could do anything before."""
    new_table(
        "room_departures",
        sa.Column("room_id", ID, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"room_id": "rooms"},
        indexes=[["room_id", "until"]],
    )
    new_table(
        "room_asks",
        sa.Column("room_id", ID, nullable=False),
        sa.Column("about", WORDS, nullable=False),
        sa.Column("wishes", ELEMENTS, nullable=False),
        sa.Column("text", WORDS, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"room_id": "rooms"},
        indexes=[["room_id", "at"], ["property_id", "at"]],
    )
    new_table(
        "room_answers",
        sa.Column("ask_id", ID, nullable=False),
        sa.Column("text", WORDS, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("terminal_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", DAY, nullable=False),
        refers={"ask_id": "room_asks"},
        indexes=[["ask_id"]],
    )
