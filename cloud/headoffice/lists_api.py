"""The group's properties, nodes and conflicts as JSON, of the same questions as the pages."""

from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response

from cloud.headoffice.asking import ForGroup, TheOffice
from cloud.headoffice.reading.names import NAMES
from cloud.headoffice.reading.nodes import Alarm, Node, NodeState, Thresholds, nodes, put_back_at
from cloud.nodes import revoke_node
from hospitality.conflicts.api import Conflicts, From, InState, OfTable, To
from hospitality.conflicts.loading import Asked
from hospitality.conflicts.reading import conflicts_page
from hospitality.ground.clock import instant_text
from hospitality.ground.http import Cursor, ErrorEnvelope, Id, Limit, Shape, json_answer
from hospitality.ground.statements import Reading
from hospitality.properties.api import PropertyShape
from hospitality.properties.service import properties_list

router = APIRouter(prefix="/api/v1", tags=["head office"], responses={"4XX": {"model": ErrorEnvelope}})
OfProperty = Annotated[str | None, Query(pattern=r"^[0-9a-f-]{36}$", description="Only of this property")]


class Properties(Shape):
    """All of the group's properties, by name."""

    items: list[PropertyShape]


class NodeShape(Shape):
    """A property's node as head office last heard it. `waiting`: changes that it has not sent yet, the oldest of them made
    at `oldest_waiting_at`; `kept`: what came to it and can't be applied yet; `sent_bytes`, `received_bytes`: since its start;
    `set_aside`: what of it waits here; `differed`: rows that comparisons found different so far; `standing`: what of them
    the last one could not mend; `heard_out`: false while head office, put back to an older copy, has not got back from it
    what it lacks."""

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
    protocol: int
    oldest_waiting_at: str | None
    kept: int
    set_aside: int
    last_error: str
    storage: str
    sent_bytes: int
    received_bytes: int
    checked_at: str | None
    differed: int
    standing: int
    heard_out: bool
    alarms: list[Alarm]


class Revoking(Shape):
    """Why a node is revoked; it stands in the journal."""

    note: str | None = None


class RevokedNode(Shape):
    """A node that may do nothing any more."""

    id: str
    code: str
    property_id: str


class Nodes(Shape):
    """The group's nodes. `put_back_at`: when it was noticed last that head office was put back to an older copy."""

    items: list[NodeShape]
    put_back_at: str | None


@router.get("/properties")
async def properties(asking: ForGroup, office: TheOffice) -> Properties:
    """The group's properties."""
    found = await office.ask(asking, properties_list)
    return Properties(items=[PropertyShape(**one) for one in found])


@router.get("/nodes")
async def nodes_list(asking: ForGroup, office: TheOffice) -> Nodes:
    """Every node in force, with its state as of now."""
    return await office.ask(asking, nodes_shape, office.now(), office.thresholds)


@router.get("/conflicts", response_model=Conflicts)
async def conflicts(
    request: Request,
    asking: ForGroup,
    office: TheOffice,
    property_id: OfProperty = None,
    state: InState = "all",
    table: OfTable = None,
    since: From = None,
    until: To = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The whole group's conflict log, newest first; each is decided below its property."""
    if property_id is not None:
        # another group's property is answered like one that is not there
        await office.caller(request, property_id)
    asked = Asked(property_id, since, until, table, None if state == "all" else state)
    page = await office.ask(asking, conflicts_page, asked, NAMES, limit=limit, cursor=cursor)
    return json_answer(msgspec.json.encode(page))


@router.post("/nodes/{node_id}/revoke")
async def revoke(asking: ForGroup, office: TheOffice, node_id: Id, body: Revoking) -> RevokedNode:
    """Lets a node do nothing any more, from its next request on."""
    return RevokedNode(**await office.host.act(asking, revoke_node, node_id, note=body.note))


def nodes_shape(reading: Reading, now: datetime, thresholds: Thresholds) -> Nodes:
    """The group's nodes as they are told to programs."""
    items = [node_shape(one, now, thresholds) for one in nodes(reading)]
    return Nodes(items=items, put_back_at=_told(put_back_at(reading)))


def node_shape(node: Node, now: datetime, thresholds: Thresholds) -> NodeShape:
    """A node as it is told to programs."""
    return NodeShape(
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
        protocol=node.protocol,
        oldest_waiting_at=_told(node.oldest_at),
        kept=node.kept,
        set_aside=node.set_aside,
        last_error=node.error,
        storage=node.storage,
        sent_bytes=node.sent_bytes,
        received_bytes=node.received_bytes,
        checked_at=_told(node.checked_at),
        differed=node.differed,
        standing=node.standing,
        heard_out=node.is_heard_out,
        alarms=list(node.alarms(now, thresholds)),
    )


def _told(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)
