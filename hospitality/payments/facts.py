"""What can happen to money."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("payments.payment_taken")
@dataclass(frozen=True, slots=True)
class PaymentTaken:
    """Money was taken for an order."""

    payment_id: str
    order_id: str
    tender: str
    amount_minor: int
    currency: str


@journal_kind("payments.order_settled")
@dataclass(frozen=True, slots=True)
class OrderSettled:
    """Nothing is due any more, and the receipt has its number."""

    order_id: str
    receipt_id: str
    receipt_number: str
    total_minor: int
    currency: str
