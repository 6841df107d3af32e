"""What was set aside, at head office, which keeps it: looking into it, having it applied again, leaving it out."""

from typing import Any, Literal

import msgspec
from fastapi import APIRouter, Request, Response

from cloud.headoffice.reading.names import NAMES
from cloud.headoffice.reading.set_aside import content_of, set_aside_one
from cloud.quarantine import QUARANTINE
from hospitality.conflicts.api import Dismissing, Restoring, TroubleShape
from hospitality.conflicts.asking import Resolver
from hospitality.conflicts.reading import trouble_view
from hospitality.conflicts.service import discard_trouble, note_seen, retry_trouble
from hospitality.ground.http import ErrorEnvelope, Id, Shape, act, host_of, read
from hospitality.ground.statements import Reading

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["conflicts"], responses={"4XX": {"model": ErrorEnvelope}}
)


class HeldChangeShape(Shape):
    """One change: made or edited, which row, and its fields as they came."""

    table: str
    makes: bool
    row_id: str
    fields: dict[str, Any]


class WholeTrouble(TroubleShape):
    """One transaction with what it says; its first changes, and how many more there are.

    `last_code` and `last_reason` say why it was not applied when it was last tried, `tries` how often that was.
    """

    state: Literal["waiting", "applied", "discarded"]
    last_code: str
    last_reason: str
    tries: int
    changes: list[HeldChangeShape]
    more: int


class TriedTrouble(Shape):
    """What came of trying again: applied, with how many more that leaned on it, or why it waits on."""

    trouble: TroubleShape
    applied: bool
    code: str | None
    reason: str | None
    followed: int


@router.get("/troubles/{trouble_id}", response_model=WholeTrouble)
async def trouble(request: Request, asking: Resolver, trouble_id: Id) -> Response:
    """One transaction with its content, which may hold personal data, so the journal says who looked. Needs sync.resolve."""
    found = await read(request, asking, _whole, trouble_id)
    await host_of(request).act(asking, note_seen, trouble_id)
    return found


@router.post("/troubles/{trouble_id}/retry", status_code=201, response_model=TriedTrouble)
async def retry(request: Request, asking: Resolver, trouble_id: Id, why: Restoring | None = None) -> Response:
    """Has it applied again, and what leans on it after it."""
    note = why.note if why else None
    return await act(request, asking, retry_trouble, trouble_id, note=note, quarantine=QUARANTINE, names=NAMES)


@router.post("/troubles/{trouble_id}/discard", status_code=201, response_model=TroubleShape)
async def discard(request: Request, asking: Resolver, trouble_id: Id, why: Dismissing) -> Response:
    """Leaves it out for good; its content is kept."""
    return await act(request, asking, discard_trouble, trouble_id, note=why.note, quarantine=QUARANTINE, names=NAMES)


def _whole(reading: Reading, trouble_id: str) -> dict[str, Any]:
    told, aside = trouble_view(reading, trouble_id, NAMES), set_aside_one(reading, trouble_id)
    return {
        **msgspec.to_builtins(told),
        "state": aside.state,
        "last_code": aside.code,
        "last_reason": aside.reason,
        "tries": aside.tries,
        **msgspec.to_builtins(content_of(reading, trouble_id)),
    }
