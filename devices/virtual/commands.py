"""Reads an ESC/POS byte stream as a printer does: characters and commands, one after the other.

Written from the public command descriptions and not from our encoder. A command cut off by a broken
connection waits for the rest of its bytes, and takes them from whatever comes next, as real printers do.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Name(Enum):
    """What the printer is told to do."""

    CHARACTERS = auto()
    LINE_FEED = auto()
    FEED_LINES = auto()
    FEED_DOTS = auto()
    INITIALISE = auto()
    CODE_PAGE = auto()
    BOLD = auto()
    UNDERLINE = auto()
    INVERSE = auto()
    SIZE = auto()
    MODE = auto()
    ALIGN = auto()
    LINE_SPACING = auto()
    LINE_SPACING_USUAL = auto()
    LEFT_MARGIN = auto()
    AREA_WIDTH = auto()
    PICTURE = auto()
    PINS = auto()
    BARCODE = auto()
    BARCODE_HEIGHT = auto()
    BARCODE_WIDTH = auto()
    RED = auto()
    BUZZ = auto()
    CODE_2D = auto()
    CUT = auto()
    KICK = auto()
    ASK_PAPER = auto()
    ASK_PROCESS = auto()
    NOTHING = auto()
    NONSENSE = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do, with the bytes that belong to it."""

    name: Name
    data: bytes = b""

    @property
    def number(self) -> int:
        """The parameter bytes as one little-endian number."""
        return int.from_bytes(self.data, "little")


PICTURE_BYTES_MAX = 1024 * 1024

# Commands with a fixed number of parameter bytes.
_FIXED: dict[bytes, tuple[Name, int]] = {
    b"\x1b@": (Name.INITIALISE, 0),
    b"\x1b!": (Name.MODE, 1),
    b"\x1b-": (Name.UNDERLINE, 1),
    b"\x1b2": (Name.LINE_SPACING_USUAL, 0),
    b"\x1b3": (Name.LINE_SPACING, 1),
    b"\x1bE": (Name.BOLD, 1),
    b"\x1bG": (Name.BOLD, 1),
    b"\x1bJ": (Name.FEED_DOTS, 1),
    b"\x1bM": (Name.NOTHING, 1),
    b"\x1bR": (Name.NOTHING, 1),
    b"\x1bV": (Name.NOTHING, 1),
    b"\x1ba": (Name.ALIGN, 1),
    b"\x1bd": (Name.FEED_LINES, 1),
    b"\x1bp": (Name.KICK, 3),
    b"\x1bt": (Name.CODE_PAGE, 1),
    b"\x1br": (Name.RED, 1),
    b"\x1b{": (Name.NOTHING, 1),
    b"\x1b=": (Name.NOTHING, 1),
    b"\x1bc": (Name.NOTHING, 2),
    b"\x1bB": (Name.NOTHING, 2),
    b"\x1c.": (Name.NOTHING, 0),
    b"\x1c&": (Name.NOTHING, 0),
    b"\x1d!": (Name.SIZE, 1),
    b"\x1dB": (Name.INVERSE, 1),
    b"\x1dH": (Name.NOTHING, 1),
    b"\x1dh": (Name.BARCODE_HEIGHT, 1),
    b"\x1dw": (Name.BARCODE_WIDTH, 1),
    b"\x1dL": (Name.LEFT_MARGIN, 2),
    b"\x1dW": (Name.AREA_WIDTH, 2),
    b"\x1da": (Name.NOTHING, 1),
    b"\x1db": (Name.NOTHING, 1),
    b"\x1dr": (Name.ASK_PAPER, 1),
    b"\x10\x04": (Name.NOTHING, 1),
    b"\x10\x05": (Name.NOTHING, 1),
}
_ONE_BYTE = {0x0A: Name.LINE_FEED, 0x00: Name.NOTHING, 0x0D: Name.NOTHING, 0x0C: Name.NOTHING}
_LEADS = (0x10, 0x1B, 0x1C, 0x1D)


