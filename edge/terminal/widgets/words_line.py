"""A text that is drawn again only when it has changed, and laid out again only when its height has."""

from textual.content import Content
from textual.widgets import Static


class Words(Static):
    """Fixed words of a screen whose place does not depend on how long they are."""

    def __init__(self, *, wraps: bool = False, id: str | None = None, classes: str | None = None) -> None:
        """`wraps`: the height follows from how the words break into lines, so every change is laid out."""
        super().__init__(id=id, classes=classes)
        self._wraps = wraps
        self._words = Content()

    def put(self, words: Content | str) -> None:
        """Show these words. A layout of the whole screen costs a key press what it has of time."""
        content = Content(words) if isinstance(words, str) else words
        if content.is_same(self._words):
            return
        taller = self._wraps or content.plain.count("\n") != self._words.plain.count("\n")
        self._words = content
        self.update(content, layout=taller)
