"""What a manager takes from the printer: a day's Z or supplement, an X, and the slips of money that was given back and
of a receipt that counts no more."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from devices.documents import Align, Blank, Cut, Document, Element, Rule, Size, Text
from devices.documents import pair as row
from edge.printing.paper import Paper
from edge.printing.receipt import signature
from hospitality.days.view import TITLES

ORDERS_NAMED_MAX = 40
WITHDRAWN = {
    "reopened": "The order was opened again.",
    "changed": "The order was changed elsewhere. Look at what is due, or too much.",
    "settled_twice": "The order was settled twice. Give back what is too much.",
}


def day_report(view: Mapping[str, Any], paper: Paper) -> Document:
    """The paper of `days.reading.report_view`."""
    form = "Supplement {number}" if view["sequence"] else "Z report {number}"
    title = paper.say(form).format(number=view["number"])
    day = paper.say("Business day {day}").format(day=view["date"])
    made = paper.dated(paper.local(view["made_at"]))
    elements = [
        *_head(title, view["property"]["name"], day),
        *_figures(view, paper),
        *_orders(view["open_orders"], paper.say("Carried over: {numbers}"), paper),
        Rule(),
        row(paper.say("Made"), made),
        Cut(),
    ]
    return Document(tuple(elements), title=title)


def x_report(view: Mapping[str, Any], name: str, paper: Paper, *, at: str, by: str | None) -> Document:
    """The paper of `days.reading.x_report`, of the property of that name. It says that nothing was closed."""
    title, day = paper.say("X report"), paper.say("Business day {day}").format(day=view["date"])
    elements = [
        *_head(title, name, day),
        *_figures(view, paper),
        *_orders(view["open_orders"], paper.say("Still open: {numbers}"), paper),
        Rule(),
        row(by or "", paper.dated(paper.local(at))),
        Text(paper.say("An interim reading: nothing was closed or reset."), align=Align.CENTER),
        Cut(),
    ]
    return Document(tuple(elements), title=f"{title} {view['date']}")


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


def _figures(view: Mapping[str, Any], paper: Paper) -> Iterator[Element]:
    for section, found in groupby(view["figures"], key=lambda one: one["section"]):
        yield Blank()
        yield Text(paper.say(TITLES[section]), bold=True)
        for one in found:
            name = one["name"].replace("_", " ")
            yield row(paper.say(name[:1].upper() + name[1:]), _amount(one, paper))


def _amount(figure: Mapping[str, Any], paper: Paper) -> str:
    """As `days.view.amount_words` has it, in the readers' manner."""
    amount = paper.amount(figure["amount_minor"], figure["currency"])
    if figure["amount_minor"] == 0 and figure["section"] in ("orders", "open"):
        return str(figure["count"])
    return f"{figure['count']} x {amount}" if figure["count"] else amount


def _orders(orders: Sequence[Mapping[str, Any]], form: str, paper: Paper) -> Iterator[Element]:
    if not orders:
        return
    numbers = ", ".join(order["number"] for order in orders[:ORDERS_NAMED_MAX])
    left = len(orders) - ORDERS_NAMED_MAX
    if left > 0:
        numbers = paper.say("{numbers} and {n} more").format(numbers=numbers, n=left)
    yield Blank()
    yield Text(form.format(numbers=numbers))
