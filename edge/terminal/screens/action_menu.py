"""What can be done here, each by its letter; where a role may not, it says that a manager's PIN is asked."""

from collections.abc import Iterable, Sequence

from textual import events
from textual.binding import Binding
from textual.widget import Widget

from edge.terminal.action import Action
from edge.terminal.screens.dialog import Dialog
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.words import _, later

HEADS = {"line": later("This line"), "order": later("The order"), "till": later("Drawer and day")}


class ActionMenu(Dialog[str]):
    """Answers the name of the action that was picked: by its letter, by Enter or by a click."""

    BINDINGS = [Binding("enter", "choose", later("Choose"))]

    def __init__(self, title: str, actions: Sequence[Action], allowed: frozenset[str]) -> None:
        """`allowed`: the names of those that need nobody else."""
        super().__init__(title)
        self._actions = actions
        self._allowed = allowed

    def body(self) -> Iterable[Widget]:
        yield Rows(Column(2, right=True), Column(), Column(15, right=True), id="actions")

    def on_mount(self) -> None:
        rows = self.query_one("#actions", Rows)
        rows.styles.height = max(1, len(self._actions))
        empty = _("Nothing can be done here now. Esc goes back.")
        rows.show_rows([self._row(action) for action in self._actions], empty=empty)
        rows.focus()

    def _row(self, action: Action) -> Row:
        remark = "" if action.name in self._allowed else _("manager's PIN")
        cells = (Cell(action.key.upper(), "accent"), Cell(_(action.label)), Cell(remark, "warn"))
        return Row(action.name, cells)

    def on_key(self, event: events.Key) -> None:
        found = next((action for action in self._actions if action.key == (event.character or "").lower()), None)
        if found:
            event.stop()
            self.dismiss(found.name)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        self.dismiss(event.key)

    def action_choose(self) -> None:
        current = self.query_one("#actions", Rows).current
        self.dismiss(current.key if current else None)
