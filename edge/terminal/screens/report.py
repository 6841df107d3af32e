"""A report as the node lays it out for paper, to be read on screen."""

from collections.abc import Awaitable, Iterable

from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from edge.terminal import training
from edge.terminal.screens.asking import Answered, Failed, ask
from edge.terminal.screens.place import Place
from edge.terminal.words import _, later


class ReportPlace(Place):
    """Enter or Esc goes back; the arrows scroll."""

    BINDINGS = [
        Binding("enter", "back", later("Done")),
        Binding("escape", "back", later("Back")),
    ]
    AUTO_FOCUS = "#paper-scroll"

    def __init__(self, text: Awaitable[str], words: str = "") -> None:
        """`text` brings the report; `words` is said above it, on what was just done."""
        super().__init__()
        self._text = text
        self._words = words

    def body(self) -> Iterable[Widget]:
        yield Vertical(VerticalScroll(Static(id="paper"), id="paper-scroll"), classes="place-body")

    def on_mount(self) -> None:
        self.query_one("#paper", Static).update(_("Fetching the report …"))
        if self._words:
            self.call_after_refresh(self.say, self._words, "good")
        ask(self, "report", self._text)

    def on_answered(self, event: Answered) -> None:
        mark = training.mark() if self.desk.training else ""
        self.query_one("#paper", Static).update(Content(f"{mark}\n\n{event.value}\n\n{mark}".strip()))

    def on_failed(self, event: Failed) -> None:
        self.query_one("#paper", Static).update(Content(event.error.message))

    def action_back(self) -> None:
        self.dismiss()
