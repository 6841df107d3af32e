"""Bump bars: a row of heavy keys above the pass, which is a keyboard to the machine."""

from devices.heard import Garbled, Heard, Pressed, Well
from devices.input_events import Keyboard
from devices.line import Line

LOST_KEYS = "Keys of the bump bar got lost, or what comes from there is no keyboard: press again, and look at its plug."


class BumpBar:
    """Drives a bump bar, read as Linux input events."""

    def __init__(self) -> None:
        self._keys = Keyboard()
        self._told = False

    def begin(self, line: Line) -> list[Heard]:
        """It says nothing before somebody presses a key."""
        return [Well()]

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """The keys pressed within so many seconds. Raises LineBroken."""
        found: list[Heard] = []
        for key in self._keys.take(line.receive(seconds)):
            if key is not None:
                self._told = False
                found.append(Pressed(key.name))
            elif not self._told:
                self._told = True
                found.append(Garbled(LOST_KEYS))
        return found
