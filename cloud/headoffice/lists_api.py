"""The group's properties, nodes and conflicts as JSON, of the same questions as the pages."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime

from cloud.headoffice.asking import ForGroup, TheOffice
from cloud.headoffice.reading.conflicts import Asked, Conflict, Side, conflicts_page
from cloud.headoffice.reading.nodes import NodeState, nodes
from hospitality.ground.clock import instant_text
from hospitality.ground.http import Cursor, ErrorEnvelope, Limit, Shape
from hospitality.properties.api import PropertyShape
from hospitality.properties.service import properties_list

router = APIRouter(prefix="/api/v1", tags=["head office"], responses={"4XX": {"model": ErrorEnvelope}})
OfProperty = Annotated[str | None, Query(pattern=r"^[0-9a-f-]{36}$", description="Only of this property")]
From = Annotated[AwareDatetime | None, Query(alias="from", description="Decided at or after this instant")]
To = Annotated[AwareDatetime | None, Query(alias="to", description="Decided before this instant")]


class Properties(Shape):
    """All of the group's properties, by name."""

    items: list[PropertyShape]


class NodeShape(Shape):
    """A property's node as head office last heard it. `waiting`: changes that it has not sent yet."""

    id: str
    property_id: str
    code: str
    incarnation: int
    state: NodeState
    version: str
    waiting: int
    clock_offset_ms: int
    enrolled_at: str
    seen_at: str | None


class Nodes(Shape):
    """The group's nodes."""

    items: list[NodeShape]


class SideShape(Shape):
    """One of two edits. `node_code` null is head office."""

    value: Any
    value_name: str | None
    node: int
    node_code: str | None
    person: str | None
    at: str


class ConflictShape(Shape):
    """One entry of the conflict log. `stands`: nobody has edited the field since; null when that is not known."""

    id: str
    property_id: str | None
    table: str
    row_id: str
    row_name: str | None
    field: str
    rule: str
    won: SideShape
    lost: SideShape
    decided_at: str
    stands: bool | None


class Conflicts(Shape):
    """A page of conflicts, newest first."""

    items: list[ConflictShape]
    next_cursor: str | None


@router.get("/properties")
async def properties(asking: ForGroup, office: TheOffice) -> Properties:
    """The group's properties."""
    found = await office.ask(asking, properties_list)
    return Properties(items=[PropertyShape(**one) for one in found])


@router.get("/nodes")
async def nodes_list(asking: ForGroup, office: TheOffice) -> Nodes:
    """Every node in force, with its state as of now."""
    now = office.now()
    return Nodes(
        items=[
            NodeShape(
                id=node.id,
                property_id=node.property_id,
                code=node.code,
                incarnation=node.incarnation,
                state=node.state(now),
                version=node.version,
                waiting=node.waiting,
                clock_offset_ms=node.offset_ms,
                enrolled_at=instant_text(node.enrolled_at),
                seen_at=_told(node.seen_at),
            )
            for node in await office.ask(asking, nodes)
        ]
    )


@router.get("/conflicts")
async def conflicts(
    request: Request,
    asking: ForGroup,
    office: TheOffice,
    property_id: OfProperty = None,
    since: From = None,
    until: To = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Conflicts:
    """The conflict log, newest first."""
    if property_id is not None:
        # another group's property is answered like one that is not there
        await office.caller(request, property_id)
    page = await office.ask(asking, conflicts_page, Asked(property_id, since, until), limit=limit, cursor=cursor)
    return Conflicts(items=[_conflict(one) for one in page.items], next_cursor=page.next_cursor)


def _conflict(one: Conflict) -> ConflictShape:
    return ConflictShape(**{**asdict(one), "won": _side(one.won), "lost": _side(one.lost)})


def _side(side: Side) -> SideShape:
    return SideShape(**{**asdict(side), "at": instant_text(side.at)})


def _told(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)
