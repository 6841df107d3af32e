"""The hybrid logical clock: wall milliseconds with a counter in one 64-bit integer, never going backwards.

48 bits of Unix milliseconds, 16 bits of counter. Stamps of different nodes are ordered by (stamp, node number); the
counter carries into the milliseconds when it overflows or the wall clock stands still.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

COUNTER_BITS = 16
DRIFT_MS_MAX = 60_000  # a stamp further ahead than this can't win: the hub clamps it (S13)

Stamp = tuple[int, int]
"""(hlc, node): what orders two versions of a field."""


def at_ms(ms: int) -> int:
    """The first stamp of a millisecond."""
    return ms << COUNTER_BITS


def ms_of(hlc: int) -> int:
    """The wall milliseconds that a stamp carries."""
    return hlc >> COUNTER_BITS


@dataclass(slots=True)
class HybridClock:
    """Gives strictly growing stamps. `high` survives restarts, since every stamp is stored with what it stamped.

    `offset_ms` corrects a wrong wall clock by what the hub said (hub minus node), once known. Threads may share it: the
    writer stamps while the loops observe, and a stamp given twice would make two transactions look like one.
    """

    wall_ms: Callable[[], int]
    high: int = 0
    offset_ms: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def stamp(self) -> int:
        """A stamp later than every one given or observed before."""
        now = at_ms(self.wall_ms() + self.offset_ms)
        with self._lock:
            self.high = max(now, self.high + 1)
            return self.high

    def observe(self, hlc: int) -> None:
        """Takes note of another's stamp, so that what is written after seeing it is later. Ignores the far future."""
        if ms_of(hlc) <= self.wall_ms() + self.offset_ms + DRIFT_MS_MAX:
            self.resume(hlc)

    def resume(self, hlc: int) -> None:
        """Goes on after a stamp of our own that was read back from where it was stored."""
        with self._lock:
            self.high = max(self.high, hlc)

    def lower(self, hlc: int) -> None:
        """Takes the hub's word that our stamps ran ahead: go on from what it handed back."""
        with self._lock:
            self.high = min(self.high, hlc)
