"""A property's node as the API describes it, in memory and over real sockets, with faults on demand.

As strict as the real one where a player could go wrong: keys, bodies under a key, unknown fields, options, bounds.
"""

import re
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, TypeVar
from uuid import uuid4

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.types import Receive, Scope, Send

from tests.buffr.waiting import until

PERMISSIONS = ("orders.place", "orders.open_price", "kitchen.bump", "payments.take", "menu.manage")
PERSON, PIN, CODE = "Selma", "246810", "ENROL-1"
Json = dict[str, Any]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Shape):
    pass


class EnrolIn(Shape):
    code: str
    name: str | None = None


class SignInIn(Shape):
    person_id: str
    pin: str


class StationIn(Shape):
    name: str
    printer: str | None = None


class CategoryIn(Shape):
    name: str
    sort: int | None = None


class TaxRateIn(Shape):
    name: str
    rate_bp: int
    included: bool


class OptionIn(Shape):
    name: str
    price_delta_minor: int


class GroupIn(Shape):
    name: str
    choices_min: int
    choices_max: int
    options: list[OptionIn]


class ItemIn(Shape):
    name: str
    category_id: str
    price_minor: int
    station_id: str
    tax_rate_id: str | None = None
    prep_seconds: int | None = None
    modifier_group_ids: list[str]
    allergens: list[str] = []


class ChosenIn(Shape):
    option_id: str
    quantity: int = 1


class LineIn(Shape):
    menu_item_id: str
    quantity: int
    options: list[ChosenIn] = []
    note: str | None = None
    seat: int | None = None
    unit_price_minor: int | None = None


class OrderIn(Shape):
    channel: Literal["dine_in", "takeaway", "delivery", "room_service", "counter"]
    table: str | None = None
    covers: int | None = None
    note: str | None = None
    lines: list[LineIn]


class PaymentIn(Shape):
    tender: Literal["cash", "card"]
    amount_minor: int
    tendered_minor: int | None = None
    reference: str | None = None


S = TypeVar("S", bound=Shape)


class Refusal(Exception):
    def __init__(self, status: int, code: str, message: str = "Do it otherwise.") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclass
class Fault:
    """The next `times` requests whose method and path match get no proper answer."""

    pattern: str
    kind: Literal["answer lost", "busy", "too many", "nonsense", "PIN_LOCKED"]
    times: int = 1


