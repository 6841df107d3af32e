"""A small stand-in for a property's node, true to its HTTP and WebSocket contract as far as a kitchen screen goes.

It runs in a thread on ports of its own, behind a `Link` that tests can cut, and is driven by plain method calls.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import uvicorn
from fastapi import FastAPI, Header, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse, RedirectResponse, Response

from edge.kds import TEMPLATES, KitchenScreenConfig, KitchenTerminal, Station, kitchen_screen
from hospitality.ground.http import serve_routes
from tests.edge.kds.link import Link
from tests.edge.kds.link import State as LinkState
from web.pages import Pages
from web.texts import CATALOGUES

Ticket = dict[str, Any]
Event = dict[str, Any]
T = TypeVar("T")

PROPERTY = "0198a000-0000-7000-8000-000000000001"
STATIONS = (Station("st-grill", "Grill"), Station("st-cold", "Cold"), Station("st-pass", "Pastry"))
TOKEN = "terminal-token-of-the-test"
HEARTBEAT_SECONDS = 2.0
STATE_AFTER = {
    "start": "in_preparation",
    "bump": "ready",
    "serve": "served",
    "recall": "in_preparation",
    "return": "ready",
}
SHOWN = {
    "open": ("placed", "in_preparation"),
    "done": ("ready", "served", "voided"),
    "pass": ("placed", "in_preparation", "ready"),
}


@dataclass
class Book:
    """What the node knows; touched only from the node's own loop."""

    tickets: dict[str, Ticket] = field(default_factory=dict)
    journal: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    incarnation: int = 2
    number: int = 1000
    answers: dict[str, Ticket] = field(default_factory=dict)
    steps: Counter[tuple[str, str]] = field(default_factory=Counter)
    listeners: set[asyncio.Queue[Event | None]] = field(default_factory=set)
    sync: dict[str, Any] = field(default_factory=lambda: {"state": "online", "waiting": 0})
    paper_alarms: list[dict[str, Any]] = field(default_factory=list)
    unheard_stations: list[dict[str, Any]] = field(default_factory=list)
    shown: list[str | None] = field(default_factory=list)
    refusal: str | None = None
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    station_id: str | None = "st-grill"
    enrolled: bool = True
    version: str = "0.1.0"
    stations: Sequence[Station] = STATIONS
    pauses: dict[str, dict[str, Any]] = field(default_factory=dict)

    def position(self) -> str:
        return f"{self.incarnation}:{self.number}"

    def now(self) -> datetime:
        return datetime.now(UTC)