def take_command(buffer: bytearray) -> Command | None:
    """Remove the first command from the buffer; None when it is not all there yet."""
    if not buffer:
        return None
    if buffer[0] >= 0x20:
        return _take_characters(buffer)
    if buffer[0] not in _LEADS:
        return Command(_ONE_BYTE.get(buffer[0], Name.NONSENSE), _take(buffer, 1))
    if len(buffer) < 2:
        return None
    start = bytes(buffer[:2])
    if start in _FIXED:
        name, length = _FIXED[start]
        return _take_sized(buffer, name, 2, length)
    if start == b"\x1dV":
        return _take_cut(buffer)
    if start == b"\x1dv":
        return _take_picture(buffer)
    if start in (b"\x1d(", b"\x1b("):
        return _take_group(buffer)
    if start == b"\x1b*":
        return _take_pins(buffer)
    if start == b"\x1dk":
        return _take_barcode(buffer)
    return Command(Name.NONSENSE, _take(buffer, 2))


def _take_characters(buffer: bytearray) -> Command:
    end = next((at for at, byte in enumerate(buffer) if byte < 0x20), len(buffer))
    return Command(Name.CHARACTERS, _take(buffer, end))


def _take_cut(buffer: bytearray) -> Command | None:
    """`GS V m`, with one more byte in the forms that feed before they cut."""
    if len(buffer) < 3:
        return None
    return _take_sized(buffer, Name.CUT, 3, 1 if buffer[2] in (65, 66, 97, 98, 103, 104) else 0)


def _take_picture(buffer: bytearray) -> Command | None:
    """`GS v 0 m xL xH yL yH` and the dots; the command's data starts at m."""
    if len(buffer) < 8:
        return None
    row_bytes, rows = buffer[4] | buffer[5] << 8, buffer[6] | buffer[7] << 8
    if row_bytes * rows > PICTURE_BYTES_MAX:
        return Command(Name.NONSENSE, _take(buffer, 8))
    return _take_sized(buffer, Name.PICTURE, 3, 5 + row_bytes * rows)


def _take_pins(buffer: bytearray) -> Command | None:
    """`ESC * m nL nH` and so many columns, of one byte in the 8-dot modes and three in the 24-dot ones."""
    if len(buffer) < 5:
        return None
    columns = buffer[3] | buffer[4] << 8
    return _take_sized(buffer, Name.PINS, 2, 3 + columns * (3 if buffer[2] in (32, 33) else 1))


def _take_barcode(buffer: bytearray) -> Command | None:
    """`GS k m`, then data up to a NUL for the old kinds, or n and so many bytes; the command's data starts at m."""
    if len(buffer) < 4:
        return None
    if buffer[2] >= 65:
        return _take_sized(buffer, Name.BARCODE, 2, 2 + buffer[3])
    end = buffer.find(0, 3)
    return None if end < 0 else _take_sized(buffer, Name.BARCODE, 2, end - 1)


def _take_group(buffer: bytearray) -> Command | None:
    """`GS ( x pL pH` or `ESC ( x pL pH` and so many bytes."""
    if len(buffer) < 5:
        return None
    names = {b"\x1d(k": Name.CODE_2D, b"\x1d(H": Name.ASK_PROCESS, b"\x1b(A": Name.BUZZ}
    name = names.get(bytes(buffer[:3]), Name.NOTHING)
    return _take_sized(buffer, name, 5, buffer[3] | buffer[4] << 8)


def _take_sized(buffer: bytearray, name: Name, head: int, length: int) -> Command | None:
    if len(buffer) < head + length:
        return None
    return Command(name, _take(buffer, head + length)[head:])


def _take(buffer: bytearray, length: int) -> bytes:
    taken = bytes(buffer[:length])
    del buffer[:length]
    return taken
