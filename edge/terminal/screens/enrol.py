"""First time on this machine: a manager's one-time code makes it a terminal of the property."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, Static

from edge.terminal.news import Link, Topic
from edge.terminal.screens.asking import Answered, Failed, ask
from edge.terminal.screens.place import Place
from edge.terminal.widgets.line import Line
from edge.terminal.words import _, later

LOOK_AGAIN_SECONDS = 2.0
CODE_MAX = 64
NAME_MAX = 40


class EnrolPlace(Place):
    """Code, name, Enter."""

    BINDINGS = [
        Binding("enter", "confirm", later("Confirm")),
        Binding("tab", "app.focus_next", later("Next field")),
    ]
    AUTO_FOCUS = "#code"

    def __init__(self, reason: str = "") -> None:
        """`reason`: why a terminal that was enrolled has to be again."""
        super().__init__()
        self._reason = reason
        self._busy = False

    def body(self) -> Iterable[Widget]:
        yield Vertical(
            Static(_("Make this machine a terminal"), classes="title"),
            Static(id="enrol-words"),
            Horizontal(Label(_("Code")), Line(max_length=CODE_MAX, id="code"), classes="field"),
            Horizontal(
                Label(_("Name")),
                Line(placeholder=_("what staff call it: Bar, Till 2"), max_length=NAME_MAX, id="name"),
                classes="field",
            ),
            classes="place-body form",
        )

    def on_mount(self) -> None:
        self._look()

    def show(self, _topics: frozenset[Topic]) -> None:
        words = [self._reason] if self._reason else []
        if self.desk.heard:
            name = self.desk.board.property_name
            words.append(_("The node of {property} answers.").format(property=name))
            words.append(_("A manager shows you a code that counts once. Type it, then Enter."))
        elif self.desk.link is not None:
            words.append(_("No node answers at {url}.").format(url=self.desk.address))
            words.append(_("Check the address and this machine's network. It is tried again by itself."))
        else:
            words.append(_("Looking for the node at {url} …").format(url=self.desk.address))
        self.query_one("#enrol-words", Static).update(Content("\n".join(words)))

    def _look(self) -> None:
        ask(self, "look", self.desk.look())

    def on_answered(self, event: Answered) -> None:
        if event.about == "look":
            self._heard(True)
            return
        self._busy = False
        self.host.go("kitchen" if self.desk.is_kitchen else "sign_in")

    def on_failed(self, event: Failed) -> None:
        if event.about == "look":
            self._heard(False)
            self.set_timer(LOOK_AGAIN_SECONDS, self._look)
            return
        self._busy = False
        self.say(event.error.message, "bad")

    def _heard(self, heard: bool) -> None:
        if self.desk.link is None or self.desk.link.heard is not heard:
            self.desk.link = Link(heard=heard, since=self.desk.clock())
        self.desk.changed(Topic.LINK)

    def action_confirm(self) -> None:
        code, name = self.query_one("#code", Line), self.query_one("#name", Line)
        if not code.value.strip():
            self.say(_("Type the code that a manager shows you."), "bad")
            code.focus()
        elif self.focused is code and not name.value:
            name.focus()
        elif not self._busy:
            self._busy = True
            self.say(_("Enrolling …"))
            ask(self, "enrol", self.desk.enrol(code.value.strip(), name.value.strip()))
