"""A report, said once: of what it is, and its figures under their headings. Screen, CSV, paper and PDF are made of this."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from hospitality.days.rules import Figure, Figures

TITLES = {
    "orders": "Orders",
    "sales": "Sales as priced",
    "sets": "Sets sold",
    "adjustments": "Comps, discounts, charges",
    "promotions": "Promotions",
    "receipts": "Receipts",
    "tax_net": "Net by tax rate",
    "tax": "Tax",
    "refunds": "Refunds",
    "payments": "Taken",
    "reversals": "Reversed",
    "rounding": "Cash rounding",
    "currencies": "Other currencies",
    "deposits": "Deposits held",
    "tips": "Tips",
    "declared": "Handed in",
    "cash": "Cash in and out",
    "session": "In the drawer",
    "drawers": "Drawers",
    "surplus": "Taken too much",
    "offline": "Cards taken offline",
    "open": "Open orders",
}
# of these the figures are parts of one sum
TOTALLED = frozenset(
    {
        *("sales", "adjustments", "promotions", "receipts", "tax_net", "tax", "refunds", "payments"),
        *("reversals", "deposits", "session"),
    }
)
COUNTED = frozenset({"orders", "open"})  # of these the count is told, and no amount
_FOUND = ("section", "name", "count", "amount_minor", "currency")


@dataclass(frozen=True, slots=True)
class Part:
    """Figures that were made together: all of an X, a Z, a supplement, what a day's reports come to, what came late.

    open_orders: the numbers of those that stand open, or were carried over.
    """

    kind: Literal["x", "z", "supplement", "total", "late", "server", "drawer"]
    figures: Figures
    number: str = ""
    made_at: str | None = None
    open_orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report of a business day at a property; `of` names the person or the drawer that it is about."""

    property_name: str
    day: str
    parts: tuple[Part, ...]
    of: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Figures under one heading, with what they come to in each currency where they are parts of one sum."""

    name: str
    figures: Figures
    totals: Figures


def sections(figures: Figures) -> Iterator[Section]:
    """The headings of a part, each with its figures."""
    for name, found in groupby(figures, key=lambda one: one.section):
        under = tuple(found)
        yield Section(name, under, _totals(under) if name in TOTALLED else ())


def _totals(figures: Figures) -> Figures:
    sums: dict[str, list[int]] = {}
    for one in figures:
        sums.setdefault(one.currency, []).append(one.amount_minor)
    section = figures[0].section
    return tuple(Figure(section, "total", 0, sum(of), name) for name, of in sums.items() if len(of) > 1)


def file_name(report: Report) -> str:
    """What a report is saved as, without its ending: its kind and its day."""
    kind = report.parts[0].kind if report.parts else "day"
    return f"{kind if kind in ('x', 'server', 'drawer') else 'day'}-{report.day}"


def figures_from(shown: Iterable[Mapping[str, Any]]) -> Figures:
    """Figures as an answer has them, as values again."""
    return tuple(Figure(*(one[name] for name in _FOUND)) for one in shown)


def made_part(report: Mapping[str, Any]) -> Part:
    """A Z or a supplement as it was kept."""
    numbers = tuple(str(order["number"]) for order in report["open_orders"])
    kind: Literal["z", "supplement"] = "supplement" if report["sequence"] else "z"
    return Part(kind, figures_from(report["figures"]), report["number"], report["made_at"], numbers)


def day_parts(day: Mapping[str, Any]) -> Iterator[Part]:
    """A day's reports in their order, their total where there are several, and what came late to it."""
    for report in day["reports"]:
        yield made_part(report)
    if len(day["reports"]) > 1:
        yield Part("total", figures_from(day["total"]))
    if day["late"]:
        yield Part("late", figures_from(day["late"]))
