"""An order as it is keyed in, before the node has it. Pure values; the amounts are an estimate from menu prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from edge.terminal.choices import Chosen, chosen_of, offered_by
from edge.terminal.search import QUANTITY_MAX
from edge.terminal.shapes.menu import MenuItem

LINES_MAX = 200
# The first course goes to the kitchen at once, later ones when they are fired.
HELD_FROM_COURSE = 2
CHANNELS = ("dine_in", "takeaway", "counter", "delivery", "room_service")


@dataclass(frozen=True)
class DraftLine:
    """One unsent line: an item, how often, with which options."""

    item: MenuItem
    quantity: int = 1
    options: tuple[Chosen, ...] = ()
    note: str = ""
    seat: int | None = None
    course: int | None = None
    hold: bool = False
    """Not for the kitchen before it is fired."""
    despite_pause: bool = False
    """Meant, though its station takes no orders."""
    pause_approval_id: str = ""
    """Who lacks the right has a manager's approval of that."""
    measured: int | None = None
    """Thousandths of the unit by which the item is sold."""
    measured_by: str = "keyed"
    """Or by a scale."""
    name: str = ""
    price_minor: int | None = None
    """What was keyed in for an open item."""
    approval_id: str = ""
    """A manager's approval of that price."""

    @property
    def unit_price_minor(self) -> int:
        """Price of one with its options, by the menu."""
        if self.price_minor is not None:
            return self.price_minor
        own = self.item.price_minor
        if self.measured is not None:
            own = (2 * own * self.measured + 1000) // 2000
        return own + sum(option.delta_minor for option in self.options)

    @property
    def words(self) -> str:
        """What it is called: an open item has a name of its own."""
        return self.name or self.item.name

    @property
    def amount_minor(self) -> int:
        """Price of the line, by the menu."""
        return self.unit_price_minor * self.quantity

    def by_menu(self, menu: Mapping[str, MenuItem]) -> "DraftLine":
        """As the menu has it now."""
        item = menu.get(self.item.id, self.item)
        offered = offered_by(item, menu)
        return replace(self, item=item, options=tuple(option.by_menu(offered) for option in self.options))

    def body(self) -> dict[str, Any]:
        """The line as the node's API takes it."""
        body: dict[str, Any] = {"menu_item_id": self.item.id, "quantity": self.quantity}
        if self.options:
            body["options"] = [option.body() for option in self.options]
        if self.note:
            body["note"] = self.note
        if self.seat:
            body["seat"] = self.seat
        if self.course:
            body["course"] = self.course
        if self.hold:
            body["hold"] = True
        if self.despite_pause:
            body["despite_pause"] = True
        if self.pause_approval_id:
            body["pause_approval_id"] = self.pause_approval_id
        if self.measured_by != "keyed":
            body["measured_by"] = self.measured_by
        keyed = {"measured": self.measured, "unit_price_minor": self.price_minor}
        said = {"name": self.name or None, "approval_id": self.approval_id or None}
        return body | {name: value for name, value in (keyed | said).items() if value is not None}


