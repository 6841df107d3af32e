"""Tickets over HTTP."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from hospitality.ground.http import Asking, ErrorEnvelope, Id, IdText, Shape, act, host_of, read, with_position
from hospitality.ground.statements import Reading
from hospitality.kitchen.service import return_to_pass, serve_at_pass, step_ticket
from hospitality.kitchen.tickets import tickets_list
from hospitality.orders.api import Channel, KitchenState, SoldAs
from hospitality.orders.rules import LINES_PER_PLACING_MAX
from hospitality.people.asking import Reader

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["kitchen"], responses={"4XX": {"model": ErrorEnvelope}}
)
PASS_TICKETS_MAX = 100
_STEPS = {"start": "started", "bump": "ready", "serve": "served", "recall": "recalled"}


class TicketOption(Shape):
    """A choice, and how many of it go into one, 0 when it is left out; on which half; nested how deep under another."""

    name: str
    quantity: int
    half: Literal["left", "right"] | None = None
    depth: int = 0


class TicketPart(Shape):
    """What a line was ordered as a part of; `id` is the same on all of its lines."""

    id: str
    name: str


class TicketLine(Shape):
    """What to make; a voided line says why. `allergens` are what the menu says now that the dish contains."""

    id: str
    name: str
    quantity: int
    options: list[TicketOption]
    part_of: TicketPart | None
    sold_as: SoldAs | None
    note: str | None
    seat: int | None
    allergens: list[str]
    state: KitchenState
    void_reason: str | None


class TicketShape(Shape):
    """A station's part of one placing and course; `prep_seconds` is that of its slowest line.

    `placed_at` is when it was fired where it was held.
    """

    id: str
    order_id: str
    order_number: str
    channel: Channel
    table: str | None
    covers: int | None
    order_note: str | None
    station_id: str
    station_name: str | None
    server: str | None
    placed_at: str
    course: int | None
    rush: bool
    prep_seconds: int
    state: KitchenState
    lines: list[TicketLine]


class WhichLines(Shape):
    """Which of a ticket's lines to move; all of them when none is named."""

    line_ids: Annotated[list[IdText], Field(min_length=1, max_length=LINES_PER_PLACING_MAX)] | None = None


class AtPass(Shape):
    """The tickets of an order as the expeditor sees them, and which of their lines; all when none is named."""

    ticket_ids: Annotated[list[IdText], Field(min_length=1, max_length=PASS_TICKETS_MAX)]
    line_ids: Annotated[list[IdText], Field(min_length=1, max_length=LINES_PER_PLACING_MAX)] | None = None


class Tickets(Shape):
    """Tickets oldest first, and the place in the journal from which to hear of more."""

    items: list[TicketShape]
    position: str | None


@router.get("/tickets", response_model=Tickets)
async def tickets(
    request: Request,
    asking: Reader,
    station_id: Annotated[IdText | None, Query()] = None,
    state: Literal["open", "done", "pass"] = "open",
) -> Response:
    """The tickets of a station, or of all: `open` are still to be made, `done` are ready, served or voided, `pass` have
    something that is not served."""
    now = host_of(request).now()

    def listed(reading: Reading) -> dict[str, Any]:
        return {"items": tickets_list(reading, station_id=station_id, state=state, now=now)}

    return await read(request, asking, with_position(request, listed))


@router.post("/tickets/{ticket_id}/{step}", status_code=201, response_model=TicketShape)
async def move_ticket(
    request: Request,
    asking: Asking,
    ticket_id: Id,
    step: Literal["start", "bump", "serve", "recall"],
    which: WhichLines | None = None,
) -> Response:
    """Moves a ticket or some of its lines on, or back by recall; needs kitchen.bump. The same step again changes nothing."""
    line_ids = which.line_ids if which else None
    return await act(request, asking, step_ticket, ticket_id, _STEPS[step], line_ids=line_ids)


@router.post("/pass/{step}", status_code=201, response_model=Tickets)
async def move_at_pass(request: Request, asking: Asking, step: Literal["serve", "return"], which: AtPass) -> Response:
    """Serves what is ready of an order's tickets, or the lines named; or brings it back to the pass. Needs kitchen.bump."""
    verb = serve_at_pass if step == "serve" else return_to_pass
    return await act(request, asking, verb, which.ticket_ids, line_ids=which.line_ids)
