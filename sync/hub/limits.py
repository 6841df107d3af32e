"""How much a node, and all nodes of a group together, may ask of one hub process, so that none starves the others.

A bucket fills by the second up to what may come at once, and each request takes of it; whoever finds it empty is told when
to come again. What is taken is counted only for requests that the node signed, so nobody can spend another's share.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import ceil

from sync.wire import BATCH_BYTES_MAX, CHANGES_MAX

AT_ONCE_SECONDS = 10.0  # so many seconds' share may come at once: a backlog, or a whole group after an outage
BUCKETS_MAX = 20_000
WAITING_MAX = 3  # pushes of one node that wait for one under way; their bodies lie in memory


class TooFast(Exception):
    """More was asked than the limits let; nothing was done. `retry_after` is in whole seconds."""

    def __init__(self, who: str, retry_after: float) -> None:
        self.retry_after = max(1, ceil(retry_after))
        super().__init__(f"This {who} asks for more than its share. It is heard again in {self.retry_after} s.")


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests and bytes by the second for a node and for a group, and how much one push may carry."""

    node_requests: float = 50
    node_bytes: float = 4_000_000
    group_requests: float = 1_000
    group_bytes: float = 50_000_000
    batch_changes: int = CHANGES_MAX
    batch_bytes: int = BATCH_BYTES_MAX


@dataclass(slots=True)
class Bucket:
    """A share that fills by itself. It may be overdrawn once, so that what is larger than all of it passes too."""

    per_second: float
    level: float
    at: float

    def seconds_short(self, now: float) -> float:
        """How long until anything may be taken; 0 when it may be now."""
        self.level = min(self.per_second * AT_ONCE_SECONDS, self.level + (now - self.at) * self.per_second)
        self.at = now
        return max(0.0, (1 - self.level) / self.per_second)

    @property
    def is_full(self) -> bool:
        """Whether it says no more than a new one would."""
        return self.level >= self.per_second * AT_ONCE_SECONDS


@dataclass
class Gate:
    """Admits requests; one a process. `clock` is in seconds and never goes back."""

    limits: Limits
    clock: Callable[[], float]
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def check(self, who: str, id: str) -> None:
        """Raises TooFast while a node's or a group's share is spent; costs next to nothing."""
        for what in ("requests", "bytes"):
            bucket = self._buckets.get((id, what))
            if bucket is not None and (short := bucket.seconds_short(self.clock())) > 0:
                raise TooFast(who, short)

    def take(self, org_id: str, node_id: str, size: int) -> None:
        """Counts one signed request of so many bytes for its node and its group; raises TooFast and counts nothing."""
        self.check("node", node_id)
        self.check("group", org_id)
        limits = self.limits
        for id, requests, size_share in (
            (node_id, limits.node_requests, limits.node_bytes),
            (org_id, limits.group_requests, limits.group_bytes),
        ):
            self._spend(id, "requests", requests, 1)
            self._spend(id, "bytes", size_share, size)

    def _spend(self, id: str, what: str, per_second: float, amount: float) -> None:
        bucket = self._buckets.get((id, what))
        if bucket is None:
            self._forget_full()
            bucket = Bucket(per_second, per_second * AT_ONCE_SECONDS, self.clock())
            self._buckets[id, what] = bucket
        bucket.level -= amount

    def _forget_full(self) -> None:
        if len(self._buckets) >= BUCKETS_MAX:
            now = self.clock()
            for key, bucket in list(self._buckets.items()):
                bucket.seconds_short(now)
                if bucket.is_full:
                    del self._buckets[key]


class Turns:
    """One push of a node at a time; a few wait, the next is turned away. Waiting takes no thread and no connection."""

    def __init__(self) -> None:
        self._nodes: dict[str, tuple[asyncio.Lock, list[None]]] = {}

    @asynccontextmanager
    async def turn(self, node_id: str) -> AsyncIterator[None]:
        """Waits for the node's turn; raises TooFast when enough of it wait."""
        lock, present = self._nodes.setdefault(node_id, (asyncio.Lock(), []))
        if len(present) > WAITING_MAX:
            raise TooFast("node", 1)
        present.append(None)
        try:
            async with lock:
                yield
        finally:
            present.pop()
            if not present:
                self._nodes.pop(node_id, None)
