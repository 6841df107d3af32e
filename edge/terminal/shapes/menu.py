"""The menu: items with what can be chosen, and what they cost now."""

import msgspec

from edge.terminal.shapes import Instant


class Option(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    price_delta_minor: int = 0
    menu_item_id: str | None = None
    """The item that it brings."""
    preset: bool = False
    groups: tuple["ModifierGroup", ...] = ()
    """What it leads to."""


class ModifierGroup(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    choices_min: int = 0
    choices_max: int = 1
    halves: bool = False
    options: tuple[Option, ...] = ()


class MenuItem(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    price_minor: int
    usual_minor: int | None = None
    """What it costs at other times, while a price rule holds."""
    off: "NotServed | None" = None
    """Out of its serving periods."""
    currency: str | None = None
    category_id: str | None = None
    category_name: str | None = None
    heading_name: str | None = None
    """Of the heading above its category."""
    station_id: str = ""
    available: bool = True
    sold_out: bool = False
    """Switched off, or none is left."""
    portions_left: int | None = None
    """None where nobody counts."""
    sold_as: str = "piece"
    """Or a set, open, or the unit that its price is of."""
    modifier_groups: tuple[ModifierGroup, ...] = ()
    diets: tuple[str, ...] = ()
    plu: str | None = None
    barcodes: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The numbers that it is found by."""
        return (*((self.plu,) if self.plu else ()), *self.barcodes)

    @property
    def unit(self) -> str | None:
        """What its price is of, where it is weighed or measured."""
        return self.sold_as if self.sold_as in UNITS else None

    @property
    def asks(self) -> tuple[ModifierGroup, ...]:
        """The groups that there is something to choose of."""
        return tuple(group for group in self.modifier_groups if group.options)


class PriceNow(msgspec.Struct, frozen=True, kw_only=True):
    menu_item_id: str
    price_minor: int


class NotServed(msgspec.Struct, frozen=True, kw_only=True):
    menu_item_id: str
    next_at: Instant | None = None
    """When it is on again; None for nobody knows when."""


class PricesNow(msgspec.Struct, frozen=True, kw_only=True):
    """Which items cost something else now or are not served, and until when that holds for sure."""

    items: tuple[PriceNow, ...]
    not_served: tuple[NotServed, ...] = ()
    until: Instant | None = None


class MenuPage(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[MenuItem, ...]
    next_cursor: str | None = None
    currency: str | None = None


UNITS = {"kg": "kg", "lb": "lb", "litre": "l"}
