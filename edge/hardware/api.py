"""Devices over HTTP; only a node serves these. The application's `state.hardware` is told of every change."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Request, Response
from pydantic import Field

from devices.heard import Buzz, Done, Garbled, OpenDrawer, Page, Show, Unready, Weigh, Weighed, Wish
from edge.hardware.devices import (
    MANAGE,
    add_device,
    addresses_of,
    ask_to_open,
    devices_of,
    edit_device,
    shown,
    take_away,
)
from edge.hardware.hardware import Hardware
from hospitality.ground.errors import Forbidden, NotFound, Refused, Unavailable
from hospitality.ground.http import Asking, ErrorEnvelope, Id, IdText, Shape, act, host_of
from hospitality.ground.work import Caller
from hospitality.payments.reading import attempt_view
from hospitality.people.asking import Reader

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["devices"], responses={"4XX": {"model": ErrorEnvelope}}
)
Name = Annotated[str, Field(max_length=200)]
Word = Annotated[str, Field(max_length=40)]
AddressText = Annotated[
    str,
    Field(
        max_length=300,
        description="serial:/dev/ttyUSB0, input:/dev/input/event3, tcp:host:port, stripe:tmr_…, printer:NAME",
    ),
]
Settings = Annotated[dict[Word, int | str], Field(max_length=20)]
DONE_SECONDS = 10.0  # the slowest conversation with a device and a turn before it
TAKEN_BACK = ("terminal_id", "station_id")  # null takes these away, and leaves the others


class NewDevice(Shape):
    """A device to set up. What it says arrives at the terminal `terminal_id`; without a driver its kind's usual is meant."""

    name: Name
    kind: Word
    address: AddressText
    driver: Word | None = None
    terminal_id: IdText | None = None
    station_id: IdText | None = None
    settings: Settings = {}


class DeviceChange(Shape):
    """The fields to set; null takes the terminal or the station away. Another address puts another device in its place."""

    name: Name | None = None
    kind: Word | None = None
    driver: Word | None = None
    address: AddressText | None = None
    terminal_id: IdText | None = None
    station_id: IdText | None = None
    settings: Settings | None = None


class DeviceShape(Shape):
    """A device as it is set up."""

    id: str
    name: str
    kind: str
    driver: str
    address: str
    terminal_id: str | None
    station_id: str | None
    settings: dict[str, int | str]


class StandingDevice(DeviceShape):
    """A device and how it is, since when; when it was heard last, and how often it was lost since the node started."""

    state: Literal["checking", "live", "garbled", "lost", "unsteady", "left_open"]
    detail: str
    since: str | None
    heard_at: str | None
    lost_count: int
    is_open: bool | None


class Devices(Shape):
    """The node's devices by name."""

    items: list[StandingDevice]


class CandidateShape(Shape):
    """Something that may be a device: its address as it would be set up, and the name of the device that is there already."""

    what: str
    address: str
    name: str
    detail: str
    known_as: str | None


class Candidates(Shape):
    """What was found."""

    items: list[CandidateShape]


class Tested(Shape):
    """How a device is, and what it said to the test."""

    state: str
    detail: str
    said: str


class WeighShape(Shape):
    """At which price a kilogram; some scales show it."""

    unit_price_minor: Annotated[int, Field(ge=0, le=999_999)] = 0


class WeightShape(Shape):
    """What lies on the scale; `net`: its own tare is taken off."""

    grams: int
    net: bool


class ReasonShape(Shape):
    """Why a drawer is opened."""

    reason: Name


class ShowShape(Shape):
    """Two lines for the guest."""

    top: Name = ""
    bottom: Name = ""


class PageShape(Shape):
    """Which pager is called, and what one that shows words shows."""

    pager: Annotated[str, Field(pattern=r"^[0-9]{1,10}$")]
    words: Name = ""


class Nothing(Shape):
    """Nothing is left to say."""


def hardware_of(request: Request) -> Hardware:
    """The node's devices."""
    return cast(Hardware, request.app.state.hardware)


@router.get("/devices", response_model=Devices)
async def devices(request: Request, asking: Reader) -> dict[str, object]:
    """The devices of this node, each with its state."""
    host = host_of(request)
    code = request.app.state.node.identity.code
    setups = await host.read(asking, lambda reading: devices_of(reading, code))
    states = {one["id"]: one for one in hardware_of(request).states()}
    unknown: dict[str, Any] = dict.fromkeys(("since", "heard_at", "is_open"))
    unknown |= {"state": "checking", "detail": "", "lost_count": 0}
    return {"items": [{**unknown, **states.get(setup.id, {}), **shown(setup)} for setup in setups]}


@router.post("/devices", status_code=201, response_model=DeviceShape)
async def new_device(request: Request, asking: Asking, new: NewDevice) -> Response:
    """Sets up a device; needs terminals.manage."""
    answer = await act(request, asking, add_device, **new.model_dump())
    return _nudged(request, answer)


@router.patch("/devices/{device_id}", response_model=DeviceShape)
async def change_device(request: Request, asking: Asking, device_id: Id, change: DeviceChange) -> Response:
    """Sets the fields given; needs terminals.manage."""
    said = change.model_dump(exclude_unset=True)
    given = {name: value for name, value in said.items() if value is not None or name in TAKEN_BACK}
    return _nudged(request, await act(request, asking, edit_device, device_id, given))


