"""Cash drawers that hang on a receipt printer: kicked between two slips, at most once; the printer says whether they are open.

The printer's line is not held: slips go over it. It is taken for each kick and each look, as a slip takes it.
"""

from collections.abc import Callable

from devices.cash_drawer import LEFT_OPEN_SECONDS, Contact
from devices.conversation import Interrupted
from devices.heard import Done, Garbled, Heard, OpenDrawer, Well, Wish
from devices.line import Line, LineBroken, QuietLine
from devices.printer import Outcome, Verdict
from devices.receipt_printer import ReceiptPrinter

WELL: Heard = Well()
TOLD_BY = ("status", "nothing")
SOCKETS = (1, 2)
# An open drawer is looked at more often: somebody waits for its being pushed in. Each look is a slip's wait.
OPEN_SECONDS, CLOSED_SECONDS = 1.0, 4.0
WORDS = {
    Verdict.FAILED: "The drawer was not opened.",
    Verdict.UNKNOWN: "Nobody knows whether the drawer opened, and it is not tried again.",
}


class DrawerLine(QuietLine):
    """The line to what hangs on a printer. `printer`: its driver as it is now, None where there is no such printer."""

    def __init__(self, printer: Callable[[], ReceiptPrinter | None]) -> None:
        self._printer = printer
        super().__init__()

    def kick(self, socket: int) -> Outcome:
        """Once. Raises LineBroken where there is no such printer."""
        return self._there().kick(socket, job="drawer")

    def contact(self) -> bool | None:
        """Whether it stands high; None while a slip is printed. Raises LineBroken."""
        try:
            return self._there().drawer_contact()
        except Interrupted as why:
            raise LineBroken(why.trouble, str(why)) from why

    def _there(self) -> ReceiptPrinter:
        printer = self._printer()
        if printer is None:
            raise LineBroken("unreachable", "the printer that it hangs on is not set up")
        return printer


class KickedDrawer:
    """Has the printer open it by the pulse of its first or second socket.

    told_by: whether the printer can tell that it is open, by `DLE EOT 1` (`status`). A kick that went wrong is told until
    the drawer opens.
    """

    def __init__(
        self,
        told_by: str = "status",
        open_is: str = "high",
        socket: int = 1,
        left_open_seconds: int = LEFT_OPEN_SECONDS,
    ) -> None:
        self._told, self._contact, self._socket = told_by == "status", Contact(open_is, left_open_seconds), socket
        self._wrong: Garbled | None = None

    def begin(self, line: Line) -> list[Heard]:
        """Looks whether it is open."""
        return self._look(line)

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """Looks now and then, at once after a kick."""
        line.receive(min(seconds, OPEN_SECONDS if self._contact.is_open else CLOSED_SECONDS))
        return self._look(line)

    def do(self, line: Line, wish: Wish) -> Done:
        """Opens it. Raises LineBroken where there is no such printer."""
        assert isinstance(wish, OpenDrawer), "a drawer opens"
        outcome = _drawer_line(line).kick(self._socket)
        words = WORDS.get(outcome.verdict)
        self._wrong = None if words is None else Garbled(f"{words} {outcome.detail}")
        line.wake()
        return self._wrong or Well()

    def _look(self, line: Line) -> list[Heard]:
        level = _drawer_line(line).contact()
        if level is None:
            return []
        said = self._contact.told(level) if self._told else [WELL]
        if self._told and self._contact.is_open:
            self._wrong = None
        return said if self._wrong is None else [*(one for one in said if one != WELL), self._wrong]


def _drawer_line(line: Line) -> DrawerLine:
    assert isinstance(line, DrawerLine), "it hangs on a printer"
    return line
