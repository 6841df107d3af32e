"""One conflict and one transaction set aside, each with what may be done about it. Plain forms: they need no script.

What a form asks for is done by the same verbs as over the API, in the name of who is signed in; doing it twice is doing
it once, so a button pressed twice does no harm. `same_origin` refuses what another site's page sends.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from cloud.headoffice.asking import ForGroup, TheOffice
from cloud.headoffice.forms import small_form
from cloud.headoffice.office import Office, PageRoute
from cloud.headoffice.reading.names import NAMES
from cloud.headoffice.reading.overview import group_name
from cloud.headoffice.reading.set_aside import Content, SetAside, content_of, set_aside_one
from cloud.quarantine import QUARANTINE
from hospitality.conflicts.reading import Conflict, Settled, conflict_view, trouble_view
from hospitality.conflicts.service import (
    RESOLVE,
    discard_trouble,
    dismiss_conflict,
    note_seen,
    restore_conflict,
    retry_trouble,
)
from hospitality.ground.errors import NotFound, Refused
from hospitality.ground.http import Id
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller
from hospitality.properties.service import property_view
from web.pages import PAGE_HEADERS

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ConflictLook:
    """One conflict at its property."""

    group: str
    at: dict[str, Any]
    conflict: Conflict


@dataclass(frozen=True, slots=True)
class AsideLook:
    """One transaction set aside at its property; `content` None for who may not look into it."""

    group: str
    at: dict[str, Any]
    aside: SetAside
    settled: Settled | None
    content: Content | None


@router.get("/conflicts/{conflict_id}")
async def conflict_page(request: Request, asking: ForGroup, office: TheOffice, conflict_id: Id) -> Response:
    """Both values, who wrote them, and what may be done."""
    return await _conflict(request, asking, office, conflict_id)


@router.post("/conflicts/{conflict_id}/restore")
async def restore(request: Request, asking: ForGroup, office: TheOffice, conflict_id: Id) -> Response:
    """Sets the losing value again."""
    form = await small_form(request)
    look = await office.ask(asking, conflict_look, conflict_id)
    try:
        await _act(office, asking, look.at["id"], restore_conflict, conflict_id, note=form.get("note"), names=NAMES)
    except Refused as trouble:
        return await _conflict(request, asking, office, conflict_id, trouble)
    return _to(f"/conflicts/{conflict_id}")


@router.post("/conflicts/{conflict_id}/dismiss")
async def dismiss(request: Request, asking: ForGroup, office: TheOffice, conflict_id: Id) -> Response:
    """Leaves the value that counts."""
    form = await small_form(request)
    look = await office.ask(asking, conflict_look, conflict_id)
    try:
        await _act(office, asking, look.at["id"], dismiss_conflict, conflict_id, note=form.get("note"), names=NAMES)
    except Refused as trouble:
        return await _conflict(request, asking, office, conflict_id, trouble)
    return _to(f"/conflicts/{conflict_id}")


@router.get("/quarantine/{trouble_id}")
async def aside_page(request: Request, asking: ForGroup, office: TheOffice, trouble_id: Id) -> Response:
    """What it says, why it could not be applied, and what may be done."""
    return await _aside(request, asking, office, trouble_id)


@router.post("/quarantine/{trouble_id}/retry")
async def retry(request: Request, asking: ForGroup, office: TheOffice, trouble_id: Id) -> Response:
    """Has it applied again."""
    form = await small_form(request)
    look = await office.ask(asking, aside_look, trouble_id, False)
    note = form.get("note")
    try:
        done = await _act(
            office, asking, look.at["id"], retry_trouble, trouble_id, note=note, quarantine=QUARANTINE, names=NAMES
        )
    except Refused as trouble:
        return await _aside(request, asking, office, trouble_id, trouble)
    return _to(f"/quarantine/{trouble_id}" + ("" if done["applied"] else "?again=1"))


@router.post("/quarantine/{trouble_id}/discard")
async def discard(request: Request, asking: ForGroup, office: TheOffice, trouble_id: Id) -> Response:
    """Leaves it out for good."""
    form = await small_form(request)
    look = await office.ask(asking, aside_look, trouble_id, False)
    note = form.get("note")
    try:
        await _act(
            office, asking, look.at["id"], discard_trouble, trouble_id, note=note, quarantine=QUARANTINE, names=NAMES
        )
    except Refused as trouble:
        return await _aside(request, asking, office, trouble_id, trouble)
    return _to(f"/quarantine/{trouble_id}")


async def _act(
    office: Office, asking: Caller, property_id: str, verb: Callable[..., Any], *args: Any, **more: Any
) -> Any:
    return await office.host.act(replace(asking, property_id=property_id), verb, *args, **more)


async def _conflict(
    request: Request, asking: Caller, office: Office, conflict_id: str, trouble: Refused | None = None
) -> Response:
    look = await office.ask(asking, conflict_look, conflict_id)
    return office.page(
        request,
        "conflict",
        status=200 if trouble is None else 409,
        who=asking.name,
        group=look.group,
        look=look,
        may=asking.may(RESOLVE),
        now=office.now(),
        trouble=trouble,
    )


async def _aside(
    request: Request, asking: Caller, office: Office, trouble_id: str, trouble: Refused | None = None
) -> Response:
    look = await office.ask(asking, aside_look, trouble_id, asking.may(RESOLVE))
    if look.content is not None:
        await _act(office, asking, look.at["id"], note_seen, trouble_id)
    return office.page(
        request,
        "aside",
        status=200 if trouble is None else 409,
        who=asking.name,
        group=look.group,
        look=look,
        may=asking.may(RESOLVE),
        now=office.now(),
        trouble=trouble,
        again=request.query_params.get("again") == "1" and look.aside.state == "waiting",
    )


def conflict_look(reading: Reading, conflict_id: str) -> ConflictLook:
    """The page in one look; NotFound for a conflict of another group."""
    sql = "SELECT property_id FROM sync_conflicts WHERE org_id = :org_id AND id = :id"
    property_id = reading.value(sql, id=conflict_id)
    if property_id is None:
        raise NotFound.of("conflict", conflict_id)
    there = _there(reading, property_id)
    return ConflictLook(group_name(reading), property_view(there), conflict_view(there, conflict_id, NAMES))


def aside_look(reading: Reading, trouble_id: str, whole: bool) -> AsideLook:
    """The page in one look, with what it says if `whole`; NotFound for a transaction of another group."""
    aside = set_aside_one(reading, trouble_id)
    there = _there(reading, aside.property_id)
    content = content_of(reading, trouble_id) if whole else None
    return AsideLook(group_name(reading), property_view(there), aside, _settled(there, trouble_id), content)


def _settled(there: Reading, trouble_id: str) -> Settled | None:
    try:
        return trouble_view(there, trouble_id, NAMES).settled
    except NotFound:  # set aside by the first release, which told nobody, and not decided yet
        return None


def _there(reading: Reading, property_id: str) -> Reading:
    return Reading(reading.connection, reading.dialect, org_id=reading.org_id, property_id=property_id)


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers=dict(PAGE_HEADERS))
