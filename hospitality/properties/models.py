"""The group's tables of itself and its properties, and each property's business days."""

from hospitality.ground.tables import AMOUNT, COUNT, DAY, FLAG, INSTANT, WORDS, Row, column, described

DAY_STAGES = ("open", "closed")


class Organisation(Row, table=True):
    """A group; its `id` is the `org_id` of all that is its own."""

    __tablename__ = "organisations"
    __table_args__ = described("record", writer="group")

    name: str = column(WORDS)


class Property(Row, table=True):
    """One place that serves guests; `property_id` is its own id, so that the row lies in the property's scope."""

    __tablename__ = "properties"
    __table_args__ = described("record", writer="group")

    name: str = column(WORDS)
    zone: str = column(WORDS)
    currency: str = column(WORDS)
    cut_off_hour: int = column(COUNT)
    locale: str = column(WORDS)


class BusinessDay(Row, table=True):
    """A trading day of one property; its id follows from the date, so that a day is one row."""

    __tablename__ = "business_days"
    __table_args__ = described("record", writer="property", indexes=[["property_id", "date"]])

    date: str = column(DAY)
    opened_at: str = column(INSTANT)
    closed_at: str | None = column(INSTANT, optional=True)
    status: str = column(WORDS, merge="furthest_stage", stages=DAY_STAGES)


class HouseRules(Row, table=True):
    """How a property handles money and days; one row each, its id following from the property's.

    carries_over: whether a day may be closed while orders stand open, which then go on into the next.
    cash_step_minor: the smallest coin, to which cash is rounded. tax_by_line: whether taxes are rounded line by line.
    offline_*: how much is risked on cards that are taken while the acquirer can't be reached: of one card, on one business
    day, and altogether until it is known what became of them.
    """

    __tablename__ = "house_rules"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]])

    carries_over: bool = column(FLAG)
    cash_step_minor: int = column(COUNT, default=1, otherwise="1")
    tax_by_line: bool = column(FLAG, default=False, otherwise="0")
    offline_card_minor: int = column(AMOUNT, default=0, otherwise="0")
    offline_day_minor: int = column(AMOUNT, default=0, otherwise="0")
    offline_total_minor: int = column(AMOUNT, default=0, otherwise="0")
