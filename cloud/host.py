"""Head office's host: verbs run in a PostgreSQL transaction under the caller's tenant."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec
import psycopg
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from cloud.accounts import caller_for
from cloud.chains import Chains
from cloud.database import Connection, Database
from cloud.nodes import note_replaced
from cloud.schema import SCHEMA
from hospitality.ground.clock import Clock
from hospitality.ground.errors import NotFound, Unauthorised, Unavailable
from hospitality.ground.host import Answer, Once
from hospitality.ground.once import run_once
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller, Place, Work
from hospitality.requests.rules import CONFIRM_AFTER
from hospitality.requests.service import make_request
from hospitality.requests.verbs import requestable_of
from sync.hub.api import KnownNode, NewsBoard
from sync.hub.capture import NEWS_CHANNEL
from sync.hub.limits import Gate, Limits
from sync.hub.register import Enrolled
from sync.hub.store import Sender
from sync.schema import Schema

P = ParamSpec("P")
T = TypeVar("T")
COOKIE = "buffr_session"
TRIES = 3
log = structlog.get_logger(__name__)


class CloudHost:
    """Implements `hospitality.ground.host.Host` on PostgreSQL, and what `sync`'s hub needs of its host."""

    def __init__(
        self,
        database: Database,
        *,
        secret: bytes,
        now: Clock,
        confirm_after: timedelta = CONFIRM_AFTER,
        limits: Limits = Limits(),
    ) -> None:
        self.database = database
        self.schema: Schema = SCHEMA
        self.secret = secret
        self.board = NewsBoard()
        self.gate = Gate(limits, time.monotonic)
        self.now = now
        self._chains = Chains(lambda: self.now())
        self._confirm_after = confirm_after

    # --- the routers' host

    async def act(
        self, caller: Caller, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Runs a verb as one transaction."""
        return await run_in_threadpool(self.act_now, caller, lambda work: verb(work, *args, **kwargs))

    async def act_once(
        self,
        caller: Caller,
        once: Once | None,
        verb: Callable[Concatenate[Work, P], Any],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Answer:
        """Runs a verb once for its key, or asks the property to where it alone may and can be asked."""
        asked = requestable_of(verb)

        def whole(work: Work) -> Answer:
            if asked is None:
                return run_once(work, once, lambda w: verb(w, *args, **kwargs))
            arguments, after = asked.written(*args, **kwargs), self._confirm_after
            return run_once(work, once, lambda w: make_request(w, asked, arguments, confirm_after=after), requests=True)

        return await run_in_threadpool(self.act_now, caller, whole)

    async def read(
        self, caller: Caller, question: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Asks a question."""

        def ask() -> T:
            with self.database.transaction(caller.org_id) as connection:
                connection.execute("SET TRANSACTION READ ONLY")
                reading = Reading(connection, "postgresql", org_id=caller.org_id, property_id=caller.property_id)
                return question(reading, *args, **kwargs)

        return await run_in_threadpool(ask)

    async def caller_of(self, request: HTTPConnection, property_id: str | None) -> Caller:
        """Who asks, by bearer token or cookie, on a property of their own group."""
        return await run_in_threadpool(self._caller, token_of(request), property_id)

    def _caller(self, token: str, property_id: str | None) -> Caller:
        caller = caller_for(self.database, token)
        if property_id is None:
            return caller
        with self.database.transaction(caller.org_id) as connection:
            found = connection.execute(
                "SELECT 1 FROM properties WHERE org_id = %s AND id = %s", (caller.org_id, property_id)
            ).fetchone()
        if found is None:
            raise NotFound.of("property", property_id)
        return replace(caller, property_id=property_id)

    # --- acts

    def act_now(self, caller: Caller, verb: Callable[[Work], T]) -> T:
        """Runs a verb in a transaction of its own; tries again when another's write came between."""
        for attempt in range(TRIES):
            try:
                with self.database.transaction(caller.org_id) as connection:
                    return self._run(connection, caller, verb)
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
                if attempt == TRIES - 1:
                    raise
        raise Unavailable("CLOUD_BUSY", "Head office has too much to do. Try again in a moment.")

    def _run(self, connection: Connection, caller: Caller, verb: Callable[[Work], T]) -> T:
        incarnation, head = self._chains.begin(connection, caller.org_id)
        work = Work(
            connection,
            "postgresql",
            caller=caller,
            place=Place("group", 0, "HQ", incarnation),
            now=self.now(),
            head=head,
        )
        result = verb(work)
        work.finish()
        if work.entries:
            self._chains.keep(connection, caller.org_id, incarnation, work.head)
        return result

    # --- the hub's host

    def transaction(self, org_id: str) -> AbstractContextManager[Connection]:
        """A transaction under the tenant."""
        return self.database.transaction(org_id)

    def find_node(self, node_id: str) -> KnownNode | None:
        """Looks a node up across tenants."""
        try:
            found = self.database.before_sign_in("node", node_id)
        except psycopg.DataError:
            return None
        if not found:
            return None
        row = msgspec.json.decode(found[0]["data"])
        sender = Sender(found[0]["org"], node_id, row["number"], row["property_id"])
        return KnownNode(sender, row["public_key"], row["status"] == "active", row["next_key"])

    def find_code(self, code_hash: str) -> str | None:
        """The organisation of a code that is still good."""
        found = self.database.before_sign_in("code", code_hash)
        return found[0]["org"] if found else None

    def replaced(self, connection: Connection, enrolled: Enrolled) -> None:
        """Notes in the journal which node's place another took."""
        lost, by = str(enrolled.replaced), enrolled.code
        caller = Caller(enrolled.org_id, name="enrolment")
        self._run(connection, caller, lambda work: note_replaced(work, lost, by=by))


def token_of(request: HTTPConnection) -> str:
    """The bearer token or the session's cookie; raises Unauthorised without either."""
    header = request.headers.get("authorization", "")
    token = header[7:] if header[:7].lower() == "bearer " else request.cookies.get(COOKIE, "")
    if not token:
        raise Unauthorised("SIGN_IN_NEEDED", "Sign in first.")
    return token


class NewsListener:
    """Hears PostgreSQL's notifications in a thread and tells the board on the event loop; reconnects by itself.

    `tell` is called for each; with no scope whenever listening begins, since what was written until then is not heard.
    """

    def __init__(self, database: Database, tell: Callable[[str | None, int], None]) -> None:
        self._database = database
        self._tell = tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="news", daemon=True)

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._database.listen() as connection:
                    connection.execute(f"LISTEN {NEWS_CHANNEL}")
                    self._tell(None, 0)
                    self._hear(connection)
            except psycopg.Error as error:
                log.warning("news_lost", error=str(error))
                self._stop.wait(1)

    def _hear(self, connection: Connection) -> None:
        while not self._stop.is_set():
            for notice in connection.notifies(timeout=0.5):
                scope, _, author = notice.payload.partition(" ")
                self._tell(scope, int(author or 0))
