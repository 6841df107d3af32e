"""Drawers and what happened to each: it was opened with a float, cash was moved, it was counted."""

from hospitality.ground.tables import AMOUNT, DAY, DOCUMENT, ID, INSTANT, WORDS, Row, column, described


class Drawer(Row, table=True):
    """Where cash lies. `terminal_id` names the one terminal that sells into it; None is shared by all others."""

    __tablename__ = "drawers"
    __table_args__ = described(
        "record", writer="both", indexes=[["property_id"]], keys={"name": ("property_id", "name")}
    )

    name: str = column(WORDS)
    terminal_id: str | None = column(ID, optional=True)


class DrawerSession(Row, table=True):
    """A drawer was opened with a float; it stays open until it is counted. The newest of a drawer is the one at hand."""

    __tablename__ = "drawer_sessions"
    __table_args__ = described("fact", indexes=[["drawer_id", "id"], ["property_id", "business_date"]])

    drawer_id: str = column(ID)
    float_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    opened_by: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    opened_at: str = column(INSTANT)
    business_date: str = column(DAY)


class CashMove(Row, table=True):
    """Cash went in (paid_in) or out (paid_out, drop to the safe, tip_out to `to_person_id`), not for a sale."""

    __tablename__ = "cash_moves"
    __table_args__ = described(
        "fact",
        refers={"session_id": "drawer_sessions"},
        indexes=[["session_id"], ["property_id", "business_date"]],
    )

    session_id: str = column(ID)
    kind: str = column(WORDS)
    amount_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    reason: str = column(WORDS, pii="indirect")
    reference: str | None = column(WORDS, pii="indirect", optional=True)
    to_person_id: str | None = column(ID, pii="indirect", optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class DrawerCount(Row, table=True):
    """A session ended: what was counted beside what should have been there, in the house currency and, as JSON, in each.

    Its id follows from the session's. `counted` is a list of {currency, counted_minor, expected_minor}.
    """

    __tablename__ = "drawer_counts"
    __table_args__ = described(
        "fact",
        refers={"session_id": "drawer_sessions"},
        indexes=[["session_id"], ["property_id", "business_date"]],
    )

    session_id: str = column(ID)
    counted_minor: int = column(AMOUNT)
    expected_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    counted: str = column(DOCUMENT)
    note: str | None = column(WORDS, pii="indirect", optional=True)
    counted_by: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    counted_at: str = column(INSTANT)
    business_date: str = column(DAY)


class HouseRate(Row, table=True):
    """At how many millionths of the house currency's unit another currency's is taken; zero when it isn't any more.

    Its id follows from the property's and the currency, so that a currency has one rate.
    """

    __tablename__ = "house_rates"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]])

    currency: str = column(WORDS)
    rate_micro: int = column(AMOUNT)
