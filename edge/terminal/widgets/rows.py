"""The list that every screen uses: rows of cells in columns, a cursor, numbers to pick by, and its four states."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from edge.terminal.widgets.painted import Painted, Part, fitted, wrapped

NUMBERED_MAX = 9


@dataclass(frozen=True)
class Column:
    """A column of so many cells; 0 takes what the others leave."""

    width: int = 0
    right: bool = False


@dataclass(frozen=True)
class Cell:
    """A text with a tone; `across` is how many columns it covers."""

    text: str
    tone: str = "plain"
    across: int = 1


@dataclass(frozen=True)
class Row:
    """One thing in the list: a line of cells, and lines of detail below it."""

    key: str
    cells: tuple[Cell, ...]
    details: tuple[tuple[Cell, ...], ...] = ()


class Rows(Painted):
    """Arrows move, a digit picks, a click chooses; Enter is the screen's."""

    BINDINGS = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move_page(-1)", show=False),
        Binding("pagedown", "move_page(1)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
    ]

    class _About(Message):
        def __init__(self, rows: "Rows", key: str) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

        @property
        def control(self) -> "Rows":
            return self.rows

    class Moved(_About):
        """The cursor stands on another row."""

    class Picked(_About):
        """A digit was pressed for this row."""

    class Chosen(_About):
        """The row was clicked."""

    def __init__(
        self,
        *columns: Column,
        numbered: bool = False,
        click_chooses: bool = True,
        driven: bool = False,
        wraps: bool = False,
        reads: bool = False,
        id: str | None = None,
    ) -> None:
        """`driven`: another widget has the keys and moves the cursor, which so looks as if focused always;
        `wraps`: a text too long for the column that takes what is left goes on in the next line;
        `reads`: only to be read, so there is no cursor in it.
        """
        super().__init__(id=id)
        self.columns = columns
        self.rows: tuple[Row, ...] = ()
        self.cursor = 0
        self._numbered = numbered
        self._click_chooses = click_chooses
        self._driven = driven
        self._wraps = wraps
        self._reads = reads
        self.can_focus = not reads
        self._message: Part = ("", "quiet")
        self._lines: list[tuple[int, bool, Sequence[Cell]]] = []
        """What is painted: the place of the row, whether the line is its first, and the cells."""

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    def show_rows(
        self, rows: Sequence[Row], *, empty: str = "", tone: str = "quiet", cursor: int | None = None
    ) -> None:
        """Show these; the cursor stays on its row where that is still there. Without rows, the text `empty`."""
        before = self.current.key if self.current else ""
        self.rows = tuple(rows)
        self._message = (empty, tone)
        kept = next((place for place, row in enumerate(self.rows) if row.key == before), self.cursor)
        self.cursor = max(0, min(kept if cursor is None else cursor, len(self.rows) - 1))
        self._lay_out()

    def move_to(self, place: int) -> None:
        """Set the cursor on a row and bring it into sight."""
        place = max(0, min(place, len(self.rows) - 1))
        if place != self.cursor:
            self.cursor = place
            if self.current:
                self.post_message(self.Moved(self, self.current.key))
        self._reveal()
        self.refresh()

    def _lay_out(self) -> None:
        self._lines = [
            (place, line is row.cells and piece == 0, cells)
            for place, row in enumerate(self.rows)
            for line in (row.cells, *row.details)
            for piece, cells in enumerate(self._folded(line))
        ]
        self.virtual_size = Size(self.lines_across, len(self._lines))
        self._reveal()
        self.refresh()

    def _reveal(self) -> None:
        if self._reads or self.current is None or not self.size.height:
            return
        mine = [y for y, (place, _first, _cells) in enumerate(self._lines) if place == self.cursor]
        self.scroll_to_region(Region(0, mine[0], 1, len(mine)), animate=False, force=True, immediate=True)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if not self.rows:
            lines = wrapped(self._message[0], max(1, width - 2))
            return self.strip([(f" {lines[y]}", self._message[1])] if y < len(lines) else [], width)
        line = y + self.scroll_offset.y
        if line >= len(self._lines):
            return self.strip([], width)
        place, first, cells = self._lines[line]
        number = str(place + 1) if self._numbered and first and place < NUMBERED_MAX else ""
        over = ""
        if place == self.cursor and not self._reads:
            over = "cursor" if self.has_focus or self._driven else "cursor-away"
        return self.strip(self._parts(cells, number), width, over=over)

    def _folded(self, cells: Sequence[Cell]) -> list[Sequence[Cell]]:
        """A line of cells as the lines that it takes."""
        widths, column = self._widths(), 0
        for place, cell in enumerate(cells):
            covered = widths[column : column + cell.across]
            width = sum(covered) + len(covered) - 1
            loose = any(not one.width for one in self.columns[column : column + cell.across])
            if self._wraps and loose and cell_len(cell.text) > width:
                first, *rest = wrapped(cell.text, width)
                before = (Cell("", across=column),) if column else ()
                head = [replace(cell, text=first) if other == place else one for other, one in enumerate(cells)]
                return [head, *((*before, replace(cell, text=piece)) for piece in rest)]
            column += cell.across
        return [cells]

    def _parts(self, cells: Sequence[Cell], number: str) -> list[Part]:
        lead = [(f"{number:>2} " if self._numbered else " ", "accent")]
        widths = self._widths()
        parts: list[Part] = list(lead)
        column = 0
        for cell in cells:
            covered = widths[column : column + cell.across]
            right = self.columns[column].right and cell.across == 1
            parts.append((fitted(cell.text, sum(covered) + len(covered) - 1, right=right), cell.tone))
            parts.append((" ", "plain"))
            column += cell.across
        return parts

    def _widths(self) -> list[int]:
        lead = 3 if self._numbered else 1
        fixed = sum(column.width for column in self.columns) + len(self.columns)
        loose = max(4, self.lines_across - lead - fixed)
        return [column.width or loose for column in self.columns]

    def action_move(self, step: int) -> None:
        self.move_to(self.cursor + step)

    def action_move_page(self, pages: int) -> None:
        self.move_to(self.cursor + pages * max(1, self.size.height - 1))

    def on_key(self, event: events.Key) -> None:
        if self._numbered and event.character and event.character in "123456789":
            self.pick(int(event.character) - 1)
            event.stop()

    def pick(self, place: int) -> None:
        """Take the row with this number, as its digit does."""
        if place < len(self.rows):
            self.move_to(place)
            self.post_message(self.Picked(self, self.rows[place].key))

    def on_click(self, event: events.Click) -> None:
        line = event.y + self.scroll_offset.y
        if self._reads or not 0 <= line < len(self._lines):
            return
        self.move_to(self._lines[line][0])
        if self.current and (self._click_chooses or event.chain > 1):
            self.post_message(self.Chosen(self, self.current.key))

    def on_resize(self) -> None:
        self._lay_out()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
