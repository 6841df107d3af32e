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
    tip_minor: int = 0


@journal_kind("payments.order_settled")
@dataclass(frozen=True, slots=True)
class OrderSettled:
    """Nothing is due any more, and the receipt has its number."""

    order_id: str
    receipt_id: str
    receipt_number: str
    total_minor: int
    currency: str


@journal_kind("payments.receipt_withdrawn")
@dataclass(frozen=True, slots=True)
class ReceiptWithdrawn:
    """A receipt counts no more: somebody opened its order again (the reason stands in the entry), or two nodes that were
    apart had each done something to it."""

    withdrawal_id: str
    receipt_id: str
    receipt_number: str
    order_id: str
    cause: str
    total_minor: int
    currency: str


@journal_kind("payments.payment_refunded")
@dataclass(frozen=True, slots=True)
class PaymentRefunded:
    """Money of a payment was given back; the reason stands in the entry."""

    refund_id: str
    payment_id: str
    order_id: str
    number: str
    kind: str
    tender: str
    amount_minor: int
    tip_minor: int
    currency: str


@journal_kind("payments.card_attempted")
@dataclass(frozen=True, slots=True)
class CardAttempted:
    """A card terminal was asked to charge a card; until it answers, nobody knows whether it did."""

    attempt_id: str
    order_id: str
    number: str
    amount_minor: int
    tip_minor: int
    currency: str


@journal_kind("payments.card_answered")
@dataclass(frozen=True, slots=True)
class CardAnswered:
    """What became known of a card payment, and from where; a decision says why in the entry."""

    attempt_id: str
    order_id: str
    number: str
    outcome: str
    source: str


@journal_kind("payments.card_refund_asked")
@dataclass(frozen=True, slots=True)
class CardRefundAsked:
    """A card terminal was asked to give money of a payment back to its card; the reason stands in the entry."""

    card_refund_id: str
    payment_id: str
    order_id: str
    number: str
    amount_minor: int
    tip_minor: int
    currency: str


@journal_kind("payments.card_refund_answered")
@dataclass(frozen=True, slots=True)
class CardRefundAnswered:
    """What became known of that, and from where; a decision says why in the entry."""

    card_refund_id: str
    order_id: str
    number: str
    outcome: str
    source: str


@journal_kind("payments.card_taken_offline")
@dataclass(frozen=True, slots=True)
class CardTakenOffline:
    """A card paid that the acquirer had not heard of; `over` names the limit that it went over by somebody's approval."""

    offline_card_id: str
    payment_id: str
    order_id: str
    way: str
    amount_minor: int
    currency: str
    over: str


@journal_kind("payments.offline_card_known")
@dataclass(frozen=True, slots=True)
class OfflineCardKnown:
    """What became of a card that was taken offline: confirmed, or lost; the reason stands in the entry."""

    offline_card_id: str
    order_id: str
    outcome: str
    amount_minor: int
    currency: str
