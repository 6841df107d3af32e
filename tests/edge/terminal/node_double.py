"""A stand-in for a property's node, true to its HTTP and WebSocket contract, served on a port of its own.

It keeps its book while it is stopped and started again, so that a test can take the node away and give it back.
"""

import asyncio
import hashlib
import json
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Header, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from hospitality.ground.http import serve_routes
from tests.edge.terminal.node_book import OPEN_STATES, PROPERTY, Book, Json, Refused, an_id

Key = Annotated[str | None, Header(alias="Idempotency-Key")]

HEARTBEAT_SECONDS = 0.5
PIN_TRIES_MAX = 3


@dataclass
class NodeDouble:
    """The node: its book, its tokens, and the faults that a test asks of it."""

    book: Book = field(default_factory=Book)
    codes: dict[str, str] = field(default_factory=lambda: {"FISH-4711": "till", "KITCHEN-1": "kitchen"})
    pin_codes: dict[str, str] = field(default_factory=dict)
    terminals: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    answers: dict[str, tuple[str, int, Json]] = field(default_factory=dict)
    wrong_pins: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    keys: list[str] = field(default_factory=list)
    incarnation: int = 1
    lose_answers: int = 0
    """So many coming POSTs are acted on, but their answers are cut off on the way."""
    silent: bool = False
    """No frame leaves over /ws any more, heartbeats included."""
    ws_opened: int = 0
    resumed: list[str | None] = field(default_factory=list)
    shown: list[str | None] = field(default_factory=list)
    """What screens said that they show."""
    more: list[APIRouter] = field(default_factory=list)
    """Routes that only some tests need."""

    def terminal_token(self, kind: str = "till") -> str:
        token = secrets.token_hex(8)
        self.terminals[token] = kind
        return token

    def position(self, number: int) -> str:
        return f"{self.incarnation}:{number}"

    def posts(self, ending: str) -> int:
        """How many POSTs reached a path that ends so."""
        return sum(count for path, count in self.requests.items() if path.startswith("POST") and path.endswith(ending))

    def acted(self, key: str | None, content: bytes, act: Callable[[], tuple[int, Json]]) -> Response:
        """Act once for an idempotency key, and give the first answer again afterwards."""
        digest = hashlib.sha256(content).hexdigest()
        if not key:
            raise Refused(400, "KEY_NEEDED", "Send an Idempotency-Key.")
        self.keys.append(key)
        if key in self.answers:
            before, status, answer = self.answers[key]
            if before != digest:
                raise Refused(409, "IDEMPOTENCY_KEY_REUSED", "This key was used for another request.")
            return JSONResponse(answer, status)
        status, answer = act()
        self.answers[key] = (digest, status, json.loads(json.dumps(answer)))
        return JSONResponse(answer, status)


def lists_of(order: Json) -> tuple[str, ...]:
    """The lists in which an order stands."""
    return "all", str(order["payment_state"]), "overpaid" if order.get("surplus_minor") else "all"


def listed(book: Book, path: str) -> Callable[[], Json]:
    """Answers a whole list of the book."""
    if path == "menu-prices":
        return lambda: {"items": book.prices, "not_served": book.not_served}
    return lambda: {"items": book.people if path == "people" else book.stations}


