"""What can happen on a receipt's way to its guest. The secret of a link stands in its row alone."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("handouts.receipt_linked")
@dataclass(frozen=True, slots=True)
class ReceiptLinked:
    """A receipt got a link, by which whoever has it can read it at head office."""

    link_id: str
    receipt_id: str
    order_id: str
