"""`GET /nodes` and `GET /nodes/{id}`: every property's machine as head office last heard it, and revoking one."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from cloud.headoffice.asking import ForGroup, TheOffice
from cloud.headoffice.forms import small_form
from cloud.headoffice.office import Office, PageRoute
from cloud.headoffice.reading.nodes import Alarm, Node, Thresholds, nodes, put_back_at
from cloud.headoffice.reading.overview import group_name
from cloud.nodes import MANAGE, revoke_node
from hospitality.ground.errors import NotFound, Refused
from hospitality.ground.http import Id
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller
from web.pages import PAGE_HEADERS

router = APIRouter(prefix="/nodes", route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class FleetLine:
    """A node with what about it wants somebody."""

    node: Node
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True)
class FleetLook:
    """The group's nodes, those that want somebody first. `put_back_at`: when head office was found to be an older copy."""

    group: str
    lines: tuple[FleetLine, ...]
    put_back_at: datetime | None = None

    @property
    def alarmed(self) -> int:
        """How many want somebody."""
        return sum(1 for line in self.lines if line.alarms)

    @property
    def heard_out(self) -> int:
        """How many have given back all that head office lacked."""
        return sum(1 for line in self.lines if line.node.is_heard_out)


@router.get("")
async def fleet_page(request: Request, asking: ForGroup, office: TheOffice) -> Response:
    """All nodes in one table."""
    now = office.now()
    look = await office.ask(asking, fleet_look, now, office.thresholds)
    return office.page(request, "nodes", who=asking.name, group=look.group, look=look, now=now)


@router.get("/{node_id}")
async def node_page(request: Request, asking: ForGroup, office: TheOffice, node_id: Id) -> Response:
    """One node, and what may be done about it."""
    return await _node(request, asking, office, node_id)


@router.post("/{node_id}/revoke")
async def revoke(request: Request, asking: ForGroup, office: TheOffice, node_id: Id) -> Response:
    """Lets the node do nothing any more."""
    form = await small_form(request)
    try:
        await office.host.act(asking, revoke_node, node_id, note=form.get("note"))
    except NotFound:
        raise
    except Refused as trouble:
        return await _node(request, asking, office, node_id, trouble)
    return RedirectResponse("/nodes", status_code=303, headers=dict(PAGE_HEADERS))


async def _node(
    request: Request, asking: Caller, office: Office, node_id: str, trouble: Refused | None = None
) -> Response:
    now = office.now()
    look = await office.ask(asking, fleet_look, now, office.thresholds)
    line = next((line for line in look.lines if line.node.id == node_id), None)
    if line is None:
        raise NotFound.of("node", node_id)
    status = 200 if trouble is None else 409
    return office.page(
        request,
        "node",
        who=asking.name,
        group=look.group,
        line=line,
        now=now,
        may=asking.may(MANAGE),
        trouble=trouble,
        status=status,
    )


def fleet_look(reading: Reading, now: datetime, thresholds: Thresholds) -> FleetLook:
    """The nodes in one look: those with alarms first, then by property."""
    lines = [FleetLine(node, node.alarms(now, thresholds)) for node in nodes(reading)]
    lines.sort(key=lambda line: (not line.alarms, line.node.property_name.casefold(), line.node.code))
    return FleetLook(group_name(reading), tuple(lines), put_back_at(reading))
