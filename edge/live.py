"""`/ws`: screens follow the journal and resume from a position, without a gap and without a repetition.

Each entry of the journal is made into events once, whatever the number of screens: by the writer just before it commits
them, since what it wrote lies open to it (another connection decrypts all of it anew, which took longer than everything
else), or by a task where more has gathered. Nothing is sent before the commit. A screen that falls behind is cut off and
resumes from the journal, so that a slow one costs the others nothing.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import msgspec
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from edge.host import EdgeHost, token_of
from edge.writer import Committed
from hospitality.checks.reading import order_views
from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Trouble
from hospitality.ground.statements import Reading
from hospitality.kitchen.tickets import ticket_views
from hospitality.menu.reading import menu_items_of
from hospitality.rooms.reading import room_view

ORDER_EVENTS = frozenset({"order_created", "order_updated"})
RESTORED = "conflicts.conflict_restored"
REVOKED = "people.terminal_revoked"
TABLES = ("tables.", "parties.")  # of which trades the floor is told
ITEM = "menu_item_id"
ITEMS_TOLD_MAX = 50  # where more change at once, screens read the menu anew
# of the terminal's own devices, and of this moment alone
OF_DEVICES = frozenset({"barcode_scanned", "key_pressed", "drawer_moved", "card_told"})
EVENTS = ORDER_EVENTS | OF_DEVICES
OF_ROOMS = frozenset({"room_updated", "room_menu_updated"})  # all that a guest's terminal hears
EVENTS |= OF_ROOMS | {"ticket_updated", "menu_updated", "station_updated", "table_updated", "sync_status"}
PAUSES = frozenset({"menu.station_paused", "menu.station_resumed"})
HEARTBEAT_SECONDS = 2.0
BEHIND_MAX = 1_000
ENTRIES_MAX = 200
FRESH_MAX = 64  # so many entries of one commit are made into events by the writer itself
GREETING_SECONDS = 10.0
FRAME_BYTES_MAX = 10_000
log = structlog.get_logger(__name__)

_ENTRIES = """
    SELECT rowid AS place, kind, data FROM journal NOT INDEXED
    WHERE org_id = :org_id AND property_id = :property_id AND rowid > :after ORDER BY rowid LIMIT :limit
"""


Place = tuple[int, int]
"""The journal's row number and, since one entry may make several events, which of them."""
END_OF_ENTRY = 1 << 30
GONE = (WebSocketDisconnect, asyncio.CancelledError)
_POSITION = re.compile(r"(?P<life>[0-9]{1,9}):(?P<entry>[0-9]{1,18})(:(?P<which>[0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class Event:
    """One message to screens: its name, its place in the journal, and the JSON text as sent; for which terminal or of which
    room it is, where it is not everybody's."""

    name: str
    place: Place
    text: str
    terminal_id: str | None = None
    room: str | None = None


@dataclass(eq=False, slots=True)
class Screen:
    """One subscriber: what it wants, at which terminal it is and in which room that stands, and what waits for it."""

    wanted: frozenset[str]
    terminal_id: str | None = None
    room: str | None = None
    queue: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(BEHIND_MAX))

    def hears(self, event: Event) -> bool:
        """Whether the event is for this one: a room hears of itself alone."""
        if event.terminal_id not in (None, self.terminal_id):
            return False
        return event.name in self.wanted and (self.room is None or event.room in (None, self.room))


def journal_position(reading: Reading, incarnation: int) -> str:
    """The position of everything that the journal holds in this look at the rows."""
    return f"{incarnation}:{reading.value('SELECT coalesce(max(rowid), 0) FROM journal')}"


