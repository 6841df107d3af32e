"""What a host offers the routers: one door to writing (`act`) and one to reading (`read`).

The edge hands a verb to its writer thread, which commits those that wait together in one fsync; head office runs it in
a PostgreSQL transaction under the caller's tenant. Either answers only after the commit is durable.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from starlette.requests import Request

from hospitality.ground.clock import Clock
from hospitality.ground.statements import Reading
from hospitality.ground.tables import COUNT, INSTANT, WORDS, Row, column, described
from hospitality.ground.work import Caller, Work

P = ParamSpec("P")
T = TypeVar("T")
KEY_LENGTH_MAX = 200
KEPT_HOURS = 24


@dataclass(frozen=True)
class Once:
    """An `Idempotency-Key` with what it was used for: the caller's scope, the route and the body's hash."""

    key: str
    scope: str
    body_hash: str

    @cached_property
    def id(self) -> str:
        """The row's id: the key within its scope."""
        digest = sha256(f"{self.scope}\n{self.key}".encode()).hexdigest()
        return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A verb's answer as it goes out: JSON bytes; `replayed` when an earlier call with the same key made it.

    `requested` when this host may not do it and asked the property to: the body says where to follow that.
    """

    body: bytes
    replayed: bool = False
    requested: bool = False


class KeptAnswer(Row, table=True):
    """The first answer to an idempotency key, kept in the act's own transaction for 24 hours."""

    __tablename__ = "kept_answers"
    __table_args__ = described("local", indexes=[["at"]])

    at: str = column(INSTANT)
    body_hash: str = column(WORDS)
    status: int = column(COUNT)
    body: str = column(WORDS, pii="indirect")


class Host(Protocol):
    """Who serves the routers; `now` is the clock that it runs acts by, for questions whose answer depends on the hour."""

    @property
    def now(self) -> Clock:
        """The host's clock."""
        ...

    async def act(
        self, caller: Caller, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Runs the verb whole inside one unit of work and answers after the commit is durable."""
        ...

    async def act_once(
        self,
        caller: Caller,
        once: Once | None,
        verb: Callable[Concatenate[Work, P], Any],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Answer:
        """As `act`, answering JSON; with a key, a repetition gets the first answer and runs nothing."""
        ...

    async def read(
        self,
        caller: Caller,
        question: Callable[Concatenate[Reading, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Runs a question on one consistent look at the rows."""
        ...

    async def caller_of(self, request: Request, property_id: str | None) -> Caller:
        """Who asks, by token or cookie; raises Unauthorised or Forbidden (wrong property)."""
        ...
