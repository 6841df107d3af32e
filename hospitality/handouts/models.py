"""Links to receipts: facts that only the property's node writes."""

from hospitality.ground.tables import ID, INSTANT, WORDS, Row, column, described


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