def node_app(node: NodeDouble) -> FastAPI:
    """The node's HTTP face."""
    app = FastAPI()
    book = node.book
    api = APIRouter(prefix=f"/api/v1/properties/{PROPERTY}")

    @app.exception_handler(Refused)
    async def refused(_request: Request, error: Refused) -> JSONResponse:
        problem = {"code": error.code, "message": error.message, "details": error.details}
        return JSONResponse({"error": problem}, error.status, headers=error.headers)

    def bearer(authorization: Annotated[str, Header()] = "") -> str:
        return authorization.removeprefix("Bearer ")

    def terminal(token: Annotated[str, Depends(bearer)]) -> str:
        if token not in node.terminals and token not in node.sessions:
            raise Refused(401, "TOKEN_UNKNOWN", "This terminal is not enrolled. Ask a manager for a code.")
        return token

    def may(permission: str) -> Callable[[str], str]:
        def check(token: Annotated[str, Depends(bearer)]) -> str:
            if permission == "kitchen.bump" and node.terminals.get(token) == "kitchen":
                return ""
            if token not in node.sessions:
                raise Refused(401, "SESSION_UNKNOWN", "Sign in again.")
            if not {permission, "*"} & set(book.permissions(node.sessions[token])):
                raise Refused(403, "NOT_ALLOWED", "Your role may not do this. Ask a manager.")
            return node.sessions[token]

        return check

    @app.get("/api/v1/node")
    async def about() -> Json:
        return book.about()

    @app.post("/api/v1/terminals/enrol")
    async def enrol(request: Request, idempotency_key: Key = None) -> Response:
        content = await request.body()
        body = json.loads(content)

        def act() -> tuple[int, Json]:
            kind = node.codes.pop(body["code"], None)
            if kind is None:
                raise Refused(404, "CODE_UNKNOWN", "This code is not known or was used. Ask a manager for a new one.")
            return 201, {
                "terminal_id": book.fresh_id(),
                "name": body.get("name") or "Terminal",
                "kind": kind,
                "station_id": book.stations[0]["id"] if kind == "kitchen" else None,
                "token": node.terminal_token(kind),
                "property_id": PROPERTY,
                "property_name": "Harbour Kitchen",
            }

        return node.acted(idempotency_key, content, act)

    for path in ("people", "stations", "menu-prices"):
        api.add_api_route(f"/{path}", listed(book, path), dependencies=[Depends(terminal)])

    @api.post("/pins", dependencies=[Depends(terminal)])
    async def pins(request: Request, idempotency_key: Key = None) -> Response:
        content = await request.body()
        body = json.loads(content)

        def act() -> tuple[int, Json]:
            person_id = node.pin_codes.pop(body["code"], None)
            if person_id is None:
                raise Refused(404, "CODE_UNKNOWN", "This code is not known or was used. Ask a manager for a new one.")
            book.pins[person_id] = body["pin"]
            book.person(person_id)["has_pin"] = True
            return 201, {"person_id": person_id}

        return node.acted(idempotency_key, content, act)

    @api.post("/sign-ins", dependencies=[Depends(terminal)])
    async def sign_ins(request: Request, idempotency_key: Key = None) -> Response:
        content = await request.body()
        body = json.loads(content)

        def act() -> tuple[int, Json]:
            person = book.person(body["person_id"])
            if node.wrong_pins[person["id"]] >= PIN_TRIES_MAX:
                raise Refused(429, "PIN_LOCKED", "Too many wrong PINs.", {"Retry-After": "30"})
            if book.pins[person["id"]] != body["pin"]:
                node.wrong_pins[person["id"]] += 1
                raise Refused(401, "WRONG_PIN", "This PIN is not right. Try again.")
            token = secrets.token_hex(8)
            node.sessions[token] = person["id"]
            who = {name: person[name] for name in ("id", "display_name", "role")}
            permissions = book.permissions(person["id"])
            return 201, {
                "token": token,
                "person": who,
                "permissions": permissions,
                "expires_at": "2026-11-23T07:00:00Z",
            }

        return node.acted(idempotency_key, content, act)

    @api.post("/sign-outs")
    async def sign_outs(
        request: Request, token: Annotated[str, Depends(terminal)], idempotency_key: Key = None
    ) -> Response:
        def act() -> tuple[int, Json]:
            node.sessions.pop(token, None)
            return 201, {}

        return node.acted(idempotency_key, await request.body(), act)

    @api.get("/menu-items", dependencies=[Depends(terminal)])
    async def menu_items(limit: int = 50, cursor: int = 0) -> Json:
        # Small pages, so that a client which does not follow the cursor is found out.
        end = cursor + min(limit, 10)
        following = str(end) if end < len(book.menu) else None
        return {"items": book.menu[cursor:end], "next_cursor": following, "currency": "NAD"}

    @api.get("/orders", dependencies=[Depends(terminal)])
    async def orders(state: str = "open") -> Json:
        fitting = [order for order in book.orders.values() if state in lists_of(order)]
        return {"items": fitting, "next_cursor": None}

    @api.post("/orders")
    async def place(
        request: Request, person_id: Annotated[str, Depends(may("orders.place"))], idempotency_key: Key = None
    ) -> Response:
        content = await request.body()
        return node.acted(idempotency_key, content, lambda: (201, book.place_order(json.loads(content), person_id)))

    @api.post("/orders/{order_id}/lines", dependencies=[Depends(may("orders.place"))])
    async def lines(order_id: str, request: Request, idempotency_key: Key = None) -> Response:
        content = await request.body()
        return node.acted(idempotency_key, content, lambda: (201, book.add_lines(order_id, json.loads(content))))

    @api.post("/orders/{order_id}/lines/{line_id}/void", dependencies=[Depends(may("orders.place"))])
    async def void(line_id: str) -> None:
        details = {"action": "orders.void", "record_id": line_id, "value": None}
        raise Refused(403, "APPROVAL_NEEDED", "Your role does not allow this. Ask a manager.", details=details)

    @api.post("/orders/{order_id}/payments", dependencies=[Depends(may("payments.take"))])
    async def payments(order_id: str, request: Request, idempotency_key: Key = None) -> Response:
        content = await request.body()
        return node.acted(idempotency_key, content, lambda: (201, book.pay(order_id, json.loads(content))))

    _handouts(api, node, terminal, may("orders.place"))

    @api.get("/orders/{order_id}/receipt", dependencies=[Depends(terminal)])
    async def receipt(order_id: str) -> Json:
        return book.receipt(order_id)

    @api.get("/status", dependencies=[Depends(terminal)])
    async def status() -> Json:
        return book.status()

    _kitchen(api, node, terminal, may("kitchen.bump"))
    _pass(api, node, may("kitchen.bump"))
    _till(api, node, terminal)
    serve_routes(app, [api])
    app.websocket("/ws")(_live(node))
    return app


