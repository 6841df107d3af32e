"""A transmitter that calls guests' pagers and runners, asked by TAP over a serial line or a serial server.

TAP is the Telocator Alphanumeric Protocol, version 1.8 of February 1997 (before that IXO, or PET), in its automatic mode:
`CR` until it says `ID=`, `ESC PG1` for entry, then a block of pager, words and checksum, then `EOT`. What makers call their
"serial" or "TAP" port on paging transmitters for restaurants, hospitals and fire brigades speaks it.
"""

import contextlib
import time

from devices.heard import Done, Garbled, Heard, Page, Well, Wish
from devices.line import Line, LineBroken

CR, STX, ETX, EOT, ACK, NAK, ESC, RS = (bytes((code,)) for code in (0x0D, 0x02, 0x03, 0x04, 0x06, 0x15, 0x1B, 0x1E))
ENTER, READY, GONE = ESC + b"PG1" + CR, ESC + b"[p" + CR, ESC + EOT + CR
ID = b"ID="
ANSWER_SECONDS = 2.0
CALLS_MAX = 3  # of CR, until it says ID=, and of a block that it did not understand
LOOK_SECONDS = 30.0
HEARD_BYTES_MAX = 500
NONSENSE = Garbled("The transmitter answers what TAP does not know: look at its protocol and its line's settings.")


def block(pager: str, words: str) -> bytes:
    """Pager and words as one block with its checksum: the sum of its bytes, as three nibbles above `0`."""
    plain = words.encode("ascii", "replace").decode()
    text = STX + pager.encode("ascii") + CR + "".join(c for c in plain if c.isprintable()).encode() + CR + ETX
    total = sum(text)
    return text + bytes(0x30 + (total >> shift & 0x0F) for shift in (8, 4, 0)) + CR


class _Nonsense(Exception):
    """What came is no answer that was waited for."""


class TapPager:
    """Drives a transmitter: it is there while it says `ID=`, and a page is sent once it says `ACK`."""

    def __init__(self, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._answer_seconds = answer_seconds
        self._look_at = 0.0

    def begin(self, line: Line) -> list[Heard]:
        """It is called at once: a transmitter is there only when it answers."""
        try:
            _Session(line, self._answer_seconds).call()
        except _Nonsense:
            return [NONSENSE]
        self._look_at = time.monotonic() + LOOK_SECONDS
        return [Well()]

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """Waits to be asked, and looks now and then whether it is still there."""
        line.receive(seconds)
        return self.begin(line) if time.monotonic() >= self._look_at else []

    def do(self, line: Line, wish: Wish) -> Done:
        """Pages. Raises LineBroken where it falls silent, also in the middle: then it may have been paged."""
        assert isinstance(wish, Page), "a transmitter pages"
        session = _Session(line, self._answer_seconds)
        try:
            session.log_on()
            taken = session.page(block(wish.pager, wish.words))
        except _Nonsense:
            return NONSENSE
        if taken:
            return Well()
        return Garbled(f"The transmitter does not take a page for pager {wish.pager}: does it know that pager?")


class _Session:
    """From the call to the end; words that a transmitter puts between its answers are for people."""

    def __init__(self, line: Line, answer_seconds: float) -> None:
        self._line, self._answer_seconds = line, answer_seconds
        self._received = b""

    def call(self) -> None:
        """Until it says `ID=`."""
        for left in reversed(range(CALLS_MAX)):
            self._line.forget()
            self._line.send(CR)
            try:
                self._hear(ID)
                return
            except LineBroken as why:
                if why.trouble != "silent" or not left:
                    raise

    def log_on(self) -> None:
        """Until it is ready for a block."""
        self.call()
        self._line.send(ENTER)
        if self._hear(ACK + CR, NAK + CR, GONE) != ACK + CR:
            raise _Nonsense
        self._hear(READY)

    def page(self, sent: bytes) -> bool:
        """Whether it takes the block; ends the session."""
        answer = b""
        for _ in range(CALLS_MAX):
            self._line.send(sent)
            answer = self._hear(ACK + CR, NAK + CR, RS + CR, GONE)
            if answer != NAK + CR:
                break
        if answer != GONE:
            self._line.send(EOT + CR)
            with contextlib.suppress(LineBroken, _Nonsense):  # the page is decided: it may say goodbye or not
                self._hear(GONE)
        return answer == ACK + CR

    def _hear(self, *answers: bytes) -> bytes:
        """The first of these that comes. LineBroken where nothing does in time."""
        until = time.monotonic() + self._answer_seconds
        while True:
            found = [(self._received.find(answer), answer) for answer in answers if answer in self._received]
            if found:
                at, answer = min(found)
                self._received = self._received[at + len(answer) :]
                return answer
            left = until - time.monotonic()
            if len(self._received) > HEARD_BYTES_MAX or (left <= 0 and self._received):
                raise _Nonsense
            if left <= 0:
                raise LineBroken("silent", "the transmitter does not answer")
            self._received += self._line.receive(left)
