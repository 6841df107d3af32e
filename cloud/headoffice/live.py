"""`/live`: tells an open page that there is news of its group, so that it fetches its changing part anew.

Server-sent events: `hello` once, `news` at most once a second, `beat` while there is none, so that a page knows that it
is still heard, and `out` when the session has ended. Nothing of the group itself goes over this stream.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Annotated

import psycopg
from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from cloud.headoffice.asking import TheOffice
from cloud.headoffice.office import Office, cookie_hash
from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Refused, TooMany, Unavailable
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller

NEWS_SECONDS_MIN = 1.0
BEAT_SECONDS = 2.0
# what time alone changes (a node that falls silent) is news as well; and the session is looked at again
AGAIN_SECONDS = 15.0
STREAMS_MAX = 400
STREAMS_PER_SESSION_MAX = 12
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}

router = APIRouter(include_in_schema=False)


class Streams:
    """Counts the open streams of this process, all and by session, and ends them when the process is to end."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._ends: set[asyncio.Event] = set()
        self.ended = False

    def check(self, session: str) -> None:
        """Raises TooMany when there are enough."""
        if self._open.get(session, 0) >= STREAMS_PER_SESSION_MAX or sum(self._open.values()) >= STREAMS_MAX:
            raise TooMany("TOO_MANY_PAGES", "Too many pages are open. Close some.", retry_after_seconds=5)

    def end(self) -> None:
        """Ends every stream, so that a server that stops need not wait for pages that are open; call on its loop."""
        self.ended = True
        for heard in self._ends:
            heard.set()

    @contextmanager
    def woken(self, heard: asyncio.Event) -> Iterator[None]:
        """Sets the event when the streams are to end."""
        self._ends.add(heard)
        try:
            yield
        finally:
            self._ends.discard(heard)

    @contextmanager
    def one_more(self, session: str) -> Iterator[None]:
        """Counts a stream for as long as it runs."""
        self._open[session] = self._open.get(session, 0) + 1
        try:
            yield
        finally:
            self._open[session] -= 1
            if not self._open[session]:
                del self._open[session]


@router.get("/live")
async def live(
    request: Request,
    office: TheOffice,
    of_property: Annotated[str | None, Query(alias="property", pattern=r"^[0-9a-f-]{36}$")] = None,
) -> Response:
    """The stream of the caller's group, or of one property of it."""
    caller = await office.caller(request, of_property)
    streams: Streams = request.app.state.streams
    session = cookie_hash(request)
    streams.check(session)

    async def told() -> AsyncIterator[str]:
        # counted here and not before: a stream that is never begun is never ended either
        with streams.one_more(session):
            async for event in _events(office, streams, request, caller):
                yield event

    return StreamingResponse(told(), media_type="text/event-stream", headers=HEADERS)


async def _events(office: Office, streams: Streams, request: Request, caller: Caller) -> AsyncIterator[str]:
    yield _event("hello", office)
    while not streams.ended:
        scopes = await office.ask(caller, _scopes)
        with office.host.board.listening(scopes, 0) as heard, streams.woken(heard):
            # also the first time: something may have happened between the page and this stream
            heard.set()
            ends = monotonic() + AGAIN_SECONDS
            while monotonic() < ends:
                try:
                    await asyncio.wait_for(heard.wait(), BEAT_SECONDS)
                except TimeoutError:
                    yield _event("beat", office)
                    continue
                if streams.ended:
                    return
                heard.clear()
                yield _event("news", office)
                await asyncio.sleep(NEWS_SECONDS_MIN)
        try:
            caller = await office.caller(request, caller.property_id)
        except Refused:
            yield _event("out", office)
            return
        except (Unavailable, psycopg.Error):
            return  # the page tries again by itself


def _scopes(reading: Reading) -> list[str]:
    """What a page wakes for: the group's own rows, and those of every property or of the one at hand."""
    mine = reading.property_id_or_none
    if mine is not None:
        return [reading.org_id, mine]
    rows = reading.rows("SELECT id FROM properties WHERE org_id = :org_id")
    return [reading.org_id, *(row["id"] for row in rows)]


def _event(name: str, office: Office) -> str:
    return f"event: {name}\ndata: {json.dumps({'server_time': instant_text(office.now())})}\n\n"