@router.post("/devices/{device_id}/take-away", status_code=201, response_model=Nothing)
async def gone(request: Request, asking: Asking, device_id: Id) -> Response:
    """The device is there no more; needs terminals.manage."""
    return _nudged(request, await act(request, asking, take_away, device_id))


@router.post("/devices/discover", status_code=201, response_model=Candidates)
async def find(request: Request, asking: Asking) -> dict[str, object]:
    """What is plugged into the node's machine and what listens on its networks; needs terminals.manage.

    Only looked at: nothing is sent to what is found. One look at a time, of some seconds.
    """
    _require(asking, MANAGE)
    host, code = host_of(request), request.app.state.node.identity.code
    known = await host.read(asking, lambda reading: addresses_of(reading, code))
    found = await asyncio.to_thread(hardware_of(request).look)
    return {"items": [{**asdict(one), "known_as": known.get(one.address)} for one in found]}


@router.post("/devices/{device_id}/test", status_code=201, response_model=Tested)
async def try_it(request: Request, asking: Asking, device_id: Id) -> dict[str, object]:
    """Has a device show that it works; a drawer stays as it is. Needs terminals.manage."""
    _require(asking, MANAGE)
    hardware = hardware_of(request)
    one = next((one for one in hardware.states() if one["id"] == device_id), None)
    if one is None:
        raise NotFound.of("device", device_id)
    said = ""
    if one["kind"] == "scale":
        done = await _answer(request, device_id, Weigh())
        said = f"{done.grams} g" if isinstance(done, Weighed) else getattr(done, "detail", "")
    elif one["kind"] == "display":
        await _done(request, device_id, Show(str(one["name"]), "0123456789 .:,;-+"))
        said = "It shows its name and figures."
    elif one["kind"] == "buzzer":
        await _done(request, device_id, Buzz(1))
        said = "It sounds once."
    return {"state": one["state"], "detail": one["detail"], "said": said}


@router.post("/devices/{device_id}/weigh", status_code=201, response_model=WeightShape)
async def weigh(request: Request, asking: Asking, device_id: Id, at: WeighShape) -> dict[str, object]:
    """What lies on a scale, at rest; needs orders.place. Refused SCALE_NOT_READY says what to do."""
    _require(asking, "orders.place")
    done = await _done(request, device_id, Weigh(at.unit_price_minor))
    assert isinstance(done, Weighed), "a scale weighs"
    return {"grams": done.grams, "net": done.net}


@router.post("/devices/{device_id}/open", status_code=201, response_model=Nothing)
async def open_it(request: Request, asking: Asking, device_id: Id, why: ReasonShape) -> Response:
    """Opens a cash drawer for no sale, which the journal keeps with its reason; needs cash.drawer."""
    answer = await act(request, asking, ask_to_open, device_id, why.reason)
    if "Idempotent-Replayed" not in answer.headers:
        await _done(request, device_id, OpenDrawer())
    return answer


@router.post("/devices/{device_id}/show", status_code=201, response_model=Nothing)
async def show(request: Request, asking: Asking, device_id: Id, lines: ShowShape) -> dict[str, object]:
    """Shows two lines on a customer display; needs terminals.manage."""
    _require(asking, MANAGE)
    await _done(request, device_id, Show(lines.top, lines.bottom))
    return {}


@router.post("/devices/{device_id}/page", status_code=201, response_model=Nothing)
async def page(request: Request, asking: Asking, device_id: Id, who: PageShape) -> dict[str, object]:
    """Calls a pager by its number; needs tables.seat. 503 DEVICE_AWAY where the transmitter does not take it."""
    _require(asking, "tables.seat")
    await _done(request, device_id, Page(who.pager, who.words))
    return {}


@router.post("/card-attempts/{attempt_id}/cancel", status_code=201, response_model=Nothing)
async def give_up(request: Request, asking: Asking, attempt_id: Id) -> dict[str, object]:
    """Asks the card terminal to give a charge up; what became of it is told as an answer. Needs payments.take."""
    _require(asking, "payments.take")
    await host_of(request).read(asking, attempt_view, attempt_id)
    await asyncio.wait_for(asyncio.wrap_future(hardware_of(request).cancel_charge(attempt_id)), DONE_SECONDS)
    return {}


async def _answer(request: Request, device_id: str, wish: Wish) -> Done:
    return await asyncio.wait_for(asyncio.wrap_future(hardware_of(request).ask(device_id, wish)), DONE_SECONDS)


async def _done(request: Request, device_id: str, wish: Wish) -> Done:
    done = await _answer(request, device_id, wish)
    if isinstance(done, Unready):
        raise Refused("SCALE_NOT_READY", done.detail, why=done.why)
    if isinstance(done, Garbled):
        raise Unavailable("DEVICE_AWAY", done.detail)
    return done


def _require(asking: Caller, permission: str) -> None:
    if not asking.may(permission):
        raise Forbidden(
            "NOT_PERMITTED", "Your role does not allow this. Ask a manager to do it.", permission=permission
        )


def _nudged(request: Request, answer: Response) -> Response:
    hardware_of(request).nudge()
    return answer