def events_after(
    reading: Reading, after: int, incarnation: int, names: frozenset[str] = EVENTS
) -> tuple[list[Event], int]:
    """The events of these names of the next entries of the journal, and the last entry's row number; views are as of
    now."""
    entries = reading.rows(_ENTRIES, after=after, limit=ENTRIES_MAX)
    wanted = [(row["place"], row["kind"], msgspec.json.decode(row["data"])) for row in entries]
    # nothing is looked up that nobody would be told: a kitchen screen wants tickets alone
    of_orders, of_tickets = bool(names & (ORDER_EVENTS | OF_ROOMS)), "ticket_updated" in names
    order_ids = list({id for _, kind, data in wanted for id in _orders(kind, data)}) if of_orders else []
    ticket_ids = list({ticket for _, _, data in wanted for ticket in _tickets(data)}) if of_tickets else []
    orders = {order["id"]: order for order in order_views(reading, order_ids)} if order_ids else {}
    tickets = {ticket["id"]: ticket for ticket in ticket_views(reading, ticket_ids)} if ticket_ids else {}
    item_ids = {data[ITEM] for _, _, data in wanted if ITEM in data} if "menu_updated" in names else set()
    many = len(item_ids) > ITEMS_TOLD_MAX
    items = {item["id"]: item for item in menu_items_of(reading, set() if many else item_ids)}
    last_of_menu = max((place for place, kind, _ in wanted if _is_of_menu(kind)), default=0)
    found: list[Event] = []
    for place, kind, data in wanted:
        of_this = _tickets(data)
        told: list[tuple[int, str, dict[str, Any]]] = [
            (n, "ticket_updated", {"ticket": tickets[ticket_id]})
            for n, ticket_id in enumerate(of_this, start=1)
            if ticket_id in tickets
        ]
        for n, order_id in enumerate(_orders(kind, data), start=len(of_this) + 1):
            if order_id in orders:
                name = "order_created" if kind == "orders.order_placed" else "order_updated"
                told.append((n, name, {"order": orders[order_id]}))
        if _is_of_menu(kind) and (place == last_of_menu or not many):  # here or at head office
            told.append((1, "menu_updated", _of_menu(data, items)))
            told.append((2, "room_menu_updated", {}))
        if kind in PAUSES:  # what it is now, screens read; this costs the writer nothing
            told.append((1, "station_updated", {"station_id": data["station_id"]}))
        if _is_of_order(kind, data) or kind.startswith(TABLES) or kind == RESTORED:
            # names what it is about and looks nothing up: a floor is read whole, and not by the writer
            about = {name: data[name] for name in ("table_id", "order_id") if name in data}
            told.append((len(of_this) + len(_orders(kind, data)) + 1, "table_updated", about))
        for n, room in enumerate(_rooms(kind, data, orders), start=len(of_this) + len(_orders(kind, data)) + 2):
            told.append((n, "room_updated", {"room": room}))
        if kind == REVOKED:
            told.append((1, kind, {"revoked_terminal_id": data["revoked_terminal_id"]}))
        for n, name, about in told:
            found.append(_event(name, (place, n), f"{incarnation}:{place}:{n}", about))
    return found, entries[-1]["place"] if entries else after


def _is_of_menu(kind: str) -> bool:
    return (kind.startswith("menu.") and kind not in PAUSES) or kind == RESTORED


def _of_menu(data: dict[str, Any], items: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The item that changed, as it is now; `whole` where more than one may have, and the menu is to be read anew."""
    item = items.get(data.get(ITEM, ""))
    return {"items": [] if item is None else [item], "whole": item is None}


def _told(reading: Reading, *, after: int, incarnation: int, names: frozenset[str] = EVENTS) -> tuple[list[Event], int]:
    return events_after(reading, after, incarnation, names)


def _place_of(position: str, incarnation: int) -> Place | None:
    """Where a screen got to by its position (`2:1041:1`, or `2:1041` for all of that entry); None if it is not ours."""
    found = _POSITION.fullmatch(position)
    if found is None or int(found["life"]) != incarnation:
        return None
    return int(found["entry"]), int(found["which"]) if found["which"] else END_OF_ENTRY


def _is_of_order(kind: str, data: dict[str, Any]) -> bool:
    return "order_id" in data and kind.split(".")[0] in ("orders", "kitchen", "payments")


def _orders(kind: str, data: dict[str, Any]) -> Sequence[str]:
    """The orders that an entry is about; where lines went from one to another, both."""
    return [data["order_id"], *data.get("other_order_ids", ())] if _is_of_order(kind, data) else []


def _rooms(kind: str, data: dict[str, Any], orders: dict[str, dict[str, Any]]) -> Sequence[str]:
    """The numbers of the rooms that an entry is about: what goes to one, or what happens between it and the house."""
    if kind.startswith("room_service."):
        return [data["number"]]
    of = (orders.get(order_id) for order_id in _orders(kind, data))
    return [order["table"] for order in of if order and order["channel"] == "room_service" and order["table"]]


def _tickets(data: dict[str, Any]) -> Sequence[str]:
    if "ticket_ids" in data:
        return list(data["ticket_ids"])
    return [data["ticket_id"]] if "ticket_id" in data else []


def _event(name: str, place: Place, position: str | None, data: dict[str, Any]) -> Event:
    text = msgspec.json.encode({"event": name, "position": position, "data": data}).decode()
    return Event(name, place, text, data.get("revoked_terminal_id"), data.get("room"))


class LiveBoard:
    """Tells every subscribed screen what happened. `status` gives the data of `sync_status`."""

    def __init__(
        self, host: EdgeHost, *, status: Callable[[], dict[str, Any]], hello: Callable[[], dict[str, Any]]
    ) -> None:
        self._host = host
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
        event = replace(_event(name, (0, 0), None, data), terminal_id=terminal_id)
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
                self._send(_event("sync_status", (0, 0), None, await asyncio.to_thread(self._status)))
            except Exception:  # the next change brings the next try
                log.exception("status_not_told")
            await asyncio.sleep(0.2)  # states change in bursts; a screen needs the last of them

    def _send(self, event: Event) -> None:
        if event.name == REVOKED:
            self._host.forget_tokens()
        for screen in list(self._screens):
            if event.name == REVOKED and screen.terminal_id == event.terminal_id:
                self._end(screen)  # it comes back, and is refused
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
        reader = asyncio.create_task(self._until_gone(socket))
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
        place = _place_of(resume, incarnation)
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
        await socket.send_text(_event(name, (0, 0), position, data).text)

    @staticmethod
    async def _until_gone(socket: WebSocket) -> None:
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass  # what a screen says later is nothing to us


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
