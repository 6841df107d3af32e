"""Money taken and receipts issued: facts that only the property's node writes."""

from hospitality.ground.tables import AMOUNT, DAY, DOCUMENT, ID, INSTANT, WORDS, Row, column, described

TENDERS = ("cash", "card")


class Payment(Row, table=True):
    """Money taken for an order. Cash: what was handed over and given back; card: the terminal's reference."""

    __tablename__ = "payments"
    __table_args__ = described(
        "fact",
        large=True,
        refers={"order_id": "orders"},
        indexes=[["order_id"], ["property_id", "business_date", "id"]],
    )

    order_id: str = column(ID)
    tender: str = column(WORDS)
    amount_minor: int = column(AMOUNT)
    tendered_minor: int | None = column(AMOUNT, optional=True)
    change_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    reference: str | None = column(WORDS, pii="indirect", optional=True)
    taken_by: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    taken_at: str = column(INSTANT)
    business_date: str = column(DAY)


class Receipt(Row, table=True):
    """An order was settled: its receipt's number and what it came to. `taxes` is the order's list as JSON."""

    __tablename__ = "receipts"
    __table_args__ = described("fact", large=True, refers={"order_id": "orders"}, indexes=[["order_id"]])

    order_id: str = column(ID)
    number: str = column(WORDS)
    total_minor: int = column(AMOUNT)
    currency: str = column(WORDS)
    taxes: str = column(DOCUMENT)
    issued_at: str = column(INSTANT)
    business_date: str = column(DAY)
