"""A whole node as its LAN meets it: furnished, opened and served on a free port, with no head office to reach.

with served_node(folder) as node:
    node.post("orders", order(SOUP))
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Self

import httpx2
from websockets.sync.client import ClientConnection, connect

from edge.app import build
from edge.node import Node
from edge.settings import EdgeSettings
from hospitality.ground.clock import Clock, utc_now
from hospitality.ground.work import Caller
from hospitality.people.proofs import code_hash_of, hash_of, new_code, new_token
from hospitality.people.service.sessions import open_session
from hospitality.people.service.terminals import enrol_terminal, issue_terminal_code
from tests.edge.node_fixture import BEER, ORG, PROPERTY, SELMA, SOUP, WAIT_SECONDS, act, node
from tests.serving import serve

PREFIX = f"/api/v1/properties/{PROPERTY}"
TOKENS = "tokens.json"
ANSWER_SECONDS = 20.0
Body = Mapping[str, Any]


def furnish(folder: Path) -> Path:
    """A node's folder with a till, a kitchen screen, and Selma signed in at the till; nothing runs in it yet."""
    folder.mkdir(parents=True)
    with node(folder) as host:
        tokens = {"session": new_token()}
        terminals: dict[str, str] = {}
        for kind in ("till", "kitchen"):
            code, tokens[kind] = new_code(), new_token()
            act(host, issue_terminal_code, name=kind.title(), kind=kind, code_hash=code_hash_of(code))
            enrolled = act(host, enrol_terminal, code_hash=code_hash_of(code), token_hash=hash_of(tokens[kind]))
            terminals[kind] = enrolled["terminal_id"]
        at_till = Caller(ORG, PROPERTY, terminal_id=terminals["till"])
        session = hash_of(tokens["session"])
        host.writer.act(at_till, lambda work: open_session(work, SELMA, token_hash=session)).result(WAIT_SECONDS)
    (folder / TOKENS).write_text(json.dumps({**tokens, "till_id": terminals["till"]}))
    return folder


def copy_of(furnished: Path, folder: Path) -> Path:
    """A copy of a furnished folder, for one test."""
    shutil.copytree(furnished, folder)
    return folder


@dataclass
class Lan:
    """The node's API as a terminal asks it; as the signed-in manager unless another token is given."""

    url: str
    folder: Path
    token: str = ""
    client: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        self.tokens: dict[str, str] = json.loads((self.folder / TOKENS).read_text())
        self.token = self.token or self.tokens["session"]
        self.client = httpx2.Client(base_url=self.url, timeout=ANSWER_SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def post(self, path: str, body: Body, *, key: str | None = None, token: str | None = None) -> httpx2.Response:
        """A POST below the property (or at a path from the root)."""
        headers = self._headers(token) | ({"Idempotency-Key": key} if key else {})
        return self.client.post(_path(path), json=body, headers=headers)

    def patch(self, path: str, body: Body) -> httpx2.Response:
        """A PATCH below the property."""
        return self.client.patch(_path(path), json=body, headers=self._headers(None))

    def get(self, path: str, *, token: str | None = None, **query: str) -> httpx2.Response:
        """A GET below the property (or at a path from the root)."""
        return self.client.get(_path(path), params=query, headers=self._headers(token))

    def order(self, *items: str, key: str | None = None) -> dict[str, Any]:
        """Takes an order for one of each."""
        answer = self.post("orders", order(*items), key=key)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _headers(self, token: str | None) -> dict[str, str]:
        token = self.token if token is None else token
        return {"Authorization": f"Bearer {token}"} if token else {}


@dataclass
class ServedNode(Lan):
    """The API with the node behind it."""

    node: Node = field(kw_only=True)


@contextmanager
def served_node(folder: Path, *, now: Clock = utc_now, **settings: Any) -> Iterator[ServedNode]:
    """The furnished folder's node, running in this process as `buffr edge run` would run it."""
    opening = opened_node(folder, now=now, **settings)
    with opening as opened, doors_of(opened) as url, ServedNode(url, folder, node=opened) as lan:
        yield lan


@contextmanager
def doors_of(opened: Node, host: str = "127.0.0.1") -> Iterator[str]:
    """The address of a node's doors, open for the length of the block."""
    options = {"host": host, "lifespan": "on", "loop": "uvloop", "http": "httptools", "ws": "websockets-sansio"}
    app = build(opened, "http://node.test")
    with serve(app, ws_ping_interval=None, timeout_graceful_shutdown=1, **options) as url:
        yield url


@contextmanager
def opened_node(folder: Path, *, now: Clock = utc_now, **settings: Any) -> Iterator[Node]:
    """The furnished folder's node without its doors; `settings` of the machine beside those of all tests."""
    with Node(EdgeSettings(data=folder, keys=folder, readers=2, **settings), now=now) as opened:
        yield opened


def order(*items: str) -> dict[str, Any]:
    """The body of an order for one of each item."""
    lines = [{"menu_item_id": item, "quantity": 1} for item in items or (SOUP, BEER)]
    return {"channel": "dine_in", "table": "12", "covers": 2, "lines": lines}


def _path(path: str) -> str:
    return path if path.startswith("/") else f"{PREFIX}/{path}"


ALL_EVENTS = ("order_created", "order_updated", "ticket_updated")


class Ear:
    """A screen on `/ws`: what it hears, one message after the other."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def next(self) -> dict[str, Any]:
        """The next message of any kind."""
        found: dict[str, Any] = json.loads(self.socket.recv(ANSWER_SECONDS))
        return found

    def until(self, event: str) -> dict[str, Any]:
        """The next message of this kind; others are passed over."""
        ends = monotonic() + ANSWER_SECONDS
        while (found := self.next())["event"] != event:
            assert monotonic() < ends, f"no {event} came"
        return found

    def events(self, count: int) -> list[dict[str, Any]]:
        """The next `count` messages that have a position, greeting aside."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            message = self.next()
            if message["position"] is not None and message["event"] != "hello":
                found.append(message)
        return found


@contextmanager
def screen(lan: Lan, *subscribe: str, resume: str | None = None, token: str | None = None) -> Iterator[Ear]:
    """A screen that has subscribed; to all of orders and tickets unless told otherwise."""
    token = lan.tokens["kitchen"] if token is None else token
    with socket_of(lan, {"Authorization": f"Bearer {token}"}) as socket:
        socket.send(json.dumps({"subscribe": subscribe or ALL_EVENTS, "resume": resume}))
        yield Ear(socket)


def socket_of(lan: Lan, headers: Mapping[str, str], *, max_queue: int | None = None) -> ClientConnection:
    """A bare connection to `/ws`, a context manager; with `max_queue` it takes no more than so many frames unread."""
    return connect(
        lan.url.replace("http", "ws", 1) + "/ws",
        additional_headers=headers,
        proxy=None,
        compression=None,
        max_size=None,
        max_queue=max_queue,
        open_timeout=ANSWER_SECONDS,
    )
