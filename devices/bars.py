"""Codes as patterns: the bars of a barcode, and either kind drawn as dots for printers that have none of their own."""

import segno
from barcode.codex import Code128
from barcode.ean import EuropeanArticleNumber13
from PIL import Image

from devices.documents import QR, Barcode, Symbology

QUIET_MODULES = 10
# The white border that a QR code must have to be read, in modules.
QR_QUIET_MODULES = 4


def bars(code: Barcode) -> str:
    """One letter a module: `1` is black."""
    if code.symbology is Symbology.EAN13:
        return str(EuropeanArticleNumber13(code.content[:12]).build()[0])
    return str(Code128(code.content).build()[0])


def module_dots(code: Barcode, dots: int) -> int:
    """How wide a module is on a paper so many dots wide, 3 at most; 0 when the code does not fit at all."""
    return min(3, dots // (len(bars(code)) + 2 * QUIET_MODULES))


def bars_drawn(code: Barcode, dots: int, *, height: int) -> Image.Image | None:
    """The barcode in the middle of a paper, as ink (255) on nothing; None when it does not fit."""
    pattern, wide = bars(code), module_dots(code, dots)
    if not wide:
        return None
    ink = Image.new("L", (len(pattern), 1))
    ink.putdata([255 if module == "1" else 0 for module in pattern])
    return centred(ink.resize((len(pattern) * wide, height), Image.Resampling.NEAREST), dots)


def qr_drawn(code: QR, dots: int, *, across: int, down: int) -> Image.Image:
    """The QR code in the middle of a paper, each module `across` by `down` dots, with its white border above and below."""
    symbol = segno.make(code.content, error="m", micro=False, boost_error=False)
    lines = [[255 if dark else 0 for dark in line] for line in symbol.matrix_iter(border=QR_QUIET_MODULES)]
    ink = Image.new("L", (len(lines), len(lines)))
    ink.putdata([module for line in lines for module in line])
    return centred(ink.resize((len(lines) * across, len(lines) * down), Image.Resampling.NEAREST), dots)


def centred(ink: Image.Image, dots: int) -> Image.Image:
    """The ink in the middle of a paper so many dots wide."""
    paper = Image.new("L", (dots, ink.height))
    paper.paste(ink, (max(0, (dots - ink.width) // 2), 0))
    return paper
