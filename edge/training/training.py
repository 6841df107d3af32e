"""Begins training for who is signed in, ends it once everybody has left or the day has closed, and opens its doors."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

import structlog
from fastapi import APIRouter, FastAPI, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from edge.host import EdgeHost
from edge.training.copied import house, staff
from edge.training.room import PIN, Room
from hospitality.ground.clock import Clock, instant_text
from hospitality.ground.errors import Forbidden, Refused
from hospitality.ground.http import Asking, ErrorEnvelope, Shape, envelope, serve_routes
from hospitality.ground.work import Caller
from hospitality.properties.service import current_business_date

TRAINING_FOLDER = "training"
ADDRESS = "/training"
END_FOR_ALL = "days.close"
LOOK_SECONDS = 30.0  # how soon after the day's close training ends
log = structlog.get_logger(__name__)


class TrainingShape(Shape):
    """Where training is served, below the node's own address; everybody's PIN there; how many terminals are in it."""

    address: str
    pin: str
    begun_at: str
    terminals: int


class TrainingLeft(Shape):
    """Whether training goes on for others."""

    goes_on: bool


class Training:
    """At most one room. `folder` is where it lies; `routers` are the trades that are practised."""

    def __init__(
        self, host: EdgeHost, folder: Path, *, now: Clock, routers: Sequence[APIRouter], version: str, base_url: str
    ) -> None:
        self._host = host
        self._folder = folder
        self._now, self._routers, self._version, self._base_url = now, routers, version, base_url
        self._turn = asyncio.Lock()
        self._room: Room | None = None
        self._terminals: set[str] = set()
        self._day: str | None = None
        self._watch: asyncio.Task[None] | None = None

    def install(self, app: FastAPI) -> None:
        """Adds its routes and its doors to the node's application."""
        serve_routes(app, [self._routes()])
        app.mount(ADDRESS, self._serve)

    def tidy(self) -> None:
        """Removes what a crash left."""
        shutil.rmtree(self._folder, ignore_errors=True)

    async def join(self, caller: Caller) -> TrainingShape:
        """Lets a terminal in, with a room made for it where there is none. Refused NOT_SIGNED_IN."""
        if caller.person_id is None or caller.terminal_id is None:
            raise Refused("NOT_SIGNED_IN", "Sign in first, then begin training.")
        async with self._turn:
            await self._end_yesterdays()
            if self._room is None:
                self._room = await self._open(caller)
            else:
                await self._room.take_in(await self._host.read(caller, staff))
            self._terminals.add(caller.terminal_id)
            return self._shape(self._room)

    async def leave(self, caller: Caller) -> TrainingLeft:
        """Lets a terminal go; the last one ends it."""
        async with self._turn:
            self._terminals.discard(caller.terminal_id or "")
            if not self._terminals:
                await self._end()
            return TrainingLeft(goes_on=self._room is not None)

    async def end(self) -> None:
        """Ends it for everybody."""
        async with self._turn:
            await self._end()

    async def end_yesterdays(self) -> None:
        """Ends it where the real day has been closed since."""
        async with self._turn:
            await self._end_yesterdays()

    async def _open(self, caller: Caller) -> Room:
        one, base = self._host.identity, self._base_url.rstrip("/") + ADDRESS
        room = Room(
            self._folder,
            one,
            known=self._host.caller_for,
            now=self._now,
            routers=self._routers,
            version=self._version,
            base_url=base,
        )
        self._day = await self._host.read(caller, current_business_date)
        await room.begin(await self._host.read(caller, house))
        self._watch = asyncio.create_task(self._look())
        log.info("training_begun")
        return room

    async def _end_yesterdays(self) -> None:
        if self._room is None:
            return
        day = await self._host.read(self._host.system(), current_business_date)
        if self._day is None:
            self._day = day  # the first sale of the day came after the first of training
        elif day != self._day:
            await self._end()

    async def _end(self) -> None:
        room, self._room = self._room, None
        self._terminals.clear()
        watch, self._watch = self._watch, None
        if watch is not None and watch is not asyncio.current_task():
            watch.cancel()
        if room is not None:
            await room.end()
            log.info("training_ended")

    async def _look(self) -> None:
        while self._room is not None:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.end_yesterdays()
            except Exception:  # a busy disk: it is looked again
                log.exception("training_not_looked_after")

    def _shape(self, room: Room) -> TrainingShape:
        count = len(self._terminals)
        return TrainingShape(address=ADDRESS, pin=PIN, begun_at=instant_text(room.begun_at), terminals=count)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        room = self._room
        if room is not None:
            await room.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=4401)(scope, receive, send)
        else:
            over = Refused("TRAINING_OVER", "Training is over. Nothing of it is kept; begin it anew.")
            await envelope(over)(scope, receive, send)

    def _routes(self) -> APIRouter:
        router = APIRouter(
            prefix="/api/v1/properties/{property_id}/training",
            tags=["training"],
            responses={"4XX": {"model": ErrorEnvelope}},
        )

        @router.post("", status_code=201, response_model=TrainingShape)
        async def join(asking: Asking) -> TrainingShape:
            """Begins training, or joins it, for whoever is signed in; nothing done there is cooked, printed or booked."""
            return await self.join(asking)

        @router.post("/leave", status_code=201, response_model=TrainingLeft)
        async def leave(asking: Asking) -> TrainingLeft:
            """Leaves training; with the last terminal all of it is wiped."""
            return await self.leave(asking)

        @router.post("/end", status_code=204, response_class=Response)
        async def end(asking: Asking) -> Response:
            """Ends training for everybody; needs days.close."""
            if not asking.may(END_FOR_ALL):
                raise Forbidden("NOT_PERMITTED", "Your role does not allow this. Ask a manager to do it.")
            await self.end()
            return Response(status_code=204)

        return router
