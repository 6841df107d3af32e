"""The ground of this app's lists: lines painted from texts with tones, only those in sight."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.scroll_view import ScrollView
from textual.strip import Strip

Part = tuple[str, str]
"""A text and its tone."""

TONES = (
    "plain",
    "quiet",
    "strong",
    "accent",
    "good",
    "warn",
    "bad",
    "info",
    "alarm",
    "cursor",
    "cursor-away",
)


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells: padded, or cut with an ellipsis. Cells, not letters, so wide ones fit."""
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, max(0, width - 1)) + "…" if width > 0 else ""
    padding = " " * (width - size)
    return padding + text if right else text + padding


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken at spaces, and inside words that are longer."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if cell_len(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while cell_len(word) > width > 0:
            head = set_cell_size(word, width).rstrip()
            lines.append(head)
            word = word[len(head) :]
        line = word
    return [*lines, line] if line else lines


class Painted(ScrollView, can_focus=True):
    """A scrolling area whose lines are painted by `strip`; the tones are styled in the app's stylesheet."""

    COMPONENT_CLASSES = {f"tone--{tone}" for tone in TONES}

    def strip(self, parts: Sequence[Part], width: int, *, over: str = "") -> Strip:
        """A line of parts, padded to `width`; the tone `over` covers every part's own (the cursor's line)."""
        ground = self.rich_style
        segments = [
            Segment(text, ground + self.get_component_rich_style(f"tone--{over or tone or 'plain'}", partial=True))
            for text, tone in parts
            if text
        ]
        blank = ground + self.get_component_rich_style(f"tone--{over}", partial=True) if over else ground
        return Strip(segments).adjust_cell_length(width, blank)

    @property
    def lines_across(self) -> int:
        """The width that lines may fill, without the scrollbar."""
        return self.scrollable_content_region.width
