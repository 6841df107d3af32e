"""What a drawer should hold, and the figures of a day. Values in, a decision out.

A figure is a count and an amount under a section and a name. Figures add and subtract name by name, so a day's total is
its Z and all its supplements, and a supplement is what the raw facts say by now less what was reported.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hospitality.ground.errors import Invalid, Refused
from hospitality.orders.rules import PROMOTION

COUNTED_MINOR_MAX = 10_000_000_000_000
CURRENCIES_MAX = 20
NAMED_MAX = 10
MISSING_MAX = 100
NUMBERED = {"receipt": "receipts", "refund": "refunds", "invoice": "invoices"}  # fiscal series, and where they stand
# in the order in which a report shows them
SECTIONS = (
    "orders",
    "sales",
    "sets",
    "adjustments",
    "promotions",
    "receipts",
    "tax_net",
    "tax",
    "refunds",
    "payments",
    "reversals",
    "rounding",
    "currencies",
    "deposits",
    "tips",
    "cash",
    "drawers",
    "surplus",
    "offline",
    "open",
)


@dataclass(frozen=True, slots=True)
class Counted:
    """One currency of a counted drawer."""

    currency: str
    counted_minor: int
    expected_minor: int


def counted_drawer(
    counted_minor: Mapping[str, int], expected_minor: Mapping[str, int], *, currency: str
) -> tuple[Counted, ...]:
    """What was counted beside what should be there, in every currency that either has; the house currency first.

    Raises Invalid unless each count is zero or more. A currency that was not counted counts as none.
    """
    if len(counted_minor) > CURRENCIES_MAX or any(not 0 <= n <= COUNTED_MINOR_MAX for n in counted_minor.values()):
        raise Invalid("COUNT_INVALID", "Count each currency: zero or more.", currencies=len(counted_minor))
    others = sorted({*counted_minor, *(name for name, amount in expected_minor.items() if amount)} - {currency})
    return tuple(Counted(name, counted_minor.get(name, 0), expected_minor.get(name, 0)) for name in (currency, *others))


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a report: so many, and so much."""

    section: str
    name: str
    count: int
    amount_minor: int
    currency: str


Figures = tuple[Figure, ...]


def summed(figures: Iterable[Figure]) -> Figures:
    """Figures of one section and name put together, in the order of a report; what comes to nothing is left out."""
    sums: dict[tuple[str, str, str], tuple[int, int]] = {}
    for one in figures:
        key = (one.section, one.name, one.currency)
        count, amount = sums.get(key, (0, 0))
        sums[key] = (count + one.count, amount + one.amount_minor)
    found = [Figure(key[0], key[1], *sums[key], key[2]) for key in sums if sums[key] != (0, 0)]
    return tuple(sorted(found, key=lambda one: (SECTIONS.index(one.section), one.name, one.currency)))


def less(figures: Iterable[Figure], others: Iterable[Figure]) -> Figures:
    """What figures have beyond others; nothing when they agree."""
    taken = (Figure(one.section, one.name, -one.count, -one.amount_minor, one.currency) for one in others)
    return summed([*figures, *taken])


def adjustment_figure(kind: str, name: str | None, sign: int, amount_minor: int, currency: str) -> Figure:
    """What an adjustment came to on one order, or, with a sign below zero, no more; a promotion is told by its name."""
    section, told = ("promotions", name or kind) if kind == PROMOTION else ("adjustments", kind)
    return Figure(section, told, sign, sign * amount_minor, currency)


def tax_figures(taxes: Iterable[Mapping[str, Any]], *, sign: int, currency: str) -> Iterable[Figure]:
    """The figures of a receipt's taxes (sign 1), or of those of a refund (-1)."""
    for tax in taxes:
        name = rate_words(tax)
        yield Figure("tax_net", name, 0, sign * tax["net_minor"], currency)
        yield Figure("tax", name, 0, sign * tax["tax_minor"], currency)


def rate_words(tax: Mapping[str, Any]) -> str:
    """`VAT 15 % included`, `Levy 2.5 % on top`."""
    whole, part = divmod(tax["rate_bp"], 100)
    decimals = f".{part:02}".rstrip("0") if part else ""
    return f"{tax['name']} {whole}{decimals} % {'included' if tax['included'] else 'on top'}"


# --- numbers


@dataclass(frozen=True, slots=True)
class Stretch:
    """The numbers of one series that one life of a node gave on a day: `A2-104` to `A2-151`, and what is not among them."""

    series: str
    prefix: str
    first: int
    last: int
    count: int
    missing: tuple[str, ...]


def stretches(series: str, numbers: Iterable[str]) -> Iterator[Stretch]:
    """A day's numbers by node and life, each with the gaps between its first and last."""
    by_prefix: dict[str, set[int]] = {}
    for number in numbers:
        prefix, _, count = number.rpartition("-")
        by_prefix.setdefault(prefix, set()).add(int(count))
    for prefix, given in sorted(by_prefix.items()):
        first, last = min(given), max(given)
        gaps = islice((n for n in range(first, last) if n not in given), MISSING_MAX)
        yield Stretch(series, prefix, first, last, len(given), tuple(f"{prefix}-{n}" for n in gaps))


# --- closing


def check_nothing_open(
    orders: Sequence[Mapping[str, Any]], drawers: Sequence[str], *, carries_over: bool, whose: str = ""
) -> None:
    """Raises Refused while drawers are open, or orders are that may not carry over to the next day; names them (R27)."""
    if drawers:
        raise Refused("DRAWERS_OPEN", f"Count these drawers first: {_listed(drawers)}.", drawers=list(drawers))
    if orders and not carries_over:
        named = [str(order["number"]) for order in orders]
        raise Refused(
            "ORDERS_OPEN",
            f"{len(orders)} {whose}orders stand open: {_listed(named)}. Settle or void them first.",
            orders=[{"id": order["id"], "number": order["number"]} for order in orders],
        )


def check_reportable(*, status: str | None, number: str | None, date: str) -> None:
    """Raises Refused when there is no such day, or it has its Z already."""
    if status is None:
        raise Refused("DAY_NOT_FOUND", "Nothing was sold on that day. Choose one from the list of days.", date=date)
    if number is not None:
        raise Refused(
            "DAY_CLOSED",
            f"{date} was closed with Z {number}. What came late to it goes into a supplement.",
            date=date,
            number=number,
        )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMED_MAX])
    return shown if len(names) <= NAMED_MAX else f"{shown} and {len(names) - NAMED_MAX} more"
