"""`/ws`: screens follow the journal and resume from a position, without a gap and without a repetition.

Each entry of the journal is made into events once, whatever the number of screens: by the writer just before it commits
them, since what it wrote lies open to it (another connection decrypts all of it anew, which took longer than everything
else), or by a task where more has gathered. Nothing is sent before the commit. A screen that falls behind is cut off and
resumes from the journal, so that a slow one costs the others nothing.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Any, Protocol

import msgspec
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from edge.events import END_OF_ENTRY, EVENTS, OF_ROOMS, REVOKED, ROOM_CHANGED, Event, event_of, events_after, place_of
from edge.host import EdgeHost, token_of
from edge.writer import Committed
from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Trouble
from hospitality.ground.statements import Reading
from hospitality.rooms.reading import room_view

HEARTBEAT_SECONDS = 2.0
BEHIND_MAX = 1_000
FRESH_MAX = 64  # so many entries of one commit are made into events by the writer itself
GREETING_SECONDS = 10.0
FRAME_BYTES_MAX = 10_000
SHOWS_LENGTH_MAX = 64
log = structlog.get_logger(__name__)

GONE = (WebSocketDisconnect, asyncio.CancelledError)


@dataclass(eq=False, slots=True)
class Screen:
    """One subscriber: what it wants, at which terminal it is and in which room that stands, what it said that it shows, and
    what waits for it."""

    wanted: frozenset[str]
    terminal_id: str | None = None
    room: str | None = None
    shows: str | None = None
    queue: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(BEHIND_MAX))

    def hears(self, event: Event) -> bool:
        """Whether the event is for this one: a room hears of itself alone."""
        if event.terminal_id not in (None, self.terminal_id):
            return False
        return event.name in self.wanted and (self.room is None or event.room in (None, self.room))


def _told(reading: Reading, *, after: int, incarnation: int, names: frozenset[str] = EVENTS) -> tuple[list[Event], int]:
    return events_after(reading, after, incarnation, names)


class Ears(Protocol):
    """Hears what a terminal's screens say of themselves."""

    def told(self, terminal_id: str, shows: str) -> None:
        """It shows this now."""

    def left(self, terminal_id: str, shows: str) -> None:
        """It shows this no more, by somebody's hand."""


