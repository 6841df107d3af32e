"""What the node knows of names for its conflicts, and what came from head office that can't be applied here."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, cast

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from edge.database import CONSTRAINT_ERRORS
from edge.host import EdgeHost
from edge.identity import Identity
from edge.schema import SCHEMA
from hospitality.conflicts.asking import Resolver
from hospitality.conflicts.facts import KeptRetried
from hospitality.conflicts.loading import Edit
from hospitality.conflicts.reading import Names
from hospitality.ground.clock import instant_text
from hospitality.ground.http import ErrorEnvelope, Shape, host_of, json_answer
from hospitality.ground.statements import Reading
from hospitality.ground.work import Work
from sync.node.apply import retry_kept
from sync.wire import Entry

LISTED_MAX = 200
AROUND = timedelta(seconds=60)  # an act's journal entry says the same minute as its stamp
_WRITER = """
    SELECT p.display_name FROM journal j JOIN people p ON p.org_id = j.org_id AND p.id = j.actor_id
    WHERE j.org_id = :org_id AND j.property_id = :property_id AND j.at >= :since AND j.at <= :until
      AND j._hlc = :hlc AND j._node = :node LIMIT 1
"""
router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["conflicts"], responses={"4XX": {"model": ErrorEnvelope}}
)


class KeptShape(Shape):
    """One transaction from head office that this node can't apply yet. `holds`: how many changes of each table."""

    id: int
    position: int
    reason: str
    holds: dict[str, int]


class Kept(Shape):
    """What is kept, oldest first, up to LISTED_MAX of them, and how many there are."""

    items: list[KeptShape]
    count: int


@router.get("/kept", response_model=Kept)
async def kept(request: Request, asking: Resolver) -> Response:
    """What came from head office and can't be applied here; it is tried again with all that comes. Needs sync.resolve."""
    found = await host_of(request).read(asking, kept_list)
    return json_answer(msgspec.json.encode(found))


@router.post("/kept/retry", status_code=201, response_model=Kept)
async def retry(request: Request, asking: Resolver) -> Response:
    """Has it tried again now: what is left. Doing it twice does no harm."""
    host = cast(EdgeHost, request.app.state.host)
    before = await host.read(asking, kept_count)
    await run_in_threadpool(host.write, partial(retry_kept, schema=SCHEMA, errors=CONSTRAINT_ERRORS))
    found = await host.read(asking, kept_list)
    await host.act(asking, _note_retry, before=before, left=found["count"])
    return json_answer(msgspec.json.encode(found), 201)


def _note_retry(work: Work, *, before: int, left: int) -> None:
    work.journal(KeptRetried(before, left))


def kept_list(reading: Reading) -> dict[str, Any]:
    """{items: [{id, position, reason, holds}], count}: what is kept, oldest first."""
    rows = reading.rows("SELECT id, position, reason, body FROM sync_kept ORDER BY id LIMIT :limit", limit=LISTED_MAX)
    items = [
        {
            "id": row["id"],
            "position": row["position"],
            "reason": row["reason"],
            "holds": Counter(change.t for change in msgspec.json.decode(row["body"], type=Entry).changes),
        }
        for row in rows
    ]
    return {"items": items, "count": kept_count(reading)}


def kept_count(reading: Reading) -> int:
    """How many transactions from head office can't be applied here."""
    return int(reading.value("SELECT count(*) FROM sync_kept"))


def names_of(identity: Identity) -> Names:
    """What a node knows: its own letters, and the property's people."""

    def nodes(reading: Reading) -> Mapping[int, str]:
        return {identity.number: identity.code}

    return Names("property", nodes, _writers, _people)


def _writers(reading: Reading, edits: Sequence[Edit]) -> Mapping[Edit, str]:
    found = {}
    for edit in edits:
        around = {"since": instant_text(edit.at - AROUND), "until": instant_text(edit.at + AROUND)}
        name = reading.value(_WRITER, hlc=edit.hlc, node=edit.node, **around)
        if name is not None:
            found[edit] = name
    return found


def _people(reading: Reading, ids: Collection[str]) -> Mapping[str, str]:
    rows = reading.rows("SELECT id, display_name FROM people WHERE org_id = :org_id AND id IN (:ids)", ids=list(ids))
    return {row["id"]: row["display_name"] for row in rows}
