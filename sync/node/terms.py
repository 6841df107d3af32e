"""What a node and its hub agree on: it begins with a greeting and moves on with each answer."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from sync.clock import HybridClock
from sync.node.cursors import all_cursors, seals_of
from sync.node.outbox import acknowledge, get, last_number
from sync.node.status import care_of
from sync.node.store import Store
from sync.wire import PROTOCOL_MIN, TOLD_CHARS_MAX, BatchLimits, Told


@dataclass
class Terms:
    """`incarnation`: which life of the database this is; `error` and `trouble`: what went wrong last, and what is wrong
    with the disk; `carried`: bytes sent and received since the start."""

    store: Store
    clock: HybridClock
    incarnation: int
    error: Callable[[], str]
    trouble: Callable[[], str | None]
    carried: Callable[[], tuple[int, int]]
    greeted: threading.Event = field(default_factory=threading.Event)
    protocol: int = PROTOCOL_MIN  # until the hub has said which
    scopes: list[str] = field(default_factory=list)
    limits: BatchLimits = field(default_factory=BatchLimits)

    def __post_init__(self) -> None:
        self.acked = int(self.store.read(lambda c: get(c, "acked")) or 0)
        self.last = self.store.read(last_number)
        self.life = self.store.read(lambda c: get(c, "life")) or ""  # the hub's seal of that
        self.visit = int(self.store.read(lambda c: get(c, "visit")) or 0)  # what the last greeting was answered with
        self._is_kept = True  # whether the database knows of `acked`
        self._keeping = threading.Lock()
        self.look()

    @property
    def waiting(self) -> int:
        """How many changes the hub has not acknowledged."""
        return max(0, self.last - self.acked)

    def now(self) -> int:
        """The machine's clock."""
        return self.clock.wall_ms()

    def keep_time(self, sent_ms: int, hub_ms: int) -> None:
        """How far the clocks are apart, by an answer to what was sent then."""
        self.clock.correct(hub_ms - (sent_ms + self.now()) // 2)

    def look(self) -> tuple[dict[str, tuple[int, int]], dict[str, str]]:
        """The cursors with their seals; a push shows what was last seen of them."""
        none = dict.fromkeys(self.scopes, (0, 0))
        self.shown = self.store.read(lambda c: ({**none, **all_cursors(c)}, seals_of(c)))
        return self.shown

    def told(self) -> Told:
        """How this node is, for the hub."""
        care = self.store.read(lambda c: care_of(c, self.acked))
        storage = (self.trouble() or "")[:TOLD_CHARS_MAX]
        oldest = care.oldest_ms if self.waiting else None
        error = self.error()[:TOLD_CHARS_MAX]
        return Told(self.now(), self.waiting, oldest, care.kept, error, storage, *self.carried())

    def acknowledge(self, acked: int) -> None:
        """The hub has everything up to here, which the database knows at once."""
        with self._keeping:
            self._acknowledge(acked)

    def acknowledge_later(self, acked: int) -> None:
        """The same, which the database is to know with the next push; lost with the machine, the next greeting tells it."""
        with self._keeping:
            self.acked, self._is_kept = acked, False

    def keep_acknowledged(self) -> None:
        """What the database was to know. What is taken from the hub may build on it: were it lost after that with the
        machine, and the hub put back, others' edits of what then seems to wait would not be given back."""
        with self._keeping:
            if not self._is_kept:
                self._acknowledge(self.acked)

    def _acknowledge(self, acked: int) -> None:
        self.store.write(lambda c: acknowledge(c, acked, self.clock.high, self.life))
        self.acked, self._is_kept = acked, True
