"""How much may be taken by cards while the acquirer can't be reached. Values in, a decision out.

Such a card may still be declined once it is heard of, so what it paid is money at risk until somebody knows. The house
says how much it risks: of one card, on one business day, and altogether. Nothing of it is taken unless it says so.
"""

from dataclasses import dataclass

from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.money import written

# `stored`: the card terminal keeps the charge and sends it on by itself; `voice`: a code that was told by telephone.
WAYS = ("stored", "voice")
OUTCOMES = ("confirmed", "lost")


@dataclass(frozen=True, slots=True)
class Limits:
    """The house's, in minor units of its currency; `day` is a business day, so that no count of a drawer begins anew."""

    card_minor: int = 0
    day_minor: int = 0
    total_minor: int = 0


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What was taken on the business day at hand, known by now or not; and what is not known yet, of any day."""

    day_minor: int = 0
    total_minor: int = 0


def check_way(way: str) -> None:
    """Raises Invalid unless a card can be taken offline that way."""
    if way not in WAYS:
        raise Invalid("OFFLINE_WAY_INVALID", f"Say how it was taken: {' or '.join(WAYS)}.", offline=way)


def over_limit(limits: Limits, before: AtRisk, amount_minor: int) -> str:
    """Which limit a card of this amount, tip included, would go over: `card`, `day` or `total`; empty when none."""
    if amount_minor > limits.card_minor:
        return "card"
    if before.day_minor + amount_minor > limits.day_minor:
        return "day"
    return "total" if before.total_minor + amount_minor > limits.total_minor else ""


def refused(over: str, limits: Limits, before: AtRisk, amount_minor: int, *, order_id: str, currency: str) -> Refused:
    """What tells staff that no more is taken offline, with all that an approval of it must name."""
    limit, taken = {
        "card": (limits.card_minor, 0),
        "day": (limits.day_minor, before.day_minor),
        "total": (limits.total_minor, before.total_minor),
    }[over]
    words = {
        "card": f"A card may be taken offline up to {written(limit, currency)}.",
        "day": f"{written(taken, currency)} of the {written(limit, currency)} of this day were taken offline already.",
        "total": f"{written(taken, currency)} of {written(limit, currency)} taken offline are not confirmed yet.",
    }
    return Refused(
        "OFFLINE_OVER_LIMIT",
        f"{words[over]} Take cash, or ask a manager to approve it with their PIN.",
        limit=over,
        limit_minor=limit,
        at_risk_minor=taken,
        action="payments.offline",
        record_id=order_id,
        value=amount_minor,
    )


def check_outcome(outcome: str, *, known: str | None, number: str) -> None:
    """Raises unless what became of such a card may be told now."""
    if outcome not in OUTCOMES:
        raise Invalid("OUTCOME_INVALID", f"Say {' or '.join(OUTCOMES)}.", outcome=outcome)
    if known is not None:
        raise Refused(
            "OFFLINE_KNOWN",
            f"The card taken offline on order {number} is {known} already. Read the list again.",
            outcome=known,
        )
