"""A dinner service of our own making: the menu of a grill restaurant with a hotel bar, and an evening's orders.

The same seed gives the same evening on every Python: only `Random.random()` promises that, so all chance is
drawn through it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from buffr.replay.menu import Group, Item, Menu, Option, TaxRate
from buffr.replay.orders import Order, OrderLine, OrderOption

T = TypeVar("T")
ORDERS_MAX = 100_000
TABLES = 28
TERRACE_TABLES = 8
FLOORS = 3
ROOMS_ON_A_FLOOR = 18
VAT = TaxRate("VAT", rate_bp=1_500, included=True)


@dataclass(frozen=True, slots=True)
class Service:
    """An evening: the menu, and the orders in the order in which they were taken; the menu prices them."""

    menu: Menu
    orders: tuple[Order, ...]


def _group(name: str, choices_min: int, choices_max: int, **deltas_minor: int) -> Group:
    options = tuple(Option(option.replace("_", " "), delta) for option, delta in deltas_minor.items())
    return Group(name, choices_min, choices_max, options)


GROUPS = (
    _group("Doneness", 1, 1, Rare=0, Medium_rare=0, Medium=0, Medium_well=0, Well_done=0),
    _group("Side", 1, 2, Chips=0, Pap_and_gravy=0, Green_salad=1_200, Grilled_vegetables=1_500, Spinach=1_500),
    _group("Sauce", 0, 2, Garlic_butter=1_800, Pepper=2_200, Mushroom=2_200, Blue_cheese=2_400),
    _group("On the burger", 0, 4, Fried_egg=1_200, Cheddar=1_500, Avocado=1_800, Bacon=2_200),
    _group("Dressing", 1, 1, Vinaigrette=0, Buttermilk=0, On_the_side=0),
    _group("Scoops", 1, 3, Vanilla=1_600, Chocolate=1_600, Marula=1_900, Lemon_sorbet=1_600),
    _group("Mixer", 1, 1, Neat=0, Ice=0, Soda_water=1_800, Cola=2_200, Tonic=2_400, Ginger_ale=2_400),
    _group("Milk", 0, 1, Oat_milk=800, Almond_milk=900),
)

# what dishes contain without their choices, by the names that the European Union's list has for it
CONTAINS = {
    "Oysters": ("molluscs",),
    "Game carpaccio": ("milk", "mustard"),
    "Beetroot tartare": ("mustard", "nuts"),
    "Grilled halloumi": ("milk",),
    "Peri peri prawns": ("crustaceans",),
    "Marrow bones": ("gluten",),
    "Kingklip": ("fish",),
    "Lamb ribs": ("soya",),
    "Beef burger": ("gluten", "sesame"),
    "Bean burger": ("gluten", "sesame", "soya"),
    "Game burger": ("eggs", "gluten", "sesame"),
    "Chicken salad": ("eggs",),
    "Niçoise": ("eggs", "fish"),
    "Malva pudding": ("eggs", "gluten", "milk"),
    "Chocolate tart": ("eggs", "gluten", "milk", "nuts"),
    "Cheese board": ("gluten", "milk", "nuts"),
    "Ice cream": ("milk",),
    "Weissbier": ("gluten",),
    "Lager draught": ("gluten",),
    "Alcohol free lager": ("gluten",),
    "Chenin blanc glass": ("sulphites",),
    "Pinotage glass": ("sulphites",),
    "Bottle of red": ("sulphites",),
    "Cider": ("sulphites",),
    "Cappuccino": ("milk",),
}


def _items(
    category: str, station: str, prep_seconds: int, groups: tuple[str, ...], **prices_minor: int
) -> tuple[Item, ...]:
    return tuple(
        Item(
            name.replace("_", " "),
            *(category, station, price_minor, groups, VAT.name, prep_seconds),
            CONTAINS.get(name.replace("_", " "), ()),
        )
        for name, price_minor in prices_minor.items()
    )


STARTERS = (
    *_items("Starters", "Cold", 300, (), Game_carpaccio=10_800, Oysters=13_500, Beetroot_tartare=7_900),
    *_items("Starters", "Grill", 480, (), Grilled_halloumi=8_600, Peri_peri_prawns=12_400, Marrow_bones=8_900),
)
STEAKS = _items(
    "From the grill",
    "Grill",
    1_080,
    ("Doneness", "Side", "Sauce"),
    Rump_300_g=19_800,
    Fillet_200_g=23_500,
    Rib_eye_350_g=26_900,
    Oryx_loin=22_400,
    Springbok_cutlets=24_800,
)
MAINS = _items(
    "From the grill", "Grill", 960, ("Side", "Sauce"), Kingklip=21_500, Half_chicken=15_900, Lamb_ribs=18_700
)
BURGERS = _items(
    "Burgers",
    "Grill",
    720,
    ("Side", "On the burger"),
    Beef_burger=13_400,
    Bean_burger=11_900,
    Game_burger=14_600,
)
SALADS = _items("Salads", "Cold", 360, ("Dressing",), Garden_salad=8_200, Chicken_salad=11_600, Niçoise=12_900)
DESSERTS = (
    *_items("Desserts", "Pastry", 240, (), Malva_pudding=6_900, Chocolate_tart=7_400, Cheese_board=11_200),
    *_items("Desserts", "Pastry", 120, ("Scoops",), Ice_cream=1_500),
)
COCKTAILS = _items(
    "Cocktails", "Bar", 240, (), Rock_shandy=5_200, Desert_mule=9_400, Negroni=10_200, Old_fashioned=11_000
)
SPIRITS = _items("Spirits", "Bar", 90, ("Mixer",), Gin=4_800, Rum=4_600, Brandy=4_400, Whisky=6_200, Vodka=4_500)
BEERS = _items("Beer", "Bar", 60, (), Lager_draught=4_200, Weissbier=5_100, Cider=4_600, Alcohol_free_lager=3_900)
WINES = _items("Wine", "Bar", 90, (), Chenin_blanc_glass=6_200, Pinotage_glass=6_800, Bottle_of_red=28_500)
SOFT_DRINKS = _items(
    "Soft drinks", "Bar", 45, (), Still_water=3_200, Sparkling_water=3_200, Cola=2_900, Apple_juice=3_400
)
COFFEES = _items("Coffee and tea", "Bar", 150, ("Milk",), Espresso=2_600, Cappuccino=3_600, Rooibos=2_800)
ALL_ITEMS = (
    STARTERS + STEAKS + MAINS + BURGERS + SALADS + DESSERTS
    + COCKTAILS + SPIRITS + BEERS + WINES + SOFT_DRINKS + COFFEES
)  # fmt: skip
MENU = Menu(
    stations=("Grill", "Cold", "Bar", "Pastry"),
    categories=tuple(dict.fromkeys(item.category for item in ALL_ITEMS)),
    groups=GROUPS,
    items=ALL_ITEMS,
    tax_rates=(VAT,),
)
ALLERGENS = ("nuts", "gluten", "dairy", "shellfish", "egg", "sesame")
FOOD_NOTES = {
    "Grill": ("No onion", "Sauce on the side", "Extra hot plate", "No salt"),
    "Cold": ("No onion", "Dressing on the side", "Share, two forks"),
    "Pastry": ("Share, two forks", "No cream"),
}
ORDER_NOTES = (
    "Birthday, candle with dessert",
    "High chair",
    "In a hurry, shuttle at nine",
    "Starters and mains together",
)


def dinner_service(*, seed: int = 1, orders: int = 300) -> Service:
    """An evening of that many orders; the same seed gives the same evening, and a longer one begins alike."""
    if not 0 <= orders <= ORDERS_MAX:
        raise ValueError(f"a service has 0 to {ORDERS_MAX} orders, not {orders}")
    chance = Random(seed)
    return Service(MENU, tuple(_order(chance, f"S-{number:04d}") for number in range(1, orders + 1)))


def _order(chance: Random, reference: str) -> Order:
    drawn = chance.random()
    if drawn < 0.62:
        return _table_order(chance, reference)
    if drawn < 0.84:
        return _bar_order(chance, reference)
    if drawn < 0.94:
        return _room_order(chance, reference)
    return Order(reference, "takeaway", _meal(chance, seat=None, with_drinks=False))


def _table_order(chance: Random, reference: str) -> Order:
    covers = 1 + int(chance.random() * chance.random() * 8)
    lines = tuple(line for seat in range(1, covers + 1) for line in _meal(chance, seat=seat, with_drinks=True))
    if covers > 2 and chance.random() < 0.6:
        lines += (OrderLine(_pick(chance, SOFT_DRINKS[:2]).name, quantity=1 + covers // 3),)
    terrace = chance.random() < 0.25
    table = f"T{_number(chance, TERRACE_TABLES)}" if terrace else str(_number(chance, TABLES))
    return Order(reference, "dine_in", lines, table=table, covers=covers, note=_note(chance, covers))


def _bar_order(chance: Random, reference: str) -> Order:
    rounds = tuple(
        _line(
            chance,
            _pick(chance, _pick(chance, (COCKTAILS, SPIRITS, BEERS, BEERS, WINES))),
            quantity=_number(chance, 3),
        )
        for _ in range(_number(chance, 3))
    )
    return Order(reference, "counter", rounds)


def _room_order(chance: Random, reference: str) -> Order:
    room = f"{_number(chance, FLOORS)}{_number(chance, ROOMS_ON_A_FLOOR):02d}"
    covers = _number(chance, 2)
    lines = tuple(line for _ in range(covers) for line in _meal(chance, seat=None, with_drinks=True))
    return Order(reference, "room_service", lines, table=room, covers=covers, note=_note(chance, covers))


def _meal(chance: Random, *, seat: int | None, with_drinks: bool) -> tuple[OrderLine, ...]:
    """What one guest has: always a main course."""
    courses: list[Item] = []
    if with_drinks and chance.random() < 0.9:
        courses.append(_pick(chance, _pick(chance, (COCKTAILS, SPIRITS, BEERS, WINES, SOFT_DRINKS, SOFT_DRINKS))))
    if chance.random() < 0.3:
        courses.append(_pick(chance, STARTERS))
    courses.append(_pick(chance, _pick(chance, (STEAKS, STEAKS, MAINS, BURGERS, SALADS))))
    if chance.random() < 0.35:
        courses.append(_pick(chance, DESSERTS))
    if with_drinks and chance.random() < 0.2:
        courses.append(_pick(chance, COFFEES))
    return tuple(_line(chance, item, seat=seat) for item in courses)


def _line(chance: Random, item: Item, *, quantity: int = 1, seat: int | None = None) -> OrderLine:
    options = tuple(option for group in GROUPS if group.name in item.groups for option in _chosen(chance, group))
    note = None
    if item.station in FOOD_NOTES and chance.random() < 0.12:
        note = (
            f"Allergy: {_pick(chance, ALLERGENS)}" if chance.random() < 0.4 else _pick(chance, FOOD_NOTES[item.station])
        )
    return OrderLine(item.name, quantity, options, note=note, seat=seat)


def _chosen(chance: Random, group: Group) -> tuple[OrderOption, ...]:
    """As many choices as the group allows, seldom the most; one drawn twice is one option of quantity 2."""
    spread = group.choices_max - group.choices_min
    count = group.choices_min + int(chance.random() * chance.random() * (spread + 1))
    drawn = Counter(_pick(chance, group.options).name for _ in range(count))
    return tuple(OrderOption(group.name, name, quantity) for name, quantity in drawn.items())


def _note(chance: Random, covers: int) -> str | None:
    drawn = chance.random()
    if drawn < 0.08:
        return f"Allergy: {_pick(chance, ALLERGENS)}, seat {_number(chance, covers)}"
    return _pick(chance, ORDER_NOTES) if drawn < 0.2 else None


def _pick(chance: Random, among: Sequence[T]) -> T:
    return among[int(chance.random() * len(among))]


def _number(chance: Random, up_to: int) -> int:
    """From 1 to `up_to`."""
    return 1 + int(chance.random() * up_to)
