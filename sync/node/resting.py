"""Where a node's loops wait after failures, each in its own thread, until `retry` has them try again."""

import time
from collections.abc import Callable
from threading import Condition

from sync.node.retry import Rests


class Resting:
    """The waits of all loops. `now` and `wait` are the machine's own; tests hand in a time that passes at once."""

    def __init__(
        self,
        chance: Callable[[], float],
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._rests, self._now, self._changed = Rests(chance), now, Condition()
        self._wait = wait or self._changed.wait
        self._is_over = False

    def stop(self) -> None:
        """Nobody rests any more."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def begins(self, name: str) -> None:
        """See Rests."""
        with self._changed:
            self._rests.begins(name)

    def worked(self, name: str) -> None:
        """See Rests; whom it calls wakes."""
        with self._changed:
            self._rests.worked(name, self._now())
            self._changed.notify_all()

    def failed(self, name: str, asked_seconds: float = 0.0) -> None:
        """See Rests; then rests."""
        with self._changed:
            self._rests.failed(name, self._now(), asked_seconds)
            self._rest(name)

    def refused(self, name: str, seconds: float) -> None:
        """See Rests; then rests."""
        with self._changed:
            self._rests.refused(name, self._now(), seconds)
            self._rest(name)

    def is_failing(self, name: str) -> bool:
        """See Rests."""
        with self._changed:
            return self._rests.is_failing(name)

    def _rest(self, name: str) -> None:
        while not self._is_over and (left := self._rests.left(name, self._now())) > 0:
            self._wait(left)
