"""Set a PIN with a one-time code that a manager shows. The PIN goes to the node and nowhere else."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, Static

from edge.terminal import acts
from edge.terminal.screens.asking import Failed, ask
from edge.terminal.screens.dialog import Dialog
from edge.terminal.widgets.line import Line
from edge.terminal.words import _, later

PIN_DIGITS_MIN = 4
PIN_DIGITS_MAX = 12
FIELDS = ("code", "pin", "again")


class SetPin(Dialog[bool]):
    """Code, PIN, PIN again; Enter goes from field to field and sets it at the last."""

    BINDINGS = [
        Binding("enter", "confirm", later("Confirm")),
        Binding("tab", "app.focus_next", later("Next field")),
    ]
    AUTO_FOCUS = "#code"

    def __init__(self) -> None:
        super().__init__(_("Set a PIN"))
        self._busy = False

    def body(self) -> Iterable[Widget]:
        words = _("4 to 12 digits; managers and owners at least 6.")
        yield Static(Content(words), classes="dialog-words")
        yield Horizontal(Label(_("Code")), Line(max_length=64, id="code"), classes="field")
        for label, name in ((_("New PIN"), "pin"), (_("Again"), "again")):
            line = Line(password=True, restrict=r"\d*", max_length=PIN_DIGITS_MAX, id=name)
            yield Horizontal(Label(label), line, classes="field")

    def action_confirm(self) -> None:
        code, pin, again = (self.query_one(f"#{name}", Line) for name in FIELDS)
        following = {code: pin, pin: again}
        here = self.focused if isinstance(self.focused, Line) else code
        if not here.value.strip():
            self.say(_("This field is needed."))
        elif here is pin and len(pin.value) < PIN_DIGITS_MIN:
            self.say(_("A PIN has at least {n} digits.").format(n=PIN_DIGITS_MIN))
        elif here in following:
            self.say("")
            following[here].focus()
        elif pin.value != again.value:
            self.say(_("The two PINs differ. Type them again."))
            pin.clear()
            again.clear()
            pin.focus()
        elif not self._busy:
            self._busy = True
            self.say(_("Setting the PIN …"), "info")
            ask(self, "pin", acts.set_pin(self.desk, code.value.strip(), pin.value))

    def on_answered(self) -> None:
        self.dismiss(True)

    def on_failed(self, event: Failed) -> None:
        self._busy = False
        self.say(event.error.message)
        self.query_one("#code", Line).focus()
