"""Turns a document into ESC/POS bytes with python-escpos's collecting printer.

We choose the code page ourselves (CP858: Western Europe with the euro): python-escpos's automatic choice
switches pages in the middle of a word and prints a question mark when it finds none. A line that CP858 can't
show is sent as a picture instead.
"""

import hashlib
from enum import StrEnum

import segno
from escpos.printer import Dummy
from PIL import Image

from devices.documents import COLUMNS_80_MM, QR, Cut, Document, Kick
from devices.glyphs import CELL_WIDTH, line_picture
from devices.layout import Line, lay_out

CODE_PAGE = "cp858"
# A picture is sent in bands this small, so that a job cut off inside one leaves the printer waiting for few
# bytes: RESYNC (blanks that a printer ignores between commands) is longer than any command of ours.
BAND_BYTES_MAX = 2_048
RESYNC = bytes(BAND_BYTES_MAX + 256)

# The white border that a QR code must have to be read, in modules.
QR_QUIET_MODULES = 4
QR_LEVEL_M = 1

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


def encode(document: Document, *, columns: int = COLUMNS_80_MM, after_cut_short: bool = False) -> bytes:
    """The bytes that print the document, for a paper of `columns` columns of font A.

    `after_cut_short` first completes whatever command an interrupted job left half sent, and cuts, so that
    half a slip does not hang on this one.
    """
    printer = Dummy()
    if after_cut_short:
        printer._raw(RESYNC)
        _prepare(printer, columns)
        printer.cut(feed=False)
    _prepare(printer, columns)
    for step in lay_out(document, columns):
        match step:
            case Line():
                _print_line(printer, step, columns)
            case QR():
                _print_qr(printer, step, columns)
            case Cut():
                printer.cut(feed=False)
            case Kick():
                printer.cashdraw(2 if step.drawer == 1 else 5)
    return bytes(printer.output)


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


def printable(text: str) -> bool:
    """Whether the code page shows this tidied text as letters, so that no picture is needed."""
    try:
        text.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return False
    return True


def _prepare(printer: Dummy, columns: int) -> None:
    printer.hw("INIT")
    for command in (_ASIAN_MODE_OFF, _ASCII_NOT_NATIONAL, _NO_UNASKED_STATUS):
        printer._raw(command)
    printer._raw(b"\x1dW" + (columns * CELL_WIDTH).to_bytes(2, "little"))
    # A fresh mind about the code page: the INIT above made the printer forget it.
    printer.magic.encoding = None
    printer.charcode(CODE_PAGE.upper())


def _print_line(printer: Dummy, line: Line, columns: int) -> None:
    if not printable(line.text):
        picture = line_picture(
            line.text, pad=line.pad, columns=columns, size=line.size, bold=line.bold, inverse=line.inverse
        )
        _print_picture(printer, picture)
        return
    styled = line.bold or line.inverse or line.size.tall > 1
    text = " " * line.pad if line.size.wide > 1 or line.inverse else ""
    if text:
        printer.text(text)
    if styled:
        printer.set(
            bold=line.bold,
            invert=line.inverse,
            custom_size=True,
            width=line.size.wide,
            height=line.size.tall,
        )
    printer.text(line.text if text else " " * line.pad + line.text)
    if styled:
        printer.set(bold=False, invert=False, custom_size=True, width=1, height=1)
    printer.text("\n")


def _print_picture(printer: Dummy, ink: Image.Image) -> None:
    # Not printer.image(): it dithers what is already black and white, and writes to standard output when its
    # profile does not say how wide the paper is.
    bits = ink.point(lambda level: 255 if level > 100 else 0).convert("1", dither=Image.Dither.NONE)
    row_bytes = (bits.width + 7) // 8
    rows_max = max(1, BAND_BYTES_MAX // row_bytes)
    for top in range(0, bits.height, rows_max):
        band = bits.crop((0, top, bits.width, min(top + rows_max, bits.height)))
        header = row_bytes.to_bytes(2, "little") + band.height.to_bytes(2, "little")
        printer._raw(b"\x1dv0\x00" + header + without_real_time_commands(band.tobytes()))


def without_real_time_commands(dots: bytes) -> bytes:
    """Printers look for real-time commands (DLE and one of three bytes) inside pictures too: one dot more."""
    for second in (b"\x04", b"\x05", b"\x14"):
        dots = dots.replace(b"\x10" + second, b"\x11" + second)
    return dots


def _print_qr(printer: Dummy, code: QR, columns: int) -> None:
    symbol = segno.make(code.content, error="m", micro=False, boost_error=False)
    modules = int(symbol.symbol_size(border=QR_QUIET_MODULES)[0])
    dots = max(1, min(code.dots, columns * CELL_WIDTH // modules))
    quiet = b"\x1bJ" + bytes((dots * QR_QUIET_MODULES,))
    printer._raw(quiet)
    printer.set(align="center")
    printer.qr(code.content, ec=QR_LEVEL_M, size=dots, native=True)
    printer.set(align="left")
    printer._raw(quiet)
