"""What may be paid, and the change. Values in, a decision out."""

from collections.abc import Collection
from dataclasses import dataclass

from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.money import written
from hospitality.ground.texts import kept_text

REFERENCE_LENGTH_MAX = 64
TENDERED_MINOR_MAX = 10_000_000_000_000


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment as it is asked for; amounts in minor units of the order's currency."""

    tender: str
    amount_minor: int
    tendered_minor: int | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What is written down of a payment."""

    tendered_minor: int | None
    change_minor: int
    reference: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What has been paid on an order, and whether its receipt was issued."""

    paid_minor: int = 0
    settled: bool = False


def decide(new: NewPayment, *, due_minor: int, currency: str, references: Collection[str]) -> Decided:
    """Whether a payment can be taken, with its change.

    references: of the card payments that the order has; the same one again is the same payment keyed in twice.
    An order that comes to nothing is settled by a payment of nothing, so that a person says so.
    """
    if new.amount_minor > due_minor:
        raise Refused(
            "PAYMENT_OVER_DUE",
            f"Only {written(due_minor, currency)} is due. Take that much, and give the rest back as change.",
            due_minor=due_minor,
            amount_minor=new.amount_minor,
        )
    if new.amount_minor < 0 or (new.amount_minor == 0 and due_minor != 0):
        raise Invalid("AMOUNT_INVALID", "Take an amount above zero.", amount_minor=new.amount_minor)
    if new.tender == "cash":
        return _cash(new, currency)
    if new.tender == "card":
        return _card(new, references)
    raise Invalid("TENDER_INVALID", "Pay by cash or card.", tender=new.tender)


def _cash(new: NewPayment, currency: str) -> Decided:
    if new.reference is not None:
        raise Invalid("REFERENCE_NOT_FOR_CASH", "Only a card payment has a reference. Leave it out.")
    tendered = new.amount_minor if new.tendered_minor is None else new.tendered_minor
    if tendered < new.amount_minor:
        raise Refused(
            "TENDERED_TOO_LITTLE",
            f"{written(tendered, currency)} does not cover {written(new.amount_minor, currency)}."
            " Ask for more, or take a part payment.",
            tendered_minor=tendered,
            amount_minor=new.amount_minor,
        )
    if tendered > TENDERED_MINOR_MAX:
        raise Invalid("AMOUNT_INVALID", "That is more cash than a drawer holds.", tendered_minor=tendered)
    return Decided(tendered, tendered - new.amount_minor, None)


def _card(new: NewPayment, references: Collection[str]) -> Decided:
    if new.tendered_minor is not None:
        raise Invalid("TENDERED_NOT_FOR_CARD", "A card is charged the exact amount. Leave the cash out.")
    reference = kept_text(new.reference, what="reference", length_max=REFERENCE_LENGTH_MAX)
    if reference is None:
        raise Invalid("REFERENCE_MISSING", "Key in the reference from the card terminal's slip.")
    if reference in references:
        raise Refused(
            "CARD_REFERENCE_USED",
            "A card payment with this reference is on the order already. Look at its payments.",
            reference=reference,
        )
    return Decided(None, 0, reference)
