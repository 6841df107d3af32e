"""The foot of every screen: the keys that work now, each a button for the mouse too."""

from textual.app import App
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen

from edge.terminal.widgets.words_line import Words
from edge.terminal.words import _, about

_SHOWN_AS = {
    "enter": "Enter",
    "escape": "Esc",
    "slash": "/",
    "plus": "+",
    "minus": "-",
    "delete": about("key", "Del"),
    "tab": "Tab",
    "space": about("key", "Space"),
    "ctrl+q": "^Q",
}


SPARE = "spare-"
"""A binding whose id begins so is left out of the foot where there is no room for all."""
Cap = tuple[Content, bool]


class Foot(Words):
    """Two lines: the keys of this place, and the keys that switch place. Below a dialog, one line."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self.draw()

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self.draw()

    def on_resize(self) -> None:
        self.draw()

    def draw(self) -> None:
        """Show the keys that work at this moment."""
        here: list[Cap] = []
        places: list[Cap] = []
        seen: set[str] = set()
        for active in sorted(self.screen.active_bindings.values(), key=_rank):
            binding = active.binding
            if not binding.show or not binding.description or binding.action in seen or self._typed(active):
                continue
            seen.add(binding.action)
            line = places if isinstance(active.node, App) else here
            line.append((_key_cap(active), (binding.id or "").startswith(SPARE)))
        lines = [_fitting(line, self.size.width or self.app.size.width - 2) for line in (here, places) if line]
        self.put(Content("\n").join(lines))

    def _typed(self, active: ActiveBinding) -> bool:
        """Whether the focused input would take the key as text."""
        key = active.binding.key
        character = {"slash": "/", "plus": "+", "minus": "-", "space": " ", "full_stop": "."}.get(key, key)
        focused = self.screen.focused
        if focused is None or active.node is focused or len(character) != 1:
            return False
        return focused.check_consume_key(key, character)


def _rank(active: ActiveBinding) -> int:
    """Confirming first, then what the screen has, back after that, and quitting last of all."""
    return {"enter": 0, "escape": 2, "ctrl+q": 3}.get(active.binding.key, 1)


def _key_cap(active: ActiveBinding) -> Content:
    binding = active.binding
    key = _(binding.key_display or _SHOWN_AS.get(binding.key, binding.key.upper()))
    words = _(binding.description)
    if not active.enabled:
        return Content.from_markup("[dim]$key $words[/]", key=key, words=words)
    markup = f"[@click=app.simulate('{binding.key}')][bold $accent]$key[/] $words[/]"
    return Content.from_markup(markup, key=key, words=words)


def _fitting(caps: list[Cap], width: int) -> Content:
    """As many keys as fit, two blanks apart, one where that lets all of them in; where not, without the spare ones."""
    for gap, spare in (("  ", True), (" ", True), ("  ", False), (" ", False)):
        line = Content(gap).join([cap for cap, is_spare in caps if spare or not is_spare])
        if line.cell_length <= width:
            return line
    return line.truncate(width, ellipsis=True)
