"""Papers as PDF over HTTP; both hosts serve them."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from devices.documents import Document
from hospitality.checks.reading import receipt_view
from hospitality.ground.clock import instant_text
from hospitality.ground.http import OF_ANSWERS, ErrorEnvelope, Id, host_of
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller
from hospitality.invoices.reading import invoice_paper
from hospitality.people.asking import Reader
from web.paper.invoice import invoice_document
from web.paper.paper import Paper, paper_of_guests
from web.paper.pdf import A4, pdf_of
from web.paper.receipt import receipt
from web.paper.reports import AskedReport, add_reports

PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}
router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["paper"], responses={"4XX": {"model": ErrorEnvelope}}
)


@router.get("/orders/{order_id}/receipt/pdf", response_class=Response, responses=PDF)
async def receipt_pdf(request: Request, asking: Reader, order_id: Id) -> Response:
    """The receipt of a settled order."""

    def look(reading: Reading, paper: Paper) -> tuple[Document, str]:
        view = receipt_view(reading, order_id)
        return receipt(view, paper), view["property"]["name"]

    return await _sheet(request, asking, look)


@router.get("/invoices/{invoice_id}/pdf", response_class=Response, responses=PDF)
async def invoice_pdf(request: Request, asking: Reader, invoice_id: Id) -> Response:
    """A receipt that was issued to a company."""

    def look(reading: Reading, paper: Paper) -> tuple[Document, str]:
        view = invoice_paper(reading, invoice_id)
        return invoice_document(view, paper), view["receipt"]["property"]["name"]

    return await _sheet(request, asking, look)


async def _report(request: Request, report: AskedReport) -> Response:
    at = instant_text(host_of(request).now())
    return await _sheet(request, report.asking, lambda reading, paper: report.laid_out(reading, paper, at=at))


async def _sheet(request: Request, asking: Caller, look: Callable[[Reading, Paper], tuple[Document, str]]) -> Response:
    """The document that a look lays out for guests or managers of the property whose name it tells."""

    def laid(reading: Reading) -> tuple[Document, str, Paper]:
        paper = paper_of_guests(reading)
        return *look(reading, paper), paper

    host = host_of(request)
    document, name, paper = await host.read(asking, laid)
    made = await asyncio.to_thread(pdf_of, document, paper, A4, name=name, at=host.now())
    file = re.sub(r"[^A-Za-z0-9.]+", "-", document.title).strip("-")
    headers = {"Content-Disposition": f'inline; filename="{file}.pdf"', **OF_ANSWERS}
    return Response(made, media_type="application/pdf", headers=headers)


add_reports(router, "pdf", "application/pdf", _report)
