"""Menus and orders for these tests, made by the product's own verbs."""

from dataclasses import dataclass

from hospitality.ground.work import Work
from hospitality.menu.service import NewItem, add_category, add_item, add_station
from hospitality.menu.service.taxes import add_tax_rate
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order


@dataclass(frozen=True)
class Menu:
    """Ids of what was added."""

    station: str
    category: str
    tax: str
    items: tuple[str, ...]


def add_menu(work: Work, *, items: int = 3) -> Menu:
    """A station, a category, a tax and so many items at 10.00, 10.01 …"""
    station = add_station(work, name="Grill")["id"]
    category = add_category(work, name="Mains")["id"]
    tax = add_tax_rate(work, name="VAT", rate_bp=1500, included=True)["id"]
    made = [add_item(work, NewItem(f"Item {n}", category, 1000 + n, station, tax))["id"] for n in range(items)]
    return Menu(station, category, tax, tuple(made))


def place(work: Work, menu: Menu, *, lines: int = 2, note: str | None = None) -> str:
    """An order of so many lines; answers its id."""
    wanted = tuple(NewLine(menu.items[n % len(menu.items)], 1 + n) for n in range(lines))
    return str(place_order(work, NewOrder("dine_in", wanted, table="12", covers=2, note=note))["id"])
