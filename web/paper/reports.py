"""Reports over HTTP as people read them: which there are, and who may ask for each. `api` gives them out as PDF, `on_screen`
as text."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from devices.documents import Document
from hospitality.days.asking import Reporter, check_own
from hospitality.days.composing import Report
from hospitality.days.reading import REPORTS, drawer_session_of, server_of, x_of, z_of
from hospitality.ground.http import Id
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller
from hospitality.people.asking import Reader
from web.paper.paper import Paper
from web.paper.report import report_document


@dataclass(frozen=True, slots=True)
class AskedReport:
    """A report that somebody may have."""

    asking: Caller
    question: Callable[[Reading], Report]

    def laid_out(self, reading: Reading, paper: Paper, *, at: str) -> tuple[Document, str]:
        """Its document, and the name of the property that it is about; `at`: when that was."""
        report = self.question(reading)
        return report_document(report, paper, at=at), report.property_name


def x_report(asking: Reporter) -> AskedReport:
    """What the day at hand comes to so far; resets nothing. Needs reports.read."""
    return AskedReport(asking, x_of)


def day_report(asking: Reporter, day: date) -> AskedReport:
    """A day with its Z and supplements; needs reports.read."""
    return AskedReport(asking, lambda reading: z_of(reading, day.isoformat()))


def server_report(asking: Reader, person_id: Id, day: date | None = None) -> AskedReport:
    """What somebody took on a day; one's own, or anybody's with reports.read."""
    check_own(asking, person_id)
    of = day.isoformat() if day else None
    return AskedReport(asking, lambda reading: server_of(reading, person_id, date=of))


def drawer_report(asking: Reader, session_id: Id) -> AskedReport:
    """A drawer's session, its sums before the count for those alone who may read reports."""
    sees = asking.may(REPORTS)
    return AskedReport(asking, lambda reading: drawer_session_of(reading, session_id, sees_expected=sees))


_PATHS: dict[str, Callable[..., AskedReport]] = {
    "/x-report": x_report,
    "/business-days/{day}": day_report,
    "/servers/{person_id}": server_report,
    "/drawer-sessions/{session_id}": drawer_report,
}


def add_reports(
    router: APIRouter, form: str, media_type: str, answer: Callable[[Request, AskedReport], Awaitable[Response]]
) -> None:
    """Gives out every report in one form, at its path with the form's name behind it."""
    said: dict[int | str, dict[str, Any]] = {200: {"content": {media_type: {}}}}
    for path, asked in _PATHS.items():
        router.add_api_route(
            f"{path}/{form}",
            _route(asked, answer),
            name=f"{asked.__name__}_{form}",
            description=asked.__doc__,
            response_class=Response,
            responses=said,
        )


def _route(
    asked: Callable[..., AskedReport], answer: Callable[[Request, AskedReport], Awaitable[Response]]
) -> Callable[..., Awaitable[Response]]:
    async def route(request: Request, report: Annotated[AskedReport, Depends(asked)]) -> Response:
        return await answer(request, report)

    return route
