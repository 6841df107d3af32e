"""A menu as a play publishes it, and the menu that an export implies. Pure: lines in, a menu out.

Things are named, not numbered: the edge gives the ids when the menu is published, and what it has by a name
is reused.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from buffr.replay.choices import Choices
from buffr.replay.reading import Line


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a group; `price_delta_minor` is added to the item's price for each time it is chosen."""

    name: str
    price_delta_minor: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A modifier group: between `choices_min` and `choices_max` of its options for one of the item."""

    name: str
    choices_min: int
    choices_max: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax; `rate_bp` in basis points (1000 is 10 %), `included` when prices contain it."""

    name: str
    rate_bp: int
    included: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A dish or drink: its price without options, and its station, groups and tax by name; `allergens` it contains."""

    name: str
    category: str
    station: str
    price_minor: int
    groups: tuple[str, ...] = ()
    tax_rate: str | None = None
    prep_seconds: int | None = None
    allergens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Menu:
    """Everything that a property needs before the first order."""

    stations: tuple[str, ...]
    categories: tuple[str, ...]
    groups: tuple[Group, ...]
    items: tuple[Item, ...]
    tax_rates: tuple[TaxRate, ...] = ()


class Kind(NamedTuple):
    """What an item's name says it is."""

    words: tuple[str, ...]
    category: str
    station: str


KINDS = (
    Kind(("burrito",), "Burritos", "Grill"),
    Kind(("taco", "tacos"), "Tacos", "Grill"),
    Kind(("salad",), "Salads", "Grill"),
    Kind(("bowl",), "Bowls", "Grill"),
    Kind(("chips", "fries", "side", "bread", "soup"), "Chips and sides", "Chips and sides"),
    Kind(
        ("soda", "drink", "water", "juice", "nectar", "izze", "tea", "coffee", "beer", "wine", "lemonade"),
        "Drinks",
        "Drinks",
    ),
)
ANY_OTHER = Kind((), "Other dishes", "Grill")


def kind_of(item_name: str) -> Kind:
    """The first kind that has a word of the item's name; so a salad bowl is a salad."""
    words = set(item_name.lower().replace("-", " ").split())
    return next((kind for kind in KINDS if words.intersection(kind.words)), ANY_OTHER)


def group_names(item_name: str) -> tuple[str, str]:
    """The names of the groups that hold an item's leading and several choices.

    Dishes of a category share theirs, as salsas go with every burrito; each drink has its own, as flavours do
    not.
    """
    kind = kind_of(item_name)
    owner = item_name if kind.category == "Drinks" else kind.category
    return f"{owner}: choice of", f"{owner}: with"


def chosen_options(item_name: str, choices: Choices) -> tuple[tuple[str, str, int], ...]:
    """A line's choices as (group, option, quantity) in its order; one named twice has quantity 2."""
    leading, several = group_names(item_name)
    counted = Counter([(leading, name) for name in choices.leading] + [(several, name) for name in choices.several])
    return tuple((group, option, quantity) for (group, option), quantity in counted.items())


def build_menu(lines: Iterable[Line]) -> Menu:
    """The menu that serves every one of the lines.

    An item's price is its most usual unit price (of equally usual ones the lowest); a group's bounds are as
    wide as the lines need. Everything stands in the order of its first mention, so that the same file gives
    the same menu.
    """
    by_item: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_item[line.item_name].append(line)
    used = _options_of_groups(by_item)
    items = tuple(_item(name, its_lines) for name, its_lines in by_item.items())
    return Menu(
        stations=_unique(item.station for item in items),
        categories=_unique(item.category for item in items),
        groups=tuple(_group(name, by_item, options) for name, options in used.items()),
        items=items,
    )


def _options_of_groups(by_item: dict[str, list[Line]]) -> dict[str, tuple[str, ...]]:
    used: dict[str, dict[str, None]] = {}
    for item_name, its_lines in by_item.items():
        for line in its_lines:
            for group, option, _ in chosen_options(item_name, line.choices):
                used.setdefault(group, {})[option] = None
    return {group: tuple(options) for group, options in used.items()}


def _item(name: str, its_lines: Sequence[Line]) -> Item:
    kind = kind_of(name)
    prices = Counter(line.unit_price_minor for line in its_lines)
    price_minor = min(prices, key=lambda price: (-prices[price], price))
    chosen = {group for line in its_lines for group, _, _ in chosen_options(name, line.choices)}
    groups = tuple(group for group in group_names(name) if group in chosen)
    return Item(name, kind.category, kind.station, price_minor, groups)


def _group(name: str, by_item: dict[str, list[Line]], options: tuple[str, ...]) -> Group:
    """Its least counts different options, its most counts choices: either way of counting allows both."""
    least: list[int] = []
    most: list[int] = []
    for item_name, its_lines in by_item.items():
        chosen = [
            [quantity for group, _, quantity in chosen_options(item_name, line.choices) if group == name]
            for line in its_lines
        ]
        if any(chosen):
            least += [len(quantities) for quantities in chosen]
            most += [sum(quantities) for quantities in chosen]
    return Group(name, min(least), max(most), tuple(Option(option) for option in options))


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
