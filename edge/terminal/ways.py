"""The ways in which an order is paid, and what each asks of the node. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from edge.terminal.amounts import needed_of, quick_amounts
from edge.terminal.shapes.money import HouseRate
from edge.terminal.words import _
from hospitality.ground.money import in_house_currency, to_step


@dataclass(frozen=True)
class CashTaken:
    """How the house takes cash: its smallest coin, and of which other currencies at which rates."""

    step_minor: int = 1
    rates: tuple[HouseRate, ...] = ()


@dataclass(frozen=True)
class Way:
    """A way to pay: in cash with an amount handed over (None: to be typed), perhaps of another currency, or by card."""

    key: str
    words: str
    cash: bool
    tendered_minor: int | None = None
    rate: HouseRate | None = None

    def counts(self, given_minor: int, house: str) -> int:
        """What was handed over, in the house's currency."""
        rate = self.rate
        return in_house_currency(given_minor, rate.currency, rate.rate_micro, house) if rate else given_minor

    def least(self, wanted_minor: int, house: str) -> int:
        """The least to hand over for an amount of the house's currency."""
        return needed_of(wanted_minor, self.rate.currency, self.rate.rate_micro, house) if self.rate else wanted_minor


def ways_to_pay(due_minor: int, currency: str, taken: CashTaken) -> Iterable[Way]:
    """Exact first, then the next round amounts, then typed, then other currencies, then card: the order in which guests do
    it."""
    exact = to_step(due_minor, taken.step_minor)
    yield Way("exact", _("Cash, exact"), cash=True, tendered_minor=exact)
    for amount in quick_amounts(exact, currency):
        yield Way(f"cash:{amount}", _("Cash"), cash=True, tendered_minor=amount)
    yield Way("other", _("Cash, another amount"), cash=True)
    for rate in taken.rates:
        yield Way(f"cash:{rate.currency}", _("Cash, {currency}").format(currency=rate.currency), cash=True, rate=rate)
    yield Way("card", _("Card"), cash=False)


def change_of(way: Way, given_minor: int, due_minor: int, tip_minor: int, house: str, taken: CashTaken) -> int:
    """What goes back of cash, in coins of the house; below zero what is missing."""
    left = way.counts(given_minor, house) - to_step(due_minor + tip_minor, taken.step_minor)
    return left // taken.step_minor * taken.step_minor


def cash(way: Way, given_minor: int, due_minor: int, tip_minor: int, house: str, taken: CashTaken) -> dict[str, Any]:
    """A payment in cash: less than is due pays a part, more is given back; the tip is kept of what was handed over."""
    counts = way.counts(given_minor, house) // taken.step_minor * taken.step_minor
    covers = change_of(way, given_minor, due_minor, tip_minor, house, taken) >= 0
    said = {"tender": "cash", "amount_minor": due_minor if covers else counts - tip_minor}
    of = {"tendered_currency": way.rate.currency} if way.rate else {}
    return said | {"tendered_minor": given_minor} | of | _tip(tip_minor)


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
