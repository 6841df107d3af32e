"""The print head: carries out commands on the strip of paper. Knows no socket, no thread and no fault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from barcode.codex import Code128
from barcode.ean import EuropeanArticleNumber13
from PIL import Image

from devices.glyphs import CELL_HEIGHT, CELL_WIDTH
from devices.virtual.commands import Command, Name
from devices.virtual.paper import GapRow, Run, Strip, Style, TextRow, aligned_x

LINE_SPACING = 30
# A ribbon printer's letter is 10 strokes wide; its pins stand so far apart, in dots of a thermal head.
PIN_LETTER_DOTS, PIN_HEIGHT = 10, 3
# A stream without cuts would fill the memory: a strip this long tears.
ROWS_MAX = 5_000
CODE_PAGES = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
}
_ALIGNMENTS = {0: "left", 1: "center", 2: "right", 48: "left", 49: "center", 50: "right"}
_QR_LEVELS = {48: "l", 49: "m", 50: "q", 51: "h"}


@dataclass(slots=True)
class Tally:
    """What the head has done since the printer was made."""

    lines: int = 0
    cuts: int = 0
    kicks: int = 0
    buzzes: int = 0
    nonsense: int = 0


class Head:
    """Prints on the strip; `on_cut` gets each strip that was cut off and is not blank.

    `before_line` is called before anything reaches the paper: it may wait there (no paper, a slow printer),
    and raises to stop.
    """

    def __init__(
        self,
        dots: int,
        before_line: Callable[[], None],
        on_cut: Callable[[Strip], None],
        *,
        code_pages: Mapping[int, str] = CODE_PAGES,
    ) -> None:
        self.dots = dots
        self._code_pages = code_pages
        self.tally = Tally()
        self.strip = Strip(dots)
        self._before_line = before_line
        self._on_cut = on_cut
        self.reset()

    def reset(self) -> None:
        """As after `ESC @`: what is set and the unfinished line are forgotten; the paper stays."""
        self._style = Style()
        self._align = "left"
        self._spacing = LINE_SPACING
        self._margin = 0
        self._area = self.dots
        self._code_page = "cp437"
        self._runs: list[Run] = []
        self._stroke: Image.Image | None = None
        self._x = 0
        self._bars_dots, self._bars_height = 3, 162
        self._qr_dots, self._qr_level, self._qr_data = 3, "l", b""

    def eject(self) -> None:
        """Cut off whatever is on the strip."""
        strip, self.strip = self.strip, Strip(self.dots)
        if not strip.blank:
            self._on_cut(strip)

    def carry_out(self, command: Command) -> None:
        """Do one command; questions to the printer are not the head's."""
        if len(self.strip.rows) >= ROWS_MAX:
            self.eject()
        match command.name:
            case Name.CHARACTERS:
                self._characters(command.data)
            case Name.LINE_FEED:
                self._end_line()
            case Name.FEED_LINES:
                self._feed(command.number)
            case Name.FEED_DOTS:
                if self._runs:
                    self._end_line()
                if not self.strip.blank:
                    self.strip.rows.append(GapRow(command.number))
            case Name.PICTURE:
                self._picture(command.data)
            case Name.PINS:
                self._pins(command.data)
            case Name.BARCODE:
                self._barcode(command.data)
            case Name.BUZZ:
                self.tally.buzzes += 1
            case Name.CODE_2D:
                self._code(command.data)
            case Name.CUT:
                if self._runs:
                    self._end_line()
                self.tally.cuts += 1
                self.eject()
            case Name.KICK:
                self.tally.kicks += 1
            case Name.INITIALISE:
                self.reset()
            case Name.NONSENSE:
                self.tally.nonsense += 1
            case _:
                self._set(command)

    def _set(self, command: Command) -> None:
        on = bool(command.number & 1)
        match command.name:
            case Name.BOLD:
                self._style = replace(self._style, bold=on)
            case Name.UNDERLINE:
                self._style = replace(self._style, underline=command.number % 48 > 0)
            case Name.INVERSE:
                self._style = replace(self._style, inverse=on)
            case Name.RED:
                self._style = replace(self._style, red=on)
            case Name.BARCODE_WIDTH:
                self._bars_dots = max(1, min(6, command.number))
            case Name.BARCODE_HEIGHT:
                self._bars_height = max(1, command.number)
            case Name.SIZE:
                wide, tall = (command.number >> 4 & 7) + 1, (command.number & 7) + 1
                self._style = replace(self._style, wide=wide, tall=tall)
            case Name.MODE:
                self._mode(command.number)
            case Name.ALIGN:
                self._align = _ALIGNMENTS.get(command.number, self._align)
            case Name.CODE_PAGE:
                self._code_page = self._code_pages.get(command.number, "ascii")
            case Name.LINE_SPACING:
                self._spacing = command.number
            case Name.LINE_SPACING_USUAL:
                self._spacing = LINE_SPACING
            case Name.LEFT_MARGIN:
                self._margin = min(command.number, self.dots - CELL_WIDTH)
            case Name.AREA_WIDTH:
                self._area = max(CELL_WIDTH, min(command.number, self.dots - self._margin))
            case _:
                pass

    def _mode(self, bits: int) -> None:
        self._style = replace(
            self._style,
            bold=bool(bits & 0x08),
            tall=2 if bits & 0x10 else 1,
            wide=2 if bits & 0x20 else 1,
            underline=bool(bits & 0x80),
        )

    def _characters(self, data: bytes) -> None:
        advance = CELL_WIDTH * self._style.wide
        text = data.decode(self._code_page, "replace")
        while text:
            room = (self._area - self._x) // advance
            if room <= 0 and self._x > 0:
                # The line is full: a printer goes on in the next one.
                self._end_line()
                continue
            part, text = text[: max(1, room)], text[max(1, room) :]
            self._runs.append(Run(self._x, part, self._style))
            self._x += len(part) * advance

    def _end_line(self) -> None:
        self._before_line()
        self.tally.lines += 1
        if self._stroke is not None:
            self.strip.add_picture(self._stroke, self._margin, red=self._style.red)
            self._stroke = None
            return
        shift = aligned_x(self._x, self._margin, self._area, self._align)
        runs = tuple(replace(run, x=run.x + shift) for run in self._runs)
        tallest = max((run.style.tall for run in runs), default=1) * CELL_HEIGHT
        self.strip.rows.append(TextRow(runs, max(self._spacing, tallest)))
        self._runs, self._x = [], 0

    def _feed(self, lines: int) -> None:
        if self._runs:
            self._end_line()
            lines -= 1
        if not self.strip.blank:
            self.strip.rows.extend(TextRow((), self._spacing) for _ in range(lines))

    def _picture(self, data: bytes) -> None:
        mode, row_bytes, rows = data[0], data[1] | data[2] << 8, data[3] | data[4] << 8
        if not row_bytes or not rows:
            return
        self._before_line()
        self.tally.lines += 1
        picture = Image.frombytes("1", (row_bytes * 8, rows), data[5:]).convert("L")
        scale = (2 if mode & 1 else 1, 2 if mode & 2 else 1)
        picture = picture.resize((picture.width * scale[0], picture.height * scale[1]))
        picture = picture.crop((0, 0, min(picture.width, self._area), picture.height))
        x = aligned_x(picture.width, self._margin, self._area, self._align)
        self.strip.add_picture(picture, x, red=self._style.red)

    def _pins(self, data: bytes) -> None:
        """A stroke of eight pins (`ESC *`, m 0 or 1), drawn as a thermal head's dots would be: three times as high."""
        if data[0] not in (0, 1):
            self.tally.nonsense += 1
            return
        columns = data[3:]
        dots = Image.frombytes("1", (8, len(columns)), columns).convert("L").transpose(Image.Transpose.TRANSPOSE)
        across = len(columns) * (2 if data[0] == 0 else 1) * CELL_WIDTH // PIN_LETTER_DOTS
        self._stroke = dots.resize((max(1, across), 8 * PIN_HEIGHT))

    def _barcode(self, data: bytes) -> None:
        """`GS k` in the form that says its length: EAN-13 (67) and CODE128 in code set B (73)."""
        kind, content = data[0], data[2:].decode("ascii", "replace")
        if kind == 67 and len(content) in (12, 13):
            name, pattern = "ean13", EuropeanArticleNumber13(content[:12]).build()[0]
        elif kind == 73 and content.startswith("{B"):
            content = content[2:].replace("{{", "{")
            name, pattern = "code128", Code128(content).build()[0]
        else:
            self.tally.nonsense += 1
            return
        self._before_line()
        self.tally.lines += 1
        area = (self._margin, self._area, self._align)
        self.strip.add_bars(pattern, f"[{name} {content}]", self._bars_dots, self._bars_height, area=area)

    def _code(self, data: bytes) -> None:
        """`GS ( k`: cn, fn and their parameters; only QR codes (cn 49) are known here."""
        if len(data) < 2 or data[0] != 49:
            self.tally.nonsense += 1
            return
        match data[1]:
            case 67 if len(data) > 2:
                self._qr_dots = max(1, min(16, data[2]))
            case 69 if len(data) > 2:
                self._qr_level = _QR_LEVELS.get(data[2], "l")
            case 80:
                self._qr_data = data[3:]
            case 81 if self._qr_data:
                self._print_qr(self._qr_data.decode("utf-8", "replace"))
            case _:
                pass

    def _print_qr(self, content: str) -> None:
        self._before_line()
        area = (self._margin, self._area, self._align)
        try:
            self.strip.add_qr(content, module_dots=self._qr_dots, level=self._qr_level, area=area)
        except ValueError:
            # More than a QR code holds: printers print none.
            self.tally.nonsense += 1
        else:
            self.tally.lines += 1
