"""Room service over HTTP: below `/room` what a room's terminal asks for, the rest for staff. Only a node serves these."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from hospitality.ground.http import (
    Asking,
    AskingInRoom,
    ErrorEnvelope,
    Id,
    IdText,
    Shape,
    act,
    host_of,
    read,
    with_position,
)
from hospitality.ground.statements import Reading
from hospitality.orders.api import KitchenState, NewLineShape, NewOptionShape, new_lines
from hospitality.people.asking import Reader
from hospitality.room_service.reading import open_asks, room_menu, room_now
from hospitality.room_service.rules import LINES_MAX, WISHES, RoomOrder
from hospitality.room_service.service import answer_room, ask_from_room, guest_left, order_from_room

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["room service"], responses={"4XX": {"model": ErrorEnvelope}}
)
StayText = Annotated[str, Field(max_length=40)]
Wish = Literal["cleaning", "towels", "toiletries", "pillows", "turndown"]


class RoomLine(Shape):
    """A line that a guest orders, with what was chosen."""

    menu_item_id: IdText
    quantity: int
    options: list[NewOptionShape] = []
    note: str | None = None


class NewRoomOrder(Shape):
    """An order from a room. `stay`: of which the terminal shows; `shown_minor`: what it says that the lines come to.

    `wanted_at`: when it shall be there; left out, as soon as can be.
    """

    stay: StayText
    lines: Annotated[list[RoomLine], Field(min_length=1, max_length=2 * LINES_MAX)]
    shown_minor: int
    wanted_at: StayText | None = None
    covers: int | None = None
    note: str | None = None


class GuestsOption(Shape):
    """A choice, and how many of it; 0 was left out."""

    name: str
    quantity: int


class GuestsLine(Shape):
    """A line as a guest sees it; `part_of` names what it was ordered as a part of."""

    name: str
    quantity: int
    amount_minor: int
    note: str | None
    kitchen_state: KitchenState
    options: list[GuestsOption]
    part_of: str | None


class GuestsAdjustment(Shape):
    """What was taken off (below zero) or put on."""

    kind: str
    name: str | None
    amount_minor: int


class GuestsTax(Shape):
    """A tax of the order."""

    name: str
    included: bool
    tax_minor: int


class GuestsOrder(Shape):
    """An order of the present guest's; `promised_at` is what was asked for (`given`) or follows from the prep times."""

    id: str
    number: str
    opened_at: str
    promised_at: str | None
    promise: Literal["given", "reckoned"]
    note: str | None
    covers: int | None
    currency: str
    kitchen_state: KitchenState
    subtotal_minor: int
    total_minor: int
    paid_minor: int
    due_minor: int
    payment_state: Literal["open", "unknown", "settled"]
    lines: list[GuestsLine]
    adjustments: list[GuestsAdjustment]
    taxes: list[GuestsTax]


class NewAsk(Shape):
    """Housekeeping's wishes, or a message."""

    stay: StayText
    about: Literal["housekeeping", "message"]
    wishes: Annotated[list[Wish], Field(max_length=len(WISHES))] = []
    text: str | None = None


class GuestsAsk(Shape):
    """What a room asks for, and its answer."""

    id: str
    room_id: str
    number: str
    about: Literal["housekeeping", "message"]
    wishes: list[str]
    text: str | None
    at: str
    answer: str | None
    answered_at: str | None


class AskShape(GuestsAsk):
    """The same as staff see it."""

    answered_by: str | None


class Asks(Shape):
    """What rooms ask for, oldest first."""

    items: list[AskShape]


class RoomName(Shape):
    """Which room it is."""

    number: str
    name: str | None


class RoomNow(Shape):
    """What the terminal shows of the present guest's; another `stay` is another guest. `/ws` goes on from `position`."""

    stay: str
    room: RoomName
    orders: list[GuestsOrder]
    asks: list[GuestsAsk]
    position: str | None


