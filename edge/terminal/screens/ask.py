"""Two small dialogs: pick one of a few by digit, and type one line."""

from collections.abc import Iterable, Sequence

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from edge.terminal.screens.dialog import Dialog
from edge.terminal.widgets.line import Line
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.words import later

TEXT_MAX = 200


class Pick(Dialog[str]):
    """Which of these? Answers the key of the one that was picked."""

    BINDINGS = [Binding("enter", "choose", later("Choose"))]

    def __init__(self, title: str, choices: Sequence[tuple[str, str]], *, words: str = "") -> None:
        """`choices` are keys with what staff read; `words` explains what is asked."""
        super().__init__(title)
        self._choices = choices
        self._words = words

    def body(self) -> Iterable[Widget]:
        if self._words:
            yield Static(Content(self._words), classes="dialog-words")
        yield Rows(Column(), numbered=True, id="choices")

    def on_mount(self) -> None:
        rows = self.query_one("#choices", Rows)
        rows.styles.height = len(self._choices)
        rows.show_rows([Row(key, (Cell(words),)) for key, words in self._choices])
        rows.focus()

    def on_rows_picked(self, event: Rows.Picked) -> None:
        self.dismiss(event.key)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        self.dismiss(event.key)

    def action_choose(self) -> None:
        current = self.query_one("#choices", Rows).current
        self.dismiss(current.key if current else None)


class AskText(Dialog[str]):
    """One line of text; an empty one is an answer too unless it is `needed`."""

    BINDINGS = [Binding("enter", "confirm", later("Confirm"))]

    def __init__(self, title: str, *, value: str = "", placeholder: str = "", needed: str = "") -> None:
        """`needed`: what to say when nothing was typed; empty when nothing is fine."""
        super().__init__(title)
        self._value = value
        self._placeholder = placeholder
        self._needed = needed

    def body(self) -> Iterable[Widget]:
        yield Line(self._value, placeholder=self._placeholder, max_length=TEXT_MAX, id="text")

    def action_confirm(self) -> None:
        text = self.query_one(Line).value.strip()
        if self._needed and not text:
            self.say(self._needed)
            return
        self.dismiss(text)
