"""When to try again: full jitter under a doubling bound, so that a thousand nodes that come back don't come at once."""

from collections.abc import Callable
from dataclasses import dataclass

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

    def failed(self, *, at_least_seconds: float = 0.0) -> float:
        """Seconds to wait after one more failure; as long as the hub asked for and some more, since it asks many."""
        bound = min(BOUND_SECONDS, BASE_SECONDS * 2.0 ** min(self.failures, 10))
        self.failures += 1
        return at_least_seconds + bound * self.chance()
