"""Reports as text of 42 columns, in the property's language: the paper that `api` makes a PDF of, for a screen.

A router of its own, since training shows reports too, and gives out no paper.
"""

from fastapi import APIRouter, Request, Response

from devices.layout import to_text
from hospitality.ground.clock import instant_text
from hospitality.ground.http import OF_ANSWERS, ErrorEnvelope, host_of
from hospitality.ground.statements import Reading
from web.paper.paper import paper_of_guests
from web.paper.reports import AskedReport, add_reports

COLUMNS = 42
router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["paper"], responses={"4XX": {"model": ErrorEnvelope}}
)


async def _on_screen(request: Request, report: AskedReport) -> Response:
    host = host_of(request)
    at = instant_text(host.now())

    def look(reading: Reading) -> str:
        document, _ = report.laid_out(reading, paper_of_guests(reading), at=at)
        return to_text(document, COLUMNS)

    return Response(await host.read(report.asking, look), media_type="text/plain", headers=OF_ANSWERS)


add_reports(router, "text", "text/plain", _on_screen)
