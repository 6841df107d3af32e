"""The end of a day's trade over HTTP."""

from fastapi import APIRouter, Request, Response

from hospitality.cash.api import MoveShape
from hospitality.days.reading import drawer_session_view
from hospitality.days.service.count import count_drawer
from hospitality.ground.http import Asking, ErrorEnvelope, Id, Shape, act, read
from hospitality.people.asking import Reader

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["days"], responses={"4XX": {"model": ErrorEnvelope}}
)
REPORTS = "reports.read"


class AmountShape(Shape):
    """An amount of a currency."""

    currency: str
    amount_minor: int


class NewCount(Shape):
    """What was counted, in minor units by currency."""

    counted_minor: dict[str, int]
    note: str | None = None


class CountedShape(Shape):
    """One currency of a count; `over_short_minor` is below zero when cash is missing."""

    currency: str
    counted_minor: int
    expected_minor: int
    over_short_minor: int


class CountShape(Shape):
    """How a session ended."""

    counted: list[CountedShape]
    note: str | None
    counted_by: str | None
    counted_at: str


class SessionShape(Shape):
    """A drawer's session. `expected` is told before the count only to whoever may read reports."""

    id: str
    drawer_id: str
    drawer_name: str | None
    float_minor: int
    currency: str
    opened_at: str
    opened_by: str | None
    business_date: str
    moves: list[MoveShape]
    expected: list[AmountShape] | None
    count: CountShape | None


@router.get("/drawer-sessions/{session_id}", response_model=SessionShape)
async def drawer_session(request: Request, asking: Reader, session_id: Id) -> Response:
    """A drawer's session."""
    return await read(request, asking, drawer_session_view, session_id, sees_expected=asking.may(REPORTS))


@router.post("/drawer-sessions/{session_id}/count", status_code=201, response_model=SessionShape)
async def new_count(request: Request, asking: Asking, session_id: Id, new: NewCount) -> Response:
    """Ends a session with what was counted; needs cash.drawer."""
    return await act(request, asking, count_drawer, session_id, counted_minor=new.counted_minor, note=new.note)
