"""The hub over HTTP: hello, push, pull, and enrolment. The host gives the database and looks nodes up."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import msgspec
import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.hub.comparing import compare, rows, settled
from sync.hub.feed import PullRequest, answer, is_news, scopes_of
from sync.hub.giving import give
from sync.hub.greeting import NoSharedProtocol, hello, spoken, understood
from sync.hub.limits import Gate, TooFast, Turns
from sync.hub.postgres import PostgresStore
from sync.hub.receive import receive
from sync.hub.register import Enrolled, EnrolmentRefused, code_hash, enrol, put_next_key_in_force, take_next_key
from sync.hub.snapshot import snapshot
from sync.hub.store import HubStore, Revoked, Sender
from sync.schema import Schema
from sync.signing import (
    NODE_HEADER,
    NONCE_HEADER,
    SIGNATURE_HEADER,
    is_possessed,
    issue_nonce,
    nonce_is_good,
    verifies,
)
from sync.wire import (
    BATCH_BYTES_MAX,
    Batch,
    BatchLimits,
    CompareRequest,
    Gift,
    Hello,
    PullAnswer,
    Rotate,
    RotateAnswer,
    RowsRequest,
    Settled,
    SnapshotRequest,
    UnreadableError,
    pack,
    unpack,
)

Connection = psycopg.Connection[dict[str, Any]]
T = TypeVar("T")
BODY_BYTES_MAX = 2 * BATCH_BYTES_MAX
WAIT_SECONDS_MAX = 25.0
UPDATE_SECONDS = 60  # how long a node that has to be updated rests before it asks again
ENROL_TRIES = 5
ENROL_SECONDS = 60.0
REVOKED = "This node was revoked at head office. Its data stays; enrol it anew."


@dataclass(frozen=True, slots=True)
class KnownNode:
    """A node as looked up before its request is trusted."""

    sender: Sender
    public_key: str
    active: bool
    next_key: str | None = None


class Hub(Protocol):
    """What the host gives."""

    schema: Schema
    secret: bytes
    gate: Gate

    def transaction(self, org_id: str) -> AbstractContextManager[Connection]:
        """A PostgreSQL transaction under the tenant; commits at the end, rolls back on an error."""
        ...

    def find_node(self, node_id: str) -> KnownNode | None:
        """Looks a node up across tenants."""
        ...

    def find_code(self, code_hash: str) -> str | None:
        """The organisation of an enrolment code that is still good."""
        ...

    def replaced(self, connection: Connection, enrolled: Enrolled) -> None:
        """A node was taken in in another's place, in this transaction: to be noted where people look."""
        ...

    @property
    def board(self) -> "NewsBoard":
        """Where news of scopes is told."""
        ...


