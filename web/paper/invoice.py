"""A receipt that is issued to a company: to whom, for which receipt, and all that the receipt says."""

from collections.abc import Iterator, Mapping
from typing import Any

from devices.documents import Align, Blank, Cut, Document, Element, Size, Text
from devices.documents import pair as row
from web.paper.paper import Paper
from web.paper.receipt import farewell, letterhead, settled, shortened


def invoice_document(view: Mapping[str, Any], paper: Paper) -> Document:
    """The paper of `invoices.reading.invoice_paper`. One that counts no more says so in a bar."""
    invoice, receipt = view["invoice"], view["receipt"]
    title = paper.say("Invoice {number}").format(number=invoice["number"])

    def whole(lines: list[Element]) -> list[Element]:
        return [
            *_counts_no_more(invoice, paper),
            *letterhead(receipt["property"]["name"], paper),
            Blank(),
            row(title, paper.dated(paper.local(invoice["issued_at"])), bold=True),
            *_in_place(invoice, paper),
            Text(paper.say("For receipt {number}").format(number=invoice["receipt_number"])),
            Blank(),
            *_company(invoice, paper),
            Blank(),
            *settled(receipt, lines, paper),
            *farewell(paper),
            Cut(),
        ]

    return shortened(receipt["order"], whole, paper, title=title)


def _counts_no_more(invoice: Mapping[str, Any], paper: Paper) -> Iterator[Element]:
    if invoice["state"] != "issued":
        words = paper.say("CANCELLED") if invoice["state"] == "cancelled" else paper.say("WITHDRAWN")
        yield Text(words, bold=True, size=Size.BIG, align=Align.CENTER, inverse=True)


def _in_place(invoice: Mapping[str, Any], paper: Paper) -> Iterator[Element]:
    if invoice["replaces"]:
        yield Text(paper.say("In place of {number}, cancelled").format(number=invoice["replaces"]))


def _company(invoice: Mapping[str, Any], paper: Paper) -> Iterator[Element]:
    address = "\n".join(part for part in (invoice["address"], invoice["country"]) if part)
    yield Text(invoice["company"], bold=True)
    yield Text(address)
    yield Text(paper.say("Tax number {number}").format(number=invoice["tax_number"]))
    if invoice["reference"]:
        yield Text(paper.say("Your reference: {reference}").format(reference=invoice["reference"]))
