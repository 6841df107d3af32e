"""Which kinds of devices there are, and how each is spoken to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from devices.bump_bar import BumpBar
from devices.heard import Heard
from devices.line import Line, SerialSettings
from devices.scanner import KeyboardScanner, SerialScanner


class Driver(Protocol):
    """One conversation over one open line; made anew for each. Both calls raise LineBroken."""

    def begin(self, line: Line) -> list[Heard]:
        """What is known once the line is open."""

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """What the device says within so many seconds."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to speak to devices of one kind: over which lines, set how unless its record says otherwise."""

    make: Callable[[Mapping[str, Any]], Driver]
    ways: frozenset[str]
    serial: SerialSettings = field(default_factory=SerialSettings)
    needs_terminal: bool = False


WIRED = frozenset({"serial", "tcp"})
TYPED = frozenset({"input"})
# by kind and driver; the first of a kind is meant when none is named
KINDS: dict[str, dict[str, Kind]] = {
    "scanner": {
        "serial": Kind(lambda _: SerialScanner(), WIRED, needs_terminal=True),
        "keyboard": Kind(lambda _: KeyboardScanner(), TYPED, needs_terminal=True),
    },
    "bump_bar": {"keyboard": Kind(lambda _: BumpBar(), TYPED, needs_terminal=True)},
}
