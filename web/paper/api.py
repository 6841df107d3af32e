"""Papers as PDF over HTTP; both hosts serve them."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from hospitality.days.asking import Reporter, check_own
from hospitality.days.composing import Report, file_name
from hospitality.days.reading import REPORTS, drawer_session_of, server_of, x_of, z_of
from hospitality.ground.clock import instant_text
from hospitality.ground.http import ErrorEnvelope, Id, host_of
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller
from hospitality.people.asking import Reader
from web.paper.paper import Paper, paper_of_guests
from web.paper.pdf import A4, pdf_of
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


async def _report(request: Request, asking: Caller, question: Callable[..., Report], *args: Any, **kw: Any) -> Response:
    def look(reading: Reading) -> tuple[Report, Paper]:
        return question(reading, *args, **kw), paper_of_guests(reading)

    host = host_of(request)
    report, paper = await host.read(asking, look)
    now = host.now()
    document = report_document(report, paper, at=instant_text(now))
    made = await asyncio.to_thread(pdf_of, document, paper, A4, name=report.property_name, at=now)
    headers = {"Content-Disposition": f'inline; filename="{file_name(report)}.pdf"', "Cache-Control": "no-store"}
    return Response(made, media_type="application/pdf", headers=headers)
