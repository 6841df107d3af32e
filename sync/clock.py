"""The hybrid logical clock: wall milliseconds with a counter in one 64-bit integer, never going backwards.

48 bits of Unix milliseconds, 16 bits of counter. Stamps of different nodes are ordered by (stamp, node number); the
counter carries into the milliseconds when it overflows or the wall clock stands still.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

COUNTER_BITS = 16
SKEW_MS = 2_000  # a wall clock within this is left alone
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

    `offset_ms` corrects a wrong wall clock by what the hub said (hub minus node), once known. `steady_ms` runs on
    whatever is done to the wall clock: what that is set by afterwards is taken back, until the hub says more. Threads may
    share it: the writer stamps while the loops observe, and a stamp given twice would make two transactions look like one.
    """

    wall_ms: Callable[[], int]
    high: int = 0
    offset_ms: int = 0
    steady_ms: Callable[[], int] | None = None
    _apart_ms: int | None = None
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def now_ms(self) -> int:
        """The time, as far as this node knows it."""
        return self.wall_ms() + self.correction_ms()

    def correction_ms(self) -> int:
        """What is to be added to the wall clock as it is now."""
        if self.steady_ms is None:
            return self.offset_ms
        with self._lock:
            apart = self.wall_ms() - self.steady_ms()
            if self._apart_ms is not None and abs(apart - self._apart_ms) > SKEW_MS:
                self.offset_ms -= apart - self._apart_ms
                self._apart_ms = apart
            return self.offset_ms

    def correct(self, offset_ms: int) -> None:
        """Takes the hub's word on how far the wall clock is off."""
        with self._lock:
            self.offset_ms = offset_ms if abs(offset_ms) > SKEW_MS else 0
            self._apart_ms = None if self.steady_ms is None else self.wall_ms() - self.steady_ms()

    def stamp(self) -> int:
        """A stamp later than every one given or observed before."""
        now = at_ms(self.now_ms())
        with self._lock:
            self.high = max(now, self.high + 1)
            return self.high

    def observe(self, hlc: int) -> None:
        """Takes note of another's stamp, so that what is written after seeing it is later. Ignores the far future."""
        if ms_of(hlc) <= self.now_ms() + DRIFT_MS_MAX:
            self.resume(hlc)

    def resume(self, hlc: int) -> None:
        """Goes on after a stamp of our own that was read back from where it was stored."""
        with self._lock:
            self.high = max(self.high, hlc)

    def lower(self, hlc: int) -> None:
        """Takes the hub's word that our stamps ran ahead: go on from what it handed back."""
        with self._lock:
            self.high = min(self.high, hlc)
