"""A receipt, or an invoice, as its guest takes it along: without the name of who served."""

from dataclasses import dataclass, replace

from devices.documents import Document
from hospitality.checks.reading import receipt_view
from hospitality.ground.statements import Reading
from hospitality.invoices.reading import invoice_paper
from hospitality.paper.service import paper_settings
from hospitality.properties.service import property_view
from web.paper.invoice import invoice_document
from web.paper.paper import Paper, paper_from, paper_of_guests
from web.paper.receipt import receipt

NOT_FOR_GUESTS = frozenset({"code", "served_by"})


@dataclass(frozen=True, slots=True)
class Taken:
    """A receipt as its guest sees it; the logo as base64."""

    name: str
    document: Document
    paper: Paper
    withdrawn: bool
    logo: str | None


def taken(reading: Reading, order_id: str, receipt_id: str) -> Taken:
    """One receipt in the language of the property's guests."""
    return _receipt(reading, order_id, receipt_id, paper_of_guests(reading))


def taken_in(reading: Reading, language: str, *, order_id: str, receipt_id: str, invoice_id: str | None) -> Taken:
    """One receipt, or the invoice of it that is named, in a guest's own language."""
    said = paper_settings(reading)
    shown = paper_from(said, property_view(reading)["zone"], language=language)
    if invoice_id is None:
        return _receipt(reading, order_id, receipt_id, shown)
    view, shown = invoice_paper(reading, invoice_id), _without_names(shown)
    document, withdrawn = invoice_document(view, shown), view["invoice"]["state"] != "issued"
    return Taken(view["receipt"]["property"]["name"], document, shown, withdrawn, said["logo"])


def _receipt(reading: Reading, order_id: str, receipt_id: str, paper: Paper) -> Taken:
    view, shown = receipt_view(reading, order_id, receipt_id=receipt_id), _without_names(paper)
    logo = paper_settings(reading)["logo"]
    return Taken(view["property"]["name"], receipt(view, shown), shown, view["withdrawn"], logo)


def _without_names(paper: Paper) -> Paper:
    return replace(paper, left_out=paper.left_out | NOT_FOR_GUESTS)
