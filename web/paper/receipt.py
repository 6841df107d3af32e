"""What guests read: the bill, the receipt that they take home, the slip on the tray (FACES.md, Paper)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from devices.documents import (
    QR,
    Align,
    Blank,
    Cell,
    Columns,
    Cut,
    Document,
    DocumentRefused,
    Element,
    Picture,
    Rule,
    Size,
    Text,
)
from devices.documents import pair as row
from hospitality.paper.rules import NUMBER
from web.paper.paper import UNITS, Paper
from web.paper.words import guests_words, headline, times_words, where_words

OPTIONS_PER_TEXT = 20
_ADJUSTMENTS = {"comp": "On the house", "discount": "Discount", "service_charge": "Service charge"}
EXEMPT = "exempt"
_TENDERS = {"cash": "Cash", "card": "Card", "deposit": "Deposit"}


def receipt(view: Mapping[str, Any], paper: Paper, *, link: str | None = None) -> Document:
    """The paper of `checks.reading.receipt_view`.

    Its code leads to `link`, else where the property wants feedback, else holds the receipt's number and id, for
    questions about it.
    """
    number, order = view["number"], view["order"]
    title = paper.say("Receipt {number}").format(number=number)
    issued = paper.dated(paper.local(view["issued_at"]))

    def whole(lines: list[Element]) -> list[Element]:
        return [
            *letterhead(view["property"]["name"], paper),
            Blank(),
            row(title, issued, bold=True),
            *_in_place(view, paper),
            *settled(view, lines, paper),
            *farewell(paper),
            *_code(view, paper, link),
            Cut(),
        ]

    return shortened(order, whole, paper, title=title)


def settled(view: Mapping[str, Any], lines: list[Element], paper: Paper) -> list[Element]:
    """What a settled order came to, how it was paid and what is tax of it, as receipt and invoice have it."""
    order = view["order"]
    return [
        *_of_order(order, paper),
        Rule(),
        *lines,
        *_adjustments(order, paper),
        Rule(),
        *_sums(order, paper, paper.say("Total")),
        Blank(),
        *_payments(view["payments"], paper),
        *tax_table(_taxes(order, paper), order["currency"], paper),
    ]


def bill(view: Mapping[str, Any], paper: Paper, *, at: str) -> Document:
    """What is to be paid, before it is: from the order and its property. It says that it is no receipt."""
    order = view["order"]
    paid = order["paid_minor"]

    def whole(lines: list[Element]) -> list[Element]:
        left: list[Element] = []
        if paid:
            left = [
                row(paper.say("Paid so far"), paper.plain(paid, order["currency"])),
                row(paper.say("To pay"), paper.amount(order["due_minor"], order["currency"]), bold=True, size=Size.BIG),
            ]
        return [
            *letterhead(view["property"]["name"], paper),
            Blank(),
            row(paper.say("Bill"), paper.dated(paper.local(at)), bold=True),
            *_of_order(order, paper),
            Rule(),
            *lines,
            *_adjustments(order, paper),
            Rule(),
            *_sums(order, paper, paper.say("Total") if paid else paper.say("To pay")),
            *left,
            *tax_table(_taxes(order, paper), order["currency"], paper),
            Blank(),
            Text(paper.say("This is not a receipt."), align=Align.CENTER),
            Cut(),
        ]

    return shortened(order, whole, paper, title=paper.say("Bill {number}").format(number=order["number"]))


def room_service_slip(view: Mapping[str, Any], paper: Paper) -> Document:
    """What lies on the tray: where it goes, what is on it, and a line to sign; from the order and its property."""
    order = view["order"]
    when = paper.clock(paper.local(order["opened_at"]))

    def whole(lines: list[Element]) -> list[Element]:
        return [
            Text(view["property"]["name"], bold=True, align=Align.CENTER),
            Text(paper.say("Room service"), align=Align.CENTER),
            Rule(),
            headline(where_words(order, paper.texts)),
            row(paper.say("Order {number}").format(number=order["number"]), guests_words(order["covers"], paper.texts)),
            Text(_served(order, paper)),
            Text(when),
            Rule(),
            *lines,
            *_adjustments(order, paper),
            Rule(),
            *_sums(order, paper, paper.say("Total")),
            *signature(paper),
            Text(paper.say("Enjoy your meal."), align=Align.CENTER),
            Cut(),
        ]

    return shortened(order, whole, paper, title=paper.say("Room service {number}").format(number=order["number"]))


def signature(paper: Paper) -> list[Element]:
    """Room to write a name under what stands above."""
    return [Blank(3), Rule(), Text(paper.say("Signature")), Blank()]


def shortened(
    order: Mapping[str, Any], whole: Callable[[list[Element]], list[Element]], paper: Paper, *, title: str
) -> Document:
    """An order of so many lines that they can't all be on one paper gets its lines without options, and where even that
    is too much its sums alone."""
    options = paper.shows("options")
    tries = (_lines(order, paper, options=options), _lines(order, paper, options=False), _count(order, paper))
    return first_that_fits(whole, tries, title=title)


def first_that_fits(
    whole: Callable[[list[Element]], list[Element]], tries: Iterable[Iterable[Element]], *, title: str
) -> Document:
    """The whole with the first of its tries, each shorter than the one before, that one paper can hold; else with none."""
    for lines in tries:
        try:
            return Document(tuple(whole(list(lines))), title=title)
        except DocumentRefused:
            continue
    return Document(tuple(whole([])), title=title)


def letterhead(name: str, paper: Paper) -> Iterator[Element]:
    """Whose paper it is: logo, name, and the property's own lines."""
    if paper.logo is not None:
        yield Picture(paper.logo, name)
    yield Text(name, bold=True, size=Size.BIG, align=Align.CENTER)
    if paper.head and paper.shows("head"):
        yield Text(paper.head, align=Align.CENTER)


