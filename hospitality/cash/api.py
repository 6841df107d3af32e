"""Drawers over HTTP; counting one is in `days/api.py`, since what should be in it follows from payments."""

from typing import Literal

from fastapi import APIRouter, Request, Response

from hospitality.cash.reading import drawers_list, rates_list
from hospitality.cash.service import add_drawer, move_cash, open_drawer, set_house_rate
from hospitality.ground.http import Asking, ErrorEnvelope, Id, IdText, Shape, act, read
from hospitality.people.asking import Reader

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["cash"], responses={"4XX": {"model": ErrorEnvelope}}
)
MoveKind = Literal["paid_in", "paid_out", "drop", "tip_out"]


class NewDrawer(Shape):
    """A drawer to set up; without a terminal it is shared by all that have none of their own."""

    name: str
    terminal_id: IdText | None = None


class OpenSession(Shape):
    """Who opened a drawer, when, and with how much."""

    id: str
    float_minor: int
    currency: str
    opened_at: str
    opened_by: str | None
    business_date: str


class DrawerShape(Shape):
    """A drawer with its open session, or none."""

    id: str
    name: str
    terminal_id: str | None
    session: OpenSession | None


class Drawers(Shape):
    """All drawers by name."""

    items: list[DrawerShape]


class NewSession(Shape):
    """The float that was counted into the drawer, in minor units of the house currency."""

    float_minor: int


class NewMove(Shape):
    """Cash that goes in or out, not for a sale; `to_person_id` says whose tips were paid out."""

    kind: MoveKind
    amount_minor: int
    reason: str
    reference: str | None = None
    to_person_id: IdText | None = None
    approval_id: IdText | None = None


class MoveShape(Shape):
    """Cash that went in or out."""

    id: str
    session_id: str
    kind: MoveKind
    amount_minor: int
    currency: str
    reason: str
    reference: str | None
    to_person_id: str | None
    at: str


@router.get("/drawers", response_model=Drawers)
async def drawers(request: Request, asking: Reader) -> Response:
    """The property's drawers."""
    return await read(request, asking, drawers_list)


@router.post("/drawers", status_code=201, response_model=DrawerShape)
async def new_drawer(request: Request, asking: Asking, new: NewDrawer) -> Response:
    """Sets up a drawer; needs cash.manage."""
    return await act(request, asking, add_drawer, name=new.name, terminal_id=new.terminal_id)


@router.post("/drawers/{drawer_id}/sessions", status_code=201, response_model=DrawerShape)
async def new_session(request: Request, asking: Asking, drawer_id: Id, new: NewSession) -> Response:
    """Opens a drawer with its float; needs cash.drawer."""
    return await act(request, asking, open_drawer, drawer_id, float_minor=new.float_minor)


@router.post("/drawer-sessions/{session_id}/moves", status_code=201, response_model=MoveShape)
async def new_move(request: Request, asking: Asking, session_id: Id, new: NewMove) -> Response:
    """Moves cash that is of no sale; needs cash.drawer, and cash.pay_out for what leaves the house, or an
    approval of it: of the session, with the amount as its value."""
    return await act(
        request,
        asking,
        move_cash,
        session_id,
        kind=new.kind,
        amount_minor=new.amount_minor,
        reason=new.reason,
        reference=new.reference,
        to_person_id=new.to_person_id,
        approval_id=new.approval_id,
    )


class RateShape(Shape):
    """At how many millionths of the house currency's unit one unit of another is taken."""

    currency: str
    rate_micro: int


class Rates(Shape):
    """The currencies that the property takes beside its own."""

    items: list[RateShape]


@router.get("/house-rates", response_model=Rates)
async def rates(request: Request, asking: Reader) -> Response:
    """The currencies that are taken in cash, with their rates."""
    return await read(request, asking, rates_list)


@router.post("/house-rates", status_code=201, response_model=RateShape)
async def new_rate(request: Request, asking: Asking, rate: RateShape) -> Response:
    """Sets a currency's rate, zero to take it no more; needs property.manage."""
    return await act(request, asking, set_house_rate, rate.currency, rate_micro=rate.rate_micro)
