"""What is kept of days that are over: numbered reports, and what people handed in."""

from hospitality.ground.tables import AMOUNT, COUNT, DAY, DOCUMENT, ID, INSTANT, WORDS, Row, column, described


class DayReport(Row, table=True):
    """A Z (sequence 0) or a supplement to it (1, 2 …), with its figures as they were, as JSON; never made anew.

    Ids follow from the day, so that a day has one Z. `open_orders` lists {id, number} of the orders that were carried over.
    """

    __tablename__ = "day_reports"
    __table_args__ = described("fact", indexes=[["property_id", "date", "sequence"]])

    date: str = column(DAY)
    kind: str = column(WORDS)
    sequence: int = column(COUNT)
    number: str = column(WORDS)
    currency: str = column(WORDS)
    figures: str = column(DOCUMENT)
    open_orders: str = column(DOCUMENT)
    made_by: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    made_at: str = column(INSTANT)


class ServerCheckout(Row, table=True):
    """Somebody handed in what they took on a day: the figures as they were, and the tips that they say they keep."""

    __tablename__ = "server_checkouts"
    __table_args__ = described("fact", indexes=[["property_id", "date"]])

    date: str = column(DAY)
    person_id: str = column(ID, pii="indirect")
    currency: str = column(WORDS)
    declared_tip_minor: int = column(AMOUNT)
    figures: str = column(DOCUMENT)
    made_by: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    made_at: str = column(INSTANT)
