"""The receipt that a guest takes home (FACES.md, Paper)."""

from collections.abc import Iterator, Mapping
from typing import Any

from devices.documents import QR, Align, Blank, Cell, Columns, Cut, Document, DocumentRefused, Element, Rule, Size, Text
from devices.documents import pair as row
from edge.printing.words import guests_words, local, times_words, where_words
from hospitality.ground.money import written

OPTIONS_PER_TEXT = 20
_ADJUSTMENTS = {"comp": "On the house", "discount": "Discount", "service_charge": "Service charge"}
_TENDERS = {"cash": "Cash", "card": "Card", "deposit": "Deposit"}


def receipt(view: Mapping[str, Any], receipt_id: str, *, zone: str) -> Document:
    """The paper of `checks.reading.receipt_view`.

    An order of so many lines that they can't all be on one paper gets its lines without options, and where even that
    is too much its sums alone. The QR code holds the receipt's number and id as text, for questions about it.
    """
    for lines in (_lines(view, options=True), _lines(view, options=False), _number_of_lines(view)):
        try:
            return _receipt(view, receipt_id, list(lines), zone)
        except DocumentRefused:
            continue
    return _receipt(view, receipt_id, [], zone)


def _receipt(view: Mapping[str, Any], receipt_id: str, lines: list[Element], zone: str) -> Document:
    number = view["number"]
    elements = [
        *_head(view, zone),
        Rule(),
        *lines,
        *_adjustments(view["order"]),
        Rule(),
        *_sums(view["order"]),
        Blank(),
        *_payments(view),
        *_tax_table(view["order"]),
        Blank(),
        Text("Thank you, and come again.", align=Align.CENTER),
        QR(f"{number} {receipt_id}", dots=4),
        Text("Scan to keep the receipt number.", align=Align.CENTER),
        Cut(),
    ]
    return Document(tuple(elements), title=f"Receipt {number}")


def _head(view: Mapping[str, Any], zone: str) -> Iterator[Element]:
    order, when = view["order"], local(view["issued_at"], zone)
    yield Text(view["property"]["name"], bold=True, size=Size.BIG, align=Align.CENTER)
    yield Blank()
    yield row(f"Receipt {view['number']}", f"{when.day} {when:%b %Y, %H:%M}", bold=True)
    if view.get("replaces"):
        yield Text(f"In place of {view['replaces']}, withdrawn")
    yield row(f"Order {order['number']}", where_words(order))
    served = f"Served by {order['opened_by_name']}" if order["opened_by_name"] else ""
    if served or order["covers"] is not None:
        yield row(served, guests_words(order["covers"]))


def _lines(view: Mapping[str, Any], *, options: bool) -> Iterator[Element]:
    order = view["order"]
    left = [line for line in order["lines"] if line["void_reason"] is None]
    width = max((len(str(line["quantity"])) for line in left), default=1)
    for line in left:
        amount = _plain(line["amount_minor"], order["currency"])
        yield row(line["name"], amount, lead=str(line["quantity"]), lead_width=width)
        words = [times_words(taken["name"], taken["quantity"]) for taken in line["options"] if options]
        for at in range(0, len(words), OPTIONS_PER_TEXT):
            yield Text("\n".join(words[at : at + OPTIONS_PER_TEXT]), indent=width + 1 + 2)


def _adjustments(order: Mapping[str, Any]) -> Iterator[Element]:
    """What was taken off or put on, after the lines; nothing of it is left out where lines are."""
    for one in order.get("adjustments", ()):
        name = one["name"] or _ADJUSTMENTS.get(one["kind"], one["kind"].capitalize())
        percent = "" if one["percent_bp"] is None else f" {_percent(one['percent_bp'])} %"
        yield row(f"{name}{percent}", _plain(one["amount_minor"], order["currency"]))


def _number_of_lines(view: Mapping[str, Any]) -> Iterator[Element]:
    order = view["order"]
    count = sum(line["void_reason"] is None for line in order["lines"])
    whole = sum(line["amount_minor"] for line in order["lines"] if line["void_reason"] is None)
    yield row(f"{count} items", _plain(whole, order["currency"]))


def _sums(order: Mapping[str, Any]) -> Iterator[Element]:
    currency = order["currency"]
    on_top = [tax for tax in order["taxes"] if not tax["included"]]
    if on_top:
        yield row("Subtotal", _plain(order["subtotal_minor"], currency))
        for tax in on_top:
            yield row(_rate(tax), _plain(tax["tax_minor"], currency))
    yield row("Total", written(order["total_minor"], currency), bold=True, size=Size.BIG)


def _payments(view: Mapping[str, Any]) -> Iterator[Element]:
    for payment in view["payments"]:
        currency = payment["currency"]
        tender = _TENDERS.get(payment["tender"], payment["tender"].capitalize())
        name = f"{tender}, reference {payment['reference']}" if payment["reference"] else tender
        taken = payment["amount_minor"] + payment.get("tip_minor", 0)
        given = taken if payment["tendered_minor"] is None else payment["tendered_minor"]
        if payment.get("given_currency"):
            name = f"{name}, {written(payment['given_minor'], payment['given_currency'])}"
        yield row(name, _plain(given, currency))
        if payment.get("tip_minor"):
            yield row("of it, tip", _plain(payment["tip_minor"], currency))
        if payment.get("rounding_minor"):
            yield row("of it, rounding", _plain(payment["rounding_minor"], currency))
        if payment["change_minor"]:
            yield row("Change", _plain(payment["change_minor"], currency))


def _tax_table(order: Mapping[str, Any]) -> Iterator[Element]:
    """Each rate with its net, tax and gross; nothing where nothing is taxed."""
    if not order["taxes"]:
        return
    rows = [("Tax", "net", "tax", "gross")]
    for tax in order["taxes"]:
        amounts = (tax["net_minor"], tax["tax_minor"], tax["net_minor"] + tax["tax_minor"])
        net, of_it, gross = (_plain(amount, order["currency"]) for amount in amounts)
        rows.append((_rate(tax), net, of_it, gross))
    widths = [max(len(found[at]) for found in rows) + 2 for at in range(1, 4)]
    yield Blank()
    for at, (name, *shown) in enumerate(rows):
        cells = (Cell(text, width, Align.RIGHT) for text, width in zip(shown, widths, strict=True))
        yield Columns((Cell(name, grow=True), *cells), bold=at == 0, gap=0)


def _rate(tax: Mapping[str, Any]) -> str:
    """`VAT 15 %`, `Levy 2.5 %`."""
    return f"{tax['name']} {_percent(tax['rate_bp'])} %"


def _percent(basis_points: int) -> str:
    whole, part = divmod(basis_points, 100)
    return f"{whole}{f'.{part:02}'.rstrip('0') if part else ''}"


def _plain(amount_minor: int, currency: str) -> str:
    """An amount without its currency, which the total names."""
    return written(amount_minor, currency).removesuffix(f" {currency}")
