"""Facts about a room: its guest left; somebody there asked for something; that was answered."""

from hospitality.ground.tables import DAY, ELEMENTS, ID, INSTANT, WORDS, Row, column, described


class RoomDeparture(Row, table=True):
    """A guest left. `until` is the moment up to which the room's orders and asks are the former guest's: no earlier than
    any of them, since a wall clock can go backwards."""

    __tablename__ = "room_departures"
    __table_args__ = described("fact", refers={"room_id": "rooms"}, indexes=[["room_id", "until"]])

    room_id: str = column(ID)
    until: str = column(INSTANT)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class RoomAsk(Row, table=True):
    """A guest asks: `about` is one of `rules.ABOUT`, `wishes` some of `rules.WISHES`."""

    __tablename__ = "room_asks"
    __table_args__ = described("fact", refers={"room_id": "rooms"}, indexes=[["room_id", "at"], ["property_id", "at"]])

    room_id: str = column(ID)
    about: str = column(WORDS)
    wishes: str = column(ELEMENTS)
    text: str | None = column(WORDS, pii="direct", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class RoomAnswer(Row, table=True):
    """Staff answered an ask, or did it. Of what two answered who were apart, the first answer counts."""

    __tablename__ = "room_answers"
    __table_args__ = described("fact", refers={"ask_id": "room_asks"}, indexes=[["ask_id"]])

    ask_id: str = column(ID)
    text: str | None = column(WORDS, pii="indirect", optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)
