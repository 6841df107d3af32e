"""People over HTTP, at a node and at head office; what proves them at a node is in `node_api.py`."""

from fastapi import APIRouter, Request, Response

from hospitality.ground.http import Asking, ErrorEnvelope, Id, Shape, act, read
from hospitality.ground.statements import Reading
from hospitality.people.asking import Reader
from hospitality.people.service.accounts import add_person, change_person, people_list
from hospitality.people.service.pins import people_with_pins
from hospitality.people.settings import people_settings

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["people"], responses={"4XX": {"model": ErrorEnvelope}}
)


class PersonShape(Shape):
    """Somebody with an account; the role is owner, hospitality_manager, service_manager or staff."""

    id: str
    display_name: str
    role: str


class ListedPerson(PersonShape):
    """`has_pin` is null at head office: a PIN never leaves its node."""

    has_pin: bool | None


class People(Shape):
    """The active people by name."""

    items: list[ListedPerson]


class NewPerson(Shape):
    """A new account."""

    display_name: str
    role: str


class PersonChange(Shape):
    """The fields to edit."""

    display_name: str | None = None
    role: str | None = None
    active: bool | None = None


class ChangedPerson(PersonShape):
    """Who is not active can't sign in."""

    active: bool


@router.get("/people", response_model=People)
async def people(request: Request, asking: Reader) -> Response:
    """Whom the sign-in screen shows."""
    return await read(request, asking, _at_head_office if people_settings(request) is None else _at_node)


@router.post("/people", status_code=201, response_model=PersonShape)
async def new_person(request: Request, asking: Asking, new: NewPerson) -> Response:
    """Gives somebody an account; needs people.manage, and no role above one's own is given."""
    return await act(request, asking, add_person, display_name=new.display_name, role=new.role)


@router.patch("/people/{person_id}", response_model=ChangedPerson)
async def edit_person(request: Request, asking: Asking, person_id: Id, change: PersonChange) -> Response:
    """Edits the fields given; needs people.manage."""
    fields = change.model_dump(exclude_unset=True)
    return await act(request, asking, change_person, person_id, **fields)


def _at_node(reading: Reading) -> object:
    return {"items": people_with_pins(reading)}


def _at_head_office(reading: Reading) -> object:
    return {"items": [{**who, "has_pin": None} for who in people_list(reading)]}
