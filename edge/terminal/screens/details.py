"""Where an order goes: how it is served, which table, how many guests; and a word to the kitchen on all of it."""

from collections.abc import Iterable
from dataclasses import replace

from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Label

from edge.terminal.acts import channel_words
from edge.terminal.draft import CHANNELS, Draft
from edge.terminal.screens.dialog import Dialog
from edge.terminal.widgets.line import Line
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.words import _, later

TABLE_MAX = 20
NOTE_MAX = 200


class Details(Dialog[Draft]):
    """Enter goes from the table to the guests and confirms there; Tab reaches the note and the way of serving."""

    BINDINGS = [
        Binding("enter", "confirm", later("Confirm")),
        Binding("tab", "app.focus_next", later("Next field")),
    ]
    AUTO_FOCUS = "#table"

    def __init__(self, draft: Draft) -> None:
        super().__init__(_("Table and guests"))
        self._draft = draft

    def body(self) -> Iterable[Widget]:
        covers = str(self._draft.covers or "")
        yield Horizontal(Label(_("Table")), Line(self._draft.table, max_length=TABLE_MAX, id="table"), classes="field")
        yield Horizontal(
            Label(_("Guests")),
            Line(covers, restrict=r"\d{0,3}", id="covers"),
            classes="field",
        )
        note = Line(self._draft.note, max_length=NOTE_MAX, id="note")
        yield Horizontal(Label(_("Note")), note, classes="field")
        yield Rows(Column(), numbered=True, id="channels")

    def on_mount(self) -> None:
        rows = self.query_one("#channels", Rows)
        rows.styles.height = len(CHANNELS)
        cursor = CHANNELS.index(self._draft.channel) if self._draft.channel in CHANNELS else 0
        rows.show_rows([Row(channel, (Cell(channel_words(channel)),)) for channel in CHANNELS], cursor=cursor)

    def on_rows_picked(self) -> None:
        self.query_one("#table", Line).focus()

    def action_confirm(self) -> None:
        if self.focused is self.query_one("#table"):
            self.query_one("#covers", Line).focus()
        else:
            self._finish()

    def _finish(self) -> None:
        channel = self.query_one("#channels", Rows).current
        covers = self.query_one("#covers", Line).value
        changed = replace(
            self._draft,
            table=self.query_one("#table", Line).value.strip(),
            covers=int(covers) if covers and int(covers) else None,
            note=self.query_one("#note", Line).value.strip(),
            channel=channel.key if channel else self._draft.channel,
        )
        self.dismiss(changed)
