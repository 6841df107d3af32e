"""Choose an item's options: one group after the other, picked by digit, each group's min and max kept."""

from collections.abc import Iterable, Mapping
from string import ascii_lowercase

from textual import events
from textual.binding import Binding
from textual.widget import Widget

from edge.terminal.amounts import written, written_with_currency
from edge.terminal.choices import Choices, Chosen, Slot, Taken, leads_of
from edge.terminal.screens.dialog import Dialog
from edge.terminal.shapes.menu import MenuItem, ModifierGroup, Option
from edge.terminal.widgets.rows import Cell, Column, Row, Rows
from edge.terminal.words import _, later, n_

SIGNS = "123456789" + "0" + ascii_lowercase


class Modifiers(Dialog[tuple[Chosen, ...]]):
    """All groups in one list, the active one numbered; what an option leads to opens below its group, one step in. A choice
    that leaves no question open is the answer."""

    BINDINGS = [
        Binding("enter", "confirm", later("Confirm")),
        Binding("space", "take", later("Take")),
        Binding("plus", "more(1)", later("Qty"), key_display="+-"),
        Binding("minus", "more(-1)", show=False),
        Binding("slash", "half", later("Half")),
        Binding("right,tab", "group(1)", later("Next"), key_display="Tab"),
        Binding("left,shift+tab", "group(-1)", show=False),
        Binding("escape", "back", later("Back")),
    ]

    def __init__(
        self,
        item: MenuItem,
        currency: str,
        quantity: int = 1,
        chosen: tuple[Chosen, ...] | None = None,
        menu: Mapping[str, MenuItem] | None = None,
    ) -> None:
        """`chosen`: what was chosen before, None at first. `menu`: where options' items are found, by id."""
        super().__init__(f"{quantity} x {item.name}" if quantity > 1 else item.name)
        self._item = item
        self._menu = menu or {}
        self._currency = item.currency or currency
        self._choices = Choices.of(item.asks, chosen, leads_of(item, self._menu))
        self._slot = 0
        self._asks_once = not chosen

    def body(self) -> Iterable[Widget]:
        yield Rows(Column(3), Column(), Column(9, right=True), click_chooses=True, id="options")

    def on_mount(self) -> None:
        self.query_one("#options", Rows).focus()
        self._draw()
        self._to_slot(self._choices.unfinished or 0)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        if action == "half":
            return any(slot.group.halves for slot in self._choices.slots)
        return True

    def _draw(self) -> None:
        rows: list[Row] = []
        for place, slot in enumerate(self._choices.slots):
            rows.append(self._head_row(place, slot))
            rows += [self._option_row(place, slot, number) for number in range(len(slot.group.options))]
        shown = self.query_one("#options", Rows)
        shown.styles.height = len(rows)
        shown.show_rows(rows)
        price = (self._item.price_minor + self._choices.delta_minor, self._currency)
        self.say(_("{price} each").format(price=written_with_currency(*price)), "info")

    def _head_row(self, place: int, slot: Slot) -> Row:
        active = place == self._slot
        rule, tone = _rule(slot.group), "quiet"
        if self._choices.missing(place):
            rule, tone = f"{rule} ◂", "warn"
        name = f"{slot.of}, {slot.group.name}" if slot.of else slot.group.name
        words = f"{'  ' * slot.depth}{'▾' if active else '▸'} {name}: {rule}"
        return Row(f"{place}", (Cell(words, "strong" if active and tone == "quiet" else tone, across=3),))

    def _option_row(self, place: int, slot: Slot, number: int) -> Row:
        option, taken = slot.group.options[number], slot.taken.get(number)
        sign = SIGNS[number] if place == self._slot and number < len(SIGNS) else ""
        price = _("86") if self._sold_out(option) else _signed(option.price_delta_minor, self._currency)
        tone = "quiet" if self._sold_out(option) else "strong" if taken else "plain"
        cells = (
            Cell(f"{sign:>2}", "accent"),
            Cell(f"{'  ' * slot.depth}{_box(taken)} {option.name}{_half(taken)}", tone),
            Cell(price),
        )
        return Row(f"{place}:{number}", cells)

    def _sold_out(self, option: Option) -> bool:
        """Whether the item that it brings is."""
        brought = self._menu.get(option.menu_item_id or "")
        return brought is not None and brought.sold_out

    def _to_slot(self, place: int, option: int = 0) -> None:
        self._slot = max(0, min(place, len(self._choices.slots) - 1))
        self._draw()
        before = sum(1 + len(slot.group.options) for slot in self._choices.slots[: self._slot])
        self.query_one("#options", Rows).move_to(before + 1 + option)

    def _toggle(self, place: int, option: int) -> None:
        before = self._choices
        slot = before.slots[place]
        taking = option not in slot.taken
        if taking and self._sold_out(slot.group.options[option]):
            self.say(_("{item} is sold out.").format(item=slot.group.options[option].name))
            return
        self._choices = before.toggled(place, option)
        if self._choices == before:
            self.say_full(place)
            return
        self._draw()
        under = (*slot.path, option, 0)
        opened = next((at for at, one in enumerate(self._choices.slots) if one.path == under), None)
        if taking and opened is not None:
            self._to_slot(opened)
        elif taking and self._choices.full(place):
            self._onward(place)

    def say_full(self, place: int) -> None:
        """A full group takes no more."""
        limit = self._choices.slots[place].group.choices_max
        words = n_("{n} choice at most: give one back first", "{n} choices at most: give one back first", limit)
        self.say(words)

    def _onward(self, place: int) -> None:
        """A group is full: to the next one, or done when none is left and nothing was asked before."""
        if place + 1 < len(self._choices.slots):
            self._to_slot(place + 1)
        elif self._choices.unfinished is not None:
            self._to_slot(self._choices.unfinished)
        elif self._asks_once:
            self._finish()

    def _finish(self) -> None:
        self.dismiss(self._choices.chosen)

    def on_key(self, event: events.Key) -> None:
        place = SIGNS.find(event.character) if event.character else -1
        if 0 <= place < len(self._choices.slots[self._slot].group.options):
            event.stop()
            self._toggle(self._slot, place)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """A click takes the option; Enter confirms the group, whatever the cursor stands on."""
        self._take(event.key)

    def _take(self, key: str) -> None:
        place, _colon, option = key.partition(":")
        self._slot = int(place)
        if option:
            self._toggle(self._slot, int(option))
        else:
            self._to_slot(self._slot)

    def _at_cursor(self) -> tuple[int, int] | None:
        """The group and option under the cursor."""
        current = self.query_one("#options", Rows).current
        place, _colon, option = current.key.partition(":") if current else ("", "", "")
        return (int(place), int(option)) if option else None

    def action_take(self) -> None:
        current = self.query_one("#options", Rows).current
        if current:
            self._take(current.key)

    def action_more(self, step: int) -> None:
        """One more of the option under the cursor, or one fewer."""
        at = self._at_cursor()
        if at is None:
            return
        before = self._choices
        if step > 0 and self._sold_out(before.slots[at[0]].group.options[at[1]]):
            return
        self._choices = before.more(*at, step)
        self._to_slot(*at)
        if self._choices == before and step > 0:
            self.say_full(at[0])

    def action_half(self) -> None:
        """The option under the cursor on the left half, the right one, or the whole."""
        at = self._at_cursor()
        if at is None:
            return
        before = self._choices
        self._choices = before.halved(*at)
        self._to_slot(*at)
        if self._choices == before:
            self.say(_("This goes on the whole alone."))

    def action_group(self, step: int) -> None:
        self._to_slot((self._slot + step) % len(self._choices.slots))

    def action_confirm(self) -> None:
        """Enter: on to the next group, and after the last one done, once every group has what it needs."""
        missing = self._choices.missing(self._slot)
        if missing:
            name = self._choices.slots[self._slot].group.name
            self.say(n_("Choose {n} more of", "Choose {n} more of", missing) + f" {name}")
        elif self._slot + 1 < len(self._choices.slots):
            self._to_slot(self._slot + 1)
        elif self._choices.unfinished is not None:
            self._to_slot(self._choices.unfinished)
        else:
            self._finish()


def _box(taken: Taken | None) -> str:
    """Whether an option is taken, and how often."""
    if taken is None:
        return "[ ]"
    return "[■]" if taken.quantity == 1 else f"[{taken.quantity}]"


def _half(taken: Taken | None) -> str:
    if taken is None or taken.half is None:
        return ""
    return " · " + (_("left half") if taken.half == "left" else _("right half"))


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
