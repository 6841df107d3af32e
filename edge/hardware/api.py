"""Devices over HTTP; only a node serves these. The application's `state.hardware` is told of every change."""

from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Request, Response
from pydantic import Field

from edge.hardware.devices import add_device, devices_of, edit_device, shown, take_away
from edge.hardware.hardware import Hardware
from hospitality.ground.http import Asking, ErrorEnvelope, Id, IdText, Shape, act, host_of
from hospitality.people.asking import Reader

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["devices"], responses={"4XX": {"model": ErrorEnvelope}}
)
Name = Annotated[str, Field(max_length=200)]
Word = Annotated[str, Field(max_length=40)]
AddressText = Annotated[
    str, Field(max_length=300, description="serial:/dev/ttyUSB0, input:/dev/input/event3 or tcp:host:port")
]
Settings = Annotated[dict[Word, int | str], Field(max_length=20)]
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

    state: Literal["checking", "live", "garbled", "lost", "unsteady"]
    detail: str
    since: str | None
    heard_at: str | None
    lost_count: int


class Devices(Shape):
    """The node's devices by name."""

    items: list[StandingDevice]


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
    unknown: dict[str, Any] = {"state": "checking", "detail": "", "since": None, "heard_at": None, "lost_count": 0}
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


def _nudged(request: Request, answer: Response) -> Response:
    hardware_of(request).nudge()
    return answer
