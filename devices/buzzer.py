"""A buzzer at a pass: a printer's or a kitchen bell's, sounded by ESC/POS over a serial line or the network.

`ESC ( A` with function 97 is what Epson publishes for printers with a buzzer of their own; a length stands in it, so that what
has none passes over it. It is there while it answers `DLE EOT 1`.
"""

import time

from devices.asking import ask_printer_status
from devices.heard import Buzz, Done, Garbled, Heard, Well, Wish
from devices.line import Line

LOOK_SECONDS = 10.0
TIMES_MAX = 9
NONSENSE = Garbled("The buzzer answers what no buzzer would say: look at its line's settings.")


class EscposBuzzer:
    """Drives a buzzer; what it tells is that it is there."""

    def __init__(self) -> None:
        self._look_at = 0.0

    def begin(self, line: Line) -> list[Heard]:
        """Looks whether it is there."""
        self._look_at = time.monotonic() + LOOK_SECONDS
        is_one = ask_printer_status(line, silent="the buzzer does not answer") is not None
        return [Well() if is_one else NONSENSE]

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """Waits to be asked, and looks now and then whether it is still there."""
        line.receive(seconds)
        return self.begin(line) if time.monotonic() >= self._look_at else []

    def do(self, line: Line, wish: Wish) -> Done:
        """Sounds. Raises LineBroken."""
        assert isinstance(wish, Buzz), "a buzzer sounds"
        line.send(b"\x1b(A\x05\x00\x61\x64" + bytes((min(wish.times, TIMES_MAX), 1, 1)))
        return Well()
