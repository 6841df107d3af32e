"""A report as text for a screen or a printer of 42 columns, and as CSV; from what the readings answer."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from itertools import groupby
from typing import Any

from hospitality.ground.money import written

COLUMNS = 42
TITLES = {
    "orders": "Orders",
    "sales": "Sales as priced",
    "adjustments": "Comps, discounts, charges",
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
    "cash": "Cash in and out",
    "drawers": "Drawers",
    "surplus": "Taken too much",
    "open": "Open orders",
}
# what a spreadsheet would take for the beginning of a formula
_FORMULA = ("=", "+", "-", "@", "\t")


def parts_of(day: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """(title, figures) of a day's reports in their order, and of their total where there are several."""
    for report in day["reports"]:
        yield f"{'Supplement' if report['sequence'] else 'Z'} {report['number']}", report["figures"]
    if len(day["reports"]) > 1:
        yield "Total", day["total"]
    if day["late"]:
        yield "Came late, in no report yet", day["late"]


def report_text(title: str, parts: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]) -> str:
    """Plain text of 42 columns: amounts at the right, counts before them."""
    lines = [title, "=" * COLUMNS]
    for name, figures in parts:
        lines += ["", name]
        for section, found in groupby(figures, key=lambda one: one["section"]):
            lines += ["", TITLES[section], "-" * COLUMNS]
            lines += [line for one in found for line in _line(one)]
    return "\n".join([*lines, ""])


def _line(figure: Mapping[str, Any]) -> Iterator[str]:
    value = amount_words(figure)
    name = f"{figure['name'].replace('_', ' ')}"
    if len(name) + 1 + len(value) > COLUMNS:
        yield name[:COLUMNS]
        name = ""
    yield f"{name}{value:>{COLUMNS - len(name)}}"


def amount_words(figure: Mapping[str, Any]) -> str:
    """`3 x 27.00 NAD`; the count alone where there is no amount, and the other way round."""
    amount = written(figure["amount_minor"], figure["currency"])
    if figure["amount_minor"] == 0 and figure["section"] in ("orders", "open"):
        return str(figure["count"])
    return f"{figure['count']} x {amount}" if figure["count"] else amount


def report_csv(day: str, parts: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]) -> str:
    """One row a figure: date, report, section, name, count, amount (decimal), currency."""
    out = StringIO()
    table = csv.writer(out)
    table.writerow(["date", "report", "section", "name", "count", "amount", "currency"])
    for title, figures in parts:
        for one in figures:
            amount, _, currency = written(one["amount_minor"], one["currency"]).rpartition(" ")
            table.writerow([day, title, one["section"], _harmless(one["name"]), one["count"], amount, currency])
    return out.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
