"""Turns a document into ESC/POS bytes with python-escpos's collecting printer.

We choose the code page ourselves, one for each line: python-escpos's automatic choice switches pages in the middle of a
word and prints a question mark when it finds none. A line that no page of the printer shows is sent as a picture
instead.
"""

import hashlib
from enum import StrEnum

import segno
from escpos.printer import Dummy
from PIL import Image

from devices.bars import QR_QUIET_MODULES, bars_drawn, centred, module_dots, qr_drawn
from devices.documents import QR, Barcode, Buzz, Cut, Document, Kick, Picture, Symbology
from devices.glyphs import line_picture
from devices.layout import Line, lay_out
from devices.pictures import dots_of
from devices.profiles import THERMAL_80, Profile

# A picture is sent in bands this small, so that a job cut off inside one leaves the printer waiting for few
# bytes: RESYNC (blanks that a printer ignores between commands) is longer than any command of ours.
BAND_BYTES_MAX = 2_048
RESYNC = bytes(BAND_BYTES_MAX + 256)

QR_LEVEL_M = 1
TEAR_LINES = 5
# A ribbon printer's dots are not square: 160 to the inch across and 72 down, where a thermal head has 203.
_PINS = 8
_THERMAL_INCH, _PINS_INCH = 203, (160, 72)
_PIN_MODULE = (4, 2)

_ASIAN_MODE_OFF = b"\x1c."
_ASCII_NOT_NATIONAL = b"\x1bR\x00"
_NO_UNASKED_STATUS = b"\x1da\x00"
_PROCESS_ID_LETTERS = bytes(range(0x21, 0x7F))


class EndMarker(StrEnum):
    """What stands behind a job so that the printer tells us that it has come to it.

    PAPER_STATUS (`GS r 1`) is answered in order by every ESC/POS printer that we know of. PROCESS_ID (`GS (
    H`) sends a name that the printer gives back, so an answer can't belong to another job; Epson printers
    since about 2010 have it, and some others print it as text: choose it per printer.
    """

    PAPER_STATUS = "paper_status"
    PROCESS_ID = "process_id"


def encode(document: Document, profile: Profile = THERMAL_80, *, after_cut_short: bool = False) -> bytes:
    """The bytes that print the document on a printer of this kind.

    `after_cut_short` first completes whatever command an interrupted job left half sent, and cuts, so that
    half a slip does not hang on this one.
    """
    job = _Job(profile)
    if after_cut_short:
        job.raw(RESYNC)
        job.prepare()
        job.cut()
    job.prepare()
    for step in lay_out(document, profile.columns, largest=profile.largest):
        match step:
            case Line():
                job.line(step)
            case QR():
                job.qr(step)
            case Barcode():
                job.barcode(step)
            case Picture():
                job.ink(centred(_shrunk(dots_of(step.png), profile), profile.dots))
            case Buzz():
                # A length stands in it, so that a printer without a buzzer passes over it.
                job.raw(b"\x1b(A\x05\x00\x61\x64" + bytes((step.times, 1, 1)))
            case Cut():
                job.cut()
            case Kick():
                job.kick(step)
    return job.gathered()


def end_of_job(job: str, marker: EndMarker) -> bytes:
    """The bytes that ask the printer to answer once everything before them is done."""
    if marker is EndMarker.PROCESS_ID:
        return b"\x1d(H\x06\x00\x30\x30" + process_id(job)
    return b"\x1dr\x01"


def process_id(job: str) -> bytes:
    """Four printable characters that stand for a job (one in 78 million meets another)."""
    number = int.from_bytes(hashlib.blake2b(job.encode(), digest_size=8).digest())
    letters = bytearray()
    for _ in range(4):
        number, at = divmod(number, len(_PROCESS_ID_LETTERS))
        letters.append(_PROCESS_ID_LETTERS[at])
    return bytes(letters)


