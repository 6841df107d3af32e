"""A manager's PIN lets one thing through that the role of whoever is signed in does not allow (R15)."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, Static

from edge.terminal import acts
from edge.terminal.forms import TEXT_MAX
from edge.terminal.kept import KeptAction
from edge.terminal.screens.asking import Answered, Failed, ask
from edge.terminal.screens.dialog import Dialog
from edge.terminal.shapes.node import Person
from edge.terminal.widgets.line import Line
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.words import _, later

PIN_DIGITS_MAX = 12


class Approve(Dialog[str]):
    """Answers the approval's id. A digit picks the manager, who types their PIN; it lets this one thing through once."""

    BINDINGS = [
        Binding("enter", "confirm", later("Approve")),
        Binding("tab", "app.focus_next", later("Next field")),
    ]

    def __init__(self, action: KeptAction, approvers: tuple[Person, ...]) -> None:
        super().__init__(_("A manager's PIN is needed"))
        self._action = action
        self._approvers = approvers
        self._busy = False

    @property
    def _reason(self) -> str:
        return str(self._action.body.get("reason", ""))

    def body(self) -> Iterable[Widget]:
        said = self._action.refusal if self._action.kind == "payment" else ""
        words = [self._action.title, self._reason, said]
        yield Static(Content(" · ".join(word for word in words if word)), classes="dialog-words")
        yield Rows(Column(), numbered=True, id="approvers")
        pin = Line(password=True, restrict=r"\d*", max_length=PIN_DIGITS_MAX, id="pin")
        yield Horizontal(Label(_("PIN")), pin, classes="field")
        if not self._reason:
            yield Horizontal(Label(_("Why")), Line(max_length=TEXT_MAX, id="reason"), classes="field")

    def on_mount(self) -> None:
        rows = self.query_one("#approvers", Rows)
        rows.styles.height = max(1, len(self._approvers))
        people = [Row(person.id, (Cell(person.display_name),)) for person in self._approvers]
        rows.show_rows(people, empty=_("Nobody here can approve it. Esc goes back."))
        rows.focus()

    def on_rows_picked(self) -> None:
        self.query_one("#pin", Line).focus()

    def on_rows_chosen(self) -> None:
        self.query_one("#pin", Line).focus()

    def action_confirm(self) -> None:
        pin, rows = self.query_one("#pin", Line), self.query_one("#approvers", Rows)
        reason = self.query_one("#reason", Line) if not self._reason else None
        why = reason.value.strip() if reason else self._reason
        if self.focused is rows or not pin.value:
            pin.focus()
        elif reason and not why:
            reason.focus()
            self.say(_("Say why it is approved."), "info")
        elif rows.current and not self._busy:
            self._busy = True
            self.say(_("Asking the node …"), "info")
            ask(self, "approve", acts.approve(self.desk, self._action, rows.current.key, pin.value, why))

    def on_answered(self, event: Answered) -> None:
        self.dismiss(event.value)

    def on_failed(self, event: Failed) -> None:
        self._busy = False
        words, seconds = event.error.message, event.error.retry_after_seconds
        self.say(_("{words} Try again in {seconds} s.").format(words=words, seconds=seconds) if seconds else words)
        pin = self.query_one("#pin", Line)
        pin.clear()
        pin.focus()
