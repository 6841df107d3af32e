"""The node's host: hands verbs to the writer, questions to reading connections, and knows who asks."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from edge.database import CONSTRAINT_ERRORS, connect
from edge.identity import Identity, incarnation
from edge.writer import Committed, Writer
from hospitality.ground.clock import Clock
from hospitality.ground.errors import Forbidden, NotFound, Unauthorised
from hospitality.ground.host import Answer, Once
from hospitality.ground.once import run_once
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller, Place, Work
from hospitality.people.service.sessions import caller_for_token
from sync.clock import HybridClock

P = ParamSpec("P")
T = TypeVar("T")
TOKEN_SECONDS = 3.0  # how long a looked-up token is believed without looking again
TOKENS_MAX = 1_000
COOKIE = "buffr_terminal"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SETTLED_SECONDS = 30.0


class Readers:
    """A few reading connections, one a thread."""

    def __init__(self, path: Path, key: str, count: int) -> None:
        self._path, self._key = path, key
        self._local = threading.local()
        self._opened: list[Any] = []
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="reader")

    def submit(self, job: Callable[[Any], T]) -> Future[T]:
        """Runs a job on one consistent look at the database."""
        return self._pool.submit(self._run, job)

    def _run(self, job: Callable[[Any], T]) -> T:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path, self._key, readonly=True)
            self._opened.append(connection)
        connection.execute("BEGIN")
        try:
            return job(connection)
        finally:
            connection.execute("ROLLBACK")

    def close(self) -> None:
        """Ends all threads and connections."""
        self._pool.shutdown()
        for connection in self._opened:
            connection.close()


class EdgeHost:
    """Implements `hospitality.ground.host.Host` for one property on SQLite, and `sync`'s store for the engine."""

    def __init__(
        self, path: Path, key: str, identity: Identity, *, clock: HybridClock, now: Clock, readers: int
    ) -> None:
        self.identity = identity
        self.clock = clock
        # a machine that runs ahead would open tomorrow's business day, and none would come back to today's
        self.now: Clock = lambda: now() + timedelta(milliseconds=clock.correction_ms())
        self._place = Place("property", identity.number, identity.code, 1)
        self._tokens: dict[str, tuple[float, Caller]] = {}
        self._readers = Readers(path, key, readers)
        self.on_commit: list[Callable[[Committed], None]] = []
        self.foresee: Callable[[Committed, Reading], Callable[[], None] | None] | None = None
        self.writer = Writer(
            lambda: connect(path, key),
            clock=clock,
            now=self.now,
            node=identity.number,
            place=lambda: self._place,
            org_id=identity.org_id,
            committed=self._committed,
            foresee=self._foresee,
        )

    # --- life

    def start(self) -> None:
        """Begins to write; `refresh_place` must have been called when the property is known."""
        self.refresh_place()
        self.writer.start()

    def stop(self) -> None:
        """Finishes what waits and closes the database."""
        self.writer.stop()
        self._readers.close()

    def _committed(self, done: Committed) -> None:
        for listener in self.on_commit:
            listener(done)

    def _foresee(self, done: Committed, connection: Any) -> Callable[[], None] | None:
        if self.foresee is None:
            return None
        one = self.identity
        return self.foresee(done, Reading(connection, "sqlite", org_id=one.org_id, property_id=one.property_id))

    def refresh_place(self) -> None:
        """Reads the property's own settings anew; called after sync changed them."""
        self._place = self._readers.submit(self._read_place).result(SETTLED_SECONDS)

    def _read_place(self, connection: Any) -> Place:
        one = self.identity
        row = connection.execute(
            "SELECT zone, currency, cut_off_hour FROM properties WHERE org_id = ? AND id = ?",
            (one.org_id, one.property_id),
        ).fetchone()
        local = {"zone": row[0], "currency": row[1], "cut_off_hour": row[2]} if row else {}
        return Place("property", one.number, one.code, incarnation(connection), **local)

    @property
    def place(self) -> Place:
        """Where acts happen."""
        return self._place

    # --- the routers' host

    async def act(
        self, caller: Caller, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Runs a verb as one act."""
        return await self.writer.act_from_loop(caller, lambda work: verb(work, *args, **kwargs))

    async def act_once(
        self,
        caller: Caller,
        once: Once | None,
        verb: Callable[Concatenate[Work, P], Any],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Answer:
        """Runs a verb once for its key."""

        def whole(work: Work) -> Answer:
            return run_once(work, once, lambda w: verb(w, *args, **kwargs))

        return await self.writer.act_from_loop(caller, whole)

    async def read(
        self, caller: Caller, question: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Asks a question."""
        return await asyncio.wrap_future(self.ask(lambda reading: question(reading, *args, **kwargs)))

    def ask(self, question: Callable[[Reading], T]) -> Future[T]:
        """Asks a question from a thread that may wait for it."""
        one = self.identity
        return self._readers.submit(
            lambda c: question(Reading(c, "sqlite", org_id=one.org_id, property_id=one.property_id))
        )

    async def caller_of(self, request: HTTPConnection, property_id: str | None) -> Caller:
        """Who asks, by bearer token or the terminal's cookie."""
        if property_id not in (None, self.identity.property_id):
            raise NotFound.of("property", str(property_id))
        if request.scope.get("method") not in SAFE and "authorization" not in request.headers:
            cross_site(request)
        return await self.caller_for(token_of(request))

    async def caller_for(self, token: str) -> Caller:
        """Who holds this token; looked up anew every few seconds, so that a revoked one ends at once."""
        hashed = sha256(token.encode()).hexdigest()
        found = self._tokens.get(hashed)
        if found is None or monotonic() - found[0] > TOKEN_SECONDS:
            now = self.now()
            caller = await asyncio.wrap_future(self.ask(lambda reading: caller_for_token(reading, hashed, now=now)))
            if caller is None:
                raise Unauthorised("SIGN_IN_NEEDED", "Sign in again: this sign-in has ended or is not known here.")
            if len(self._tokens) >= TOKENS_MAX:
                self._tokens.clear()
            found = self._tokens[hashed] = (monotonic(), caller)
        return found[1]

    def forget_tokens(self) -> None:
        """Looks every token up anew at its next use."""
        self._tokens.clear()

    def system(self) -> Caller:
        """The node itself as a caller."""
        return Caller(self.identity.org_id, self.identity.property_id, permissions=frozenset({"*"}), name="node")

    # --- the engine's store

    def write(self, job: Callable[[Any], T]) -> T:
        """Runs what sync applies through the one writer; durable on return."""
        return self.writer.apply(job).result(SETTLED_SECONDS)

    def read_raw(self, job: Callable[[Any], T]) -> T:
        """Runs a job on a reading connection."""
        return self._readers.submit(job).result(SETTLED_SECONDS)


class EngineStore:
    """The host's database as the engine sees it."""

    def __init__(self, host: EdgeHost) -> None:
        self._host = host
        self.errors = CONSTRAINT_ERRORS

    def write(self, job: Callable[[Any], T]) -> T:
        """Through the writer, capture off."""
        return self._host.write(job)

    def read(self, job: Callable[[Any], T]) -> T:
        """On a reading connection."""
        return self._host.read_raw(job)


def token_of(request: HTTPConnection) -> str:
    """The bearer token or the terminal's cookie; raises Unauthorised without either."""
    header = request.headers.get("authorization", "")
    token = header[7:] if header[:7].lower() == "bearer " else request.cookies.get(COOKIE, "")
    if not token:
        raise Unauthorised("SIGN_IN_NEEDED", "Enrol this terminal and sign in first.")
    return token


def cross_site(request: HTTPConnection) -> None:
    """Refuses a write that a browser makes for another site's page: the terminal's cookie would go along.

    A browser says where it comes from, over plain HTTP by `Origin` alone; what says nothing is no browser.
    """
    site, origin = request.headers.get("sec-fetch-site", "none"), request.headers.get("origin")
    elsewhere = origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
    if site not in ("same-origin", "none") or elsewhere:
        raise Forbidden("CROSS_SITE", "This was sent from another site. Open the screen from the node itself.")
