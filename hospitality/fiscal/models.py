"""Signatures of what was sold and taken back: facts that only the property's node writes."""

from hospitality.ground.tables import COUNT, DAY, DOCUMENT, ID, INSTANT, WORDS, Row, column, described


class FiscalSignature(Row, table=True):
    """A fiscal device signed a document, as `said` has it word for word; its id follows from the document's.

    series: the life of the node that signed, as in its numbers; a series counts from one without a gap, and each `said`
    holds the signature before. device: which device, by what it calls itself.
    """

    __tablename__ = "fiscal_signatures"
    __table_args__ = described(
        "fact", large=True, indexes=[["property_id", "business_date"], ["property_id", "series"]]
    )

    document: str = column(WORDS)
    document_id: str = column(ID)
    number: str = column(WORDS)
    series: str = column(WORDS)
    counter: int = column(COUNT)
    device: str = column(WORDS)
    said: str = column(DOCUMENT)
    signature: str = column(WORDS)
    at: str = column(INSTANT)
    business_date: str = column(DAY)
