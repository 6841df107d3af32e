"""Reports as text of 42 columns, in the property's language: the paper that `api` makes a PDF of, for a screen.

A router of its own, since training shows reports too, and gives out no paper.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from devices.layout import to_text
from hospitality.days.asking import Reporter, check_own
from hospitality.days.composing import Report
from hospitality.days.reading import REPORTS, drawer_session_of, server_of, x_of, z_of
from hospitality.ground.clock import instant_text
from hospitality.ground.http import ErrorEnvelope, Id, host_of
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller
from hospitality.people.asking import Reader
from web.paper.paper import paper_of_guests
from web.paper.report import report_document

COLUMNS = 42
TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {}}}}
router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["paper"], responses={"4XX": {"model": ErrorEnvelope}}
)


@router.get("/x-report/text", response_class=Response, responses=TEXT)
async def x_text(request: Request, asking: Reporter) -> Response:
    """What the day at hand comes to so far; resets nothing. Needs reports.read."""
    return await _on_screen(request, asking, x_of)


@router.get("/business-days/{day}/text", response_class=Response, responses=TEXT)
async def day_text(request: Request, asking: Reporter, day: date) -> Response:
    """A day with its Z and supplements; needs reports.read."""
    return await _on_screen(request, asking, z_of, day.isoformat())


@router.get("/servers/{person_id}/text", response_class=Response, responses=TEXT)
async def server_text(request: Request, asking: Reader, person_id: Id, day: date | None = None) -> Response:
    """What somebody took on a day; one's own, or anybody's with reports.read."""
    check_own(asking, person_id)
    return await _on_screen(request, asking, server_of, person_id, date=day.isoformat() if day else None)


@router.get("/drawer-sessions/{session_id}/text", response_class=Response, responses=TEXT)
async def drawer_text(request: Request, asking: Reader, session_id: Id) -> Response:
    """A drawer's session, its sums before the count for those alone who may read reports."""
    return await _on_screen(request, asking, drawer_session_of, session_id, sees_expected=asking.may(REPORTS))


async def _on_screen(
    request: Request, asking: Caller, question: Callable[..., Report], *args: Any, **kw: Any
) -> Response:
    host = host_of(request)
    at = instant_text(host.now())

    def look(reading: Reading) -> str:
        report = report_document(question(reading, *args, **kw), paper_of_guests(reading), at=at)
        return to_text(report, COLUMNS)

    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(await host.read(asking, look), media_type="text/plain", headers=headers)
