"""What every dialog has: a title, a body, and the keys that work in it."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from edge.terminal.desk import Desk
from edge.terminal.screens.host import host_of
from edge.terminal.widgets.foot import Foot
from edge.terminal.widgets.head import Notice
from edge.terminal.words import later

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """A small box over a screen. Enter confirms, Esc goes back with nothing changed (answer None)."""

    BINDINGS = [Binding("escape", "back", later("Back"))]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    @property
    def desk(self) -> Desk:
        """What the app knows and does."""
        return host_of(self.app).desk

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content(self._title), classes="dialog-title")
            yield from self.body()
            yield Notice(classes="notice")
            yield Foot(classes="dialog-foot")

    def body(self) -> Iterable[Widget]:
        """What is between title and keys."""
        return ()

    def say(self, words: str, tone: str = "bad") -> None:
        """Answer the last key in one line."""
        self.query_one(Notice).say(words, tone)

    def action_back(self) -> None:
        self.dismiss(None)