class LiveBoard:
    """Tells every subscribed screen what happened. `status` gives the data of `sync_status`; `ears` hear what screens
    show."""

    def __init__(
        self,
        host: EdgeHost,
        *,
        status: Callable[[], dict[str, Any]],
        hello: Callable[[], dict[str, Any]],
        ears: Ears | None = None,
    ) -> None:
        self._host = host
        self._ears = ears
        self._status = status
        self._hello = hello
        self._screens: set[Screen] = set()
        self._left: dict[str, str] = {}  # terminal → when it was last there
        self._wanted: frozenset[str] = frozenset()  # what any of them wants
        self._place = 0  # the last journal row that screens were told of
        self._heard = 0  # the last journal row that a commit brought; set by the writer's thread alone
        self._foreseen: frozenset[str] = frozenset()  # for whom the writer read what it commits; its thread's alone too
        self._turn = asyncio.Lock()  # no screen joins while entries are read for those that are there
        self._news = asyncio.Event()
        self._status_news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Begins at the journal's end; older entries are read for those who resume."""
        self._loop = asyncio.get_running_loop()
        self._host.on_commit.append(self._committed)
        self._host.foresee = self._foresee
        self._place = await self._read(lambda r: r.value("SELECT coalesce(max(rowid), 0) FROM journal"))
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._tell_status())]

    async def stop(self) -> None:
        """Ends all screens' connections."""
        self._host.foresee = None
        self._host.on_commit.remove(self._committed)
        self._loop = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._end_all()

    def status_changed(self) -> None:
        """There is a new sync or printer state; may be called from any thread."""
        self._tell_loop(self._status_news.set)

    def presence(self, terminal_id: str) -> tuple[bool, str | None]:
        """Whether a terminal listens now, and when one that does not was last there since the node was started."""
        there = any(screen.terminal_id == terminal_id for screen in self._screens)
        return there, None if there else self._left.get(terminal_id)

    def tell_terminal(self, terminal_id: str, name: str, data: dict[str, Any]) -> None:
        """Tells a terminal what one of its devices said; may be called from any thread.

        It has no position and is not kept: a code that comes minutes later would be another order's.
        """
        event = replace(event_of(name, (0, 0), None, data), terminal_id=terminal_id)
        self._tell_loop(partial(self._send, event))

    def _tell_loop(self, call: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # closed between the look and the call: nobody is left to tell
                loop.call_soon_threadsafe(call)

    def _committed(self, done: Committed) -> None:
        # first the end, then the look who is there: `_join` does it the other way round
        self._heard = done.journal
        if self._wanted != self._foreseen:
            self._tell_loop(self._news.set)  # somebody came while it was being committed

    def _foresee(self, done: Committed, reading: Reading) -> Callable[[], None] | None:
        after, names = self._heard, self._wanted
        self._foreseen = names
        if not names or done.journal == after:
            return None
        if done.journal - after > FRESH_MAX:
            return partial(self._tell_loop, self._news.set)
        try:
            events, _ = _told(reading, after=after, incarnation=self._host.place.incarnation, names=names)
        except Exception:  # the task will find out whether it can be read at all
            log.exception("journal_not_read_at_once")
            return partial(self._tell_loop, self._news.set)
        return partial(self._tell_loop, partial(self._deliver, after, done.journal, names, events))

    def _deliver(self, after: int, upto: int, names: frozenset[str], events: list[Event]) -> None:
        if after != self._place or self._turn.locked() or not self._wanted <= names:
            self._news.set()  # something is not yet told, or somebody else came: the task does it in order
            return
        for event in events:
            self._send(event)
        self._place = upto

    async def _follow(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._screens and self._place < self._heard:
                try:
                    async with self._turn:
                        await self._tell_next()
                except Exception:  # a screen that hears nothing more must know it: it is cut off, and resumes
                    log.exception("journal_not_read")
                    self._end_all()

    async def _tell_next(self) -> None:
        after, end = self._place, self._heard
        question = partial(_told, after=after, incarnation=self._host.place.incarnation, names=self._wanted)
        events, reached = await self._read(question)
        for event in events:
            self._send(event)
        self._place = reached if reached > after else end  # what is left up to the end is no news of this property

    async def _join(self, screen: Screen) -> int:
        """Adds a screen; answers the journal row after which it is told everything."""
        async with self._turn:
            self._screens.add(screen)
            self._note_wanted()
            if len(self._screens) == 1:  # nobody was told what was written while nobody was there
                self._place = max(self._place, self._heard)
            return self._place

    def _leave(self, screen: Screen) -> None:
        self._screens.discard(screen)
        self._note_wanted()

    def _note_wanted(self) -> None:
        self._wanted = frozenset[str]().union(*(screen.wanted for screen in self._screens))

    async def _tell_status(self) -> None:
        while True:
            await self._status_news.wait()
            self._status_news.clear()
            try:
                self._send(event_of("sync_status", (0, 0), None, await asyncio.to_thread(self._status)))
            except Exception:  # the next change brings the next try
                log.exception("status_not_told")
            await asyncio.sleep(0.2)  # states change in bursts; a screen needs the last of them

    def _send(self, event: Event) -> None:
        if event.name in (REVOKED, ROOM_CHANGED):
            self._host.forget_tokens()
        for screen in list(self._screens):
            revoked = event.name == REVOKED and screen.terminal_id == event.terminal_id
            if revoked or (event.name == ROOM_CHANGED and screen.room is not None):
                self._end(screen)  # it comes back, and is refused or listens under its number of then
            elif screen.hears(event):
                try:
                    screen.queue.put_nowait(event)
                except asyncio.QueueFull:
                    self._end(screen)

    def _end_all(self) -> None:
        for screen in list(self._screens):
            self._end(screen)

    def _end(self, screen: Screen) -> None:
        # whoever reads the queue sees the end and closes; the screen comes back and resumes from the journal
        self._leave(screen)
        while not screen.queue.empty():
            screen.queue.get_nowait()
        screen.queue.put_nowait(None)

    async def _read(self, question: Callable[[Reading], Any]) -> Any:
        return await asyncio.wrap_future(self._host.ask(question))

    async def serve(self, socket: WebSocket) -> None:
        """One screen's connection, from its greeting to its end."""
        await socket.accept()
        try:
            screen, resume = await asyncio.wait_for(self._greet(socket), GREETING_SECONDS)
        except (Trouble, TimeoutError, msgspec.DecodeError, msgspec.ValidationError, WebSocketDisconnect) as error:
            await self._refuse(socket, error)
            return
        from_place = await self._join(screen)
        reader = asyncio.create_task(self._until_gone(socket, screen))
        writer = asyncio.create_task(self._write(socket, screen, resume, from_place))
        await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
        self._leave(screen)
        if screen.terminal_id is not None:
            self._left[screen.terminal_id] = instant_text(self._host.now())
        for task in (reader, writer):
            task.cancel()
        for ended in await asyncio.gather(reader, writer, return_exceptions=True):
            if isinstance(ended, Exception) and not isinstance(ended, GONE):
                log.error("screen_failed", error=repr(ended))
        if socket.application_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(code=1013)

    async def _greet(self, socket: WebSocket) -> tuple[Screen, str | None]:
        try:
            token = token_of(socket)
        except Trouble:
            token = msgspec.json.decode(await _frame(socket), type=dict[str, str]).get("token", "")
        caller = await self._host.caller_for(token)
        asked = msgspec.json.decode(await _frame(socket), type=Subscription)
        may = OF_ROOMS if caller.room_id else EVENTS
        room = None
        if caller.room_id is not None:
            room = (await self._read(partial(room_view, room_id=caller.room_id)))["number"]
        return Screen(frozenset(asked.subscribe) & may, caller.terminal_id, room), asked.resume

    async def _refuse(self, socket: WebSocket, error: Exception) -> None:
        if socket.application_state is not WebSocketState.CONNECTED:
            return
        code = error.code if isinstance(error, Trouble) else "BAD_SUBSCRIPTION"
        message = error.message if isinstance(error, Trouble) else "Subscribe first: send a token and what you want."
        with suppress(RuntimeError, WebSocketDisconnect):
            body = {"event": "refused", "position": None, "data": {"code": code, "message": message}}
            await socket.send_text(msgspec.json.encode(body).decode())
            await socket.close(code=4401)

    async def _write(self, socket: WebSocket, screen: Screen, resume: str | None, from_place: int) -> None:
        incarnation = self._host.place.incarnation
        hello = {
            **await asyncio.to_thread(self._hello),
            "incarnation": incarnation,
            "server_time": instant_text(self._host.now()),
        }
        await self._say(socket, "hello", f"{incarnation}:{from_place}", hello)
        if "sync_status" in screen.wanted:
            await self._say(socket, "sync_status", None, await asyncio.to_thread(self._status))
        if resume is not None:
            await self._catch_up(socket, screen, resume, incarnation, from_place)
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    event = await screen.queue.get()
            except TimeoutError:
                await self._say(socket, "heartbeat", None, {"server_time": instant_text(self._host.now())})
                continue
            if event is None:
                return
            if event.place[0] == 0 or event.place[0] > from_place:
                await socket.send_text(event.text)

    async def _catch_up(self, socket: WebSocket, screen: Screen, resume: str, incarnation: int, to: int) -> None:
        place = place_of(resume, incarnation)
        if place is None or place[0] > to:
            await self._say(socket, "reload", None, {})
            return
        after = place[0] - 1 if place[1] < END_OF_ENTRY else place[0]
        while after < to:
            events, reached = await self._read(partial(_told, after=after, incarnation=incarnation))
            for event in events:
                if screen.hears(event) and place < event.place <= (to, END_OF_ENTRY):
                    await socket.send_text(event.text)
            if reached == after:
                return
            after = reached

    @staticmethod
    async def _say(socket: WebSocket, name: str, position: str | None, data: dict[str, Any]) -> None:
        await socket.send_text(event_of(name, (0, 0), position, data).text)

    async def _until_gone(self, socket: WebSocket, screen: Screen) -> None:
        while (message := await socket.receive())["type"] != "websocket.disconnect":
            if self._ears is not None and screen.terminal_id is not None and screen.room is None:
                self._hear(self._ears, screen, screen.terminal_id, message.get("text") or "")

    @staticmethod
    def _hear(ears: Ears, screen: Screen, terminal_id: str, text: str) -> None:
        with suppress(msgspec.MsgspecError):  # of a newer screen: nothing that could be read
            shows = msgspec.json.decode(text, type=Said).shows
            if screen.shows not in (None, shows):
                ears.left(terminal_id, screen.shows)
            screen.shows = shows
            if shows is not None:
                ears.told(terminal_id, shows)


class Said(msgspec.Struct):
    """What a screen says every few seconds once it has drawn what it heard: which station it shows, `all`, or null when it
    is being closed."""

    shows: Annotated[str, msgspec.Meta(max_length=SHOWS_LENGTH_MAX)] | None


class Subscription(msgspec.Struct):
    """What a screen asks for: event names, and the position of the last event that it has."""

    subscribe: list[str]
    resume: str | None = None


async def _frame(socket: WebSocket) -> str:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    text = message.get("text")
    if not isinstance(text, str) or len(text) > FRAME_BYTES_MAX:
        raise msgspec.ValidationError("no text, or too long")
    return text
