"""What may be taken as a deposit, and how it ends. Values in, a decision out."""

from dataclasses import dataclass, replace

from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.money import written
from hospitality.parties.rules import DEPOSIT_MINOR_MAX
from hospitality.payments.rules import card_reference, kept_reason


@dataclass(frozen=True, slots=True)
class NewDeposit:
    """A deposit as it is asked for; a card's has the card terminal's reference."""

    tender: str
    amount_minor: int
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class NewEnd:
    """How a deposit, or part of it, ends: applied, given_back or kept; the last two for a reason."""

    kind: str
    amount_minor: int
    reason: str | None = None
    reference: str | None = None


def check_deposit(new: NewDeposit) -> NewDeposit:
    """The deposit as it is kept."""
    if not 0 < new.amount_minor <= DEPOSIT_MINOR_MAX:
        raise Invalid("AMOUNT_INVALID", "Take an amount above zero.", amount_minor=new.amount_minor)
    return replace(new, reference=_reference(new.tender, new.reference))


def check_end(new: NewEnd, *, held_minor: int, currency: str, tender: str = "cash") -> NewEnd:
    """The end as it is kept; Refused DEPOSIT_SPENT when less than that is held."""
    if new.amount_minor > held_minor or held_minor <= 0:
        raise Refused(
            "DEPOSIT_SPENT",
            f"{written(max(held_minor, 0), currency)} of this deposit is held. Take no more than that.",
            held_minor=held_minor,
        )
    if new.amount_minor <= 0:
        raise Invalid("AMOUNT_INVALID", "Give an amount above zero.", amount_minor=new.amount_minor)
    if new.kind == "applied":
        return new
    reference = _reference(tender, new.reference) if new.kind == "given_back" else None
    return replace(new, reason=kept_reason(new.reason, what="the deposit ends"), reference=reference)


def _reference(tender: str, reference: str | None) -> str | None:
    if tender == "card":
        return card_reference(reference)
    if reference is not None:
        raise Invalid("REFERENCE_NOT_FOR_CASH", "Only a card payment has a reference. Leave it out.")
    return None
