"""Letters as dots: one cell of 12 by 24 dots per column, as a thermal printer's own font A.

Lines that a printer's code page can't show are drawn with these, and the virtual printer's pictures are too.
A character that no font at hand has is drawn as a box with its number in it: ugly, but never lost and never a
question mark.
"""

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

from devices.documents import Size
from devices.lettering import letters, width_of

CELL_WIDTH = 12
CELL_HEIGHT = 24
LINE_HEIGHT = 30
_ASCENT = 19
_FONT_SIZE = 20

# DejaVu Sans Mono comes with python-barcode, which python-escpos requires. The others are where Debian's font
# packages put them: a property that writes Chinese or Hebrew installs one, and it is used.
_BUNDLED = Path("fonts") / "DejaVuSansMono.ttf"
_INSTALLED = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf"),
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Path("/usr/share/fonts/opentype/unifont/unifont.otf"),
)


@cache
def font_files() -> tuple[Path, ...]:
    """The fonts at hand, best first."""
    spec = find_spec("barcode")
    folders = spec.submodule_search_locations if spec else None
    bundled = [Path(folder) / _BUNDLED for folder in folders or ()]
    return tuple(path for path in (*bundled, *_INSTALLED) if path.is_file())


@lru_cache(maxsize=4096)
def glyph(letter: str, size: Size, bold: bool) -> Image.Image:
    """One letter of `lettering.letters` as ink (255) on nothing (0), 12 × width × `size.wide` by 24 × `size.tall` dots."""
    scale = size.tall
    cell = (CELL_WIDTH * width_of(letter) * scale, CELL_HEIGHT * scale)
    ink = _drawn(letter, cell, scale)
    if size.wide != size.tall:
        ink = ink.resize((cell[0] * size.wide // scale, cell[1]), Image.Resampling.LANCZOS)
    if bold:
        moved = ImageChops.offset(ink, size.wide, 0)
        moved.paste(0, (0, 0, size.wide, moved.height))
        ink = ImageChops.lighter(ink, moved)
    return ink


def line_picture(text: str, *, pad: int, columns: int, size: Size, bold: bool, inverse: bool) -> Image.Image:
    """A line across `columns` columns as ink (255) on nothing, with the gap to the next line below it."""
    height = CELL_HEIGHT * size.tall
    picture = Image.new("L", (columns * CELL_WIDTH, max(LINE_HEIGHT, height)), 0)
    x = pad * CELL_WIDTH
    for letter in letters(text):
        ink = glyph(letter, size, bold)
        picture.paste(ink, (x, 0))
        x += ink.width
    if inverse:
        bar = picture.crop((0, 0, picture.width, height))
        picture.paste(ImageChops.invert(bar), (0, 0))
    return picture


def has_glyph(letter: str) -> bool:
    """Whether some font at hand shows this letter (else it is drawn as a box with its number)."""
    return letter == " " or _font_with(letter) is not None


def _drawn(letter: str, cell: tuple[int, int], scale: int) -> Image.Image:
    ink = Image.new("L", cell, 0)
    if letter == " ":
        return ink
    for text in (letter,) if _font_with(letter) else letter:
        path = _font_with(text)
        if path is None:
            return _numbered_box(ord(text[0]), cell)
        ink = ImageChops.lighter(ink, _in_cell(text, path, cell, scale))
    return ink if ink.getbbox() else _numbered_box(ord(letter[0]), cell)


def _in_cell(text: str, path: Path, cell: tuple[int, int], scale: int) -> Image.Image:
    """A proportional font's letter stands in the middle of its cell, and shrinks until it fits."""
    size = _FONT_SIZE * scale
    font = _font(path, size)
    while font.getlength(text) > cell[0] * 1.02 and size > 6:
        size -= 1
        font = _font(path, size)
    ink = Image.new("L", cell, 0)
    x = max(0, round((cell[0] - font.getlength(text)) / 2))
    ImageDraw.Draw(ink).text((x, _ASCENT * scale), text, fill=255, font=font, anchor="ls")
    return ink


def _numbered_box(code: int, cell: tuple[int, int]) -> Image.Image:
    ink = Image.new("L", cell, 0)
    draw = ImageDraw.Draw(ink)
    draw.rectangle((0, 1, cell[0] - 2, cell[1] - 3), outline=255)
    digits = f"{code:04X}"
    per_row = 3 if cell[0] >= cell[1] and len(digits) > 4 else 2
    rows = [digits[at : at + per_row] for at in range(0, len(digits), per_row)]
    row_height = (cell[1] - 6) // len(rows)
    font_size = min(row_height, int((cell[0] - 3) / per_row / 0.6))
    font = _font(font_files()[0], font_size) if font_files() else ImageFont.load_default(font_size)
    for at, row in enumerate(rows):
        draw.text((cell[0] / 2 - 0.5, 3 + row_height * (at + 0.5)), row, fill=255, font=font, anchor="mm")
    return ink


@lru_cache(maxsize=4096)
def _font_with(letter: str) -> Path | None:
    """The first font with the character and all marks on it."""
    return next((path for path in font_files() if all(_covers(path, character) for character in letter)), None)


@lru_cache(maxsize=4096)
def _covers(path: Path, character: str) -> bool:
    font = _font(path, _FONT_SIZE)
    mask = font.getmask(character)
    return mask.getbbox() is not None and bytes(mask) != _missing(path)


@cache
def _missing(path: Path) -> bytes:
    """How the font draws a character that it does not have: U+10FFFE is never assigned."""
    return bytes(_font(path, _FONT_SIZE).getmask("\U0010fffe"))


@lru_cache(maxsize=64)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
