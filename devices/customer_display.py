"""Customer displays of two lines on a serial line: CD5220, and those that take ESC/POS. They answer nothing."""

import unicodedata
from abc import ABC, abstractmethod

from devices.heard import Done, Heard, Show, Well, Wish
from devices.line import Line

COLUMNS = 20
CODE_PAGES = {437: (0, "cp437"), 858: (19, "cp858")}


def fitted(text: str, columns: int, codec: str) -> bytes:
    """A line as wide as the display, in letters that it has: an accent that it lacks is left out, a letter is a dot."""
    letters = []
    for letter in text:
        plain = unicodedata.normalize("NFKD", letter)
        fit = next(
            (one for one in (letter, plain, plain[:1]) if _has(one, codec)), "." if letter.isprintable() else " "
        )
        letters.append(fit)
    return "".join(letters)[:columns].ljust(columns).encode(codec)


def _has(text: str, codec: str) -> bool:
    if not text.isprintable():
        return False
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


class CustomerDisplay(ABC):
    """What both have in common: it is well while its line takes what it is told."""

    def __init__(self, columns: int = COLUMNS, code_page: int = 437) -> None:
        self._columns = columns
        self._page, self._codec = CODE_PAGES[code_page]

    def begin(self, line: Line) -> list[Heard]:
        """Empties it."""
        line.send(b"\x1b@\x0c" + bytes((0x1B, ord("t"), self._page)))
        return [Well()]

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """Nothing comes from it; what does is passed over."""
        line.receive(seconds)
        return []

    def do(self, line: Line, wish: Wish) -> Done:
        """Shows two lines. Raises LineBroken."""
        assert isinstance(wish, Show), "a display shows"
        top, bottom = (fitted(text, self._columns, self._codec) for text in (wish.top, wish.bottom))
        line.send(self._bytes(top, bottom))
        return Well()

    @abstractmethod
    def _bytes(self, top: bytes, bottom: bytes) -> bytes: ...


class Cd5220Display(CustomerDisplay):
    """Takes `ESC Q A` and `ESC Q B`, a line each."""

    def _bytes(self, top: bytes, bottom: bytes) -> bytes:
        return b"\x1bQA" + top + b"\r\x1bQB" + bottom + b"\r"


class EscposDisplay(CustomerDisplay):
    """Takes `US $ column row` and the letters from there on, once it was chosen with `ESC = 2`."""

    def begin(self, line: Line) -> list[Heard]:
        """Chooses the display, behind which a printer may hang, and empties it."""
        line.send(b"\x1b=\x02")
        return super().begin(line)

    def _bytes(self, top: bytes, bottom: bytes) -> bytes:
        return b"\x1b=\x02\x1f$\x01\x01" + top + b"\x1f$\x01\x02" + bottom