def _handouts(api: APIRouter, node: NodeDouble, terminal: Callable[[str], str], waiter: Callable[[str], str]) -> None:
    mails: list[Json] = []
    invoices: list[Json] = []

    @api.post("/orders/{order_id}/receipt-link", dependencies=[Depends(waiter)])
    async def receipt_link(order_id: str) -> Json:
        return {"receipt_id": order_id, "number": node.book.receipt(order_id)["number"], "url": RECEIPT_URL}

    @api.get("/orders/{order_id}/mails", dependencies=[Depends(terminal)])
    async def mails_of(order_id: str) -> Json:
        return {"items": mails}

    @api.post("/orders/{order_id}/invoices", status_code=201, dependencies=[Depends(waiter)])
    async def invoice(order_id: str, request: Request) -> Json:
        to = await request.json()
        if not to["tax_number"].startswith("DE"):
            raise Refused(422, "TAX_NUMBER_INVALID", "That is no tax number of DE. Look at it again.")
        invoices.append({"id": "invoice-1", "number": "A1-I00001", "state": "issued", **to})
        return invoices[-1]

    @api.get("/orders/{order_id}/invoices", dependencies=[Depends(terminal)])
    async def invoices_of(order_id: str) -> Json:
        return {"items": invoices}

    @api.post("/invoices/{invoice_id}/mails", status_code=201, dependencies=[Depends(waiter)])
    async def invoice_mail(invoice_id: str) -> Json:
        assert invoice_id == invoices[0]["id"]
        mails.append({"id": "mail-2", "address": "b…@example.com", "state": "waiting", "invoice_number": "A1-I00001"})
        return mails[-1]

    @api.post("/orders/{order_id}/mails", status_code=201, dependencies=[Depends(waiter)])
    async def mail(request: Request) -> Json:
        if mails and (await request.json()).get("again_of") != mails[-1]["id"]:
            details = {"mail_id": mails[-1]["id"]}
            raise Refused(409, "MAILED_ALREADY", "This was sent to that address already.", details=details)
        mails.append({"id": f"mail-{len(mails)}", "address": "g…@example.com", "state": "sent"})
        return mails[-1]


def _kitchen(api: APIRouter, node: NodeDouble, terminal: Callable[[str], str], cook: Callable[[str], str]) -> None:
    """Tickets and their steps."""
    book = node.book

    @api.get("/tickets", dependencies=[Depends(terminal)])
    async def tickets(state: str = "open") -> Json:
        shown = {"open": OPEN_STATES, "pass": (*OPEN_STATES, "ready")}.get(state, ("ready", "served", "voided"))
        fitting = [one for one in book.tickets.values() if one["state"] in shown]
        return {"items": fitting, "position": node.position(len(book.journal))}

    @api.post("/tickets/{ticket_id}/{verb}", dependencies=[Depends(cook)])
    async def step(ticket_id: str, verb: str, request: Request, idempotency_key: Key = None) -> Response:
        told = await request.body()
        return node.acted(idempotency_key, told, lambda: (201, book.step(ticket_id, verb, **json.loads(told))))


def _pass(api: APIRouter, node: NodeDouble, cook: Callable[[str], str]) -> None:
    """What the expeditor does, and what a manager lets through."""

    @api.post("/pass/{verb}", dependencies=[Depends(cook)])
    async def move(verb: str, request: Request, idempotency_key: Key = None) -> Response:
        told = await request.body()
        return node.acted(idempotency_key, told, lambda: (201, node.book.at_pass(verb, **json.loads(told))))

    @api.post("/approvals", dependencies=[Depends(cook)])
    async def approve() -> Response:
        return JSONResponse({"id": an_id(13, 1)}, status_code=201)


