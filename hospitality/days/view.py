"""A report as CSV; as a PDF and as text its paper is laid out, by whoever has the words."""

import csv
from io import StringIO

from hospitality.days.composing import Part, Report
from hospitality.ground.money import written

_PARTS = {
    "x": "X",
    "z": "Z {number}",
    "supplement": "Supplement {number}",
    "total": "Total",
    "late": "Came late, in no report yet",
    "server": "Server {of}",
    "drawer": "Drawer {of}",
}
# what a spreadsheet would take for the beginning of a formula
_FORMULA = ("=", "+", "-", "@", "\t")


def report_csv(report: Report) -> str:
    """One row a figure: date, report, section, name, count, amount (decimal), currency."""
    out = StringIO()
    table = csv.writer(out)
    table.writerow(["date", "report", "section", "name", "count", "amount", "currency"])
    for part in report.parts:
        for one in part.figures:
            amount, _, currency = written(one.amount_minor, one.currency).rpartition(" ")
            name = _harmless(_name(part, report))
            table.writerow([report.day, name, one.section, _harmless(one.name), one.count, amount, currency])
    return out.getvalue()


def _name(part: Part, report: Report) -> str:
    return _PARTS[part.kind].format(number=part.number, of=report.of)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
