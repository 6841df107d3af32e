"""What edges said yes to, as they said it: the yardstick of every proof that nothing was lost or doubled."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderTaken:
    """An edge acknowledged an order: from now on it may not be lost."""

    reference: str
    edge_url: str
    order_id: str
    number: str
    currency: str
    total_minor: int
    lines: int


@dataclass(frozen=True, slots=True)
class PaymentTaken:
    """An edge acknowledged a payment."""

    reference: str
    edge_url: str
    order_id: str
    payment_id: str
    tender: str
    amount_minor: int


Acknowledgement = OrderTaken | PaymentTaken
Acknowledgements = Callable[[Acknowledgement], None]


class Ledger:
    """A sink that keeps every acknowledgement in memory, for a proof to compare with."""

    def __init__(self) -> None:
        self.orders: list[OrderTaken] = []
        self.payments: list[PaymentTaken] = []

    def __call__(self, taken: Acknowledgement) -> None:
        """Keeps one acknowledgement."""
        if isinstance(taken, OrderTaken):
            self.orders.append(taken)
        else:
            self.payments.append(taken)
