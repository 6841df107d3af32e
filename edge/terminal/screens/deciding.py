"""What every list that waits for decisions does: it is read, shown in its states, one of it is decided, it is read anew."""

from collections.abc import Awaitable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding

from edge.terminal.client import NodeError
from edge.terminal.screens.asking import Answered, Failed, ask
from edge.terminal.screens.place import Place
from edge.terminal.widgets.rows import Row, Rows
from edge.terminal.words import _, later

FOUND = "found"
Found = TypeVar("Found")


class DecidingPlace(Place, Generic[Found]):
    """A subclass names its list (`LIST`), and says what is read, how it is shown and what there is to decide."""

    BINDINGS = [
        Binding("enter", "confirm", later("Decide")),
        Binding("escape", "back", later("Back")),
    ]
    LIST: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.found: Found | None = None
        self._problem = ""

    def asked(self) -> Awaitable[Found]:
        """What reads the list. Raises NodeError."""
        raise NotImplementedError

    def rows_of(self, found: Found) -> Sequence[Row]:
        """The list's rows."""
        raise NotImplementedError

    def none_words(self) -> str:
        """What an empty list says."""
        raise NotImplementedError

    def decide(self, found: Found, key: str) -> None:
        """Ask what is to be done about the row with this key."""
        raise NotImplementedError

    def problem_words(self, error: NodeError) -> str:
        """What the list says when it can't be read."""
        return error.message

    def done_words(self, _about: str) -> str:
        """What is said once what was asked under this name is done."""
        return _("Done.")

    def may_decide(self, found: Found) -> bool:
        """Whether there is anything to decide for who stands here."""
        return bool(self.rows_of(found))

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.fetch()

    def fetch(self) -> None:
        """Read the list anew."""
        ask(self, FOUND, self.asked())

    def draw_list(self) -> None:
        """Draw it in the state in which it is."""
        empty = self._problem or (_("Fetching …") if self.found is None else self.none_words())
        rows = self.rows_of(self.found) if self.found is not None else []
        self.query_one(self.LIST, Rows).show_rows(rows, empty=empty, tone="bad" if self._problem else "quiet")

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        if action == "confirm":
            return (self.found is not None and self.may_decide(self.found)) or None
        return True

    def action_confirm(self) -> None:
        self._decide()

    def on_rows_picked(self) -> None:
        self._decide()

    def on_rows_chosen(self) -> None:
        self._decide()

    def _decide(self) -> None:
        current = self.query_one(self.LIST, Rows).current
        if self.found is not None and current is not None:
            self.decide(self.found, current.key)

    def on_answered(self, event: Answered) -> None:
        if event.about == FOUND:
            self.found, self._problem = event.value, ""
            self.draw_list()
            self.refresh_bindings()
            return
        self.say(self.done_words(event.about), "good")
        self.fetch()

    def on_failed(self, event: Failed) -> None:
        if event.about == FOUND:
            self._problem, self.found = self.problem_words(event.error), None
            self.draw_list()
            return
        self.say(event.error.message, "bad")
        self.fetch()

    def action_back(self) -> None:
        self.host.go("status")
