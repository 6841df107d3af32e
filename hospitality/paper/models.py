"""What a property says on paper, as a record that is edited field by field."""

from hospitality.ground.tables import COUNT, DOCUMENT, ELEMENTS, FLAG, WORDS, Row, column, described


class PaperSettings(Row, table=True):
    """How a property's slips look; one row each, its id following from the property's.

    language: of what guests read, else the property's own; kitchen_language: of what cooks read, else English. head:
    lines under the name (address, tax number); foot: the last words. feedback_link: where the receipt's code leads.
    logo: a picture's bytes as base64. left_out: parts that don't show. buzzes: whether a ticket sounds the printer.
    receipt_link: whether a receipt's code leads to the receipt itself at head office, in place of `feedback_link`.
    alarm_after_seconds: how long a kitchen's slip may be on no paper before screens cry it out.
    """

    __tablename__ = "paper_settings"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]])

    language: str | None = column(WORDS, optional=True)
    kitchen_language: str | None = column(WORDS, optional=True)
    head: str | None = column(WORDS, optional=True)
    foot: str | None = column(WORDS, optional=True)
    feedback_link: str | None = column(WORDS, optional=True)
    logo: str | None = column(DOCUMENT, optional=True)
    left_out: str = column(ELEMENTS, merge="set")
    buzzes: bool = column(FLAG, default=False, otherwise="0")
    receipt_link: bool = column(FLAG, default=False, otherwise="0")
    alarm_after_seconds: int = column(COUNT, default=120, otherwise="120")
