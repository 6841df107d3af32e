"""How much of an item: read from this terminal's scale, or typed."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.widget import Widget

from edge.terminal import fitted
from edge.terminal.amounts import decimal
from edge.terminal.fitted import Weighed
from edge.terminal.screens.asking import Answered, Failed, ask
from edge.terminal.screens.dialog import Dialog
from edge.terminal.shapes.hardware import Fitted
from edge.terminal.shapes.menu import UNITS, MenuItem
from edge.terminal.sold_words import read_thousandths, thousandths_words
from edge.terminal.widgets.line import Line
from edge.terminal.widgets.words_line import Words
from edge.terminal.words import _, later


class Weigh(Dialog[tuple[int, str]]):
    """Answers the thousandths of the item's unit, and by what they were measured. The scale is asked at once, and again on
    F8; whatever is typed instead counts as keyed."""

    BINDINGS = [
        Binding("enter", "confirm", later("Confirm")),
        Binding("f8", "again", later("Weigh again")),
    ]

    def __init__(self, item: MenuItem) -> None:
        unit = UNITS.get(item.sold_as, item.sold_as)
        super().__init__(_("{item}: how many {unit}?").format(item=item.name, unit=unit))
        self._item = item
        self._scale: Fitted | None = None
        self._found: Weighed | None = None

    def body(self) -> Iterable[Widget]:
        yield Words(wraps=True, classes="dialog-words", id="scale-says")
        yield Line(placeholder=decimal("0.312"), id="text")

    def on_mount(self) -> None:
        self.query_one(Line).focus()
        if fitted.by_scale(self._item):
            ask(self, "scale", fitted.scale_of(self.desk))

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        return self._scale is not None if action == "again" else True

    def action_again(self) -> None:
        if self._scale is not None:
            self._found = None
            self.query_one(Line).clear()
            self._put(_("Reading {scale} …").format(scale=self._scale.name))
            ask(self, "weight", fitted.weighed(self.desk, self._scale, self._item))

    def on_answered(self, event: Answered) -> None:
        if event.about == "scale":
            self._scale = event.value
            self.refresh_bindings()
            self.action_again()
            return
        line, found = self.query_one(Line), event.value
        if line.value:
            return  # somebody was quicker by hand
        self._found = found
        words = thousandths_words(found.thousandths, self._item.sold_as)
        line.value = words.partition(" ")[0]
        line.cursor_position = len(line.value)
        self._put(_("{scale}: {weight}. Enter takes it.").format(scale=found.scale, weight=words))

    def on_failed(self, event: Failed) -> None:
        why = event.error.message
        if self._scale is None:
            self._put(why)
        else:
            words = _("{scale}: {why} F8 weighs again, or type the weight.")
            self._put(words.format(scale=self._scale.name, why=why))

    def _put(self, words: str) -> None:
        self.query_one("#scale-says", Words).put(words)

    def action_confirm(self) -> None:
        measured = read_thousandths(self.query_one(Line).value)
        if measured is None:
            self.say(_("Weigh it, or type how much, as in 0.312."))
            return
        by_scale = self._found is not None and self._found.thousandths == measured
        self.dismiss((measured, "scale" if by_scale else "keyed"))
