"""What a manager takes from the printer: a day's Z or supplement, and the slips of money that was given back and of a
receipt that counts no more."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from devices.documents import Align, Blank, Cut, Document, Element, Rule, Size, Text
from devices.documents import pair as row
from edge.printing.words import local
from hospitality.days.view import TITLES, amount_words
from hospitality.ground.money import written

ORDERS_NAMED_MAX = 40
WITHDRAWN = {
    "reopened": "The order was opened again.",
    "changed": "The order was changed elsewhere. Look at what is due, or too much.",
    "settled_twice": "The order was settled twice. Give back what is too much.",
}


def day_report(view: Mapping[str, Any], *, zone: str) -> Document:
    """The paper of `days.reading.report_view`."""
    title = f"{'Supplement' if view['sequence'] else 'Z report'} {view['number']}"
    elements = [*_head(title, view["property"]["name"], f"Business day {view['date']}"), *_figures(view)]
    carried = view["open_orders"]
    if carried:
        numbers = [order["number"] for order in carried[:ORDERS_NAMED_MAX]]
        more = f" and {len(carried) - len(numbers)} more" if len(carried) > len(numbers) else ""
        elements += [Blank(), Text(f"Carried over: {', '.join(numbers)}{more}")]
    made = local(view["made_at"], zone)
    elements += [Rule(), row("Made", f"{made.day} {made:%b %Y, %H:%M}"), Cut()]
    return Document(tuple(elements), title=title)


def refund_slip(view: Mapping[str, Any], *, zone: str) -> Document:
    """The paper of `payments.reading.refund_view`, which the guest signs."""
    title, currency, when = f"Refund {view['number']}", view["currency"], local(view["given_at"], zone)
    cash = view["amount_minor"] + view["tip_minor"] + view["rounding_minor"]
    rows = [
        ("Amount", view["amount_minor"]),
        ("Tip", view["tip_minor"]),
        ("Rounding", view["rounding_minor"]),
    ]
    how = f"card, reference {view['reference']}" if view["tender"] == "card" else view["tender"]
    elements = [
        *_head(title, view["property"]["name"], f"{when.day} {when:%b %Y, %H:%M}"),
        row("Order", view["order_number"]),
        *(row(name, written(amount, currency)) for name, amount in rows if amount or name == "Amount"),
        row("Given back", written(cash, currency), bold=True),
        Text(f"by {how}"),
        Text(view["reason"]),
        Blank(3),
        Rule(),
        Text("Signature"),
        Cut(),
    ]
    return Document(tuple(elements), title=title)


def withdrawal_slip(view: Mapping[str, Any], *, zone: str) -> Document:
    """The paper of `payments.reading.withdrawal_view`, to be kept with the books."""
    title, when = f"Withdrawn {view['receipt_number']}", local(view["at"], zone)
    elements = [
        *_head(title, view["property"]["name"], f"{when.day} {when:%b %Y, %H:%M}"),
        Text(f"Receipt {view['receipt_number']} counts no more.", bold=True),
        row("Order", view["order_number"]),
        row("It said", written(view["total_minor"], view["currency"])),
        Text(view["reason"] or WITHDRAWN[view["cause"]]),
        Cut(),
    ]
    return Document(tuple(elements), title=title)


def _head(title: str, name: str, when: str) -> Iterator[Element]:
    yield Text(name, bold=True, align=Align.CENTER)
    yield Text(title, bold=True, size=Size.BIG, align=Align.CENTER)
    yield Text(when, align=Align.CENTER)
    yield Rule()


def _figures(view: Mapping[str, Any]) -> Iterator[Element]:
    for section, found in groupby(view["figures"], key=lambda one: one["section"]):
        yield Blank()
        yield Text(TITLES[section], bold=True)
        for one in found:
            yield row(one["name"].replace("_", " ").capitalize(), amount_words(one))
