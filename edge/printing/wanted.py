"""What people want on paper that no fact asks for: a bill, an X, labels, a printer's test page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from devices.documents import Document, DocumentRefused, to_json
from edge.printing.asked import shown_job
from edge.printing.facts import PaperAsked
from edge.printing.jobs import NewSlip, add_slips
from edge.printing.plain import label, page_of_proof
from edge.printing.printers import MANAGE, Setup, printers_of
from edge.printing.reader import bill_view
from hospitality.days import reading as days
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.texts import kept_name, kept_text
from hospitality.ground.work import Work
from hospitality.invoices.reading import invoice_paper
from hospitality.orders.service import PLACE
from web.paper.invoice import invoice_document
from web.paper.paper import Papers, papers_of
from web.paper.receipt import bill
from web.paper.report import report_document

LABEL_LINES_MAX = 6
LABEL_COPIES_MAX = 50
LABEL_LENGTH_MAX = 60


@dataclass(frozen=True, slots=True)
class NewLabel:
    """A label: its title, lines below, and what its barcode holds."""

    title: str
    lines: Sequence[str] = ()
    code: str | None = None
    copies: int = 1


def print_bill(work: Work, order_id: str) -> dict[str, Any]:
    """Queues the order's bill as it is now, wherever receipts come out: {items}. Refused NO_RECEIPT_PRINTER."""
    work.require(PLACE)
    found = bill_view(work, order_id)
    return _queue(work, "bill", order_id, bill(found, _papers(work).guests, at=work.now_text), _till(work))


def print_x(work: Work) -> dict[str, Any]:
    """Queues the day's figures as they are now, wherever receipts come out: {items}; needs what seeing them needs."""
    work.require(days.REPORTS)
    document = report_document(days.x_of(work), _papers(work).guests, at=work.now_text, by=_name(work))
    return _queue(work, "x_report", work.property_id, document, _till(work))


def print_invoice(work: Work, invoice_id: str) -> dict[str, Any]:
    """Queues an invoice, wherever receipts come out: {items}. Refused NO_RECEIPT_PRINTER."""
    work.require(PLACE)
    document = invoice_document(invoice_paper(work, invoice_id), _papers(work).guests)
    return _queue(work, "invoice", invoice_id, document, _till(work))


def print_label(work: Work, printer_id: str, new: NewLabel) -> dict[str, Any]:
    """Queues copies of a label at a printer: {items}."""
    work.require(PLACE)
    title = kept_name(new.title, what="label", length_max=LABEL_LENGTH_MAX)
    kept = (kept_text(line, what="line", length_max=LABEL_LENGTH_MAX) for line in new.lines)
    lines = [line for line in kept if line]
    if len(lines) > LABEL_LINES_MAX or not 1 <= new.copies <= LABEL_COPIES_MAX:
        raise Invalid(
            "LABEL_INVALID", f"A label has {LABEL_LINES_MAX} lines, and comes {LABEL_COPIES_MAX} times at most."
        )
    paper, now = _papers(work).guests, work.now.astimezone(ZoneInfo(work.place.zone))
    try:
        document = label(title, lines, new.code, paper, at=now, copies=new.copies)
    except DocumentRefused as error:
        raise Invalid("LABEL_INVALID", str(error)) from error
    return _queue(work, "label", printer_id, document, [_printer(work, printer_id)])


def print_test_page(work: Work, printer_id: str) -> dict[str, Any]:
    """Queues a page that shows what a printer can: {items}."""
    work.require(MANAGE)
    printer = _printer(work, printer_id)
    now = work.now.astimezone(ZoneInfo(work.place.zone))
    page = page_of_proof(printer.name, printer.address, printer.abilities, _papers(work).guests, at=now)
    return _queue(work, "test_page", printer_id, page, [printer])


def _queue(work: Work, kind: str, cause_id: str, document: Document, printers: Sequence[Setup]) -> dict[str, Any]:
    stored = to_json(document).decode()
    slips = [NewSlip(one.id, kind, cause_id, stored, document.title, work.now, new_id()) for one in printers]
    ids = add_slips(work, slips, asked_by=work.caller.person_id)
    for slip in slips:
        work.journal(PaperAsked(slip.id, cause_id, kind, slip.printer_id))
    return {"items": [shown_job(work, id) for id in ids]}


def _till(work: Work) -> list[Setup]:
    found = [printer for printer in printers_of(work) if printer.receipts]
    if not found:
        raise Refused("NO_RECEIPT_PRINTER", "No printer is set up for receipts. Let one print them.")
    return found


def _printer(work: Work, printer_id: str) -> Setup:
    for printer in printers_of(work):
        if printer.id == printer_id:
            return printer
    raise NotFound.of("printer", printer_id)


def _papers(work: Work) -> Papers:
    return papers_of(work, work.place.zone)


def _name(work: Work) -> str | None:
    name = work.value("SELECT display_name FROM people WHERE org_id = :org_id AND id = :id", id=work.caller.person_id)
    return None if name is None else str(name)
