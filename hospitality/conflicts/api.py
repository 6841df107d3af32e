"""Conflicts over HTTP, the same at a node and at head office; and what was set aside, to be read."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from hospitality.conflicts.asking import Resolver
from hospitality.conflicts.loading import Asked
from hospitality.conflicts.reading import conflict_view, conflicts_page, troubles_page
from hospitality.conflicts.service import dismiss_conflict, restore_conflict
from hospitality.conflicts.settings import conflict_settings
from hospitality.ground.http import Cursor, ErrorEnvelope, Id, Limit, Shape, act, read

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["conflicts"], responses={"4XX": {"model": ErrorEnvelope}}
)
State = Literal["open", "restored", "dismissed", "edited", "all"]
InState = Annotated[State, Query(description="`edited`: somebody edited the field since, and nobody decided")]
OfTable = Annotated[str | None, Query(max_length=63, description="Only of this table")]
From = Annotated[AwareDatetime | None, Query(alias="from", description="Decided at or after this instant")]
To = Annotated[AwareDatetime | None, Query(alias="to", description="Decided before this instant")]


class SideShape(Shape):
    """One of two edits. `node_code` null is head office; `person` null is not known here."""

    value: Any
    value_name: str | None
    node: int
    node_code: str | None
    person: str | None
    at: str


class SettledShape(Shape):
    """What was done, by whom (null: by the engine itself), and why."""

    action: Literal["restored", "dismissed", "retried", "discarded"]
    note: str | None
    by: str | None
    by_name: str | None
    at: str


class ConflictShape(Shape):
    """One entry of the conflict log.

    `stands`: nobody has edited the field since; null when that is not known. `restore` tells whether the losing value
    may be set again here; `at_the_property` and `at_head_office`: only there.
    """

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
    state: Literal["open", "restored", "dismissed", "edited"]
    restore: Literal["here", "at_the_property", "at_head_office", "never", "not_known"]
    settled: SettledShape | None


class Conflicts(Shape):
    """A page of conflicts, newest first; it may be short though more follows."""

    items: list[ConflictShape]
    next_cursor: str | None


class TroubleShape(Shape):
    """A transaction that head office could not apply. `holds`: how many changes of each table."""

    id: str
    property_id: str
    node_code: str
    incarnation: int
    first: int
    last: int
    code: str
    reason: str
    holds: dict[str, int]
    at: str
    settled: SettledShape | None


class Troubles(Shape):
    """A page of what was set aside, newest first."""

    items: list[TroubleShape]
    next_cursor: str | None


class Restoring(Shape):
    """Why, if there is anything to say."""

    note: str | None = None


class Dismissing(Shape):
    """Why the value that counts is right."""

    note: str


@router.get("/conflicts", response_model=Conflicts)
async def conflicts(
    request: Request,
    asking: Resolver,
    property_id: str,
    state: InState = "open",
    table: OfTable = None,
    since: From = None,
    until: To = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The property's conflicts, newest first; needs sync.resolve."""
    asked = Asked(property_id, since, until, table, None if state == "all" else state)
    names = conflict_settings(request).names
    return await read(request, asking, conflicts_page, asked, names, limit=limit, cursor=cursor)


@router.get("/conflicts/{conflict_id}", response_model=ConflictShape)
async def conflict(request: Request, asking: Resolver, conflict_id: Id) -> Response:
    """One conflict with what was done about it."""
    return await read(request, asking, conflict_view, conflict_id, conflict_settings(request).names)


@router.post("/conflicts/{conflict_id}/restore", status_code=201, response_model=ConflictShape)
async def restore(request: Request, asking: Resolver, conflict_id: Id, why: Restoring) -> Response:
    """Sets the losing value again, by the rules of its field; needs what editing it needs as well."""
    names = conflict_settings(request).names
    return await act(request, asking, restore_conflict, conflict_id, note=why.note, names=names)


@router.post("/conflicts/{conflict_id}/dismiss", status_code=201, response_model=ConflictShape)
async def dismiss(request: Request, asking: Resolver, conflict_id: Id, why: Dismissing) -> Response:
    """Leaves the value that counts."""
    names = conflict_settings(request).names
    return await act(request, asking, dismiss_conflict, conflict_id, note=why.note, names=names)


@router.get("/troubles", response_model=Troubles)
async def troubles(
    request: Request,
    asking: Resolver,
    state: Literal["open", "all"] = "open",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """What of this property was set aside at head office, newest first; needs sync.resolve."""
    names, only_open = conflict_settings(request).names, state == "open"
    return await read(request, asking, troubles_page, names, only_open=only_open, limit=limit, cursor=cursor)