class Denied(Exception):
    """Leaves as an error envelope with this status."""

    def __init__(
        self, status: int, code: str, message: str, node_id: str | None = None, *, retry_after: int = 0
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.node_id, self.retry_after = status, code, node_id, retry_after


def routes(hub: Hub) -> list[Route]:
    """The hub's routes, to be mounted at the root."""
    desk = Desk(hub)
    return [
        Route("/sync/v1/hello", desk.guarded(desk.hello), methods=["POST"]),
        Route("/sync/v1/push", desk.guarded(desk.push), methods=["POST"]),
        Route("/sync/v1/pull", desk.guarded(desk.pull), methods=["POST"]),
        Route("/sync/v1/rotate", desk.guarded(desk.rotate), methods=["POST"]),
        Route("/sync/v1/snapshot", desk.guarded(desk.snapshot), methods=["POST"]),
        Route("/sync/v1/compare", desk.guarded(desk.compare), methods=["POST"]),
        Route("/sync/v1/rows", desk.guarded(desk.rows), methods=["POST"]),
        Route("/sync/v1/give", desk.guarded(desk.give), methods=["POST"]),
        Route("/sync/v1/settled", desk.guarded(desk.settled), methods=["POST"]),
        Route("/sync/v1/enrol", desk.enrol, methods=["POST"]),
    ]


class Desk:
    """Verifies each request, then hands it to the engine in a thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._tries: dict[str, list[float]] = {}
        self._turns = Turns()
        self._held: dict[str, asyncio.Event] = {}  # the question for news that each node has waiting

    def guarded(self, handler: Callable[[Sender, bytes], Any]) -> Callable[[Request], Any]:
        """Wraps a handler: signature checked before, a fresh nonce handed out after, errors in the envelope."""

        async def endpoint(request: Request) -> Response:
            try:
                # before anything is looked up: a node that floods is turned away for next to nothing
                self._hub.gate.check("node", request.headers.get(NODE_HEADER, ""))
                body = await bounded_body(request)
                node = await run_in_threadpool(self._verify, request, body)
                self._hub.gate.take(node.sender.org_id, node.sender.node_id, len(body))
                answer = await handler(node.sender, body)
            except Denied as error:
                return self._denied(error)
            except Revoked:  # while it was under way, or waited for news
                return self._denied(Denied(403, "REVOKED", REVOKED))
            except TooFast as error:
                return self._denied(Denied(429, "TOO_FAST", str(error), retry_after=error.retry_after))
            except NoSharedProtocol as error:
                return self._denied(Denied(426, "PROTOCOL", str(error), retry_after=UPDATE_SECONDS))
            except UnreadableError as error:
                return self._denied(Denied(422, "UNREADABLE", str(error)))
            except (psycopg.OperationalError, psycopg.errors.TransactionRollback) as error:
                return self._denied(Denied(503, "BUSY", f"The hub could not finish this now: {error}"))
            packed = await run_in_threadpool(pack, answer)
            headers = {NONCE_HEADER: self._nonce(node.sender.node_id)}
            return Response(packed, media_type="application/vnd.sync+zstd", headers=headers)

        return endpoint

    async def hello(self, sender: Sender, body: bytes) -> msgspec.Struct:
        """Greets a node."""
        said = unpack(body, Hello)
        answer = await self._in(sender, lambda store: hello(store, said, now_ms()))
        limits = self._hub.gate.limits
        answer.limits = BatchLimits(limits.batch_changes, limits.batch_bytes)
        return answer

    async def push(self, sender: Sender, body: bytes) -> msgspec.Struct:
        """Takes a push."""

        def job(store: HubStore) -> msgspec.Struct:
            batch = unpack(body, Batch)
            spoken(batch.protocol, batch.protocol)
            return receive(store, self._hub.schema, batch, now_ms())

        async with self._turns.turn(sender.node_id):
            return await self._in(sender, job)

    async def pull(self, sender: Sender, body: bytes) -> msgspec.Struct:
        """Answers what is new, waiting for it as long as the node lets, or until it asks anew: who was cut off and
        comes back must not wait for its own question of before."""
        asked = unpack(body, PullRequest)
        spoken(asked.protocol, asked.protocol)
        ends = time.monotonic() + min(asked.wait, WAIT_SECONDS_MAX)
        # listening starts before reading, so that news between the two is not missed
        with self._hub.board.listening(scopes_of(sender), sender.number) as heard, self._holding(sender, heard):
            while True:
                heard.clear()
                answer = await self._in(sender, lambda store: _answer(store, asked))
                asked.told = None  # noted once
                remaining = ends - time.monotonic()
                news = answer.recovering or any(is_news(asked, page) for page in answer.pages)
                told = answer.status != "ok" or news
                is_latest = self._held.get(sender.node_id) is heard
                if told or remaining <= 0 or self._hub.board.ended or not is_latest:
                    return answer
                with suppress(TimeoutError):
                    await asyncio.wait_for(heard.wait(), remaining)

    @contextmanager
    def _holding(self, sender: Sender, heard: asyncio.Event) -> Iterator[None]:
        """Takes the place of the question that the node had waiting, which is answered at once."""
        before = self._held.get(sender.node_id)
        self._held[sender.node_id] = heard
        if before is not None:
            before.set()
        try:
            yield
        finally:
            if self._held.get(sender.node_id) is heard:
                del self._held[sender.node_id]

    async def rotate(self, sender: Sender, body: bytes) -> msgspec.Struct:
        """Takes a node's next key; it is in force once the node has signed with it."""
        asked = unpack(body, Rotate)
        if not is_possessed(asked.public_key, asked.proof, sender.node_id):
            raise Denied(422, "KEY_NOT_PROVEN", "Whoever hands in a key must hold its other half.")
        await self._with(sender, lambda c: take_next_key(c, sender, asked.public_key))
        return RotateAnswer(now_ms())

    async def snapshot(self, sender: Sender, body: bytes) -> msgspec.Struct:
        """Hands out a chunk of rows as they stand."""
        asked = unpack(body, SnapshotRequest)
        return await self._in(sender, lambda store: snapshot(store, self._hub.schema, asked, now_ms()))

    async def compare(self, sender: Sender, body: bytes) -> msgspec.Struct:
        """Tells a node where its rows differ from the hub's."""
        asked = unpack(body, CompareRequest)
        return await self._in(sender, lambda store: compare(store, self._hub.schema, asked, now_ms()))

    async def rows(self, sender: Sender, body: bytes) -> msgspec.Struct:
        """Hands out whole rows."""
        asked = unpack(body, RowsRequest)
        return await self._in(sender, lambda store: rows(store, self._hub.schema, asked, now_ms()))

    async def give(self, sender: Sender, body: bytes) -> msgspec.Struct:
        """Takes whole rows back."""
        gift = unpack(body, Gift)
        return await self._in(sender, lambda store: give(store, self._hub.schema, gift, now_ms()))

    async def settled(self, sender: Sender, body: bytes) -> msgspec.Struct:
        """Hears that a comparison is over."""
        said = unpack(body, Settled)
        return await self._in(sender, lambda store: settled(store, self._hub.schema, said, now_ms()))

    async def enrol(self, request: Request) -> Response:
        """Takes a node in by its one-time code."""
        try:
            self._throttle(request.client.host if request.client else "")
            asked = msgspec.json.decode(await bounded_body(request), type=EnrolRequest)
            enrolled = await run_in_threadpool(self._enrol, asked)
        except Denied as error:
            return self._denied(error)
        except msgspec.DecodeError as error:
            return self._denied(Denied(422, "UNREADABLE", str(error)))
        return Response(msgspec.json.encode(enrolled), 201, media_type="application/json")

    def _enrol(self, asked: "EnrolRequest") -> Any:
        org_id = self._hub.find_code(code_hash(asked.code))
        if org_id is None:
            raise Denied(401, "CODE_NOT_GOOD", "This code was used or has expired. Ask head office for a new one.")
        try:
            with self._hub.transaction(org_id) as connection:
                enrolled = enrol(connection, org_id, asked.code, asked.public_key)
                if enrolled.replaced is not None:
                    self._hub.replaced(connection, enrolled)
                return enrolled.told()
        except EnrolmentRefused as error:
            raise Denied(401, "CODE_NOT_GOOD", str(error)) from error

    def _throttle(self, address: str) -> None:
        """Five tries a minute an address, so that codes can't be guessed."""
        now = time.monotonic()
        self._tries = {a: t for a, t in self._tries.items() if now - t[-1] < ENROL_SECONDS}
        tries = [t for t in self._tries.get(address, []) if now - t < ENROL_SECONDS]
        if len(tries) >= ENROL_TRIES:
            raise Denied(429, "TOO_MANY_TRIES", "Too many codes were tried from here. Wait a minute.")
        self._tries[address] = [*tries, now]

    def _verify(self, request: Request, body: bytes) -> KnownNode:
        node_id = request.headers.get(NODE_HEADER, "")
        nonce = request.headers.get(NONCE_HEADER, "")
        node = self._hub.find_node(node_id) if len(node_id) == 36 else None
        if node is None:
            raise Denied(403, "UNKNOWN_NODE", "This node is not enrolled here. Enrol it with a new code.")
        if not nonce_is_good(self._hub.secret, node_id, nonce, now_ms()):
            raise Denied(401, "NONCE", "Sign again with the nonce given.", node_id)
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        signature = request.headers.get(SIGNATURE_HEADER, "")
        signed = (signature, request.method, path, body, nonce)
        is_next = node.next_key is not None and verifies(node.next_key, *signed)
        if not is_next and not verifies(node.public_key, *signed):
            raise Denied(403, "BAD_SIGNATURE", "The request is not signed with this node's key.")
        if not node.active:
            raise Denied(403, "REVOKED", REVOKED)
        if is_next:  # the node has used it: from here on it is the only one
            with self._hub.transaction(node.sender.org_id) as connection:
                put_next_key_in_force(connection, node.sender, str(node.next_key))
        return node

    async def _in(self, sender: Sender, job: Callable[[HubStore], T]) -> T:
        return await self._with(sender, lambda connection: job(PostgresStore(connection, sender, self._hub.secret)))

    async def _with(self, sender: Sender, job: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._hub.transaction(sender.org_id) as connection:
                return job(connection)

        return await run_in_threadpool(run)

    def _nonce(self, node_id: str) -> str:
        return issue_nonce(self._hub.secret, node_id, now_ms())

    def _denied(self, error: Denied) -> Response:
        body = msgspec.json.encode({"error": {"code": error.code, "message": str(error), "details": {}}})
        headers = {NONCE_HEADER: self._nonce(error.node_id)} if error.node_id and error.status == 401 else {}
        if error.retry_after:
            headers["Retry-After"] = str(error.retry_after)
        return Response(body, error.status, media_type="application/json", headers=headers)


def _answer(store: HubStore, asked: PullRequest) -> PullAnswer:
    return understood(answer(store, asked, store.see_node(), now_ms()), asked.protocol)


class EnrolRequest(msgspec.Struct):
    """A node asks to be taken in: its one-time code and the public half of the key that it made."""

    code: str
    public_key: str


async def bounded_body(request: Request) -> bytes:
    """The request's body, refused while it arrives when it grows too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise Denied(413, "BODY_TOO_LARGE", f"A request has at most {BODY_BYTES_MAX} bytes.")
    return bytes(body)


def now_ms() -> int:
    """The hub's wall clock."""
    return time.time_ns() // 1_000_000


class NewsBoard:
    """Wakes whoever waits for news of a scope; the host feeds it from PostgreSQL's notifications."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[tuple[int, asyncio.Event]]] = {}
        self.ended = False

    def tell(self, scope: str | None, author: int) -> None:
        """There is news of this scope that this node wrote (0: for all), or may be of any; call on the event loop."""
        if scope is None:
            self._wake_all()
            return
        for number, event in self._waiting.get(scope, ()):
            if author == 0 or number != author:
                event.set()

    def end(self) -> None:
        """The process is to stop: whoever waits is answered with what there is, and nobody waits any more."""
        self.ended = True
        self._wake_all()

    def _wake_all(self) -> None:
        for ears in self._waiting.values():
            for _, event in ears:
                event.set()

    @contextmanager
    def listening(self, scopes: list[str], number: int) -> Iterator[asyncio.Event]:
        """An event that is set when there is news of one of the scopes by anybody but this node."""
        ear = (number, asyncio.Event())
        for scope in scopes:
            self._waiting.setdefault(scope, set()).add(ear)
        try:
            yield ear[1]
        finally:
            for scope in scopes:
                self._waiting[scope].discard(ear)
                if not self._waiting[scope]:
                    del self._waiting[scope]
