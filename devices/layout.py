"""Puts a document on a paper of so many columns: lines with their place and look, and what is no line.

Plain text, ESC/POS and (later) previews all start from these steps, so they break lines at the same places.
Alignment is done here with blanks instead of by the printer: printers disagree on how wide their paper is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from devices.documents import (
    COLUMNS_80_MM,
    QR,
    Align,
    Barcode,
    Blank,
    Buzz,
    Columns,
    Cut,
    Document,
    Element,
    Kick,
    Picture,
    Rule,
    Size,
    Text,
)
from devices.lettering import tidy, width, wrap

COLUMNS_MIN = 16
COLUMNS_MAX = 64
# A growing cell narrower than this moves to lines of its own: five letters a line can't be read at a pass.
GROWING_COLUMNS_MIN = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `pad` is blank columns of normal width before the text; `text` is tidied."""

    text: str
    pad: int = 0
    bold: bool = False
    size: Size = Size.NORMAL
    inverse: bool = False
    red: bool = False


Step = Line | QR | Barcode | Picture | Buzz | Cut | Kick


def lay_out(document: Document, columns: int, *, largest: int = 3) -> Iterator[Step]:
    """The document from top to bottom for a paper of `columns` columns (16 to 64).

    `largest` is how many times the printer can enlarge a letter; what would be larger is as large as that.
    """
    if not COLUMNS_MIN <= columns <= COLUMNS_MAX:
        raise ValueError(f"a paper has {COLUMNS_MIN} to {COLUMNS_MAX} columns, not {columns}")
    for element in document.elements:
        if largest < Size.HUGE.wide and isinstance(element, Text | Columns) and element.size is Size.HUGE:
            element = msgspec.structs.replace(element, size=Size.BIG)
        yield from _steps(element, columns)


def to_text(document: Document, columns: int) -> str:
    """The document as plain text: a line per printed line, QR codes as `[QR content]`, pictures by their words, no
    trailing blanks."""
    lines = []
    for step in lay_out(document, columns):
        match step:
            case Line():
                lines.append((" " * step.pad + step.text).rstrip())
            case QR():
                lines.append(f"[QR {step.content}]")
            case Picture():
                lines.append(f"[{step.words or 'picture'}]")
            case Barcode():
                lines.append(f"[{step.symbology} {step.content}]")
            case Cut() | Kick() | Buzz():
                pass
    return "\n".join(lines)


def _steps(element: Element, columns: int) -> Iterator[Step]:
    match element:
        case Text():
            yield from _text(element, columns)
        case Columns():
            yield from (
                Line(text, bold=element.bold, size=element.size) for text in _row(element, columns // element.size.wide)
            )
        case Rule():
            yield Line(("═" if element.double else "─") * columns)
        case Blank():
            yield from (Line("") for _ in range(element.lines))
        case Barcode():
            yield element
            yield from _text(Text(element.content, align=Align.CENTER), columns)
        case QR() | Picture() | Buzz() | Cut() | Kick():
            yield element


def _text(element: Text, columns: int) -> Iterator[Line]:
    wide = element.size.wide
    room = columns // wide
    indent = min(element.indent, room - GROWING_COLUMNS_MIN if room > GROWING_COLUMNS_MIN else 0)
    for text in wrap(tidy(element.text), room - indent):
        if element.inverse:
            bar = " " * indent + aligned(text, room - indent, element.align)
            yield Line(bar, bold=element.bold, size=element.size, inverse=True, red=element.red)
            continue
        free = columns - (indent + width(text)) * wide
        shift = {Align.LEFT: 0, Align.CENTER: free // 2, Align.RIGHT: free}[element.align]
        yield Line(text, pad=indent * wide + shift, bold=element.bold, size=element.size, red=element.red)


def aligned(text: str, columns: int, align: Align) -> str:
    """The text filled with blanks to exactly `columns` columns."""
    free = columns - width(text)
    before = {Align.LEFT: 0, Align.CENTER: free // 2, Align.RIGHT: free}[align]
    return " " * before + text + " " * (free - before)


def _row(row: Columns, columns: int) -> list[str]:
    texts = [tidy(cell.text) for cell in row.cells]
    widths = _widths(row, texts, columns)
    if widths is None:
        return _stacked(row, texts, columns)
    wrapped = [wrap(text, cell_width) for text, cell_width in zip(texts, widths, strict=True)]
    lines = []
    for at in range(max(len(parts) for parts in wrapped)):
        cells = [
            aligned(parts[at] if at < len(parts) else "", cell_width, cell.align)
            for parts, cell_width, cell in zip(wrapped, widths, row.cells, strict=True)
        ]
        lines.append((" " * row.gap).join(cells).rstrip())
    return lines


def _widths(row: Columns, texts: list[str], columns: int) -> list[int] | None:
    """Each cell's columns. Widths are meant for 80 mm paper, and shrink, though never under their text, when
    the growing cell would get too little. None when even that does not help.
    """
    longest = [max(2, *(width(part) for part in text.split("\n"))) for text in texts]
    grower = next((at for at, cell in enumerate(row.cells) if cell.grow), 0)
    tabular = any(cell.width for at, cell in enumerate(row.cells) if at != grower)
    least = GROWING_COLUMNS_MIN if tabular else min(GROWING_COLUMNS_MIN, longest[grower])
    usual = COLUMNS_80_MM // row.size.wide
    # Without a gap, neighbours must still not touch.
    apart = 0 if row.gap else 1
    for shrunk in (1.0, min(1.0, columns / usual)):
        least_widths = [0 if shrunk == 1 else letters + apart for letters in longest]
        widths = [
            max(2, least_widths[at], round(cell.width * shrunk)) if cell.width else longest[at]
            for at, cell in enumerate(row.cells)
        ]
        rest = columns - row.gap * (len(widths) - 1) - (sum(widths) - widths[grower])
        if rest >= least:
            widths[grower] = rest
            return widths
    return None


def _stacked(row: Columns, texts: list[str], columns: int) -> list[str]:
    """Too narrow for columns: each cell on lines of its own, those at the right still at the right."""
    return [
        aligned(part, columns, cell.align).rstrip()
        for cell, text in zip(row.cells, texts, strict=True)
        if text
        for part in wrap(text, columns)
    ] or [""]
