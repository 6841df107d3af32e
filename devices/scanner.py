"""Barcode scanners: on a serial line, or as a keyboard that types what it read.

A code counts only with its end (carriage return, line feed or tab; a keyboard's Enter or Tab), as scanners are delivered:
half of one would be another item. What comes without an end is told once, and passed over up to the next.
"""

from devices.heard import Garbled, Heard, Scanned, Well
from devices.input_events import Keyboard
from devices.line import Line

CODE_LENGTH_MAX = 1_000
# A code comes in one go; what follows after so long is another one.
PIECES_SECONDS = 1.0
ENDLESS = (
    f"The scanner sends more than {CODE_LENGTH_MAX:,} characters without an end: have it send Enter after each code."
)
LOST_KEYS = "Keys of the scanner got lost, or what comes from there is no keyboard: scan again, and look at its plug."
_ENDS = frozenset("\r\n\t")
_GROUP_SEPARATOR = "\x1d"  # stands between the fields of a GS1 code


class Codes:
    """Makes characters into codes, with bounded memory whatever comes."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._skipping = False
        self._told = False

    @property
    def half(self) -> bool:
        """Whether a code has begun and not ended."""
        return bool(self._text) or self._skipping

    def take(self, text: str) -> list[Heard]:
        """The codes that end in this text."""
        found: list[Heard] = []
        for character in text:
            if character in _ENDS:
                found += self._end()
            elif self._skipping:
                continue
            elif not (character.isprintable() or character == _GROUP_SEPARATOR):
                found += self.drop("The scanner sends what is no text: look at its baud rate and its interface.")
            elif len(self._text) >= CODE_LENGTH_MAX:
                found += self.drop(ENDLESS)
            else:
                self._text.append(character)
        return found

    def drop(self, why: str) -> list[Heard]:
        """Passes over everything up to the next end; says why once until a code is read again."""
        self._text.clear()
        self._skipping = True
        told, self._told = self._told, True
        return [] if told else [Garbled(why)]

    def quiet(self) -> list[Heard]:
        """Nothing followed for PIECES_SECONDS: what stands there has lost its end."""
        if not self.half:
            return []
        said = [] if self._skipping else self.drop("A code came without an end: have the scanner send Enter after it.")
        self._skipping = False
        return said

    def _end(self) -> list[Heard]:
        text, skipped = "".join(self._text), self._skipping
        self._text.clear()
        self._skipping = False
        if skipped or not text:
            return []
        self._told = False
        return [Scanned(text)]


class SerialScanner:
    """Drives a scanner on a serial line or behind a serial server."""

    def __init__(self) -> None:
        self._codes = Codes()

    def begin(self, line: Line) -> list[Heard]:
        """A scanner says nothing before it reads a code: it is well while its line is open."""
        return [Well()]

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """What it read within so many seconds. Raises LineBroken."""
        data = line.receive(min(seconds, PIECES_SECONDS) if self._codes.half else seconds)
        if not data:
            return self._codes.quiet()
        try:
            text = data.decode("ascii") if data.isascii() else data.decode()
        except UnicodeDecodeError:
            text = data.decode("latin-1")  # a piece of a letter, or another table: no code that we know has either
        return self._codes.take(text)


class KeyboardScanner:
    """Drives a scanner that types, read as Linux input events."""

    def __init__(self) -> None:
        self._keys, self._codes = Keyboard(), Codes()

    def begin(self, line: Line) -> list[Heard]:
        """As with a serial one."""
        return [Well()]

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """What it read within so many seconds. Raises LineBroken."""
        data = line.receive(min(seconds, PIECES_SECONDS) if self._codes.half else seconds)
        if not data:
            return self._codes.quiet()
        found: list[Heard] = []
        for key in self._keys.take(data):
            if key is None:
                found += self._codes.drop(LOST_KEYS)
            else:
                found += self._codes.take("\n" if key.name in ("Enter", "Tab") else key.text)
        return found
