"""Rooms over HTTP, at a node and at head office alike."""

from fastapi import APIRouter, Request, Response

from hospitality.ground.http import Asking, ErrorEnvelope, Id, Shape, act, read
from hospitality.ground.statements import Reading
from hospitality.rooms.reading import rooms_list
from hospitality.rooms.service import add_room, edit_room

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["rooms"], responses={"4XX": {"model": ErrorEnvelope}}
)


class RoomShape(Shape):
    """A room; `number` is what tickets and slips say."""

    id: str
    number: str
    name: str | None
    floor: str | None
    active: bool


class Rooms(Shape):
    """The rooms that are there."""

    items: list[RoomShape]


class NewRoom(Shape):
    """A room to describe."""

    number: str
    name: str | None = None
    floor: str | None = None


class RoomChange(Shape):
    """The fields to edit; one that is left out stays, `active` false takes the room away."""

    number: str = ""
    name: str | None = None
    floor: str | None = None
    active: bool = True


@router.get("/rooms", response_model=Rooms)
async def rooms(request: Request, asking: Asking) -> Response:
    """The rooms by floor and number."""
    return await read(request, asking, _all)


@router.post("/rooms", status_code=201, response_model=RoomShape)
async def new_room(request: Request, asking: Asking, new: NewRoom) -> Response:
    """Describes a room; needs property.manage."""
    return await act(request, asking, add_room, **new.model_dump())


@router.patch("/rooms/{room_id}", response_model=RoomShape)
async def edit(request: Request, asking: Asking, room_id: Id, change: RoomChange) -> Response:
    """Edits the fields given, each by itself; needs property.manage."""
    return await act(request, asking, edit_room, room_id, change.model_dump(exclude_unset=True))


def _all(reading: Reading) -> dict[str, object]:
    return {"items": rooms_list(reading)}