class _Job:
    """Bytes that gather for one printer."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._printer = Dummy()
        self._page: int | None = None

    def gathered(self) -> bytes:
        return bytes(self._printer.output)

    def raw(self, data: bytes) -> None:
        self._printer._raw(data)

    def prepare(self) -> None:
        """As after switching on, with nothing left of what others set."""
        self._printer.hw("INIT")
        self.raw(_ASIAN_MODE_OFF + _ASCII_NOT_NATIONAL + _NO_UNASKED_STATUS)
        if not self._profile.is_impact:
            self.raw(b"\x1dW" + self._profile.dots.to_bytes(2, "little"))
        self._page = None
        self._set_page(self._profile.code_pages[0][1])

    def cut(self) -> None:
        """Cut, or move the paper to where it is torn off."""
        if self._profile.cutter:
            self._printer.cut(feed=False)
        else:
            self.raw(b"\x1bd" + bytes((TEAR_LINES,)))

    def kick(self, kick: Kick) -> None:
        self._printer.cashdraw(2 if kick.drawer == 1 else 5)

    def line(self, line: Line) -> None:
        """As letters where some code page has them all, else as a picture."""
        page = self._profile.page_for(line.text)
        if page is None:
            self._drawn_line(line)
            return
        codec, number = page
        self._set_page(number)
        text = line.text
        if line.inverse and self._profile.is_impact:
            text = _between_stars(text)
        # Blanks before enlarged or inverse letters are normal ones.
        apart = line.size.wide > 1 or line.inverse
        before, after = self._looks(line)
        pad = b" " * line.pad
        self.raw((pad + before if apart else before + pad) + text.encode(codec) + after + b"\n")

    def _looks(self, line: Line) -> tuple[bytes, bytes]:
        """What switches a line's look on and off again."""
        if not self._profile.is_impact:
            return _thermal_looks(line, red=self._profile.red)
        mode = 0x08 * line.bold | 0x10 * (line.size.tall > 1) | 0x20 * (line.size.wide > 1)
        red = self._profile.red and (line.red or line.inverse)
        on = (b"\x1b!" + bytes((mode,)) if mode else b"") + (b"\x1br\x01" if red else b"")
        return on, (b"\x1b!\x00" if mode else b"") + (b"\x1br\x00" if red else b"")

    def _drawn_line(self, line: Line) -> None:
        picture = line_picture(
            line.text,
            pad=line.pad,
            columns=self._profile.columns,
            size=line.size,
            bold=line.bold,
            inverse=line.inverse,
        )
        red = self._profile.red and (line.red or line.inverse)
        self.raw(b"\x1br\x01" if red else b"")
        self.ink(_shrunk(picture, self._profile, whole_line=True))
        self.raw(b"\x1br\x00" if red else b"")

    def qr(self, code: QR) -> None:
        """By the printer where it can, else drawn; smaller where the paper is too narrow."""
        modules = int(segno.make(code.content, error="m", micro=False, boost_error=False).symbol_size(border=4)[0])
        dots = max(1, min(code.dots, self._profile.dots // modules))
        if not self._profile.qr:
            across, down = _PIN_MODULE if self._profile.is_impact else (dots, dots)
            across, down = (across, down) if modules * across <= self._profile.dots else (across // 2, down // 2)
            self.ink(qr_drawn(code, self._profile.dots, across=across, down=down))
            return
        quiet = b"\x1bJ" + bytes((dots * QR_QUIET_MODULES,))
        self.raw(quiet)
        self._printer.set(align="center")
        self._printer.qr(code.content, ec=QR_LEVEL_M, size=dots, native=True)
        self._printer.set(align="left")
        self.raw(quiet)

    def barcode(self, code: Barcode) -> None:
        """By the printer where it can, else drawn; nothing where it does not fit, as its text follows."""
        wide = module_dots(code, self._profile.dots)
        if not self._profile.barcode or wide < 2:
            height = code.dots * _PINS_INCH[1] // _THERMAL_INCH if self._profile.is_impact else code.dots
            ink = bars_drawn(code, self._profile.dots, height=height)
            if ink is not None:
                self.ink(ink)
            return
        data = code.content.encode("ascii")
        kind, data = (67, data) if code.symbology is Symbology.EAN13 else (73, b"{B" + data.replace(b"{", b"{{"))
        self._printer.set(align="center")
        self.raw(b"\x1dH\x00\x1dh" + bytes((code.dots,)) + b"\x1dw" + bytes((wide,)))
        self.raw(b"\x1dk" + bytes((kind, len(data))) + data)
        self._printer.set(align="left")

    def ink(self, ink: Image.Image) -> None:
        """Dots across the paper, in bands small enough for RESYNC."""
        # Not printer.image(): it dithers what is already black and white, and writes to standard output when its
        # profile does not say how wide the paper is.
        bits = ink.point(lambda level: 255 if level > 100 else 0).convert("1", dither=Image.Dither.NONE)
        if self._profile.is_impact:
            self._by_pins(bits)
            return
        row_bytes = (bits.width + 7) // 8
        rows_max = max(1, BAND_BYTES_MAX // row_bytes)
        for top in range(0, bits.height, rows_max):
            band = bits.crop((0, top, bits.width, min(top + rows_max, bits.height)))
            header = row_bytes.to_bytes(2, "little") + band.height.to_bytes(2, "little")
            self.raw(b"\x1dv0\x00" + header + without_real_time_commands(band.tobytes()))

    def _by_pins(self, bits: Image.Image) -> None:
        self.raw(b"\x1b3" + bytes((_PINS * 2,)))
        for top in range(0, bits.height, _PINS):
            # Turned round, a column of eight dots is one byte with its uppermost dot as the highest bit.
            band = bits.crop((0, top, bits.width, top + _PINS)).transpose(Image.Transpose.TRANSPOSE)
            self.raw(b"\x1b*\x01" + bits.width.to_bytes(2, "little") + without_real_time_commands(band.tobytes()))
            self.raw(b"\n")
        self.raw(b"\x1b2")

    def _set_page(self, number: int) -> None:
        if number != self._page:
            self.raw(b"\x1bt" + bytes((number,)))
            self._page = number


def _thermal_looks(line: Line, *, red: bool) -> tuple[bytes, bytes]:
    if not (line.bold or line.inverse or line.size.tall > 1 or (red and line.red)):
        return b"", b""
    size = (line.size.wide - 1) << 4 | (line.size.tall - 1)
    coloured = (b"\x1br\x01", b"\x1br\x00") if red and line.red else (b"", b"")
    on = b"\x1bE" + bytes((line.bold,)) + b"\x1dB" + bytes((line.inverse,)) + b"\x1d!" + bytes((size,))
    return on + coloured[0], b"\x1bE\x00\x1dB\x00\x1d!\x00" + coloured[1]


def _between_stars(text: str) -> str:
    """What a bar is where nothing can be printed white on black: `***  VOID  ***`."""
    words = text.strip()
    free = len(text) - len(words) - 2
    if free < 2:
        return text
    return "*" * (free // 2) + f" {words} " + "*" * (free - free // 2)


def _shrunk(ink: Image.Image, profile: Profile, *, whole_line: bool = False) -> Image.Image:
    """Dots of a thermal head as this printer has them: no wider than the paper, and as high as they would be."""
    if not profile.is_impact:
        width = profile.dots if whole_line else min(ink.width, profile.dots)
        return ink if width == ink.width else ink.resize((width, max(1, ink.height * width // ink.width)))
    across, down = _PINS_INCH
    width = profile.dots if whole_line else min(profile.dots, ink.width * across // _THERMAL_INCH)
    # A drawn line takes two strokes of the pins, or its letters could not be read.
    height = ink.height * 2 * _PINS // 30 if whole_line else ink.height * width * down // (ink.width * across)
    return ink.resize((max(1, width), max(1, height)))


def without_real_time_commands(dots: bytes) -> bytes:
    """Printers look for real-time commands (DLE and one of three bytes) inside pictures too: one dot more."""
    for second in (b"\x04", b"\x05", b"\x14"):
        dots = dots.replace(b"\x10" + second, b"\x11" + second)
    return dots