def _in_place(view: Mapping[str, Any], paper: Paper) -> Iterator[Element]:
    if view.get("replaces"):
        yield Text(paper.say("In place of {number}, withdrawn").format(number=view["replaces"]))


def _of_order(order: Mapping[str, Any], paper: Paper) -> Iterator[Element]:
    yield row(paper.say("Order {number}").format(number=order["number"]), where_words(order, paper.texts))
    served = _served(order, paper)
    guests = guests_words(order["covers"], paper.texts) if paper.shows("guests") else ""
    if served or guests:
        yield row(served, guests)


def _served(order: Mapping[str, Any], paper: Paper) -> str:
    name = order.get("server_name") or order["opened_by_name"]
    return paper.say("Served by {name}").format(name=name) if name and paper.shows("served_by") else ""


def _lines(order: Mapping[str, Any], paper: Paper, *, options: bool) -> Iterator[Element]:
    sold = as_sold([line for line in order["lines"] if line["void_reason"] is None])
    width = max((len(str(head["quantity"])) for head, _ in sold), default=1)
    for head, lines in sold:
        amount = paper.plain(sum(line["amount_minor"] for line in lines), order["currency"])
        yield row(head["name"], amount, lead=str(head["quantity"]), lead_width=width)
        words = [text for line in lines for text in _words(head, line, order["currency"], paper, options=options)]
        for at in range(0, len(words), OPTIONS_PER_TEXT):
            yield Text("\n".join(words[at : at + OPTIONS_PER_TEXT]), indent=width + 1 + 2)


