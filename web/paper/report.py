"""What a manager takes home: reports of days, servers and drawers, and the slips of money that was given back and
of a receipt that counts no more."""

from collections.abc import Iterator, Mapping
from typing import Any

from devices.documents import Align, Blank, Cell, Columns, Cut, Document, Element, Rule, Size, Text
from devices.documents import pair as row
from hospitality.days.composing import COUNTED, TITLES, Part, Report, sections
from hospitality.days.rules import Figure
from web.paper.paper import Paper
from web.paper.receipt import signature

ORDERS_NAMED_MAX = 40
_ENDINGS = ("given back", "included", "on top", "taken over")
_PARTS = {
    "x": "X report",
    "z": "Z report {number}",
    "supplement": "Supplement {number}",
    "total": "Total",
    "late": "Came late, in no report yet",
    "server": "Server checkout",
    "drawer": "Drawer session",
}
WITHDRAWN = {
    "reopened": "The order was opened again.",
    "changed": "The order was changed elsewhere. Look at what is due, or too much.",
    "settled_twice": "The order was settled twice. Give back what is too much.",
}


def report_document(report: Report, paper: Paper, *, at: str, by: str | None = None) -> Document:
    """The paper of a report, which was asked for (or made) at this time by somebody. An X says that nothing was closed."""
    title = _title(report, paper)
    elements: list[Element] = [*_head(title, report.property_name, _day(report, paper))]
    for part in report.parts:
        if len(report.parts) > 1:
            elements += [Blank(), Text(_part_title(part, paper), bold=True, size=Size.TALL)]
        elements += [*_figures(part, paper), *_orders(part, paper)]
    made = report.parts[0].made_at if len(report.parts) == 1 else None
    elements += [Rule(), row(by or paper.say("Made" if made else "As of"), paper.dated(paper.local(made or at)))]
    if any(part.kind == "x" for part in report.parts):
        elements.append(Text(paper.say("An interim reading: nothing was closed or reset."), align=Align.CENTER))
    return Document((*elements, Cut()), title=f"{title} {report.day}" if len(report.parts) != 1 else title)


def _title(report: Report, paper: Paper) -> str:
    if len(report.parts) != 1:
        return paper.say("Business day")
    return _part_title(report.parts[0], paper)


def _part_title(part: Part, paper: Paper) -> str:
    return paper.say(_PARTS[part.kind]).format(number=part.number)


def _day(report: Report, paper: Paper) -> str:
    day = paper.say("Business day {day}").format(day=paper.day(report.day))
    return f"{report.of}\n{day}" if report.of else day


def refund_slip(view: Mapping[str, Any], paper: Paper) -> Document:
    """The paper of `payments.reading.refund_view`, which the guest signs."""
    title, currency = paper.say("Refund {number}").format(number=view["number"]), view["currency"]
    cash = view["amount_minor"] + view["tip_minor"] + view["rounding_minor"]
    rows = [
        ("Amount", view["amount_minor"]),
        ("Tip", view["tip_minor"]),
        ("Rounding", view["rounding_minor"]),
    ]
    if view["tender"] == "card":
        how = paper.say("by card, reference {reference}").format(reference=view["reference"])
    else:
        how = paper.say("by {tender}").format(tender=paper.say(view["tender"]))
    elements = [
        *_head(title, view["property"]["name"], paper.dated(paper.local(view["given_at"]))),
        row(paper.say("Order"), view["order_number"]),
        *(row(paper.say(name), paper.amount(of_it, currency)) for name, of_it in rows if of_it or name == "Amount"),
        row(paper.say("Given back"), paper.amount(cash, currency), bold=True),
        Text(how),
        Text(view["reason"]),
        *signature(paper),
        Cut(),
    ]
    return Document(tuple(elements), title=title)


def withdrawal_slip(view: Mapping[str, Any], paper: Paper) -> Document:
    """The paper of `payments.reading.withdrawal_view`, to be kept with the books."""
    title = paper.say("Withdrawn {number}").format(number=view["receipt_number"])
    counts_no_more = paper.say("Receipt {number} counts no more.").format(number=view["receipt_number"])
    elements = [
        *_head(title, view["property"]["name"], paper.dated(paper.local(view["at"]))),
        Text(counts_no_more, bold=True),
        row(paper.say("Order"), view["order_number"]),
        row(paper.say("It said"), paper.amount(view["total_minor"], view["currency"])),
        Text(view["reason"] or paper.say(WITHDRAWN[view["cause"]])),
        Cut(),
    ]
    return Document(tuple(elements), title=title)


def _head(title: str, name: str, when: str) -> Iterator[Element]:
    yield Text(name, bold=True, align=Align.CENTER)
    yield Text(title, bold=True, size=Size.BIG, align=Align.CENTER)
    yield Text(when, align=Align.CENTER)
    yield Rule()


def _figures(part: Part, paper: Paper) -> Iterator[Element]:
    """Name, count and amount side by side; the columns of figures are as wide as the widest in the whole part."""
    found = list(sections(part.figures))
    shown = [_cells(one, paper) for section in found for one in (*section.figures, *section.totals)]
    widths = [max((len(cells[at]) for cells in shown), default=0) for at in (1, 2)]
    for section in found:
        yield Blank()
        yield Text(paper.say(TITLES[section.name]), bold=True)
        for one in (*section.figures, *section.totals):
            name, *values = _cells(one, paper)
            right = (Cell(value, width, Align.RIGHT) for value, width in zip(values, widths, strict=True) if width)
            yield Columns((Cell(name, grow=True), *right), bold=one in section.totals)


def _cells(figure: Figure, paper: Paper) -> tuple[str, str, str]:
    count = str(figure.count) if figure.count or figure.section in COUNTED else ""
    amount = "" if figure.section in COUNTED else paper.amount(figure.amount_minor, figure.currency)
    return _name(figure, paper), count, amount


def _name(figure: Figure, paper: Paper) -> str:
    """What is counted, in the readers' words: `Card, given back`, `VAT 15 %, included`."""
    name = figure.name.replace("_", " ")
    for ending in _ENDINGS:
        if name.endswith(f" {ending}"):
            return f"{_said(name.removesuffix(f' {ending}'), paper)}, {paper.say(ending)}"
    return _said(name, paper)


def _said(name: str, paper: Paper) -> str:
    return paper.say(name[:1].upper() + name[1:])


def _orders(part: Part, paper: Paper) -> Iterator[Element]:
    if not part.open_orders:
        return
    numbers = ", ".join(part.open_orders[:ORDERS_NAMED_MAX])
    left = len(part.open_orders) - ORDERS_NAMED_MAX
    if left > 0:
        numbers = paper.say("{numbers} and {n} more").format(numbers=numbers, n=left)
    form = paper.say("Still open: {numbers}") if part.kind == "x" else paper.say("Carried over: {numbers}")
    yield Blank()
    yield Text(form.format(numbers=numbers))
