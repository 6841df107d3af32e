"""A guest's folio on paper: what was charged day by day, what was paid towards it, and what is left.

Stays and folios are a trade to come: until it is there, a folio is the value that its paper takes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from devices.documents import Align, Blank, Cell, Columns, Cut, Document, Element, Rule, Size, Text
from devices.documents import pair as row
from web.paper.paper import Paper
from web.paper.receipt import farewell, first_that_fits, letterhead, rate_words, tax_table, tender_words


@dataclass(frozen=True, slots=True)
class Charge:
    """So many of something on one business day. Its taxes are in its amount; it bears their marks: `A`, `AB`."""

    day: str
    name: str
    quantity: int
    amount_minor: int
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Tax:
    """What is tax of all charges that bear its mark."""

    mark: str
    name: str
    rate_bp: int
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What was taken on a business day: a payment, or a deposit that is applied."""

    day: str
    tender: str
    amount_minor: int
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Folio:
    """A guest's account, or one window of it; `room` is None where it belongs to no room."""

    property_name: str
    number: str
    guest_name: str
    room: str | None
    arrival: str
    departure: str
    window: str | None
    currency: str
    charges: Sequence[Charge]
    taxes: Sequence[Tax]
    deposits: Sequence[Paid]
    payments: Sequence[Paid]

    @property
    def charged_minor(self) -> int:
        """All charges together."""
        return sum(charge.amount_minor for charge in self.charges)

    @property
    def balance_minor(self) -> int:
        """What is left to pay; below zero, to give back."""
        return self.charged_minor - sum(paid.amount_minor for paid in (*self.deposits, *self.payments))


def folio_document(folio: Folio, paper: Paper, *, at: str) -> Document:
    """The paper of a folio as it stood at this time. One too long for paper has its days' sums, or its sum alone."""
    title = paper.say("Folio {number}").format(number=folio.number)
    total = paper.plain(folio.charged_minor, folio.currency)

    def whole(charges: list[Element]) -> list[Element]:
        return [
            *letterhead(folio.property_name, paper),
            Blank(),
            row(title, paper.dated(paper.local(at)), bold=True),
            *_stay(folio, paper),
            Rule(),
            *charges,
            Rule(),
            row(paper.say("Total"), total, bold=True),
            *_paid(paper.say("Deposits"), folio.deposits, folio.currency, paper),
            *_paid(paper.say("Payments"), folio.payments, folio.currency, paper),
            Rule(),
            _balance(folio, paper),
            *tax_table(_taxes(folio, paper), folio.currency, paper),
            *farewell(paper),
            Cut(),
        ]

    return first_that_fits(whole, (_charges(folio, paper), _days(folio, paper), _count(folio, paper)), title=title)


def _stay(folio: Folio, paper: Paper) -> Iterator[Element]:
    yield Text(folio.guest_name, bold=True)
    if folio.room:
        yield row(paper.say("Room"), folio.room)
    yield row(paper.say("Arrival"), paper.day(folio.arrival))
    yield row(paper.say("Departure"), paper.day(folio.departure))
    if folio.window:
        yield row(paper.say("Window"), folio.window)


def _charges(folio: Folio, paper: Paper) -> Iterator[Element]:
    """Each under its day, with the marks of its taxes where the taxes stand below."""
    marked = max((len(charge.marks) for charge in folio.charges), default=0) if paper.shows("tax_table") else 0
    width = max((len(str(charge.quantity)) for charge in folio.charges), default=1)
    for day, charges in _by_day(folio):
        yield Text(paper.day(day), bold=True)
        for charge in charges:
            amount = Cell(paper.plain(charge.amount_minor, folio.currency), align=Align.RIGHT)
            marks = (Cell(charge.marks, marked),) if marked else ()
            quantity = Cell(str(charge.quantity), width, Align.RIGHT)
            yield Columns((quantity, Cell(charge.name, grow=True), amount, *marks))


def _days(folio: Folio, paper: Paper) -> Iterator[Element]:
    for day, charges in _by_day(folio):
        amount = sum(charge.amount_minor for charge in charges)
        yield row(paper.day(day), paper.plain(amount, folio.currency))


def _count(folio: Folio, paper: Paper) -> Iterator[Element]:
    n = len(folio.charges)
    words = paper.texts.ngettext("{n} item", "{n} items", n).format(n=n)
    yield row(words, paper.plain(folio.charged_minor, folio.currency))


def _by_day(folio: Folio) -> Iterator[tuple[str, list[Charge]]]:
    for day, charges in groupby(sorted(folio.charges, key=_day), key=_day):
        yield day, list(charges)


def _day(of: Charge | Paid) -> str:
    return of.day


def _paid(title: str, paid: Sequence[Paid], currency: str, paper: Paper) -> Iterator[Element]:
    if not paid:
        return
    yield Text(title, bold=True)
    for one in sorted(paid, key=_day):
        words = f"{paper.day(one.day)}, {tender_words(one.tender, one.reference, paper)}"
        yield row(words, paper.plain(-one.amount_minor, currency))


def _balance(folio: Folio, paper: Paper) -> Element:
    if folio.balance_minor < 0:
        words = paper.say("To give back")
    else:
        words = paper.say("To pay") if folio.balance_minor else paper.say("Balance")
    return row(words, paper.amount(abs(folio.balance_minor), folio.currency), bold=True, size=Size.BIG)


def _taxes(folio: Folio, paper: Paper) -> Iterator[tuple[str, int, int]]:
    for tax in folio.taxes:
        yield f"{rate_words(tax.name, tax.rate_bp, paper)} ({tax.mark})", tax.net_minor, tax.tax_minor
