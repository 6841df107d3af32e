"""When to try again: full jitter under a doubling bound, so that a thousand nodes that come back don't come at once; and
at once when another loop of the same node has got through after failures."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

BASE_SECONDS = 0.25
BOUND_SECONDS = 15.0


@dataclass(slots=True)
class Backoff:
    """Delays after failures in a row. `chance` gives a number in [0, 1)."""

    chance: Callable[[], float]
    failures: int = 0

    def succeeded(self) -> None:
        """The next failure starts from the smallest bound again."""
        self.failures = 0

    def failed(self) -> float:
        """Seconds to wait after one more failure."""
        bound = min(BOUND_SECONDS, BASE_SECONDS * 2.0 ** min(self.failures, 10))
        self.failures += 1
        return bound * self.chance()


@dataclass(slots=True)
class Rest:
    """One loop's wait: until when, and until when in any case. is_called: another got through since it last tried."""

    backoff: Backoff
    until: float = 0.0
    in_any_case: float = 0.0
    is_called: bool = False


@dataclass
class Rests:
    """The waits of a node's loops, by name, in seconds of a clock that only goes on.

    Who gets through after failures has the others try at once: the hub is there again. Who works all the while calls
    nobody, so one loop that fails beside it doesn't try without end. What the hub asked for is waited out, and some more by
    who isn't called, since it asks many."""

    chance: Callable[[], float]
    _rests: dict[str, Rest] = field(init=False)

    def __post_init__(self) -> None:
        self._rests = defaultdict(lambda: Rest(Backoff(self.chance)))

    def begins(self, name: str) -> None:
        """A loop tries."""
        self._rests[name].is_called = False

    def worked(self, name: str, now: float) -> None:
        """It got through."""
        if self.is_failing(name):
            self._rests[name].backoff.succeeded()
            for rest in (rest for other, rest in self._rests.items() if other != name):
                rest.is_called = True
                rest.until = min(rest.until, max(now, rest.in_any_case))

    def failed(self, name: str, now: float, asked_seconds: float = 0.0) -> None:
        """It did not, and the hub asked to be left alone so long."""
        rest = self._rests[name]
        rest.in_any_case = now + asked_seconds
        jitter = rest.backoff.failed()
        rest.until = rest.in_any_case + (0.0 if rest.is_called else jitter)

    def refused(self, name: str, now: float, seconds: float) -> None:
        """The hub refuses the node: that another loop gets through says nothing about it."""
        self._rests[name].until = self._rests[name].in_any_case = now + seconds

    def is_failing(self, name: str) -> bool:
        """Whether its last try failed."""
        return self._rests[name].backoff.failures > 0

    def left(self, name: str, now: float) -> float:
        """Seconds until it tries again."""
        return max(0.0, self._rests[name].until - now)
