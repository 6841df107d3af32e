"""The one search box: letters go in, arrows and digits go to the list that it drives."""

from textual import events
from textual.binding import Binding
from textual.message import Message

from edge.terminal.widgets.line import Line


class SearchBox(Line):
    """An input that leaves to its screen what is no text: arrows, and signs typed into an empty box."""

    BINDINGS = [
        Binding("up", "drive(-1)", show=False),
        Binding("down", "drive(1)", show=False),
        Binding("pageup", "drive(-10)", show=False),
        Binding("pagedown", "drive(10)", show=False),
    ]

    class Driven(Message):
        """The list's cursor is to move by so many rows."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, *, placeholder: str, signs: str = "", never: str = "/", id: str | None = None) -> None:
        """`signs`: characters that are keys of the screen while the box is empty; `never`: always."""
        super().__init__(placeholder=placeholder, id=id)
        self._signs = signs
        self._never = never

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """An empty box leaves signs to the screen."""
        if self._is_sign(character):
            return False
        return super().check_consume_key(key, character)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In an empty box, Delete belongs to the screen too."""
        if action == "delete_right" and not self.value:
            return False
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        if self._is_sign(event.character):
            # Without the input's own handler the key goes on to the screen's bindings.
            event.prevent_default()

    def _is_sign(self, character: str | None) -> bool:
        if not character:
            return False
        return character in self._never or (not self.value and character in self._signs)

    def action_drive(self, step: int) -> None:
        self.post_message(self.Driven(step))
