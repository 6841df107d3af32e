"""Choose an item's options: one group after the other, picked by digit, each group's min and max kept."""

from collections.abc import Iterable
from string import ascii_lowercase

from textual import events
from textual.binding import Binding
from textual.widget import Widget

from edge.terminal.amounts import written, written_with_currency
from edge.terminal.choices import Choices
from edge.terminal.screens.dialog import Dialog
from edge.terminal.shapes import MenuItem, ModifierGroup, Option
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.words import _, later, n_

SIGNS = "123456789" + "0" + ascii_lowercase


class Modifiers(Dialog[tuple[Option, ...]]):
    """All groups in one list, the active one numbered. A choice that leaves no question open is the answer."""

    BINDINGS = [
        Binding("enter", "confirm", later("Confirm")),
        Binding("space", "take", later("Take")),
        Binding("right,tab", "group(1)", later("Next group"), key_display="Tab"),
        Binding("left,shift+tab", "group(-1)", show=False),
        Binding("escape", "back", later("Back")),
    ]

    def __init__(self, item: MenuItem, currency: str, quantity: int = 1, chosen: tuple[str, ...] = ()) -> None:
        super().__init__(f"{quantity} x {item.name}" if quantity > 1 else item.name)
        self._item = item
        self._currency = currency
        self._choices = Choices.of(tuple(group for group in item.modifier_groups if group.options), chosen)
        self._group = 0
        self._asks_once = not chosen

    def body(self) -> Iterable[Widget]:
        yield Rows(Column(3), Column(), Column(9, right=True), click_chooses=True, id="options")

    def on_mount(self) -> None:
        rows = self.query_one("#options", Rows)
        count = sum(1 + len(group.options) for group in self._choices.groups)
        rows.styles.height = count
        rows.focus()
        self._draw()
        self._to_group(0)

    def _draw(self) -> None:
        rows: list[Row] = []
        for place, group in enumerate(self._choices.groups):
            rows.append(self._head_row(place, group))
            rows += [self._option_row(place, number, option) for number, option in enumerate(group.options)]
        self.query_one("#options", Rows).show_rows(rows)
        price = (self._item.price_minor + self._choices.delta_minor, self._item.currency or self._currency)
        self.say(_("{price} each").format(price=written_with_currency(*price)), "info")

    def _head_row(self, place: int, group: ModifierGroup) -> Row:
        active = place == self._group
        rule, tone = _rule(group), "quiet"
        if self._choices.missing(place):
            rule, tone = f"{rule} ◂", "warn"
        words = f"{'▾' if active else '▸'} {group.name}: {rule}"
        return Row(f"{place}", (Cell(words, "strong" if active and tone == "quiet" else tone, across=3),))

    def _option_row(self, place: int, number: int, option: Option) -> Row:
        chosen = number in self._choices.picked[place]
        sign = SIGNS[number] if place == self._group and number < len(SIGNS) else ""
        price = _signed(option.price_delta_minor, self._item.currency or self._currency)
        tone = "strong" if chosen else "plain"
        cells = (
            Cell(f"{sign:>2}", "accent"),
            Cell(f"{'[■]' if chosen else '[ ]'} {option.name}", tone),
            Cell(price),
        )
        return Row(f"{place}:{number}", cells)

    def _to_group(self, place: int) -> None:
        self._group = max(0, min(place, len(self._choices.groups) - 1))
        self._draw()
        before = sum(1 + len(group.options) for group in self._choices.groups[: self._group])
        self.query_one("#options", Rows).move_to(before + 1)

    def _toggle(self, group: int, option: int) -> None:
        before = self._choices
        self._choices = before.toggled(group, option)
        if self._choices == before:
            self.say_full(group)
            return
        self._draw()
        if self._choices.full(group) and len(self._choices.picked[group]) > len(before.picked[group]):
            self._onward(group)

    def say_full(self, group: int) -> None:
        """A full group takes no more."""
        limit = self._choices.groups[group].choices_max
        words = n_("{n} choice at most: give one back first", "{n} choices at most: give one back first", limit)
        self.say(words)

    def _onward(self, group: int) -> None:
        """A group is full: to the next one, or done when none is left and nothing was asked before."""
        if group + 1 < len(self._choices.groups):
            self._to_group(group + 1)
        elif self._choices.unfinished is not None:
            self._to_group(self._choices.unfinished)
        elif self._asks_once:
            self._finish()

    def _finish(self) -> None:
        self.dismiss(tuple(option for _group, option in self._choices.chosen))

    def on_key(self, event: events.Key) -> None:
        place = SIGNS.find(event.character) if event.character else -1
        if 0 <= place < len(self._choices.groups[self._group].options):
            event.stop()
            self._toggle(self._group, place)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """A click takes the option; Enter confirms the group, whatever the cursor stands on."""
        self._take(event.key)

    def _take(self, key: str) -> None:
        group, _colon, option = key.partition(":")
        self._group = int(group)
        if option:
            self._toggle(self._group, int(option))
        else:
            self._to_group(self._group)

    def action_take(self) -> None:
        current = self.query_one("#options", Rows).current
        if current:
            self._take(current.key)

    def action_group(self, step: int) -> None:
        self._to_group((self._group + step) % len(self._choices.groups))

    def action_confirm(self) -> None:
        """Enter: on to the next group, and after the last one done, once every group has what it needs."""
        missing = self._choices.missing(self._group)
        if missing:
            name = self._choices.groups[self._group].name
            self.say(n_("Choose {n} more of", "Choose {n} more of", missing) + f" {name}")
        elif self._group + 1 < len(self._choices.groups):
            self._to_group(self._group + 1)
        elif self._choices.unfinished is not None:
            self._to_group(self._choices.unfinished)
        else:
            self._finish()


def _rule(group: ModifierGroup) -> str:
    """A group's min and max in words."""
    least, most = group.choices_min, group.choices_max
    if least == most:
        return _("choose {n}").format(n=least)
    if least == 0:
        return _("up to {n}").format(n=most)
    return _("{least} to {most}").format(least=least, most=most)


def _signed(amount_minor: int, currency: str) -> str:
    if not amount_minor:
        return ""
    return ("+" if amount_minor > 0 else "") + written(amount_minor, currency)