def _till(api: APIRouter, node: NodeDouble, terminal: Callable[[str], str]) -> None:
    """A drawer that is open, and what a server took."""

    @api.get("/drawers", dependencies=[Depends(terminal)])
    async def drawers() -> Json:
        session = {"id": an_id(11, 1), "float_minor": 50000, "currency": "NAD"}
        return {"items": [{"id": an_id(10, 1), "name": "Bar drawer", "session": session}]}

    @api.get("/parties", dependencies=[Depends(terminal)])
    async def parties() -> Json:
        return {"items": []}

    @api.get("/house-rates", dependencies=[Depends(terminal)])
    async def house_rates() -> Json:
        return {"items": [{"currency": "EUR", "rate_micro": 20_000_000}]}

    @api.get("/house-rules", dependencies=[Depends(terminal)])
    async def house_rules() -> Json:
        return {"cash_step_minor": node.book.cash_step_minor}

    @api.post("/servers/{person_id}/checkouts", dependencies=[Depends(terminal)])
    async def checkouts(request: Request, idempotency_key: Annotated[str | None, Header()] = None) -> Response:
        return node.acted(idempotency_key, await request.body(), lambda: (201, node.book.server()))

    @api.get("/servers/{person_id}/text", dependencies=[Depends(terminal)])
    async def server() -> PlainTextResponse:
        return PlainTextResponse(node.book.server_text())


def _live(node: NodeDouble) -> Callable[[WebSocket], Awaitable[None]]:
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        if socket.headers.get("authorization", "").removeprefix("Bearer ") not in node.terminals:
            await socket.send_json({"event": "refused", "position": None, "data": {"code": "SIGN_IN_NEEDED"}})
            await socket.close(4401)
            return
        try:
            await _speak(node, socket)
        except (WebSocketDisconnect, RuntimeError):
            return

    return live


async def _speak(node: NodeDouble, socket: WebSocket) -> None:
    wish = await socket.receive_json()
    node.ws_opened += 1
    node.resumed.append(wish["resume"])
    journal, sent = node.book.journal, len(node.book.journal)
    hello = {"node_code": "A1", "incarnation": node.incarnation, "server_time": node.book.text(node.book.now)}
    await socket.send_json({"event": "hello", "position": node.position(sent), "data": hello})
    if wish["resume"]:
        incarnation, number = (int(part) for part in wish["resume"].split(":"))
        if incarnation != node.incarnation:
            await socket.send_json({"event": "reload"})
        else:
            sent = number
    sync, beat_at = dict(node.book.sync), 0.0
    while True:
        if not node.silent:
            while sent < len(journal):
                name, data = journal[sent]
                sent += 1
                await socket.send_json({"event": name, "position": node.position(sent), "data": data})
            if sync != node.book.sync:
                sync = dict(node.book.sync)
                await socket.send_json({"event": "sync_status", "position": None, "data": node.book.status()})
            now = asyncio.get_running_loop().time()
            if now - beat_at >= HEARTBEAT_SECONDS:
                beat_at = now
                data = {"server_time": node.book.text(node.book.now)}
                await socket.send_json({"event": "heartbeat", "data": data})
        await _a_moment(node, socket)


async def _a_moment(node: NodeDouble, socket: WebSocket) -> None:
    """Let a little time pass, hearing what the screen says it shows; ends the subscription when the other side has."""
    try:
        async with asyncio.timeout(0.04):
            node.shown.append((await socket.receive_json())["shows"])
    except TimeoutError:
        return


RECEIPT_URL = "https://office.example/r/AAECAwQFBgcICQoLDA0ODw"


class _Faults:
    """Counts requests, and cuts off answers where the double is told to."""

    def __init__(self, app: FastAPI, node: NodeDouble) -> None:
        self._app = app
        self._node = node

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._node.requests[f"{scope['method']} {scope['path']}"] += 1
        if scope["method"] != "POST" or not self._node.lose_answers:
            await self._app(scope, receive, send)
            return
        self._node.lose_answers -= 1

        async def cut(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Half an answer: more is promised than comes, then the connection ends.
                await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"9999")]})
                await send({"type": "http.response.body", "body": b"{", "more_body": False})

        await self._app(scope, receive, cut)


class Served:
    """The double on a port of 127.0.0.1: stopped, it refuses connections; started again, it has the same port."""

    def __init__(self, node: NodeDouble) -> None:
        self.node = node
        self._port = 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Serve; returns when connections are taken."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(64)
        self._port = listener.getsockname()[1]
        app = node_app(self.node)
        serve_routes(app, self.node.more)
        config = uvicorn.Config(
            _Faults(app, self.node),
            log_level="critical",
            lifespan="off",
            ws="websockets-sansio",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take the node away: whoever is connected is cut off, whoever comes is refused."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._server.force_exit = True
            self._thread.join(timeout=10)
            assert not self._thread.is_alive(), "the double did not stop"
        self._server = self._thread = None
