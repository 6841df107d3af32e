"""Cash drawers on a serial line or behind a printer's port: opened by a pulse, whether they stand open, and for too long."""

import time
from collections.abc import Callable

from devices.answers import drawer_is_high
from devices.asking import ask_printer_status
from devices.heard import Done, DrawerMoved, Garbled, Heard, LeftOpen, OpenDrawer, Well, Wish
from devices.line import Line, LineBroken

PULSE = b"\x1bp\x00\x19\xfa"
LOOK_SECONDS = 1.0
TOLD_BY = ("status", "cts", "dsr", "nothing")
OPEN_IS = ("high", "low")
LEFT_OPEN_SECONDS = 60
NONSENSE = Garbled("The drawer answers what no drawer would say: look at its line's settings.")


class Contact:
    """What a drawer's contact said last; `open_is`: at which level of it the drawer stands open.

    left_open_seconds: for how long it may stand open; 0 is for ever.
    """

    def __init__(self, open_is: str, left_open_seconds: int, now: Callable[[], float] = time.monotonic) -> None:
        self._open_at, self._open_seconds, self._now = open_is == "high", left_open_seconds, now
        self._moved_at = now()
        self.is_open: bool | None = None

    def told(self, level: bool) -> list[Heard]:
        """What its level says: where it moved that, and else whether all is well."""
        was, self.is_open = self.is_open, level is self._open_at
        if self.is_open is not was:
            self._moved_at = self._now()
            return [DrawerMoved(self.is_open)]
        if self.is_open and 0 < self._open_seconds <= self._now() - self._moved_at:
            return [LeftOpen(f"The drawer has stood open for more than {self._open_seconds} seconds: push it in.")]
        return [Well()]


class SerialDrawer:
    """Drives a drawer with ESC/POS's pulse.

    told_by: how it says whether it is open: by `DLE EOT 1` as printers do (`status`), by a control line (`cts`, `dsr`), or
    not at all. open_is, left_open_seconds: as `Contact` has them.
    """

    def __init__(
        self, told_by: str = "status", open_is: str = "high", left_open_seconds: int = LEFT_OPEN_SECONDS
    ) -> None:
        self._told_by = told_by
        self._contact = Contact(open_is, left_open_seconds)

    def begin(self, line: Line) -> list[Heard]:
        """Looks whether it is open."""
        return self._look(line)

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """Looks now and then."""
        if self._told_by == "nothing":
            line.receive(seconds)
            return []
        line.receive(min(seconds, LOOK_SECONDS))
        return self._look(line)

    def do(self, line: Line, wish: Wish) -> Done:
        """Opens it. Raises LineBroken."""
        assert isinstance(wish, OpenDrawer), "a drawer opens"
        line.send(PULSE)
        return Well()

    def _look(self, line: Line) -> list[Heard]:
        level = self._level(line)
        if level is None:
            return [Well()] if self._told_by == "nothing" else [NONSENSE]
        return self._contact.told(level)

    def _level(self, line: Line) -> bool | None:
        if self._told_by == "nothing":
            return None
        if self._told_by != "status":
            if line.modem is None:
                raise LineBroken("unreachable", f"a drawer that tells by {self._told_by} must hang on a serial port")
            try:
                return bool(getattr(line.modem, self._told_by))
            except OSError as error:
                raise LineBroken("lost", f"the line broke ({error.strerror})") from error
        status = ask_printer_status(line, silent="the drawer does not say whether it is open: look at its plug")
        return None if status is None else drawer_is_high(status)