@dataclass
class EdgeDouble:
    """The node's state, for tests to look at, and its faults, for them to set."""

    currency: str = "NAD"
    permissions: tuple[str, ...] = PERMISSIONS
    tickets_after_looks: int = 0
    on_order: Callable[[int], None] = lambda _: None
    property_id: str = field(default_factory=lambda: str(uuid4()))
    stations: list[Json] = field(default_factory=list)
    categories: list[Json] = field(default_factory=list)
    tax_rates: list[Json] = field(default_factory=list)
    groups: list[Json] = field(default_factory=list)
    items: list[Json] = field(default_factory=list)
    orders: dict[str, Json] = field(default_factory=dict)
    tickets: dict[str, Json] = field(default_factory=dict)
    payments: list[Json] = field(default_factory=list)
    tokens: dict[str, Literal["terminal", "session"]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    at_once: int = 0
    at_once_most: int = 0
    _codes: set[str] = field(default_factory=lambda: {CODE})
    _person_id: str = field(default_factory=lambda: str(uuid4()))
    _terminal_of: dict[str, str] = field(default_factory=dict)
    _kept: dict[tuple[str, str], tuple[str, Json]] = field(default_factory=dict)
    _looks: dict[str, int] = field(default_factory=dict)

    def enter(self, kind: Literal["terminal", "session"], *, at: str | None = None) -> str:
        """A token, as if by enrolment, or by sign-in at the terminal whose token is `at`."""
        token = f"{kind}-{uuid4()}"
        self.tokens[token] = kind
        self._terminal_of[token] = self._terminal_of[at] if at else token
        return token

    def take_fault(self, asked: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and re.search(fault.pattern, asked):
                fault.times -= 1
                return fault
        return None

    def enrol(self, body: EnrolIn) -> Json:
        if body.code not in self._codes:
            raise Refusal(401, "CODE_UNKNOWN", "Ask for a new code.")
        self._codes.remove(body.code)
        named = {"terminal_id": str(uuid4()), "name": body.name or "Till", "kind": "till", "station_id": None}
        return named | {"token": self.enter("terminal"), "property_id": self.property_id, "property_name": "Dune"}

    def people(self) -> list[Json]:
        selma = {"id": self._person_id, "display_name": PERSON, "role": "manager", "has_pin": True}
        return [selma, {"id": str(uuid4()), "display_name": "Jonas", "role": "waiter", "has_pin": False}]

    def sign_in(self, body: SignInIn, at: str) -> Json:
        if (body.person_id, body.pin) != (self._person_id, PIN):
            raise Refusal(401, "WRONG_PIN", "That PIN is not right.")
        person = {"id": self._person_id, "display_name": PERSON, "role": "manager"}
        expires_at = "2031-01-01T00:00:00Z"
        permissions = list(self.permissions)
        return {
            "token": self.enter("session", at=at),
            "person": person,
            "permissions": permissions,
            "expires_at": expires_at,
        }

    def add_station(self, body: StationIn) -> Json:
        return _added(self.stations, {"name": body.name, "sort": len(self.stations)})

    def add_category(self, body: CategoryIn) -> Json:
        return _added(self.categories, {"name": body.name, "sort": body.sort or 0})

    def add_tax_rate(self, body: TaxRateIn) -> Json:
        return _added(self.tax_rates, body.model_dump())

    def add_group(self, body: GroupIn) -> Json:
        if not 0 <= body.choices_min <= body.choices_max or body.choices_max < 1 or not body.options:
            raise Refusal(422, "INVALID_INPUT")
        group = body.model_dump()
        group["options"] = [{"id": str(uuid4())} | option for option in group["options"]]
        return _added(self.groups, group)

    def add_item(self, body: ItemIn) -> Json:
        category = _one(self.categories, body.category_id)
        _one(self.stations, body.station_id)
        if body.tax_rate_id is not None:
            _one(self.tax_rates, body.tax_rate_id)
        item = body.model_dump(exclude={"modifier_group_ids"}) | {
            "category_name": category["name"],
            "currency": self.currency,
            "available": True,
            "version": 1,
            "modifier_groups": [_one(self.groups, id) for id in body.modifier_group_ids],
        }
        return _added(self.items, item)

    def place(self, body: OrderIn) -> Json:
        if not body.lines:
            raise Refusal(422, "INVALID_INPUT")
        order_id = str(uuid4())
        tickets: dict[str, str] = {}
        lines = []
        for line_no, line in enumerate(body.lines, start=1):
            item = _one(self.items, line.menu_item_id)
            station_id = item["station_id"]
            ticket_id = tickets.setdefault(station_id, str(uuid4()))
            lines.append(_order_line(line, line_no, item, station_id, ticket_id))
        for ticket_id in tickets.values():
            self.tickets[ticket_id] = {"id": ticket_id, "order_id": order_id, "state": "placed", "steps": []}
        number = f"A1-{len(self.orders) + 1}"
        self.orders[order_id] = body.model_dump(exclude={"lines"}) | {"id": order_id, "number": number, "lines": lines}
        self.on_order(len(self.orders))
        return self.shown(order_id, first_look=True)

    def shown(self, order_id: str, *, first_look: bool = False) -> Json:
        """The order as the API shows it; its tickets only after as many looks as the test wants."""
        if order_id not in self.orders:
            raise Refusal(404, "ORDER_NOT_FOUND")
        order = self.orders[order_id]
        self._looks[order_id] = 0 if first_look else self._looks[order_id] + 1
        has_tickets = self._looks[order_id] >= self.tickets_after_looks
        states = {id: ticket["state"] for id, ticket in self.tickets.items() if ticket["order_id"] == order_id}
        lines = [
            line | {"kitchen_state": states[line["ticket_id"]], "ticket_id": line["ticket_id"] if has_tickets else None}
            for line in order["lines"]
        ]
        total = sum(line["amount_minor"] for line in lines)
        payments = [payment for payment in self.payments if payment["order_id"] == order_id]
        paid = sum(payment["amount_minor"] for payment in payments)
        amounts = {"subtotal_minor": total, "tax_minor": 0, "taxes": [], "total_minor": total, "paid_minor": paid}
        states_of_order = {
            "kitchen_state": "served" if set(states.values()) == {"served"} else "placed",
            "payment_state": "settled" if payments and paid >= total else "open",
        }
        shown = order | amounts | states_of_order | {"due_minor": total - paid, "currency": self.currency}
        return shown | {"lines": lines, "business_date": "2030-06-01", "opened_at": "2030-06-01T18:00:00Z"}

    def step(self, ticket_id: str, step: str) -> Json:
        if ticket_id not in self.tickets:
            raise Refusal(404, "TICKET_NOT_FOUND")
        ticket = self.tickets[ticket_id]
        moves = {"bump": ("ready", ("placed",)), "serve": ("served", ("placed", "ready"))}
        reached, movable = moves[step]
        if ticket["state"] in movable:
            ticket["state"] = reached
            ticket["steps"].append(step)
        return ticket

    def pay(self, order_id: str, body: PaymentIn) -> Json:
        due = self.shown(order_id)["due_minor"]
        if body.amount_minor > due:
            raise Refusal(409, "PAYMENT_OVER_DUE", f"Only {due} is due.")
        is_card = body.tender == "card"
        if (
            body.amount_minor < (1 if due else 0)
            or is_card != (body.reference is not None)
            or is_card == (body.tendered_minor is not None)
        ):
            raise Refusal(422, "INVALID_INPUT")
        if body.tendered_minor is not None and body.tendered_minor < body.amount_minor:
            raise Refusal(422, "TENDERED_TOO_LITTLE")
        change = None if body.tendered_minor is None else body.tendered_minor - body.amount_minor
        payment = {"id": str(uuid4()), "order_id": order_id, "change_minor": change} | body.model_dump()
        self.payments.append(payment)
        order = self.shown(order_id)
        receipt = {"id": str(uuid4()), "number": f"R{len(self.payments)}"} if order["due_minor"] == 0 else None
        return {"payment": payment | {"currency": self.currency}, "order": order, "receipt": receipt}

    def caller(self, request: Request) -> str:
        """The token's scope; refuses a stranger."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Refusal(401, "NOT_SIGNED_IN", "Sign in.")
        return token

    async def once(
        self, request: Request, shape: type[S], verb: Callable[[S], Json], *, session: bool = True, open: bool = False
    ) -> JSONResponse:
        """A POST, once for its key."""
        who = "" if open else self.caller(request)
        if session and self.tokens[who] != "session":
            raise Refusal(403, "NOT_ALLOWED", "Sign in.")
        key = request.headers.get("idempotency-key")
        if not key:
            raise Refusal(400, "KEY_MISSING", "Every POST of a player carries a key.")
        body = await request.body()
        digest = sha256(body).hexdigest()
        scope = (f"{self._terminal_of.get(who)} {request.url.path}", key)
        if scope in self._kept:
            body_hash, answer = self._kept[scope]
            if body_hash != digest:
                raise Refusal(409, "IDEMPOTENCY_KEY_REUSED")
            return JSONResponse(answer, 201, headers={"Idempotent-Replayed": "true"})
        try:
            answer = verb(shape.model_validate_json(body))
        except ValidationError as invalid:
            raise Refusal(422, "INVALID_INPUT", str(invalid)) from invalid
        self._kept[scope] = (digest, answer)
        return JSONResponse(answer, 201)


def _added(to: list[Json], row: Json) -> Json:
    row = {"id": str(uuid4())} | row
    to.append(row)
    return row


def _one(among: list[Json], id: str) -> Json:
    found = next((row for row in among if row["id"] == id), None)
    if found is None:
        raise Refusal(404, "NOT_FOUND", f"There is no {id} here.")
    return found


def _order_line(line: LineIn, line_no: int, item: Json, station_id: str, ticket_id: str) -> Json:
    counted: dict[str, int] = {group["id"]: 0 for group in item["modifier_groups"]}
    options = []
    for chosen in line.options:
        group, option = next(
            (
                (group, option)
                for group in item["modifier_groups"]
                for option in group["options"]
                if option["id"] == chosen.option_id
            ),
            (None, None),
        )
        if group is None or option is None or chosen.quantity < 1:
            raise Refusal(409, "OPTION_NOT_OFFERED", f"{item['name']} does not offer that.")
        counted[group["id"]] += chosen.quantity
        delta = option["price_delta_minor"]
        shown = {"option_id": option["id"], "group_name": group["name"], "name": option["name"]}
        options.append(shown | {"price_delta_minor": delta, "quantity": chosen.quantity})
    for group in item["modifier_groups"]:
        if not group["choices_min"] <= counted[group["id"]] <= group["choices_max"]:
            raise Refusal(409, "CHOICES_OUT_OF_BOUNDS", f"{item['name']}: {group['name']}.")
    unit = line.unit_price_minor
    if unit is None:
        unit = item["price_minor"] + sum(option["price_delta_minor"] * option["quantity"] for option in options)
    if line.quantity < 1 or unit < 0:
        raise Refusal(422, "INVALID_INPUT")
    return {
        "id": str(uuid4()),
        "line_no": line_no,
        "menu_item_id": item["id"],
        "name": item["name"],
        "quantity": line.quantity,
        "unit_price_minor": unit,
        "amount_minor": unit * line.quantity,
        "options": options,
        "note": line.note,
        "seat": line.seat,
        "station_id": station_id,
        "ticket_id": ticket_id,
        "void_reason": None,
    }


def app_of(edge: EdgeDouble) -> FastAPI:
    """The routes that a player uses."""
    app = FastAPI()
    base = f"/api/v1/properties/{edge.property_id}"

    @app.exception_handler(Refusal)
    async def refuse(_: Request, refusal: Refusal) -> JSONResponse:
        return _envelope(refusal.status, refusal.code, refusal.message)

    @app.get("/api/v1/node")
    async def node() -> Json:
        return {"property_id": edge.property_id, "property_name": "Dune", "node_code": "A", "version": "0"}

    @app.post("/api/v1/terminals/enrol")
    async def enrol(request: Request) -> JSONResponse:
        return await edge.once(request, EnrolIn, edge.enrol, session=False, open=True)

    @app.post(f"{base}/sign-ins")
    async def sign_in(request: Request) -> JSONResponse:
        token = edge.caller(request)
        return await edge.once(request, SignInIn, lambda body: edge.sign_in(body, token), session=False)

    @app.post(f"{base}/sign-outs")
    async def sign_out(request: Request) -> JSONResponse:
        token = edge.caller(request)
        answer = await edge.once(request, Nothing, lambda _: {})
        del edge.tokens[token]
        return answer

    @app.get(f"{base}/menu-items")
    async def menu_items(request: Request, limit: int = 100, cursor: int = 0) -> Json:
        edge.caller(request)
        page = edge.items[cursor : cursor + limit]
        more = cursor + limit < len(edge.items)
        return {"items": page, "next_cursor": str(cursor + limit) if more else None, "currency": edge.currency}

    @app.get(f"{base}/orders/{{order_id}}")
    async def order(request: Request, order_id: str) -> Json:
        edge.caller(request)
        return edge.shown(order_id)

    @app.get(f"{base}/{{kind}}")
    async def listed(request: Request, kind: str) -> Json:
        edge.caller(request)
        lists = {
            "people": edge.people(),
            "stations": edge.stations,
            "menu-categories": edge.categories,
            "tax-rates": edge.tax_rates,
            "modifier-groups": edge.groups,
        }
        return {"items": lists[kind]}

    @app.post(f"{base}/orders/{{order_id}}/payments")
    async def pay(request: Request, order_id: str) -> JSONResponse:
        return await edge.once(request, PaymentIn, lambda body: edge.pay(order_id, body))

    @app.post(f"{base}/tickets/{{ticket_id}}/{{step}}")
    async def step(request: Request, ticket_id: str, step: str) -> JSONResponse:
        return await edge.once(request, Nothing, lambda _: edge.step(ticket_id, step))

    @app.post(f"{base}/{{kind}}")
    async def add(request: Request, kind: str) -> JSONResponse:
        adding: dict[str, Callable[[], Awaitable[JSONResponse]]] = {
            "orders": lambda: edge.once(request, OrderIn, edge.place),
            "stations": lambda: edge.once(request, StationIn, edge.add_station),
            "menu-categories": lambda: edge.once(request, CategoryIn, edge.add_category),
            "tax-rates": lambda: edge.once(request, TaxRateIn, edge.add_tax_rate),
            "modifier-groups": lambda: edge.once(request, GroupIn, edge.add_group),
            "menu-items": lambda: edge.once(request, ItemIn, edge.add_item),
        }
        return await adding[kind]()

    return app


def _envelope(status: int, code: str, message: str) -> JSONResponse:
    headers = {"Retry-After": "0"} if status in (429, 503) else None
    return JSONResponse({"error": {"code": code, "message": message, "details": {}}}, status, headers=headers)


class Faulty:
    """The application behind its faults."""

    def __init__(self, edge: EdgeDouble) -> None:
        self._edge = edge
        self._app = app_of(edge)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = f"{scope['method']} {scope['path']}"
        self._edge.requests.append(asked)
        self._edge.at_once += 1
        self._edge.at_once_most = max(self._edge.at_once, self._edge.at_once_most)
        try:
            await self._answer(self._edge.take_fault(asked), scope, receive, send)
        finally:
            self._edge.at_once -= 1

    async def _answer(self, fault: Fault | None, scope: Scope, receive: Receive, send: Send) -> None:
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind == "answer lost":
            await self._app(scope, receive, _swallow)
            # An answer that is begun and never ended makes the server close the connection.
            await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"9")]})
        elif fault.kind == "nonsense":
            await JSONResponse({"hello": "there"}, 200)(scope, receive, send)
        else:
            status = 503 if fault.kind == "busy" else 429
            await _envelope(status, fault.kind, "Come back later.")(scope, receive, send)


async def _swallow(_: Any) -> None:
    return


@dataclass
class Serving:
    """A double on a port of its own."""

    edge: EdgeDouble
    url: str
    port: int
    server: uvicorn.Server
    thread: threading.Thread

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive(), "the edge's double did not stop"


def serve(edge: EdgeDouble) -> Serving:
    """Serves the double on loopback until `stop`."""
    config = uvicorn.Config(
        Faulty(edge), "127.0.0.1", 0, log_level="critical", ws="none", lifespan="off", loop="asyncio",
        timeout_graceful_shutdown=5,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    return Serving(edge, f"http://127.0.0.1:{port}", port, server, thread)
