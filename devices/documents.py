"""What stands on a paper, said once and independent of any printer: a small frozen layout.

The print queue stores documents as JSON, so a job that waits hours prints what was decided then. The paper's
width is not part of a document: it is the printer's, and a job may move to a narrower one.
"""

from enum import StrEnum

import msgspec

from devices.pictures import PictureRefused, check_picture

ELEMENTS_MAX = 2_000
CELLS_MAX = 8
TEXT_CHARACTERS_MAX = 4_000
QR_BYTES_MAX = 400
BLANK_LINES_MAX = 20
INDENT_COLUMNS_MAX = 16
BARCODE_CHARACTERS_MAX = 24
BARCODE_DOTS_MAX = 160
BUZZES_MAX = 9
DOCUMENT_BYTES_MAX = 512 * 1024

COLUMNS_80_MM = 42
COLUMNS_58_MM = 32


class DocumentRefused(ValueError):
    """A document breaks its bounds or its stored form can't be read; the message says which and where."""


class Align(StrEnum):
    """Where a text stands between the paper's edges."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Size(StrEnum):
    """How large letters are: `wide` and `tall` are the multiples of a normal letter."""

    NORMAL = "normal"
    TALL = "tall"
    BIG = "big"
    HUGE = "huge"

    @property
    def wide(self) -> int:
        """How many columns one letter takes."""
        return {"normal": 1, "tall": 1, "big": 2, "huge": 3}[self.value]

    @property
    def tall(self) -> int:
        """How many times a normal letter's height."""
        return {"normal": 1, "tall": 2, "big": 2, "huge": 3}[self.value]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="text"):
    """A paragraph, wrapped at words. `inverse` makes its lines black bars across the whole paper.

    `red` is for printers with a ribbon of two colours, which have no bars: there a bar is red as well.
    """

    text: str
    bold: bool = False
    size: Size = Size.NORMAL
    align: Align = Align.LEFT
    inverse: bool = False
    indent: int = 0
    red: bool = False

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "text", _storable(self.text))
        _bounded("indent", self.indent, 0, INDENT_COLUMNS_MAX)


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One column of a row: as wide as its text without a `width`; the cell that grows takes the rest."""

    text: str
    width: int | None = None
    align: Align = Align.LEFT
    grow: bool = False

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "text", _storable(self.text))
        if self.width is not None:
            _bounded("width", self.width, 1, COLUMNS_80_MM * 2)


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="columns"):
    """Texts side by side, each wrapped inside its own column (see `pair` for the usual left and right)."""

    cells: tuple[Cell, ...]
    bold: bool = False
    size: Size = Size.NORMAL
    gap: int = 1

    def __post_init__(self) -> None:
        _bounded("number of cells", len(self.cells), 1, CELLS_MAX)
        _bounded("gap", self.gap, 0, INDENT_COLUMNS_MAX)
        if sum(cell.grow for cell in self.cells) > 1:
            raise DocumentRefused("Only one cell of a row can grow.")


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="rule"):
    """A line across the paper."""

    double: bool = False


class Blank(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="blank"):
    """Empty lines."""

    lines: int = 1

    def __post_init__(self) -> None:
        _bounded("lines", self.lines, 1, BLANK_LINES_MAX)


class QR(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="qr"):
    """A QR code in the middle. `dots` is the side of one module; it shrinks when the paper is too narrow."""

    content: str
    dots: int = 6

    def __post_init__(self) -> None:
        _bounded("bytes of a QR code", len(_storable(self.content).encode()), 1, QR_BYTES_MAX)
        _bounded("dots", self.dots, 1, 16)
        if not self.content.isprintable():
            raise DocumentRefused("A QR code's content must be printable.")


class Symbology(StrEnum):
    """Which bars a barcode is made of."""

    CODE128 = "code128"
    EAN13 = "ean13"


class Barcode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="barcode"):
    """Bars in the middle, `dots` high, with their content as text below. EAN-13 has 13 digits, the last one checking.

    On a paper that is too narrow for it the text stands alone.
    """

    content: str
    symbology: Symbology = Symbology.CODE128
    dots: int = 64

    def __post_init__(self) -> None:
        _bounded("characters of a barcode", len(self.content), 1, BARCODE_CHARACTERS_MAX)
        _bounded("dots", self.dots, 16, BARCODE_DOTS_MAX)
        if not (self.content.isascii() and self.content.isprintable()):
            raise DocumentRefused("A barcode holds printable ASCII alone.")
        if self.symbology is Symbology.EAN13 and not _is_ean13(self.content):
            raise DocumentRefused("An EAN-13 has 13 digits, of which the last one checks the others.")


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="picture"):
    """Black dots in the middle, as a PNG of two colours (see `pictures.black_and_white`); a wide one shrinks to the
    paper. `words` stand for it in plain text."""

    png: bytes
    words: str = ""

    def __post_init__(self) -> None:
        try:
            check_picture(self.png)
        except PictureRefused as error:
            raise DocumentRefused(str(error)) from error
        msgspec.structs.force_setattr(self, "words", _storable(self.words))


class Buzz(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="buzz"):
    """Sound the printer's buzzer, where it has one."""

    times: int = 2

    def __post_init__(self) -> None:
        _bounded("times", self.times, 1, BUZZES_MAX)


