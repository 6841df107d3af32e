"""Links to receipts and what is asked to be mailed, facts of the property's node; what became of a mail, head office's."""

from hospitality.ground.tables import COUNT, FLAG, ID, INSTANT, WORDS, Row, column, described


class ReceiptLink(Row, table=True):
    """Whoever knows `token` (128 bits of chance, made at the node) reads the receipt at head office.

    It is kept as it is and not by its hash: it must be shown again, on a further copy, on another terminal's screen. What a
    thief of the table could open with it lies in the tables beside. It has a table of its own, so that no list of receipts
    and no journal entry ever tells it.
    """

    __tablename__ = "receipt_links"
    __table_args__ = described("fact", refers={"receipt_id": "receipts"}, indexes=[["receipt_id"], ["token"]])

    receipt_id: str = column(ID)
    order_id: str = column(ID)
    token: str = column(WORDS, pii="indirect")
    made_at: str = column(INSTANT)


class ReceiptMail(Row, table=True):
    """Head office is to send a receipt, or the invoice of it that is named, to `address`.

    language: what the guest reads. again_of: the mail of the same to the same address that this one comes after, named by
    whoever wants it a second time.
    """

    __tablename__ = "receipt_mails"
    __table_args__ = described(
        "fact",
        refers={"receipt_id": "receipts", "invoice_id": "invoices"},
        indexes=[["order_id"], ["asked_at"]],
    )

    receipt_id: str = column(ID)
    order_id: str = column(ID)
    invoice_id: str | None = column(ID, optional=True)
    address: str = column(WORDS, pii="direct")
    language: str = column(WORDS)
    again_of: str | None = column(ID, optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    asked_at: str = column(INSTANT)


class ReceiptMailOutcome(Row, table=True):
    """How a mail ended; its id follows from the mail's, so that two processes write one.

    state: of `rules.ENDS`. twice: it was sent again after a try of which nobody knows whether it arrived. reply_code: what
    the receiving side said; its words are not kept, since they may name the guest.
    """

    __tablename__ = "receipt_mail_outcomes"
    __table_args__ = described("fact", writer="group", refers={"mail_id": "receipt_mails"}, indexes=[["mail_id"]])

    mail_id: str = column(ID)
    state: str = column(WORDS)
    twice: bool = column(FLAG)
    reply_code: int | None = column(COUNT, optional=True)
    at: str = column(INSTANT)