@dataclass(frozen=True)
class Draft:
    """What stands in the check and is not at the node yet; `order_id` when the lines go to an order it has."""

    lines: tuple[DraftLine, ...] = ()
    channel: str = "dine_in"
    table: str = ""
    covers: int | None = None
    note: str = ""
    """A word to the kitchen on all of it."""
    seat: int | None = None
    """The seat and the course that the next line is for, until another is named."""
    course: int | None = None
    order_id: str | None = None
    done_order_id: str | None = None
    """The order that was accepted last: still shown and payable, but the next line begins another order."""
    sending: str | None = None
    """The key of the action that carries these lines, while it has no answer: they can't be changed meanwhile."""
    kept: bool = False
    """The node was asked and did not answer: the lines are kept here, not accepted."""
    refusal: str = ""

    @property
    def shown_order_id(self) -> str | None:
        """The node's order that the check shows: the one that lines go to, or the one accepted last."""
        return self.order_id or self.done_order_id

    @property
    def empty(self) -> bool:
        """Whether there is nothing unsent."""
        return not self.lines

    @property
    def estimate_minor(self) -> int:
        """The unsent lines' amount by the menu's prices."""
        return sum(line.amount_minor for line in self.lines)

    def added(self, line: DraftLine) -> "Draft":
        """With a line more; the same item with the same choices only grows in quantity."""
        for place, other in enumerate(self.lines):
            if replace(other, quantity=line.quantity) == line:
                return self.with_quantity(place, other.quantity + line.quantity)
        if len(self.lines) >= LINES_MAX:
            return self
        return replace(self, lines=(*self.lines, line), refusal="", done_order_id=None)

    def placed(self, seat: int | None, course: int | None) -> "Draft":
        """With the seat and course that the next lines are for; 0 is none, None leaves them."""
        changed = self if seat is None else replace(self, seat=seat or None)
        return changed if course is None else replace(changed, course=course or None)

    def with_line(self, place: int, line: DraftLine) -> "Draft":
        """With another line in this place."""
        return replace(self, lines=(*self.lines[:place], line, *self.lines[place + 1 :]), refusal="")

    def with_quantity(self, place: int, quantity: int) -> "Draft":
        """With that many of a line, between 1 and QUANTITY_MAX."""
        fitting = max(1, min(QUANTITY_MAX, quantity))
        return self.with_line(place, replace(self.lines[place], quantity=fitting))

    def by_menu(self, menu: Mapping[str, MenuItem]) -> "Draft":
        """With the lines' items and choices as this menu has them; what it has no more stays as it was."""
        return replace(self, lines=tuple(line.by_menu(menu) for line in self.lines))

    def despite_pause(self, station_id: str, approval_id: str = "") -> "Draft":
        """With what is of a paused station meant all the same: by one's own right, or by an approval."""
        said = {"pause_approval_id": approval_id} if approval_id else {"despite_pause": True}
        lines = (replace(line, **said) if line.item.station_id == station_id else line for line in self.lines)
        return replace(self, lines=tuple(lines), refusal="")

    def approved(self, item_id: str, price_minor: int, approval_id: str) -> "Draft":
        """With a manager's approval of what was keyed in for an open item."""
        lines = (
            replace(line, approval_id=approval_id)
            if (line.item.id, line.price_minor) == (item_id, price_minor)
            else line
            for line in self.lines
        )
        return replace(self, lines=tuple(lines), refusal="")

    def without(self, place: int) -> "Draft":
        """Without the line in this place."""
        return replace(self, lines=(*self.lines[:place], *self.lines[place + 1 :]), refusal="")

    def next(self) -> "Draft":
        """An empty draft for the next guest, on the same channel."""
        return Draft(channel=self.channel)

    def body(self) -> dict[str, Any]:
        """The request's body: an order, or only its lines when the node has the order already."""
        lines = [line.body() for line in self.lines]
        if self.order_id:
            return {"lines": lines}
        body: dict[str, Any] = {"channel": self.channel, "lines": lines}
        if self.table:
            body["table"] = self.table
        if self.covers:
            body["covers"] = self.covers
        if self.note:
            body["note"] = self.note
        return body


def draft_of(body: dict[str, Any], order_id: str | None, menu: Sequence[MenuItem]) -> Draft:
    """The draft that once had this body, to be changed and sent again; items gone from the menu are left out."""
    items = {item.id: item for item in menu}
    lines = []
    for line in body.get("lines", []):
        item = items.get(line["menu_item_id"])
        if item is None:
            continue
        chosen = chosen_of(line.get("options", []), offered_by(item, items))
        place = line.get("seat"), line.get("course"), line.get("hold", False)
        drafted = DraftLine(item, line["quantity"], chosen, line.get("note", ""), *place)
        keyed = {"measured": line.get("measured"), "price_minor": line.get("unit_price_minor")}
        said = {"name": line.get("name", ""), "measured_by": line.get("measured_by", "keyed")}
        lines.append(replace(drafted, **said, **keyed))
    return Draft(
        lines=tuple(lines),
        channel=body.get("channel", "dine_in"),
        table=body.get("table", ""),
        covers=body.get("covers"),
        note=body.get("note", ""),
        order_id=order_id,
    )
