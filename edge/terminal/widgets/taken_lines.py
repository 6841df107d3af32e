"""Lines of an order to take from: a digit takes a line, digits after it how many of it."""

from collections.abc import Sequence

from textual import events
from textual.binding import Binding

from edge.terminal.forms import Pile
from edge.terminal.widgets.rows import NUMBERED_MAX, Cell, Column, Row, Rows
from edge.terminal.words import _, later


class TakenLines(Rows):
    """What is taken of each pile. Of one with several, digits say how many while it waits for that; Enter is all."""

    BINDINGS = [Binding("space", "take", later("Take"))]

    def __init__(self, piles: Sequence[Pile], *, id: str | None = None) -> None:
        super().__init__(Column(9, right=True), Column(), numbered=True, id=id)
        self.taken: dict[str, int] = {}
        self._piles = piles
        self._counting: int | None = None
        """The place of the pile of which digits say how many."""
        self._typed = ""

    @property
    def counting(self) -> bool:
        """Whether it waits for how many."""
        return self._counting is not None

    def on_mount(self) -> None:
        self.styles.height = max(1, min(len(self._piles), NUMBERED_MAX))
        self._draw()

    def on_key(self, event: events.Key) -> None:
        digit = event.character if event.character and event.character in "0123456789" else ""
        event.prevent_default()  # of a plain list: there a digit is always a row
        if self._counting is not None and (digit or event.key == "backspace"):
            event.stop()
            self._type(self._piles[self._counting], self._typed + digit if digit else self._typed[:-1])
        elif digit and digit != "0":
            event.stop()
            self.pick(int(digit) - 1)

    def pick(self, place: int) -> None:
        if place < len(self._piles):
            self.move_to(place)
            self.action_take()

    def action_move(self, step: int) -> None:
        self.settle()
        super().action_move(step)

    def action_take(self) -> None:
        """All of the pile under the cursor, or none of it again; of several, it waits for how many."""
        if self._counting == self.cursor or not self._piles:
            self.settle()
            return
        self.settle()
        pile = self._piles[self.cursor]
        if self.taken.pop(pile.line_id, 0) == 0:
            self.taken[pile.line_id] = pile.quantity
            self._counting = self.cursor if pile.divisible and pile.quantity > 1 else None
        self._draw()

    def settle(self) -> None:
        """What was typed so far is how many; of none, none."""
        self.taken = {id: count for id, count in self.taken.items() if count}
        self._counting, self._typed = None, ""
        self._draw()

    def _type(self, pile: Pile, typed: str) -> None:
        if typed and int(typed) > pile.quantity:
            return
        self._typed = typed
        count = int(typed) if typed else pile.quantity
        self.taken[pile.line_id] = count
        self._draw()

    def _draw(self) -> None:
        self.show_rows([self._row(place, pile) for place, pile in enumerate(self._piles)], empty=_("Nothing is left."))

    def _row(self, place: int, pile: Pile) -> Row:
        taken = self.taken.get(pile.line_id, 0)
        counts = place == self._counting
        words = _("{n} of {all}").format(n=f"{self._typed}_" if counts else taken, all=pile.quantity)
        if not taken and not counts:
            words = str(pile.quantity)
        return Row(
            pile.line_id,
            (Cell(words, "accent" if taken or counts else "quiet"), Cell(pile.words, "strong" if taken else "plain")),
        )
