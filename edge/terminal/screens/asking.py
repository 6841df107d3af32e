"""How a screen asks the node: in a worker that touches no widget and posts what came of it."""

from collections.abc import Awaitable
from typing import Any

from textual.message import Message
from textual.screen import Screen

from edge.terminal.client import NodeError
from edge.terminal.words import _


class Answered(Message):
    """The node did as asked; `value` is what it gave."""

    def __init__(self, about: str, value: Any) -> None:
        super().__init__()
        self.about = about
        self.value = value


class Failed(Message):
    """The node refused, or could not be heard."""

    def __init__(self, about: str, error: NodeError) -> None:
        super().__init__()
        self.about = about
        self.error = error


def ask(screen: Screen[Any], about: str, call: Awaitable[Any]) -> None:
    """Await `call` in a worker; the screen hears Answered or Failed under the name `about`."""
    screen.run_worker(_asked(screen, about, call), group=about)


async def _asked(screen: Screen[Any], about: str, call: Awaitable[Any]) -> None:
    try:
        value = await call
    except NodeError as error:
        screen.post_message(Failed(about, error))
    except OSError as error:
        words = _("This machine can't write to its disk: {reason}.").format(reason=error.strerror or error)
        screen.post_message(Failed(about, NodeError("DISK", words)))
    else:
        screen.post_message(Answered(about, value))