class Cut(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="cut"):
    """Cut the paper, which ends a slip."""


class Kick(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="kick"):
    """Open the cash drawer that hangs on the printer."""

    drawer: int = 1

    def __post_init__(self) -> None:
        _bounded("drawer", self.drawer, 1, 2)


Element = Text | Columns | Rule | Blank | QR | Barcode | Picture | Buzz | Cut | Kick


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slip from top to bottom. `title` names it in job lists and is not printed."""

    elements: tuple[Element, ...]
    title: str = ""

    def __post_init__(self) -> None:
        _bounded("number of elements", len(self.elements), 0, ELEMENTS_MAX)
        msgspec.structs.force_setattr(self, "title", _storable(self.title))


def pair(
    left: str,
    right: str,
    *,
    lead: str = "",
    lead_width: int | None = None,
    bold: bool = False,
    size: Size = Size.NORMAL,
) -> Columns:
    """A row: `left` grows and wraps, `right` is at the right edge, `lead` (a quantity) before both."""
    cells = [Cell(left, grow=True), Cell(right, align=Align.RIGHT)]
    if lead:
        cells.insert(0, Cell(lead, width=lead_width, align=Align.RIGHT))
    return Columns(tuple(cells), bold=bold, size=size)


def marked_reprint(document: Document, note: str) -> Document:
    """The same slip under an unmissable REPRINT; `note` gives time and person (R7). Opens no drawer again."""
    mark = (
        Text("REPRINT", bold=True, size=Size.BIG, align=Align.CENTER, inverse=True),
        Text(note, align=Align.CENTER),
        Blank(),
    )
    kept = tuple(element for element in document.elements if not isinstance(element, Kick))
    return Document((*mark, *kept[: ELEMENTS_MAX - len(mark)]), document.title)


def marked_withdrawn(document: Document) -> Document:
    """The same slip under and over a bar that says that it counts no more."""
    mark = Text("WITHDRAWN", bold=True, size=Size.BIG, align=Align.CENTER, inverse=True)
    *kept, last = document.elements[: ELEMENTS_MAX - 2]
    ending = [mark, last] if isinstance(last, Cut) else [last, mark]
    return Document((mark, *kept, *ending), document.title)


def marked_rerouted(document: Document, words: str) -> Document:
    """The same slip under a bar that says for which printer it was meant."""
    mark = Text(words, bold=True, size=Size.TALL, align=Align.CENTER, inverse=True)
    return Document((mark, *document.elements[: ELEMENTS_MAX - 1]), document.title)


def to_json(document: Document) -> bytes:
    """The stored form, at most DOCUMENT_BYTES_MAX bytes, or DocumentRefused."""
    stored = msgspec.json.encode(document)
    _bounded("bytes of the document", len(stored), 0, DOCUMENT_BYTES_MAX)
    return stored


def from_json(stored: bytes | str) -> Document:
    """Read what `to_json` wrote; anything else is DocumentRefused."""
    _bounded("bytes of the document", len(stored), 0, DOCUMENT_BYTES_MAX)
    try:
        return msgspec.json.decode(stored, type=Document)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise DocumentRefused(f"The stored document can't be read: {error}") from error


def _bounded(what: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise DocumentRefused(f"{what}: {value} is not between {least} and {most}.")


def _is_ean13(content: str) -> bool:
    if len(content) != 13 or not content.isdecimal():
        return False
    weighed = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(content))
    return weighed % 10 == 0


def _storable(text: str) -> str:
    """Lone surrogates have no UTF-8 form: they become the replacement character before they are stored."""
    _bounded("characters of a text", len(text), 0, TEXT_CHARACTERS_MAX)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
