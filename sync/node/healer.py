"""When a node compares its rows with the hub's: after one of the two was put back to an older copy, and now and then in
quiet times."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sync.clock import HybridClock
from sync.node.comparing import broken_references, forget_kept
from sync.node.cursors import cursors_of, follow_from
from sync.node.healing import NOTE, AnotherLife, Disturbed, Healing
from sync.node.outbox import get, put
from sync.node.store import Store
from sync.node.transport import Link, LinkDown
from sync.schema import Schema
from sync.wire import HelloAnswer

CHECK_AGAIN_MS = 60_000  # after rows could not be compared, since something moved
REFERENCES_MS = 86_400_000


@dataclass
class Healer:
    """Begins comparisons and takes them on a step at a time. `note` tells the status, `greet` has the hub greeted anew;
    `chance` spreads a group's nodes, so that they don't all ask at once."""

    store: Store
    schema: Schema
    clock: HybridClock
    chance: Callable[[], float]
    changed: Callable[[frozenset[str]], None]
    note: Callable[..., None]
    greet: Callable[[], None]
    check_seconds: float
    stopping: threading.Event
    differed: int = 0
    _healing: Healing | None = field(default=None, init=False)
    _references_at: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._check_at = self.clock.wall_ms() + int(self.check_seconds * (500 + 500 * self.chance()))

    @property
    def is_on(self) -> bool:
        """Whether what waits to be sent is held back meanwhile."""
        return self._healing is not None

    def begin(self, answer: HelloAnswer, incarnation: int, visit: int) -> None:
        """Begins when the greeting says that the hub was put back, or when an earlier start did not end it. The feeds are
        followed from where they end now: all that they said until then is in the rows."""
        cursors = self.store.read(lambda c: cursors_of(c, answer.scopes))
        another = any(cursors[scope][1] not in (0, epoch) for scope, (_, epoch) in answer.places.items())

        def job(connection: Any) -> None:
            put(connection, NOTE, "1")
            follow_from(connection, answer.places, answer.seals)
            forget_kept(connection, self.schema)

        if answer.recovering or another:
            self.store.write(job)
        self._healing = None
        noted = self.store.read(lambda c: get(c, NOTE))
        if noted and answer.places:
            epoch = answer.places[answer.scopes[0]][1]
            self._healing = self._new(incarnation, answer.scopes, epoch, visit)
        self.note(healing=self.is_on)

    def step(self, link: Link) -> None:
        """One question or gift."""
        if self._healing is not None and not self._step(self._healing, link):
            self._healing = None
        self.note(healing=self.is_on, push_error=None, stopped=None)

    def _step(self, healing: Healing, link: Link) -> bool:
        try:
            return healing.step(link)
        except AnotherLife as error:
            self.greet()
            raise LinkDown(str(error)) from None

    def _new(self, incarnation: int, scopes: list[str], epoch: int, visit: int) -> Healing:
        return Healing(self.store, self.schema, self.clock, incarnation, scopes, epoch, visit, self._took)

    def _took(self, tables: frozenset[str]) -> None:
        if tables:
            self.changed(tables)

    # --- in quiet times

    def is_due(self) -> bool:
        """Whether it is time to compare."""
        return bool(self.check_seconds) and self.clock.wall_ms() >= self._check_at

    def check(self, link: Link, incarnation: int, scopes: list[str], visit: int) -> bool:
        """Compares while nothing moves; False when something did, and then it is due again soon."""
        self._check_at = self.clock.wall_ms() + CHECK_AGAIN_MS
        healing = self._new(incarnation, scopes, 0, visit)
        try:
            while self._step(healing, link):
                if self.stopping.is_set():
                    return False
        except Disturbed:
            return False
        now = self.clock.wall_ms()
        self._check_at = now + int(self.check_seconds * (750 + 500 * self.chance()))
        self.differed += healing.differed
        self.note(checked_at=now, differed=self.differed, standing=healing.standing)
        return True

    def check_references(self) -> None:
        """Once a day: whether every row that another leans on is here."""
        now = self.clock.wall_ms()
        if now - self._references_at >= REFERENCES_MS:
            found = [self.store.read(lambda c, t=table: broken_references(c, t)) for table in self.schema.tables]  # type: ignore[misc]
            self._references_at = now
            self.note(broken_references=sum(found))
