"""The one form: what an action asks, field by field; usual answers and choices are taken by their digit."""

from collections.abc import Iterable, Sequence
from typing import Any

from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label

from edge.terminal.forms import TEXT_MAX, Field, Unfit, read_field
from edge.terminal.screens.dialog import Dialog
from edge.terminal.widgets.line import Line
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.widgets.taken_lines import TakenLines
from edge.terminal.words import _, later

CHOICES_SHOWN_MAX = 9


class Form(Dialog[dict[str, Any]]):
    """Enter goes from field to field and answers at the last; the answers are as the request takes them."""

    BINDINGS = [
        Binding("enter", "confirm", later("Confirm")),
        Binding("tab", "app.focus_next", later("Next field")),
    ]

    def __init__(self, title: str, fields: Sequence[Field]) -> None:
        super().__init__(title)
        self._fields = fields

    def body(self) -> Iterable[Widget]:
        for place, field in enumerate(self._fields):
            if field.kind in ("pick", "lines"):
                yield Label(field.label, classes="field-title")
                id = f"field-{place}"
                yield TakenLines(field.piles, id=id) if field.piles else Rows(Column(), numbered=True, id=id)
                continue
            line = Line(field.value, max_length=TEXT_MAX, id=f"field-{place}")
            yield Horizontal(Label(field.label), line, classes="field")
            if field.hints:
                yield Rows(Column(), numbered=True, reads=True, id=f"hints-{place}")

    def on_mount(self) -> None:
        for place, field in enumerate(self._fields):
            if field.kind == "pick":
                self._fill(f"#field-{place}", [choice.words for choice in field.choices])
            elif field.hints:
                self._fill(f"#hints-{place}", field.hints)
        self._focus(0)

    def _fill(self, selector: str, words: Sequence[str]) -> None:
        rows = self.query_one(selector, Rows)
        rows.styles.height = max(1, min(len(words), CHOICES_SHOWN_MAX))
        rows.show_rows([Row(str(place), (Cell(one),)) for place, one in enumerate(words)])

    def _focus(self, place: int) -> None:
        self.query_one(f"#field-{place}").focus()

    @property
    def _here(self) -> int:
        """The place of the field that has the keys."""
        name = (self.focused.id or "") if self.focused else ""
        return int(name.removeprefix("field-")) if name.startswith("field-") else 0

    def on_input_changed(self, event: Input.Changed) -> None:
        """A digit alone in a field with usual answers is the answer with that number."""
        place = self._here
        hints = self._fields[place].hints
        if event.value.isdecimal() and event.value != "0" and len(event.value) == 1 and int(event.value) <= len(hints):
            event.input.value = hints[int(event.value) - 1]
            event.input.cursor_position = len(event.input.value)
            self._onward(place)

    def on_rows_picked(self) -> None:
        self.action_confirm()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        event.rows.focus()
        if isinstance(event.rows, TakenLines):
            event.rows.action_take()
            return
        self._onward(self._place_of(event.rows))

    def _place_of(self, rows: Rows) -> int:
        return int((rows.id or "field-0").removeprefix("field-"))

    def action_confirm(self) -> None:
        lines = self.focused
        if isinstance(lines, TakenLines) and lines.counting:
            lines.settle()
            return
        self._onward(self._here)

    def _onward(self, place: int) -> None:
        """To the next field once this one is right; from the last one, answer."""
        try:
            self._read(place)
        except Unfit as error:
            self.say(str(error))
            return
        self.say("")
        if place + 1 < len(self._fields):
            self._focus(place + 1)
            return
        self._finish()

    def _finish(self) -> None:
        answers: dict[str, Any] = {}
        for place in range(len(self._fields)):
            try:
                answers |= self._read(place)
            except Unfit as error:
                self._focus(place)
                self.say(str(error))
                return
        self.dismiss(answers)

    def _read(self, place: int) -> dict[str, Any]:
        field = self._fields[place]
        if field.kind == "lines":
            taken = self.query_one(f"#field-{place}", TakenLines).taken
            if not taken:
                raise Unfit(field.needed)
            return {field.name: [{"line_id": id, "quantity": count} for id, count in taken.items()]}
        if field.kind != "pick":
            return read_field(field, self.query_one(f"#field-{place}", Line).value)
        rows = self.query_one(f"#field-{place}", Rows)
        if not field.choices:
            raise Unfit(_("There is none. Esc goes back."))
        value = field.choices[rows.cursor].value
        return {} if value is None else {field.name: value}