class RoomOption(Shape):
    """A choice: what it adds to the price, the item that it brings, the groups that it leads to."""

    id: str
    name: str
    price_delta_minor: int
    menu_item_id: str | None
    preset: bool
    group_ids: list[str]


class RoomGroup(Shape):
    """From `choices_min` to `choices_max` of its options are taken."""

    id: str
    name: str
    choices_min: int
    choices_max: int
    options: list[RoomOption]


class RoomItem(Shape):
    """Something that can be ordered, at the price of now; `next_at` says when what is not `served` now is again."""

    id: str
    name: str
    category_id: str
    description: str | None
    allergens: list[str]
    diets: list[str]
    sold_out: bool
    photo_id: str | None
    price_minor: int
    served: bool
    next_at: str | None
    group_ids: list[str]


class RoomHeading(Shape):
    """A heading of the menu, under another or by itself."""

    id: str
    name: str
    parent_id: str | None


class RoomMenu(Shape):
    """The menu as rooms order from it; prices hold for sure `until` then.

    `taxed_on_top`: some taxes are added to what lines cost; `party_min`: from so many covers on the house may add a charge.
    """

    currency: str
    headings: list[RoomHeading]
    items: list[RoomItem]
    groups: list[RoomGroup]
    until: str | None
    taxed_on_top: bool
    party_min: int


class Answering(Shape):
    """What to tell the guest; without a text, that it is done."""

    text: str | None = None


class Departure(Shape):
    """What the room's terminals showed up to then is shown no more."""

    room_id: str
    until: str


@router.get("/room/now", response_model=RoomNow)
async def now_in_room(request: Request, asking: AskingInRoom) -> Response:
    """The present guest's orders and asks."""
    room_id, terminal_id = asking.room_id, asking.terminal_id
    assert room_id is not None, "the door lets nobody else in"
    return await read(request, asking, with_position(request, room_now, room_id, terminal_id))


@router.get("/room/menu", response_model=RoomMenu)
async def menu_in_room(request: Request, asking: AskingInRoom) -> Response:
    """What can be ordered to the room now."""
    return await read(request, asking, room_menu, host_of(request).now())


@router.post("/room/orders", status_code=201, response_model=GuestsOrder)
async def order_in_room(request: Request, asking: AskingInRoom, new: NewRoomOrder) -> Response:
    """Takes a guest's order to this room."""
    lines = new_lines(
        [
            NewLineShape(menu_item_id=one.menu_item_id, quantity=one.quantity, options=one.options, note=one.note)
            for one in new.lines
        ]
    )
    order = RoomOrder(new.stay, lines, new.shown_minor, new.wanted_at, new.covers, new.note)
    return await act(request, asking, order_from_room, order)


@router.post("/room/asks", status_code=201, response_model=GuestsAsk)
async def ask_in_room(request: Request, asking: AskingInRoom, new: NewAsk) -> Response:
    """Sends a wish or a message."""
    wishes: list[str] = [*new.wishes]
    return await act(request, asking, ask_from_room, stay=new.stay, about=new.about, wishes=wishes, text=new.text)


@router.get("/room-asks", response_model=Asks)
async def asks(request: Request, asking: Reader) -> Response:
    """What rooms ask for and nobody answered, oldest first."""
    return await read(request, asking, _open)


@router.post("/room-asks/{ask_id}/answers", status_code=201, response_model=AskShape)
async def answer(request: Request, asking: Asking, ask_id: Id, answering: Answering) -> Response:
    """Answers a room; needs rooms.serve."""
    return await act(request, asking, answer_room, ask_id, text=answering.text)


@router.post("/rooms/{room_id}/departures", status_code=201, response_model=Departure)
async def departure(request: Request, asking: Asking, room_id: Id) -> Response:
    """The guest left: the room's terminals begin anew; needs rooms.serve."""
    return await act(request, asking, guest_left, room_id)


def _open(reading: Reading) -> dict[str, object]:
    return {"items": open_asks(reading)}
