"""How much to ask for at once: about a second's worth of the line, so that a cut costs little and a fast one is full."""

from dataclasses import dataclass

from sync.wire import PAGE_BYTES_MAX

BYTES_MIN = 4_000
BYTES_FIRST = 64_000
SECONDS_AIM = 1.0


@dataclass(slots=True)
class Pace:
    """Grows while full answers come quickly, shrinks when they take long or don't come."""

    bytes: int = BYTES_FIRST
    most: int = PAGE_BYTES_MAX

    def took(self, seconds: float, *, full: bool) -> None:
        """An answer came after so long; one that was not full says nothing of what more would have taken."""
        if full or seconds > SECONDS_AIM:
            self._change(min(2.0, SECONDS_AIM / max(seconds, 0.001)))

    def failed(self) -> None:
        """No answer came."""
        self._change(0.5)

    def _change(self, factor: float) -> None:
        self.bytes = max(BYTES_MIN, min(self.most, int(self.bytes * factor)))


def within(asked: int, most: int) -> int:
    """What the hub asks for, but never nothing and never more than fits into a message."""
    return max(1, min(asked, most))
