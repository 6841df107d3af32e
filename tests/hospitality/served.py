"""The trades' routers on a node in miniature, asked in-process over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

import httpx2
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.requests import Request
from starlette.testclient import TestClient

from hospitality.approvals import node_api as approvals
from hospitality.cash import api as cash
from hospitality.checks import api as checks
from hospitality.days import api as days
from hospitality.ground.clock import Clock
from hospitality.ground.errors import Forbidden, Unauthorised
from hospitality.ground.host import Answer, Once
from hospitality.ground.http import install_errors, serve_routes
from hospitality.ground.ids import new_id
from hospitality.ground.once import run_once
from hospitality.ground.quick_route import install_quick_way
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller, Work
from hospitality.handouts import node_api as handouts
from hospitality.handouts.settings import HandoutSettings
from hospitality.invoices import api as invoices
from hospitality.kitchen import api as kitchen
from hospitality.menu import api as menu
from hospitality.orders import api as orders
from hospitality.paper import api as paper
from hospitality.parties import api as parties
from hospitality.payments import api as payments
from hospitality.people import api as people
from hospitality.people import node_api
from hospitality.people.proofs import code_hash_of, hash_of, new_code, new_token
from hospitality.people.service.accounts import add_person
from hospitality.people.service.sessions import caller_for_token, open_session
from hospitality.people.service.terminals import enrol_terminal, issue_terminal_code
from hospitality.people.settings import PeopleSettings
from hospitality.properties import api as properties
from hospitality.requests import api as requests
from hospitality.requests import node_api as requests_node_api
from hospitality.requests.settings import RequestSettings
from hospitality.room_service import node_api as room_service
from hospitality.rooms import api as rooms
from hospitality.rooms.service import add_room
from hospitality.tables import api as tables
from tests.hospitality.node import Node
from web.paper import api as sheets
from web.paper import on_screen

P = ParamSpec("P")
T = TypeVar("T")
# As weak as Argon2 gets: tests ask whether a PIN is checked, not how long it holds.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = b"device secret of 32 bytes, kept."


class MiniatureHost:
    """`ground.host.Host` on a node in miniature, tokens looked up as an edge does."""

    def __init__(self, node: Node) -> None:
        self._node = node

    @property
    def now(self) -> Clock:
        return lambda: self._node.now

    async def act(
        self, caller: Caller, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        with self._node.work(caller) as work:
            return verb(work, *args, **kwargs)

    async def act_once(
        self,
        caller: Caller,
        once: Once | None,
        verb: Callable[Concatenate[Work, P], Any],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Answer:
        with self._node.work(caller) as work:
            return run_once(work, once, lambda opened: verb(opened, *args, **kwargs))

    async def read(
        self, caller: Caller, question: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return question(self._node.reading(caller), *args, **kwargs)

    async def caller_of(self, request: Request, property_id: str | None) -> Caller:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        caller = caller_for_token(self._node.reading(), hash_of(token), now=self._node.now)
        if caller is None:
            raise Unauthorised("SIGN_IN_NEEDED", "Sign in first.")
        if property_id not in (None, caller.property_id):
            raise Forbidden("OTHER_PROPERTY", "This terminal belongs to another property.")
        return caller


@dataclass
class Face:
    """Asks the API with one token."""

    client: TestClient
    prefix: str
    token: str = ""

    def get(self, path: str, **query: Any) -> httpx2.Response:
        """GET below the property (or anywhere, for a path from the root)."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> httpx2.Response:
        """POST of JSON, with an Idempotency-Key if given."""
        return self._ask("POST", path, json={} if body is None else body, key=key)

    def post_raw(self, path: str, body: bytes) -> httpx2.Response:
        """POST of bytes said to be JSON."""
        return self._ask("POST", path, content=body)

    def patch(self, path: str, body: Any) -> httpx2.Response:
        """PATCH of JSON."""
        return self._ask("PATCH", path, json=body)

    def _ask(self, method: str, path: str, key: str | None = None, **rest: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        url = path if path.startswith("/") else f"{self.prefix}/{path}"
        return self.client.request(method, url, headers=headers, **rest)


@dataclass
class Served:
    """The API of a node, and faces with tokens of every sort."""

    node: Node
    client: TestClient
    prefix: str
    _terminals: dict[str, tuple[str, str]] = field(default_factory=dict)

    def nobody(self) -> Face:
        """Without a token."""
        return Face(self.client, self.prefix)

    def screen(self, kind: str = "till") -> Face:
        """An enrolled screen by itself."""
        return Face(self.client, self.prefix, self._enrolled(kind)[1])

    def room(self, number: str) -> Face:
        """A terminal in the room of that number."""
        return Face(self.client, self.prefix, self._enrolled("room", number)[1])

    def person(self, role: str = "owner") -> Face:
        """Somebody new of that role, signed in at a till."""
        terminal_id, _ = self._enrolled("till")
        who = self.node.act(add_person, display_name=role.title(), role=role)["id"]
        token = new_token()
        at_till = self.node.as_("*", terminal_id=terminal_id)
        at_till.act(open_session, who, token_hash=hash_of(token))
        return Face(self.client, self.prefix, token)

    def _enrolled(self, kind: str, number: str = "101") -> tuple[str, str]:
        known = f"{kind} {number}"
        if known not in self._terminals:
            code, token = new_code(), new_token()
            room = self.node.act(add_room, number=number)["id"] if kind == "room" else None
            self.node.act(issue_terminal_code, name=kind, kind=kind, room_id=room, code_hash=code_hash_of(code))
            made = self.node.act(enrol_terminal, code_hash=code_hash_of(code), token_hash=hash_of(token))
            self._terminals[known] = (made["terminal_id"], token)
        return self._terminals[known]


def application(node: Node, *, at_head_office: bool = False) -> FastAPI:
    """All routers as a host mounts them."""
    app = FastAPI()
    install_errors(app)
    app.state.host = MiniatureHost(node)
    app.state.requests = RequestSettings(lambda: node.now)
    routers = [
        trade.router
        for trade in (
            properties,
            people,
            menu,
            orders,
            kitchen,
            payments,
            checks,
            requests,
            cash,
            days,
            tables,
            parties,
            rooms,
            paper,
            sheets,
            on_screen,
            invoices,
        )
    ]
    serve_routes(app, routers)
    install_quick_way(app, routers)
    if not at_head_office:
        own = (node_api, requests_node_api, approvals, handouts, room_service)
        serve_routes(app, (*(trade.router for trade in own), node_api.enrol_router))
        app.state.handouts = HandoutSettings("https://office.example/")
        app.state.people = PeopleSettings(
            node.caller.org_id, node.reading().property_id, SECRET, "http://node.local:8010/", hasher=QUICK
        )
        app.state.journal_position = lambda reading: str(reading.value("SELECT COUNT(*) FROM journal"))
    return app


def serve(node: Node) -> Served:
    """The node's API, not yet opened: use `client` as a context manager."""
    property_id = node.reading().property_id
    return Served(node, TestClient(application(node)), f"/api/v1/properties/{property_id}")


def code_of(response: httpx2.Response) -> str:
    """The refusal code in an error's envelope."""
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "details"}
    assert body["error"]["message"].endswith(".")
    return str(body["error"]["code"])


def other_property(prefix: str) -> str:
    """The prefix of a property that nobody here belongs to."""
    return prefix[: prefix.rindex("/")] + f"/{new_id()}"
