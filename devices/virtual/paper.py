"""The strip of paper in the virtual printer: what stands on it, as text and as a picture."""

from dataclasses import dataclass, field

import segno
from PIL import Image, ImageChops, ImageDraw

from devices.documents import Size
from devices.glyphs import CELL_HEIGHT, CELL_WIDTH, glyph

MARGIN_DOTS = 32
TOP_DOTS = 40
TOOTH_DOTS = 8
_PAPER, _INK, _TABLE = (252, 251, 247), (34, 32, 36), (222, 221, 217)
_RED = (196, 32, 38)
_TABLE_SHADE, _RED_FROM = 255, 128


@dataclass(frozen=True, slots=True)
class Style:
    """How the printer is set to print characters."""

    bold: bool = False
    underline: bool = False
    inverse: bool = False
    red: bool = False
    wide: int = 1
    tall: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one look, `x` dots from the left."""

    x: int
    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class TextRow:
    """One printed line; `height` includes the gap to the next."""

    runs: tuple[Run, ...]
    height: int


@dataclass(frozen=True, slots=True)
class PictureRow:
    """Printed dots, ink 255; `label` is what stands for them in the text."""

    picture: Image.Image
    x: int
    label: str
    is_band: bool = False
    red: bool = False


@dataclass(frozen=True, slots=True)
class GapRow:
    """Paper moved on by so many dots, which is no line of text."""

    height: int


Row = TextRow | PictureRow | GapRow


@dataclass(slots=True)
class Strip:
    """The paper since the last cut, `dots` wide."""

    dots: int
    rows: list[Row] = field(default_factory=list)

    @property
    def blank(self) -> bool:
        """Whether nothing at all was printed on it."""
        return not self.rows

    def add_picture(self, picture: Image.Image, x: int, *, red: bool = False) -> None:
        """Dots right below the last row; bands of one picture become one again."""
        last = self.rows[-1] if self.rows else None
        looks = (x, picture.width, red)
        if isinstance(last, PictureRow) and last.is_band and (last.x, last.picture.width, last.red) == looks:
            whole = Image.new("L", (picture.width, last.picture.height + picture.height))
            whole.paste(last.picture, (0, 0))
            whole.paste(picture, (0, last.picture.height))
            picture = whole
            self.rows.pop()
        label = f"[picture {picture.width}x{picture.height}]"
        self.rows.append(PictureRow(picture, x, label, is_band=True, red=red))

    def add_bars(self, pattern: str, label: str, module_dots: int, height: int, *, area: tuple[int, int, str]) -> None:
        """A barcode, one letter of the pattern a module, in the area as `add_qr` has it."""
        row = Image.new("L", (len(pattern), 1))
        row.putdata([255 if module == "1" else 0 for module in pattern])
        bars = row.resize((len(pattern) * module_dots, height), Image.Resampling.NEAREST)
        self.rows.append(PictureRow(bars, aligned_x(bars.width, *area), label))

    def add_qr(self, content: str, *, module_dots: int, level: str, area: tuple[int, int, str]) -> None:
        """A QR code in the printable area, which is given as its x, its width and the alignment in it."""
        code = segno.make(content, error=level, micro=False, boost_error=False)
        modules = [[255 if dark else 0 for dark in line] for line in code.matrix]
        picture = Image.new("L", (len(modules), len(modules)))
        picture.putdata([dot for line in modules for dot in line])
        side = len(modules) * module_dots
        x = aligned_x(side, *area)
        big = picture.resize((side, side), Image.Resampling.NEAREST)
        self.rows.append(PictureRow(big, x, f"[QR {content}]"))

    def text(self) -> str:
        """One text line per printed line, without trailing blanks."""
        return "\n".join(_row_text(row) for row in self.rows if not isinstance(row, GapRow))

    def picture(self) -> Image.Image:
        """The strip as it would lie on a table."""
        height = TOP_DOTS * 2 + sum(_row_height(row) for row in self.rows)
        ink = Image.new("L", (self.dots + 2 * MARGIN_DOTS, height), 0)
        red = Image.new("1", ink.size, 0)
        y = TOP_DOTS
        for row in self.rows:
            if isinstance(row, TextRow):
                _draw_text(ink, row, y)
            elif isinstance(row, PictureRow):
                ink.paste(row.picture, (MARGIN_DOTS + row.x, y))
            if row_is_red(row):
                red.paste(1, (0, y, red.width, y + _row_height(row)))
            y += _row_height(row)
        return _on_a_table(ink, red if red.getbbox() else None)


def aligned_x(width: int, area_x: int, area_width: int, align: str) -> int:
    """Where something `width` dots wide begins in the printable area."""
    free = max(0, area_width - width)
    return area_x + {"left": 0, "center": free // 2, "right": free}[align]


def row_is_red(row: Row) -> bool:
    """Whether the ribbon's second colour was on."""
    if isinstance(row, TextRow):
        return any(run.style.red for run in row.runs)
    return isinstance(row, PictureRow) and row.red


