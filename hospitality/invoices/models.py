"""Invoices and what takes them back: facts that only the property's node writes."""

from hospitality.ground.tables import DAY, ID, INSTANT, WORDS, Row, column, described


class Invoice(Row, table=True):
    """A receipt issued to a company, under a number of its own. The receipt says what was sold; this says to whom.

    A sole trader's company is named after them, so whom it names is personal. replaces: the number of the cancelled
    invoice that this one stands in for.
    """

    __tablename__ = "invoices"
    __table_args__ = described(
        "fact",
        refers={"receipt_id": "receipts"},
        indexes=[["receipt_id"], ["order_id"], ["property_id", "business_date"]],
    )

    receipt_id: str = column(ID)
    order_id: str = column(ID)
    number: str = column(WORDS)
    company: str = column(WORDS, pii="direct")
    address: str = column(WORDS, pii="direct")
    tax_number: str = column(WORDS, pii="indirect")
    country: str | None = column(WORDS, optional=True)
    reference: str | None = column(WORDS, pii="indirect", optional=True)
    replaces: str | None = column(WORDS, optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    issued_at: str = column(INSTANT)
    business_date: str = column(DAY)


class InvoiceCancellation(Row, table=True):
    """An invoice counts no more, for a reason; its number stays."""

    __tablename__ = "invoice_cancellations"
    __table_args__ = described("fact", refers={"invoice_id": "invoices"}, indexes=[["invoice_id"]])

    invoice_id: str = column(ID)
    reason: str = column(WORDS, pii="indirect")
    person_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)
