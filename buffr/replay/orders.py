"""An order as a play sends it: names instead of ids, so that any edge with the menu can be dealt it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from buffr.replay.menu import Menu, chosen_options
from buffr.replay.reading import Line


@dataclass(frozen=True, slots=True)
class OrderOption:
    """An option chosen for one of the line's item, `quantity` times."""

    group: str
    name: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line; `unit_price_minor` is the price of one, options included, or None when the menu prices it."""

    item: str
    quantity: int = 1
    options: tuple[OrderOption, ...] = ()
    unit_price_minor: int | None = None
    note: str | None = None
    seat: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One order; `reference` is its name in the source and unique among the orders played together."""

    reference: str
    channel: str
    lines: tuple[OrderLine, ...]
    table: str | None = None
    covers: int | None = None
    note: str | None = None


def orders_of(lines: Iterable[Line]) -> tuple[Order, ...]:
    """The orders of an export, first mentioned first, with their lines in its order and at its prices."""
    by_order: dict[str, list[OrderLine]] = defaultdict(list)
    for line in lines:
        options = tuple(
            OrderOption(group, option, quantity)
            for group, option, quantity in chosen_options(line.item_name, line.choices)
        )
        by_order[line.order_id].append(OrderLine(line.item_name, line.quantity, options, line.unit_price_minor))
    return tuple(Order(reference, "counter", tuple(its_lines)) for reference, its_lines in by_order.items())


def order_total_minor(order: Order, menu: Menu) -> int:
    """What the order costs by its own prices, or by the menu's where it has none; without taxes on top."""
    prices = {item.name: item.price_minor for item in menu.items}
    deltas = {(group.name, option.name): option.price_delta_minor for group in menu.groups for option in group.options}

    def unit_minor(line: OrderLine) -> int:
        if line.unit_price_minor is not None:
            return line.unit_price_minor
        extra = sum(deltas[option.group, option.name] * option.quantity for option in line.options)
        return prices[line.item] + extra

    return sum(unit_minor(line) * line.quantity for line in order.lines)