def as_sold(lines: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    """What guests ordered, with the lines that it became: a set is one, whose name and quantity stand in its parts."""
    sold: dict[str, tuple[Mapping[str, Any], list[Mapping[str, Any]]]] = {}
    ids = {
        line.get("id") for line in lines
    }  # what a line is a part of may have a line of its own, and then stands beside
    for place, line in enumerate(lines):
        part = line.get("part_of")
        if part and part["id"] not in ids:
            sold.setdefault(part["id"], (part, []))[1].append(line)
        else:
            sold[f"{place}"] = (line, [line])
    return list(sold.values())


def _words(
    head: Mapping[str, Any], line: Mapping[str, Any], currency: str, paper: Paper, *, options: bool
) -> Iterator[str]:
    """What stands under a line: the parts of a set, what was weighed, and what was chosen."""
    sold_as = line.get("sold_as")
    if head is not line:
        yield times_words(line["name"], line["quantity"] // head["quantity"])
    if sold_as and sold_as["thousandths"]:
        unit = paper.plain(sold_as["price_minor"], currency)
        yield f"{paper.measure(sold_as)} × {unit}/{UNITS.get(sold_as['kind'], sold_as['kind'])}"
    if options:
        under = "" if head is line else "  "
        yield from (under + paper.chosen(taken) for taken in line["options"])


def _adjustments(order: Mapping[str, Any], paper: Paper) -> Iterator[Element]:
    """What was taken off or put on, after the lines; nothing of it is left out where lines are."""
    for one in order.get("adjustments", ()):
        if one["kind"] == EXEMPT:
            words = paper.say("Tax exempt, {certificate}").format(certificate=one["certificate"])
            off = paper.plain(one["amount_minor"], order["currency"]) if one["amount_minor"] else ""
            yield row(words, off)
            continue
        name = one["name"] or paper.say(_ADJUSTMENTS.get(one["kind"], one["kind"].capitalize()))
        percent = "" if one["percent_bp"] is None else f" {paper.percent(one['percent_bp'])} %"
        yield row(f"{name}{percent}", paper.plain(one["amount_minor"], order["currency"]))


def _count(order: Mapping[str, Any], paper: Paper) -> Iterator[Element]:
    left = [line for line in order["lines"] if line["void_reason"] is None]
    words = paper.texts.ngettext("{n} item", "{n} items", len(left)).format(n=len(left))
    yield row(words, paper.plain(sum(line["amount_minor"] for line in left), order["currency"]))


def _sums(order: Mapping[str, Any], paper: Paper, name: str) -> Iterator[Element]:
    currency = order["currency"]
    on_top = [tax for tax in order["taxes"] if not tax["included"]]
    if on_top:
        yield row(paper.say("Subtotal"), paper.plain(order["subtotal_minor"], currency))
        for tax in on_top:
            yield row(rate_words(tax["name"], tax["rate_bp"], paper), paper.plain(tax["tax_minor"], currency))
    yield row(name, paper.amount(order["total_minor"], currency), bold=True, size=Size.BIG)


def _payments(payments: list[Mapping[str, Any]], paper: Paper) -> Iterator[Element]:
    for payment in payments:
        currency = payment["currency"]
        name = tender_words(payment["tender"], payment["reference"], paper)
        taken = payment["amount_minor"] + payment.get("tip_minor", 0)
        given = taken if payment["tendered_minor"] is None else payment["tendered_minor"]
        if payment.get("given_currency"):
            name = f"{name}, {paper.amount(payment['given_minor'], payment['given_currency'])}"
        yield row(name, paper.plain(given, currency))
        if payment.get("tip_minor"):
            yield row(paper.say("of it, tip"), paper.plain(payment["tip_minor"], currency))
        if payment.get("rounding_minor"):
            yield row(paper.say("of it, rounding"), paper.plain(payment["rounding_minor"], currency))
        if payment["change_minor"]:
            yield row(paper.say("Change"), paper.plain(payment["change_minor"], currency))


def tender_words(tender: str, reference: str | None, paper: Paper) -> str:
    """`Cash`, `Card, reference 004711`."""
    name = paper.say(_TENDERS.get(tender, tender.capitalize()))
    if not reference:
        return name
    return paper.say("{tender}, reference {reference}").format(tender=name, reference=reference)


def _taxes(order: Mapping[str, Any], paper: Paper) -> Iterator[tuple[str, int, int]]:
    for tax in order["taxes"]:
        yield rate_words(tax["name"], tax["rate_bp"], paper), tax.get("on_minor") or tax["net_minor"], tax["tax_minor"]


def tax_table(taxes: Iterable[tuple[str, int, int]], currency: str, paper: Paper) -> Iterator[Element]:
    """Each rate (name, net, tax) with its gross; nothing where nothing is taxed."""
    rows = [(paper.say("Tax"), paper.say("net"), paper.say("tax"), paper.say("gross"))]
    for name, on, tax in taxes:
        net, of_it, gross = (paper.plain(amount, currency) for amount in (on, tax, on + tax))
        rows.append((name, net, of_it, gross))
    if len(rows) == 1 or not paper.shows("tax_table"):
        return
    widths = [max(len(found[at]) for found in rows) for at in range(1, 4)]
    yield Blank()
    for at, (name, *shown) in enumerate(rows):
        # A narrow paper shrinks a row down to its texts: of one length, they stay below each other.
        cells = (Cell(text.rjust(width), width + 2, Align.RIGHT) for text, width in zip(shown, widths, strict=True))
        yield Columns((Cell(name, grow=True), *cells), bold=at == 0, gap=0)


def farewell(paper: Paper) -> Iterator[Element]:
    """The property's last words."""
    if paper.shows("foot"):
        yield Blank()
        yield Text(paper.foot or paper.say("Thank you, and come again."), align=Align.CENTER)


def _code(view: Mapping[str, Any], paper: Paper, link: str | None) -> Iterator[Element]:
    if not paper.shows("code"):
        return
    if link:
        held, words = link, paper.say("Scan to take this receipt along.")
    elif paper.feedback_link:
        held, words = paper.feedback_link.replace(NUMBER, view["number"]), paper.say("Tell us how it was.")
    else:
        held, words = f"{view['number']} {view['id']}", paper.say("Scan to keep the receipt number.")
    yield QR(held, dots=4)
    yield Text(words, align=Align.CENTER)


def rate_words(name: str, basis_points: int, paper: Paper) -> str:
    """`VAT 15 %`, `Levy 2.5 %`."""
    return f"{name} {paper.percent(basis_points)} %"
