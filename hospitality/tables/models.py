"""The plan as records that are edited field by field, and what happens at tables as facts.

A seating names its table without a foreign key: that guests sit somewhere must not wait for a description.
"""

from hospitality.ground.tables import COUNT, DAY, ELEMENTS, FLAG, ID, INSTANT, WORDS, Row, column, described

SHAPES = ("round", "square", "rectangle")
STEPS = ("bill_asked", "ended", "cleaned")


class Area(Row, table=True):
    """A part of the floor with a plan of its own: dining room, terrace, bar."""

    __tablename__ = "areas"
    __table_args__ = described(
        "record", writer="both", indexes=[["property_id"]], keys={"name": ("property_id", "name")}
    )

    name: str = column(WORDS)
    sort: int = column(COUNT)
    active: bool = column(FLAG)


class DiningTable(Row, table=True):
    """A table on its area's plan: upper left corner and size in units of which GRID are one step; rotation in degrees.

    Orders name it by its label. One that was taken away is not active, and comes back when its label is drawn anew.
    """

    __tablename__ = "dining_tables"
    __table_args__ = described(
        "record", writer="both", indexes=[["property_id", "label"]], keys={"label": ("property_id", "label")}
    )

    area_id: str = column(ID)
    label: str = column(WORDS)
    seats: int = column(COUNT)
    shape: str = column(WORDS)
    x: int = column(COUNT)
    y: int = column(COUNT)
    w: int = column(COUNT)
    h: int = column(COUNT)
    rotation: int = column(COUNT)
    active: bool = column(FLAG)


class Section(Row, table=True):
    """The tables of one server for a service (`service` names it, e.g. dinner); `table_ids` merges table by table."""

    __tablename__ = "sections"
    __table_args__ = described(
        "record", writer="both", indexes=[["property_id"]], keys={"name": ("property_id", "name")}
    )

    name: str = column(WORDS)
    service: str | None = column(WORDS, optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    table_ids: str = column(ELEMENTS, merge="set")
    active: bool = column(FLAG)


class TableSeating(Row, table=True):
    """Guests sat down at a table; what comes of it are steps. `party_id` names the party that waited or had reserved."""

    __tablename__ = "table_seatings"
    __table_args__ = described("fact", indexes=[["table_id", "id"], ["property_id", "business_date"], ["party_id"]])

    table_id: str = column(ID)
    covers: int = column(COUNT)
    party_id: str | None = column(ID, pii="indirect", optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class SeatingStep(Row, table=True):
    """A seating moved on: one of STEPS. The bill may be asked for again after more was ordered."""

    __tablename__ = "seating_steps"
    __table_args__ = described("fact", refers={"seating_id": "table_seatings"}, indexes=[["seating_id"]])

    seating_id: str = column(ID)
    step: str = column(WORDS)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class TableJoin(Row, table=True):
    """A table was put to another (`to_table_id`) for one party; it holds until it is parted, or for the day."""

    __tablename__ = "table_joins"
    __table_args__ = described("fact", indexes=[["property_id", "business_date"]])

    table_id: str = column(ID)
    to_table_id: str = column(ID)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class TableParting(Row, table=True):
    """A joined table stands by itself again."""

    __tablename__ = "table_partings"
    __table_args__ = described("fact", refers={"join_id": "table_joins"}, indexes=[["join_id"]])

    join_id: str = column(ID)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)
