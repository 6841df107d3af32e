"""A report as text for a screen of 42 columns, and as CSV."""

import csv
from collections.abc import Iterator
from io import StringIO

from hospitality.days.composing import COUNTED, TITLES, Part, Report, sections
from hospitality.days.rules import Figure
from hospitality.ground.money import written

COLUMNS = 42
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


def report_text(report: Report) -> str:
    """Plain text of 42 columns: amounts at the right, counts before them."""
    lines = [f"Business day {report.day}", "=" * COLUMNS]
    for part in report.parts:
        lines += ["", _name(part, report)]
        for section in sections(part.figures):
            lines += ["", TITLES[section.name], "-" * COLUMNS]
            lines += [line for one in (*section.figures, *section.totals) for line in _line(one)]
    return "\n".join([*lines, ""])


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


def _line(figure: Figure) -> Iterator[str]:
    value = _value(figure)
    name = figure.name.replace("_", " ")
    if len(name) + 1 + len(value) > COLUMNS:
        yield name[:COLUMNS]
        name = ""
    yield f"{name}{value:>{COLUMNS - len(name)}}"


def _value(figure: Figure) -> str:
    """`3 x 27.00 NAD`; the count alone where there is no amount, and the other way round."""
    if figure.section in COUNTED:
        return str(figure.count)
    amount = written(figure.amount_minor, figure.currency)
    return f"{figure.count} x {amount}" if figure.count else amount


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