class KitchenNode:
    """Starts with the `with` block and stops with it; `url` goes through the link."""

    def __init__(self, *, locale: str = "en-NA", catalogues: Path = CATALOGUES) -> None:
        self.book = Book()
        self.locale = locale
        self.catalogues = catalogues
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kitchen-node", daemon=True)

    def __enter__(self) -> "KitchenNode":
        self._thread.start()
        assert self._ready.wait(timeout=20), "the node double did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._call(lambda: self._send_all(None))
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(timeout=20)
        assert not self._thread.is_alive(), "the node double did not stop"

    # ---- what a test does ----

    @property
    def url(self) -> str:
        """Where the screen finds the node."""
        return f"http://127.0.0.1:{self.link.port}"

    @property
    def enrol_url(self) -> str:
        """The one-time link that a manager shows."""
        return f"{self.url}/enrol/ABCD-1234"

    def turn_link(self, state: LinkState) -> None:
        """Cut, hang or mend the cable."""
        self._do(self.link.turn(state))

    def place(self, *lines: dict[str, Any], minutes_ago: float = 0, **facts: Any) -> str:
        """Fire a ticket; answers its id."""
        return self._call(lambda: self._placed(lines, minutes_ago, facts))

    def press(self, key: str) -> None:
        """Somebody presses a key of the screen's bump bar."""
        said = {"device_id": "bar", "key": key}
        self._call(lambda: self._send_all({"event": "key_pressed", "position": None, "data": said}))

    def change(self, ticket_id: str, **facts: Any) -> None:
        """Change a ticket (`lines`, `order_note`, `state` …) and tell the screens."""
        self._call(lambda: self._tell({**self.book.tickets[ticket_id], **facts}))

    def void_line(self, ticket_id: str, name: str, reason: str) -> None:
        """Void the line called `name`."""
        lines = [
            {**line, "state": "voided", "void_reason": reason} if line["name"] == name else line
            for line in self.book.tickets[ticket_id]["lines"]
        ]
        self.change(ticket_id, lines=lines)

    def add_line(self, ticket_id: str, line: dict[str, Any]) -> None:
        """Add a line after firing."""
        self.change(ticket_id, lines=[*self.book.tickets[ticket_id]["lines"], line])

    def hold_answers(self) -> None:
        """Do the steps that come and tell the screens, and answer them only after `release_answers`."""
        self._call(self.book.may_answer.clear)

    def release_answers(self) -> None:
        """Answer the steps that were held."""
        self._call(self.book.may_answer.set)

    def set_sync(self, state: str, waiting: int) -> None:
        """Say how the cloud is reached."""
        self._call(lambda: self._sync(state, waiting))

    def forget(self, keep: Sequence[str]) -> None:
        """Come back as a node restored from a backup that holds `keep`: another incarnation, positions anew."""
        self._call(lambda: self._reborn(keep))

    def lines_of(self, ticket_id: str) -> list[dict[str, Any]]:
        """The lines of a ticket as they are now."""
        return list(self.book.tickets[ticket_id]["lines"])

    def state_of(self, ticket_id: str) -> str:
        """The state the node holds for a ticket."""
        return str(self.book.tickets[ticket_id]["state"])

    def steps_done(self, ticket_id: str, step: str) -> int:
        """How often a step was really carried out."""
        return self.book.steps[(ticket_id, step)]

    # ---- the thread ----

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.book.may_answer.set()
        config = uvicorn.Config(self._app(), host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        serving = asyncio.create_task(self._server.serve())
        while not self._server.started:
            assert not serving.done(), "the server of the node double ended at once"
            await asyncio.sleep(0.01)
        self.link = Link(self._server.servers[0].sockets[0].getsockname()[1])
        await self.link.open()
        self._ready.set()
        await serving
        await self.link.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=20)

    def _call(self, act: Callable[[], T]) -> T:
        async def run() -> T:
            return act()

        return self._do(run())

    # ---- what the node does ----

    def _placed(self, lines: Sequence[dict[str, Any]], minutes_ago: float, facts: dict[str, Any]) -> str:
        placed_at = self.book.now() - timedelta(minutes=minutes_ago)
        number = len(self.book.tickets) + 101
        ticket = {
            "id": str(uuid4()),
            "order_id": str(uuid4()),
            "order_number": f"A1-{number}",
            "channel": "dine_in",
            "table": "12",
            "covers": 2,
            "order_note": None,
            "station_id": "st-grill",
            "station_name": "Grill",
            "server": "Maria",
            "placed_at": rfc3339(placed_at),
            "prep_seconds": 720,
            "state": "placed",
            "lines": list(lines),
            **facts,
        }
        self._tell(ticket)
        return str(ticket["id"])

    def _tell(self, ticket: Ticket) -> None:
        self.book.tickets[ticket["id"]] = ticket
        self._publish("ticket_updated", {"ticket": ticket})

    def _publish(self, event: str, data: dict[str, Any]) -> None:
        self.book.number += 1
        self.book.journal.append((self.book.number, event, data))
        self._send_all({"event": event, "position": self.book.position(), "data": data})

    def _send_all(self, message: Event | None) -> None:
        for listener in self.book.listeners:
            listener.put_nowait(message)

    def _sync(self, state: str, waiting: int) -> None:
        self.book.sync = {"state": state, "waiting": waiting}
        self._send_all({"event": "sync_status", "position": None, "data": self._status()})

    def _status(self) -> dict[str, Any]:
        book = self.book
        return {"sync": book.sync, "paper_alarms": book.paper_alarms, "unheard_stations": book.unheard_stations}

    def _reborn(self, keep: Sequence[str]) -> None:
        self.book.tickets = {ticket_id: self.book.tickets[ticket_id] for ticket_id in keep}
        self.book.incarnation += 1
        self.book.number = 3
        self.book.journal.clear()

    def _step(self, ticket_id: str, step: str, key: str | None, line_ids: Sequence[str] | None) -> Response:
        if self.book.refusal:
            return refused(409, "REFUSED", self.book.refusal)
        if key and key in self.book.answers:
            return JSONResponse(self.book.answers[key], status_code=201)
        ticket = self.book.tickets.get(ticket_id)
        if ticket is None:
            return refused(404, "NO_SUCH_TICKET", "That ticket is not known here.")
        after = STATE_AFTER[step]
        left = [line for line in ticket["lines"] if line["state"] != "voided"]
        moving = [line for line in left if line_ids is None or line["id"] in line_ids]
        if any(line["state"] != after for line in moving):
            self.book.steps[(ticket_id, step)] += 1
            lines = [{**line, "state": after} if line in moving else line for line in ticket["lines"]]
            states = {line["state"] for line in lines} - {"voided"}
            state = states.pop() if len(states) == 1 else "in_preparation"
            ticket = {**ticket, "lines": lines, "state": state}
            self._tell(ticket)
        if key:
            self.book.answers[key] = ticket
        return JSONResponse(ticket, status_code=201)

    # ---- its face ----

    def _app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        pages = Pages(TEMPLATES, catalogues=self.catalogues)
        pages.mount(app)
        serve_routes(app, [kitchen_screen(self._config(), pages)])
        self._add_reads(app)
        self._add_writes(app)
        app.add_api_websocket_route("/ws", self._live)
        return app

    def _config(self) -> KitchenScreenConfig:
        async def terminal(request: Request) -> KitchenTerminal | None:
            known = self._knows(request.cookies.get("buffr_terminal"))
            return KitchenTerminal("Grill screen", self.book.station_id) if known else None

        async def stations() -> Sequence[Station]:
            return self.book.stations

        return KitchenScreenConfig(
            property_id=PROPERTY,
            property_name="Oryx Lodge",
            locale=self.locale,
            zone="Africa/Windhoek",
            terminal=terminal,
            stations=stations,
            now=self.book.now,
        )

    def _knows(self, token: str | None) -> bool:
        return token == TOKEN and self.book.enrolled

    def _add_reads(self, app: FastAPI) -> None:
        @app.get("/enrol/{code}")
        async def enrol(code: str) -> Response:
            answer = RedirectResponse("/kds", status_code=303)
            answer.set_cookie("buffr_terminal", TOKEN, httponly=True, samesite="strict")
            return answer

        @app.get(f"/api/v1/properties/{PROPERTY}/tickets")
        async def tickets(request: Request, state: str = "open", station_id: str | None = None) -> Response:
            if not self._knows(request.cookies.get("buffr_terminal")):
                return refused(401, "NOT_ENROLLED", "This terminal is not enrolled.")
            items = [
                ticket
                for ticket in sorted(self.book.tickets.values(), key=lambda known: known["placed_at"])
                if ticket["state"] in SHOWN[state] and station_id in (None, ticket["station_id"])
            ]
            return JSONResponse({"items": items, "position": self.book.position()})

        @app.get(f"/api/v1/properties/{PROPERTY}/status")
        async def status() -> dict[str, Any]:
            return {**self._status(), "server_time": rfc3339(self.book.now())}

        @app.get(f"/api/v1/properties/{PROPERTY}/stations")
        async def stations() -> dict[str, Any]:
            items = [{"id": one.id, "name": one.name, "pause": self.book.pauses.get(one.id)} for one in STATIONS]
            return {"items": items}

    def _add_writes(self, app: FastAPI) -> None:
        @app.post(f"/api/v1/properties/{PROPERTY}/stations/{{station_id}}/{{step}}")
        async def pause(request: Request, station_id: str, step: str) -> Response:
            told = await request.json()
            self.book.pauses.pop(station_id, None)
            if step == "pause":
                until = rfc3339(self.book.now() + timedelta(minutes=told.get("minutes", 720)))
                self.book.pauses[station_id] = {"reason": told["reason"], "since": "", "until": until}
            self._publish("station_updated", {"station_id": station_id})
            return JSONResponse({"id": station_id, "pause": self.book.pauses.get(station_id)}, status_code=201)

        @app.post(f"/api/v1/properties/{PROPERTY}/tickets/{{ticket_id}}/{{step}}")
        async def step(
            request: Request, ticket_id: str, step: str, idempotency_key: str | None = Header(None)
        ) -> Response:
            answer = self._step(ticket_id, step, idempotency_key, (await request.json()).get("line_ids"))
            await self.book.may_answer.wait()
            return answer

        @app.post(f"/api/v1/properties/{PROPERTY}/pass/{{step}}")
        async def at_pass(request: Request, step: str, idempotency_key: str | None = Header(None)) -> Response:
            told = await request.json()
            ready = [line["id"] for id in told["ticket_ids"] for line in self.book.tickets[id]["lines"]]
            if step == "serve":
                ready = [id for id in ready if id in self._ready_lines()]
            for ticket_id in told["ticket_ids"]:
                self._step(ticket_id, step, None, told.get("line_ids", ready))
            return JSONResponse({"items": [self.book.tickets[id] for id in told["ticket_ids"]]}, status_code=201)

    def _ready_lines(self) -> set[str]:
        lines = (line for ticket in self.book.tickets.values() for line in ticket["lines"])
        return {line["id"] for line in lines if line["state"] == "ready"}

    async def _live(self, socket: WebSocket) -> None:
        await socket.accept()
        if not self._knows(socket.cookies.get("buffr_terminal")):
            data = {"code": "NOT_ENROLLED", "message": "This terminal is not enrolled."}
            await socket.send_json({"event": "refused", "position": None, "data": data})
            await socket.close(code=4401)
            return
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        ears: asyncio.Task[None] | None = None
        try:
            wanted = await socket.receive_json()
            ears = asyncio.create_task(self._hear(socket))
            self.book.listeners.add(queue)
            await socket.send_json(self._hello())
            for missed in self._missed(wanted["resume"]):
                await socket.send_json(missed)
            while message := await self._next(queue):
                await socket.send_json(message)
            await socket.close(code=1001)
        except WebSocketDisconnect:
            return
        finally:
            self.book.listeners.discard(queue)
            if ears is not None:
                ears.cancel()

    async def _hear(self, socket: WebSocket) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):  # gone: whoever writes finds out
            while True:
                self.book.shown.append((await socket.receive_json())["shows"])

    def _hello(self) -> dict[str, Any]:
        data = {
            "node_code": "A",
            "incarnation": self.book.incarnation,
            "server_time": rfc3339(self.book.now()),
            "version": self.book.version,
            "property_name": "Oryx Lodge",
        }
        return {"event": "hello", "position": self.book.position(), "data": data}

    def _missed(self, resume: str | None) -> list[dict[str, Any]]:
        if resume is None:
            return []
        incarnation, number = (int(part) for part in resume.split(":"))
        if incarnation != self.book.incarnation:
            return [{"event": "reload"}]
        return [
            {"event": event, "position": f"{incarnation}:{at}", "data": data}
            for at, event, data in self.book.journal
            if at > number
        ]

    async def _next(self, queue: asyncio.Queue[Event | None]) -> Event | None:
        try:
            return await asyncio.wait_for(queue.get(), timeout=HEARTBEAT_SECONDS)
        except TimeoutError:
            return {"event": "heartbeat", "data": {"server_time": rfc3339(self.book.now())}}


def line(
    name: str,
    quantity: int = 1,
    *options: str | tuple[str, int],
    note: str | None = None,
    seat: int | None = None,
    allergens: Sequence[str] = (),
) -> dict[str, Any]:
    """One line of a ticket; an option is its name, or its name with a quantity (0: left out)."""
    chosen = [(option, 1) if isinstance(option, str) else option for option in options]
    return {
        "id": str(uuid4()),
        "name": name,
        "quantity": quantity,
        "options": [{"name": option, "quantity": count} for option, count in chosen],
        "note": note,
        "seat": seat,
        "allergens": list(allergens),
        "state": "placed",
        "void_reason": None,
    }


def rfc3339(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as the node writes it."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def refused(status: int, code: str, message: str) -> JSONResponse:
    """The error envelope."""
    return JSONResponse({"error": {"code": code, "message": message, "details": {}}}, status_code=status)
