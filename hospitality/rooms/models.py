"""A room is a record that the property and head office both edit, field by field."""

from hospitality.ground.tables import FLAG, INSTANT, WORDS, Row, column, described


class Room(Row, table=True):
    """A guest room. `number` is what people call it and what orders and tickets say; one that is not `active` was taken
    away, and comes back when its number is given anew. numbered_at: since when it has its number; what went to that number
    before went to another room."""

    __tablename__ = "rooms"
    __table_args__ = described(
        "record", writer="both", indexes=[["property_id", "number"]], keys={"number": ("property_id", "number")}
    )

    number: str = column(WORDS)
    name: str | None = column(WORDS, optional=True)
    floor: str | None = column(WORDS, optional=True)
    active: bool = column(FLAG)
    numbered_at: str | None = column(INSTANT, optional=True)
