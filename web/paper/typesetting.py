"""A document on pages: letters of the reader's script, columns that line up, and a foot with the page's number.

Set in Source Sans; what it has no letters for comes in Kurinto Sans, both under the SIL Open Font License, from the
package weblate-fonts. Only the letters that are used go into the file.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from devices.documents import (
    QR,
    Align,
    Barcode,
    Blank,
    Buzz,
    Cell,
    Columns,
    Cut,
    Document,
    Kick,
    Picture,
    Rule,
    Size,
    Text,
)
from web.paper.paper import Paper
from web.paper.pdf import Sheet

POINTS = {Size.NORMAL: 10.0, Size.TALL: 12.0, Size.BIG: 15.0, Size.HUGE: 22.0}
LINE = 1.35  # the height of a line, in its letters' own
MM = 25.4 / 72
FOOT_MM = 14.0
CODE_MM = 30.0
PICTURE_MM = 42.0
GREY = 110
FAMILY = "letters"
_ALIGNED = {Align.LEFT: "L", Align.CENTER: "C", Align.RIGHT: "R"}
_OTHERS = ("", "SC", "KR")  # Kurinto's own alphabets, then Chinese, then Korean
_FOLDER = Path(str(files("weblate_fonts"))) / "static" / "weblate_fonts"
_LETTERS = {"": "Regular", "B": "Bold"}


def typeset(document: Document, paper: Paper, sheet: Sheet, *, name: str, at: datetime) -> bytes:
    """See `pdf.pdf_of`."""
    page = _Page(document.title, name, paper, sheet, at)
    if not _letters() >= set(_texts_of(document)):
        page.take_other_alphabets()
    page.add_page()
    for element in document.elements:
        page.draw(element)
    return bytes(page.output())


class _Page(FPDF):
    def __init__(self, title: str, name: str, paper: Paper, sheet: Sheet, at: datetime) -> None:
        super().__init__(format=(sheet.width_mm, sheet.height_mm))
        self.c_margin = 0
        self._foot = (name, title, paper.say("Page {n} of {pages}"))
        self.set_margin(sheet.margin_mm)
        self.set_auto_page_break(True, sheet.margin_mm + FOOT_MM)
        self.set_title(title)
        self.set_author(name)
        self.set_lang(paper.texts.locale)
        self.set_creation_date(at)
        for style, weight in _LETTERS.items():
            self.add_font(FAMILY, style, _FOLDER / "source-sans" / "ttf" / f"SourceSans3-{weight}.ttf")
        self._write(Size.NORMAL)

    def take_other_alphabets(self) -> None:
        """Letters of all other scripts, joined and turned as their readers write them."""
        for others in _OTHERS:
            self.add_font(f"others{others}", "", _FOLDER / "kurinto" / "ttf" / f"KurintoSans{others}-Rg.ttf")
        self.set_fallback_fonts([f"others{others}" for others in _OTHERS], exact_match=False)
        self.set_text_shaping(True)

    def footer(self) -> None:
        """Whose paper it is, what it is, and which page."""
        name, title, pages = self._foot
        self.set_y(-FOOT_MM)
        self._write(Size.NORMAL, points=8.5)
        self.set_text_color(GREY)
        number = pages.format(n=self.page_no(), pages="{nb}")
        third = self.epw / 3
        for text, align in ((name, "L"), (title, "C"), (number, "R")):
            self.cell(third, 4, text, align=align)
        self.set_text_color(0)
        self._write(Size.NORMAL)

    def draw(self, element: Any) -> None:
        """Puts one element below those before."""
        draw: Callable[[Any], None] = _DRAWN[type(element)].__get__(self)
        draw(element)

    def _text(self, text: Text) -> None:
        self._write(text.size, bold=text.bold)
        indent = text.indent * self._column()
        if text.inverse:
            self.set_fill_color(0)
            self.set_text_color(255)
        self.set_x(self.l_margin + indent)
        self._lines(self.epw - indent, text.text, _ALIGNED[text.align], fill=text.inverse)
        self.set_text_color(0)

    def _columns(self, columns: Columns) -> None:
        self._write(columns.size, bold=columns.bold)
        widths = self._widths(columns)
        height = max(self._height(width, cell.text) for width, cell in zip(widths, columns.cells, strict=True))
        if self.will_page_break(height):
            self.add_page()
            self._write(columns.size, bold=columns.bold)
        top, x = self.y, self.l_margin
        for width, cell in zip(widths, columns.cells, strict=True):
            if cell.text:
                self.set_xy(x, top)
                self._lines(width, cell.text, _ALIGNED[cell.align])
            x += width + columns.gap * self._column()
        self.set_xy(self.l_margin, top + height)

    def _widths(self, columns: Columns) -> list[float]:
        """A cell is as wide as it says or as its text; the one that grows has the rest."""
        found = [0.0 if cell.grow else self._width(cell) for cell in columns.cells]
        rest = self.epw - sum(found) - columns.gap * self._column() * (len(found) - 1)
        return [rest if cell.grow else width for cell, width in zip(columns.cells, found, strict=True)]

    def _width(self, cell: Cell) -> float:
        longest = max((self.get_string_width(line) for line in cell.text.split("\n")), default=0.0)
        return max(longest, (cell.width or 0) * self._column()) + 0.1

    def _rule(self, rule: Rule) -> None:
        for _ in range(2 if rule.double else 1):
            self.ln(1.6)
            self.set_draw_color(GREY)
            self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)
        self.ln(1.6)

    def _blank(self, blank: Blank) -> None:
        self._write(Size.NORMAL)
        self.ln(blank.lines * self._line() * 0.7)

    def _qr(self, code: QR) -> None:
        rows = list(segno.make(code.content, error="m").matrix_iter(border=0))
        dot = CODE_MM / len(rows)
        if self.will_page_break(CODE_MM):
            self.add_page()
        left, top = (self.w - CODE_MM) / 2, self.y
        self.set_fill_color(0)
        for down, row in enumerate(rows):
            for right, dark in enumerate(row):
                if dark:
                    self.rect(left + right * dot, top + down * dot, dot + 0.01, dot + 0.01, style="F")
        self.set_xy(self.l_margin, top + CODE_MM + 1.5)

    def _barcode(self, code: Barcode) -> None:
        self._text(Text(code.content, align=Align.CENTER))

    def _picture(self, picture: Picture) -> None:
        self.image(BytesIO(picture.png), x=(self.w - PICTURE_MM) / 2, w=PICTURE_MM, alt_text=picture.words)
        self.ln(2)

    def _nothing(self, element: Buzz | Cut | Kick) -> None:
        """Only a printer does these."""

    def _write(self, size: Size, *, bold: bool = False, points: float | None = None) -> None:
        self.set_font(FAMILY, "B" if bold else "", points or POINTS[size])

    def _line(self) -> float:
        return self.font_size_pt * MM * LINE

    def _column(self) -> float:
        return float(self.get_string_width("0"))

    def _lines(self, width: float, text: str, align: str, *, fill: bool = False) -> None:
        left = self.x
        for line in text.split("\n"):
            self.set_x(left)
            # a line in another alphabet alone leaves its font behind, and fpdf believes that ours still stands
            self.current_font_is_set_on_page = False
            self.multi_cell(width, self._line(), line, align=align, fill=fill, new_x=XPos.LEFT, new_y=YPos.NEXT)

    def _height(self, width: float, text: str) -> float:
        if not text:
            return 0.0
        found: list[Any] = [
            self.multi_cell(width, self._line(), line, dry_run=True, output=MethodReturnValue.LINES)
            for line in text.split("\n")
        ]
        return sum(map(len, found)) * self._line()


_DRAWN: dict[type, Any] = {
    Text: _Page._text,
    Columns: _Page._columns,
    Rule: _Page._rule,
    Blank: _Page._blank,
    QR: _Page._qr,
    Barcode: _Page._barcode,
    Picture: _Page._picture,
    Buzz: _Page._nothing,
    Cut: _Page._nothing,
    Kick: _Page._nothing,
}


@cache
def _letters() -> frozenset[str]:
    """What Source Sans has."""
    with TTFont(_FOLDER / "source-sans" / "ttf" / "SourceSans3-Regular.ttf", lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap())) | {"\n"}


def _texts_of(document: Document) -> str:
    found: list[str] = [document.title]
    for element in document.elements:
        if isinstance(element, Text):
            found.append(element.text)
        elif isinstance(element, Columns):
            found += [cell.text for cell in element.cells]
    return "".join(found)
