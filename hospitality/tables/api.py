"""The floor over HTTP: its plan, who sits where, what tables are joined, and the queue of open orders.

`GET …/floor` and `…/queue` name the place in the journal from which to hear of more (on `/ws`), as `…/tickets` does.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from hospitality.ground.http import Asking, ErrorEnvelope, Id, IdText, Shape, act, read, with_position
from hospitality.orders.api import KitchenState, OrderShape
from hospitality.people.asking import Reader
from hospitality.tables.reading import PLAN, floor_view, queue_view
from hospitality.tables.rules import TABLES_MAX
from hospitality.tables.service import layout, seating

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["tables"], responses={"4XX": {"model": ErrorEnvelope}}
)
TableShapeName = Literal["round", "square", "rectangle"]
State = Literal["free", "seated", "ordered", "served", "bill_asked", "paid", "dirty"]
TableIds = Annotated[list[IdText], Field(max_length=TABLES_MAX)]


class NewArea(Shape):
    """A part of the floor to add."""

    name: str
    sort: int = 0


class AreaChange(Shape):
    """The fields to edit; `active` false takes an area without tables away."""

    name: str = ""
    sort: int = 0
    active: bool = True


class AreaShape(Shape):
    """A part of the floor."""

    id: str
    name: str
    sort: int
    active: bool


class NewTable(Shape):
    """A table to draw: corner and size on a grid of 8 in a plan of 1600 by 1200, rotation in steps of 15 degrees."""

    area_id: IdText
    label: str
    seats: int
    shape: TableShapeName = "square"
    x: int = 0
    y: int = 0
    w: int = 96
    h: int = 96
    rotation: int = 0


class TableChange(Shape):
    """The fields to edit, each by itself; `active` false takes the table away."""

    area_id: IdText = ""
    label: str = ""
    seats: int = 1
    shape: TableShapeName = "square"
    x: int = 0
    y: int = 0
    w: int = 96
    h: int = 96
    rotation: int = 0
    active: bool = True


class PlannedTable(Shape):
    """A table as it is drawn."""

    id: str
    area_id: str
    label: str
    seats: int
    shape: TableShapeName
    x: int
    y: int
    w: int
    h: int
    rotation: int
    active: bool


class OrderThereShape(Shape):
    """An order at a table that is not settled."""

    id: str
    number: str
    kitchen_state: KitchenState
    payment_state: Literal["open", "unknown"]
    due_minor: int
    currency: str
    opened_at: str


class TableOnFloor(PlannedTable):
    """A table with what goes on there. `since`: since when guests sit there, asked for the bill, or left (dirty).

    `sits`: a seating stands, beside or without orders. `doubled`: more than one does, made at nodes that were apart.
    `party_id`: who waited or had reserved. A joined table shows the state of the one that it was put to (`joined_to`).
    """

    state: State
    since: str | None
    covers: int | None
    seating_id: str | None
    party_id: str | None
    sits: bool
    doubled: bool
    orders: list[OrderThereShape]
    joined_to: str | None
    joined_ids: list[str]
    section_id: str | None
    server: str | None


class NewSection(Shape):
    """Tables to give to a server for a service."""

    name: str
    service: str | None = None
    person_id: IdText | None = None
    table_ids: TableIds = []


class SectionChange(Shape):
    """The fields to edit; `table_ids` is the whole list, of which each table merges by itself."""

    name: str = ""
    service: str | None = None
    person_id: IdText | None = None
    table_ids: TableIds = []
    active: bool = True


class SectionShape(Shape):
    """The tables of one server for a service."""

    id: str
    name: str
    service: str | None
    person_id: str | None
    person_name: str | None
    table_ids: list[str]
    active: bool


class Floor(Shape):
    """The whole floor, and the place in the journal from which to hear of more."""

    areas: list[AreaShape]
    tables: list[TableOnFloor]
    sections: list[SectionShape]
    position: str | None


class AreaOfQueue(Shape):
    """A part of the floor, with what its tables are called."""

    id: str
    name: str
    tables: list[str]


class Queue(Shape):
    """The open orders of all services, oldest first, and the place in the journal from which to hear of more."""

    orders: list[OrderShape]
    areas: list[AreaOfQueue]
    position: str | None


class NewSeating(Shape):
    """How many guests sit down."""

    covers: int


class NewStep(Shape):
    """What the guests did, or that their table is clean again."""

    step: Literal["bill_asked", "ended", "cleaned"]


class NewJoin(Shape):
    """The free tables to put to this one."""

    table_ids: Annotated[list[IdText], Field(min_length=1, max_length=50)]


@router.get("/floor", response_model=Floor)
async def floor(request: Request, asking: Reader) -> Response:
    """Areas, tables with their states, and sections; a fixed number of SELECTs whatever there is."""
    return await read(request, asking, with_position(request, floor_view))


@router.get("/queue", response_model=Queue)
async def queue(request: Request, asking: Reader) -> Response:
    """Every open order whole, up to a thousand; `order_created` and `order_updated` on `/ws` tell what becomes of them."""
    return await read(request, asking, with_position(request, queue_view))


@router.post("/areas", status_code=201, response_model=AreaShape)
async def new_area(request: Request, asking: Asking, new: NewArea) -> Response:
    """Adds a part of the floor; needs tables.manage."""
    return await act(request, asking, layout.add_area, name=new.name, sort=new.sort)


@router.patch("/areas/{area_id}", response_model=AreaShape)
async def edit_area(request: Request, asking: Asking, area_id: Id, change: AreaChange) -> Response:
    """Edits the fields given; needs tables.manage."""
    return await act(request, asking, layout.edit_area, area_id, change.model_dump(exclude_unset=True))


@router.post("/tables", status_code=201, response_model=PlannedTable)
async def new_table(request: Request, asking: Asking, new: NewTable) -> Response:
    """Draws a table; needs tables.manage."""
    plan = new.model_dump(include=set(PLAN))
    return await act(
        request,
        asking,
        layout.add_table,
        area_id=new.area_id,
        label=new.label,
        seats=new.seats,
        shape=new.shape,
        plan=plan,
    )


@router.patch("/tables/{table_id}", response_model=PlannedTable)
async def edit_table(request: Request, asking: Asking, table_id: Id, change: TableChange) -> Response:
    """Moves a table or edits it; needs tables.manage."""
    return await act(request, asking, layout.edit_table, table_id, change.model_dump(exclude_unset=True))


@router.post("/tables/{table_id}/seatings", status_code=201, response_model=TableOnFloor)
async def new_seating(request: Request, asking: Asking, table_id: Id, new: NewSeating) -> Response:
    """Seats guests at a free table; needs tables.seat."""
    return await act(request, asking, seating.seat_guests, table_id, covers=new.covers)


@router.post("/tables/{table_id}/steps", status_code=201, response_model=TableOnFloor)
async def new_step(request: Request, asking: Asking, table_id: Id, new: NewStep) -> Response:
    """Guests asked for the bill or left, or their table was cleaned; needs tables.seat."""
    return await act(request, asking, seating.step_seating, table_id, step=new.step)


@router.post("/tables/{table_id}/joins", status_code=201, response_model=TableOnFloor)
async def new_join(request: Request, asking: Asking, table_id: Id, new: NewJoin) -> Response:
    """Puts free tables to this one; needs tables.seat."""
    return await act(request, asking, seating.join_tables, table_id, joined_ids=new.table_ids)


@router.post("/tables/{table_id}/part", status_code=201, response_model=TableOnFloor)
async def part(request: Request, asking: Asking, table_id: Id) -> Response:
    """Parts what was joined; needs tables.seat."""
    return await act(request, asking, seating.part_tables, table_id)


@router.post("/sections", status_code=201, response_model=SectionShape)
async def new_section(request: Request, asking: Asking, new: NewSection) -> Response:
    """Gives tables to a server; needs tables.manage."""
    return await act(
        request,
        asking,
        layout.add_section,
        name=new.name,
        service=new.service,
        person_id=new.person_id,
        table_ids=new.table_ids,
    )


@router.patch("/sections/{section_id}", response_model=SectionShape)
async def edit_section(request: Request, asking: Asking, section_id: Id, change: SectionChange) -> Response:
    """Edits the fields given; needs tables.manage."""
    return await act(request, asking, layout.edit_section, section_id, change.model_dump(exclude_unset=True))
