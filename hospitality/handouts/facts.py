"""What can happen on a receipt's way to its guest. A link's secret and a mail's address stand in their rows alone."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("handouts.receipt_linked")
@dataclass(frozen=True, slots=True)
class ReceiptLinked:
    """A receipt got a link, by which whoever has it can read it at head office."""

    link_id: str
    receipt_id: str
    order_id: str


@journal_kind("handouts.receipt_mail_asked")
@dataclass(frozen=True, slots=True)
class ReceiptMailAsked:
    """A receipt, or an invoice of it, is to be sent by mail; to whom stands in its row alone."""

    mail_id: str
    receipt_id: str
    order_id: str
    invoice_id: str | None


@journal_kind("handouts.receipt_mail_ended")
@dataclass(frozen=True, slots=True)
class ReceiptMailEnded:
    """Head office has sent a mail, or tries no more; `state` is one of `rules.ENDS`."""

    mail_id: str
    state: str
    twice: bool
    reply_code: int | None