def _row_height(row: Row) -> int:
    return row.picture.height if isinstance(row, PictureRow) else row.height


def _row_text(row: TextRow | PictureRow) -> str:
    if isinstance(row, PictureRow):
        return row.label
    line = ""
    for run in row.runs:
        # A gap in the dots is that many blanks; letters that are wider than a column stand for themselves.
        line += " " * ((run.x - _end_of(row, run)) // CELL_WIDTH) + run.text
    return line.rstrip()


def _end_of(row: TextRow, run: Run) -> int:
    """Where the run before this one ends, in dots."""
    before = row.runs[: row.runs.index(run)]
    return before[-1].x + _run_width(before[-1]) if before else 0


def _run_width(run: Run) -> int:
    return len(run.text) * CELL_WIDTH * run.style.wide


_SIZES = {(1, 1): Size.NORMAL, (1, 2): Size.TALL, (2, 2): Size.BIG, (3, 3): Size.HUGE}


def _draw_text(ink: Image.Image, row: TextRow, y: int) -> None:
    base = max((run.style.tall for run in row.runs), default=1) * CELL_HEIGHT
    for run in row.runs:
        style = run.style
        cell = (CELL_WIDTH * style.wide, CELL_HEIGHT * style.tall)
        top = y + base - cell[1]
        x = MARGIN_DOTS + run.x
        size = _SIZES.get((style.wide, style.tall))
        for character in run.text:
            letter = glyph(character, size or Size.NORMAL, style.bold)
            if letter.size != cell:
                letter = letter.resize(cell, Image.Resampling.LANCZOS)
            ink.paste(ImageChops.invert(letter) if style.inverse else letter, (x, top))
            x += cell[0]
        if style.underline:
            ImageDraw.Draw(ink).line((MARGIN_DOTS + run.x, y + base - 1, x, y + base - 1), fill=255)


def _on_a_table(ink: Image.Image, red: Image.Image | None) -> Image.Image:
    """Ink on paper on a table, in 256 colours: shades from paper to ink, and the table as the last one.

    With red (where it is 1) as well there are half as many shades of each.
    """
    border = TOOTH_DOTS * 2
    if red is None:
        shades = ink.point(lambda level: min(level, _TABLE_SHADE - 1))
    else:
        shades = ink.point(lambda level: level // 2)
        shades.paste(ink.point(lambda level: min(_RED_FROM + level // 2, _TABLE_SHADE - 1)), (0, 0), red)
    table = Image.new("L", (ink.width + 2 * border, ink.height + 2 * border), _TABLE_SHADE)
    table.paste(shades, (border, border))
    draw = ImageDraw.Draw(table)
    # The cutter's teeth at both ends.
    for x in range(border, border + ink.width, TOOTH_DOTS * 2):
        for edge, tip in ((border, TOOTH_DOTS // 2), (border + ink.height, -TOOTH_DOTS // 2)):
            tooth = ((x, edge), (x + TOOTH_DOTS, edge + tip), (x + 2 * TOOTH_DOTS, edge))
            draw.polygon(tooth, fill=_TABLE_SHADE)
    table.putpalette(_palette() if red is None else _palette_with_red())
    return table


def _palette_with_red() -> bytes:
    mixed = [
        round(paper + (ink - paper) * shade / (_RED_FROM - 1))
        for colour in (_INK, _RED)
        for shade in range(_RED_FROM)
        for paper, ink in zip(_PAPER, colour, strict=True)
    ]
    return bytes((*mixed[: _TABLE_SHADE * 3], *_TABLE))


def _palette() -> bytes:
    mixed = [
        round(paper + (ink - paper) * shade / (_TABLE_SHADE - 1))
        for shade in range(_TABLE_SHADE)
        for paper, ink in zip(_PAPER, _INK, strict=True)
    ]
    return bytes((*mixed, *_TABLE))
