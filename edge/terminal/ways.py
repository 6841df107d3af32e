"""The ways in which an order is paid, and what each asks of the node. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from edge.terminal.amounts import quick_amounts
from edge.terminal.words import _


@dataclass(frozen=True)
class Way:
    """A way to pay: in cash with an amount handed over (None: to be typed), or by card."""

    key: str
    words: str
    cash: bool
    tendered_minor: int | None = None


def ways_to_pay(due_minor: int, currency: str) -> Iterable[Way]:
    """Exact first, then the next round amounts, then typed, then card: the order in which guests do it."""
    yield Way("exact", _("Cash, exact"), cash=True, tendered_minor=due_minor)
    for amount in quick_amounts(due_minor, currency):
        yield Way(f"cash:{amount}", _("Cash"), cash=True, tendered_minor=amount)
    yield Way("other", _("Cash, another amount"), cash=True)
    yield Way("card", _("Card"), cash=False)


def cash(given_minor: int, due_minor: int, tip_minor: int = 0) -> dict[str, Any]:
    """A payment in cash: less than is due pays a part, more is given back; the tip is kept of what was handed over."""
    amount = min(given_minor - tip_minor, due_minor)
    return {"tender": "cash", "amount_minor": amount, "tendered_minor": given_minor} | _tip(tip_minor)


def card(amount_minor: int, reference: str, tip_minor: int = 0, offline: str = "") -> dict[str, Any]:
    """A payment by a card terminal that stands beside this one, with what it printed; the tip comes on top. offline: how it
    was taken that the acquirer has not heard of."""
    said = {"tender": "card", "amount_minor": amount_minor, "reference": reference} | _tip(tip_minor)
    return said | ({"offline": offline} if offline else {})


def ways_offline() -> tuple[tuple[str, str], ...]:
    """How a card may be taken, one after the other as the key goes on; first as usual."""
    return (
        ("", _("The card is charged as usual.")),
        ("stored", _("Offline: the card terminal keeps it and sends it on. O again: a code told by telephone.")),
        ("voice", _("Offline: a code told by telephone; type it as the reference. O again: as usual.")),
    )


def _tip(tip_minor: int) -> dict[str, Any]:
    return {"tip_minor": tip_minor} if tip_minor else {}
