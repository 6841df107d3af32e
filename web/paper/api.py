"""Papers as PDF over HTTP; both hosts serve them."""

import asyncio
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from devices.documents import Document
from hospitality.checks.reading import receipt_view
from hospitality.days.asking import Reporter, check_own
from hospitality.days.composing import Report
from hospitality.days.reading import REPORTS, drawer_session_of, server_of, x_of, z_of
from hospitality.ground.clock import instant_text
from hospitality.ground.http import ErrorEnvelope, Id, host_of
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller
from hospitality.invoices.reading import invoice_paper
from hospitality.people.asking import Reader
from web.paper.invoice import invoice_document
from web.paper.paper import Paper, paper_of_guests
from web.paper.pdf import A4, pdf_of
from web.paper.receipt import receipt
from web.paper.report import report_document

PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}
router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["paper"], responses={"4XX": {"model": ErrorEnvelope}}
)


@router.get("/x-report/pdf", response_class=Response, responses=PDF)
async def x_pdf(request: Request, asking: Reporter) -> Response:
    """What the day at hand comes to so far; resets nothing. Needs reports.read."""
    return await _report(request, asking, x_of)


@router.get("/business-days/{day}/pdf", response_class=Response, responses=PDF)
async def day_pdf(request: Request, asking: Reporter, day: date) -> Response:
    """A day with its Z and supplements; needs reports.read."""
    return await _report(request, asking, z_of, day.isoformat())


@router.get("/servers/{person_id}/pdf", response_class=Response, responses=PDF)
async def server_pdf(request: Request, asking: Reader, person_id: Id, day: date | None = None) -> Response:
    """What somebody took on a day; one's own, or anybody's with reports.read."""
    check_own(asking, person_id)
    return await _report(request, asking, server_of, person_id, date=day.isoformat() if day else None)


@router.get("/drawer-sessions/{session_id}/pdf", response_class=Response, responses=PDF)
async def drawer_pdf(request: Request, asking: Reader, session_id: Id) -> Response:
    """A drawer's session, its sums before the count for those alone who may read reports."""
    return await _report(request, asking, drawer_session_of, session_id, sees_expected=asking.may(REPORTS))


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


async def _report(request: Request, asking: Caller, question: Callable[..., Report], *args: Any, **kw: Any) -> Response:
    at = instant_text(host_of(request).now())

    def look(reading: Reading, paper: Paper) -> tuple[Document, str]:
        report = question(reading, *args, **kw)
        return report_document(report, paper, at=at), report.property_name

    return await _sheet(request, asking, look)


async def _sheet(request: Request, asking: Caller, look: Callable[[Reading, Paper], tuple[Document, str]]) -> Response:
    """The document that a look lays out for guests or managers of the property whose name it tells."""

    def laid(reading: Reading) -> tuple[Document, str, Paper]:
        paper = paper_of_guests(reading)
        return *look(reading, paper), paper

    host = host_of(request)
    document, name, paper = await host.read(asking, laid)
    made = await asyncio.to_thread(pdf_of, document, paper, A4, name=name, at=host.now())
    file = re.sub(r"[^A-Za-z0-9.]+", "-", document.title).strip("-")
    headers = {"Content-Disposition": f'inline; filename="{file}.pdf"', "Cache-Control": "no-store"}
    return Response(made, media_type="application/pdf", headers=headers)
