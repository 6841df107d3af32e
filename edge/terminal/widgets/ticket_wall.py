"""The kitchen's tickets as cards in columns, oldest first, with one chosen."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from edge.terminal.changes import Mark
from edge.terminal.shapes.kitchen import Ticket, TicketLine
from edge.terminal.widgets.head import WIDE
from edge.terminal.widgets.painted import Painted, Part, wrapped
from edge.terminal.widgets.ticket_card import (
    CARD_WIDTH_MIN,
    CARD_WIDTH_MIN_WIDE,
    NUMBERED_MAX,
    Piece,
    card_of,
    flow,
)


class TicketWall(Painted):
    """Arrows and digits choose a card, a click chooses it, a click on the chosen one takes the step.

    While lines are picked, arrows choose a line of the chosen card and digits take one.
    """

    BINDINGS = [
        Binding("up", "move(-1)", show=False),
        Binding("left", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
    ]

    class Taken(Message):
        """The chosen card was clicked."""

    class LineTaken(Message):
        """A line of the chosen card was taken by its digit."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.chosen = ""
        self._tickets: Sequence[Ticket] = ()
        self._now = datetime.min
        self._pending: Mapping[str, str] = {}
        self._message: Part = ("", "quiet")
        self._pages: list[list[list[Piece]]] = []
        self._picked: int | None = None
        self._marks: Mapping[str, Mapping[str, Mark]] = {}

    def draw(
        self,
        tickets: Sequence[Ticket],
        *,
        now: datetime,
        pending: Mapping[str, str],
        marks: Mapping[str, Mapping[str, Mark]],
        empty: str,
        tone: str = "quiet",
    ) -> None:
        """Show these; the chosen ticket stays chosen wherever it moves to, so no key meets another one."""
        place = self._place()
        self._marks = marks
        self._tickets, self._now, self._pending, self._message = tickets, now, pending, (empty, tone)
        if all(ticket.id != self.chosen for ticket in tickets):
            self._picked = None
            self.chosen = tickets[min(place, len(tickets) - 1)].id if tickets else ""
        self._lay_out()

    @property
    def current(self) -> Ticket | None:
        """The chosen ticket."""
        return next((ticket for ticket in self._tickets if ticket.id == self.chosen), None)

    @property
    def unseen(self) -> int:
        """How many tickets stand on other pages than the one shown."""
        shown = {piece.card.ticket_id for column in self._page() for piece in column}
        return sum(ticket.id not in shown for ticket in self._tickets)

    @property
    def picking(self) -> bool:
        """Whether lines are picked one by one."""
        return self._picked is not None

    @property
    def line(self) -> TicketLine | None:
        """The line that is picked."""
        lines = self.current.pickable if self.current else ()
        return lines[min(self._picked, len(lines) - 1)] if lines and self._picked is not None else None

    def pick_lines(self, *, on: bool) -> None:
        """Pick lines of the chosen card one by one, or whole cards again."""
        self._picked = 0 if on and self.current and self.current.pickable else None
        self._lay_out()

    def choose(self, place: int) -> None:
        """Choose the card with this place in the queue."""
        if self._tickets:
            self.chosen = self._tickets[max(0, min(place, len(self._tickets) - 1))].id
            self._lay_out()

    def _place(self) -> int:
        places = (place for place, ticket in enumerate(self._tickets) if ticket.id == self.chosen)
        return next(places, 0)

    def _columns(self) -> int:
        least = CARD_WIDTH_MIN_WIDE if self.app.size.width >= WIDE else CARD_WIDTH_MIN
        return max(1, (self.size.width + 1) // (least + 1))

    def _card_width(self) -> int:
        columns = self._columns()
        return (self.size.width - (columns - 1)) // columns

    def _lay_out(self) -> None:
        cards = []
        for place, ticket in enumerate(self._tickets):
            number = str(place + 1) if place < NUMBERED_MAX else ""
            chosen, pending = ticket.id == self.chosen, self._pending.get(ticket.id, "")
            width = self._card_width()
            picked = self._picked if chosen else None
            cards.append(
                card_of(
                    ticket,
                    width,
                    number=number,
                    now=self._now,
                    chosen=chosen,
                    pending=pending,
                    picked=picked,
                    marks=self._marks.get(ticket.id),
                )
            )
        self._pages = flow(cards, self._columns(), max(4, self.size.height))
        self.virtual_size = Size(self.size.width, self.size.height)
        self.refresh()

    def _page(self) -> list[list[Piece]]:
        """The page with the chosen card."""
        for page in self._pages:
            if any(piece.card.ticket_id == self.chosen for column in page for piece in column):
                return page
        return self._pages[0] if self._pages else []

    def render_line(self, y: int) -> Strip:
        if not self._tickets:
            lines = wrapped(self._message[0], max(1, self.size.width - 2))
            return self.strip([(f" {lines[y]}", self._message[1])] if y < len(lines) else [], self.size.width)
        parts: list[Part] = []
        for column in self._page():
            piece = next((one for one in column if one.top <= y < one.top + len(one.lines)), None)
            parts += piece.lines[y - piece.top] if piece else [(" " * self._card_width(), "plain")]
            parts.append((" ", "plain"))
        return self.strip(parts, self.size.width)

    def action_move(self, step: int) -> None:
        if self._picked is None or self.current is None:
            self.choose(self._place() + step)
            return
        self._picked = max(0, min(self._picked + step, len(self.current.pickable) - 1))
        self._lay_out()

    def on_key(self, event: events.Key) -> None:
        if event.character and event.character in "123456789":
            event.stop()
            self._digit(int(event.character) - 1)

    def _digit(self, place: int) -> None:
        if self._picked is None:
            if place < len(self._tickets):
                self.choose(place)
        elif self.current and place < len(self.current.pickable):
            self._picked = place
            self._lay_out()
            self.post_message(self.LineTaken())

    def on_click(self, event: events.Click) -> None:
        page, place = self._page(), event.x // (self._card_width() + 1)
        column = page[place] if place < len(page) else []
        piece = next((one for one in column if one.top <= event.y < one.top + len(one.lines)), None)
        if piece is None:
            return
        if piece.card.ticket_id == self.chosen:
            self.post_message(self.Taken())
        else:
            self.chosen, self._picked = piece.card.ticket_id, None
            self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()
