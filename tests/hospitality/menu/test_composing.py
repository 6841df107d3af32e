"""Choices within their limits, what they bring and lead to, and how a price is cut over what was ordered as one."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospitality.ground.errors import Refused
from hospitality.menu.composing import AtHand, Choice, Piece, choices_of, pieces_of
from hospitality.menu.rules import Group, ItemForSale, Option, price_measured

SAUCE = Group("sauce", "Sauce", 1, 2)
SIDES = Group("sides", "Sides", 0, 3)
OPTIONS = {
    "pepper": Option("pepper", "sauce", "Pepper", 0),
    "cream": Option("cream", "sauce", "Cream", 250),
    "chips": Option("chips", "sides", "Chips", 1500),
    "none": Option("none", "sides", "No starch", -400),
    "shot": Option("shot", "coffee", "Extra shot", 500),
}


def pieces(item: ItemForSale, chosen: Sequence[tuple[str, int]]) -> list[Piece]:
    """What an item is made of with these options."""
    return pieces_of(item, [Choice(id, quantity) for id, quantity in chosen], AtHand({}, OPTIONS))


def steak(*groups: Group, price: int = 2500) -> ItemForSale:
    """An item that offers these groups."""
    return ItemForSale("steak", "Steak", price, True, "kitchen", 600, None, 0, False, groups)


def test_what_was_chosen_is_kept_as_it_was() -> None:
    (piece,) = pieces(steak(SAUCE, SIDES), [("cream", 2), ("none", 1)])
    assert piece.choices == [
        {"option_id": "cream", "group_name": "Sauce", "name": "Cream", "price_delta_minor": 250, "quantity": 2},
        {"option_id": "none", "group_name": "Sides", "name": "No starch", "price_delta_minor": -400, "quantity": 1},
    ]
    assert piece.unit_price_minor == 2600


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ([], "TOO_FEW_CHOICES"),
        ([("chips", 1)], "TOO_FEW_CHOICES"),
        ([("pepper", 3)], "TOO_MANY_CHOICES"),
        ([("pepper", 1), ("cream", 1), ("pepper", 1)], "TOO_MANY_CHOICES"),
        ([("pepper", 1), ("shot", 1)], "UNKNOWN_CHOICE"),
        ([("pepper", 1), ("gravy", 1)], "UNKNOWN_CHOICE"),
        ([("pepper", 0)], "QUANTITY_INVALID"),
        ([("pepper", -1), ("cream", 2)], "QUANTITY_INVALID"),
        ([("chips", 100), ("pepper", 1)], "QUANTITY_INVALID"),
    ],
)
def test_choices_outside_their_limits_are_refused(chosen: list[tuple[str, int]], code: str) -> None:
    with pytest.raises(Refused) as refused:
        pieces(steak(SAUCE, SIDES), chosen)
    assert refused.value.code == code


def test_an_item_without_groups_takes_no_choice() -> None:
    assert pieces(steak(), []) == [Piece(steak(), [], 1, 2500)]
    with pytest.raises(Refused) as refused:
        pieces(steak(), [("pepper", 1)])
    assert refused.value.code == "UNKNOWN_CHOICE"


@settings(max_examples=500)
@given(
    chosen=st.lists(st.tuples(st.sampled_from(sorted(OPTIONS)), st.integers(-1, 4)), max_size=6),
    limits=st.tuples(st.integers(0, 3), st.integers(0, 6)).filter(lambda pair: pair[0] <= pair[1] and pair[1]),
)
def test_choices_are_taken_exactly_when_their_limits_hold(
    chosen: list[tuple[str, int]], limits: tuple[int, int]
) -> None:
    group = Group("sauce", "Sauce", *limits)
    fits = all(OPTIONS[id].group_id == "sauce" and quantity >= 1 for id, quantity in chosen)
    fits = fits and limits[0] <= sum(quantity for _, quantity in chosen) <= limits[1]
    try:
        (piece,) = pieces(steak(group), chosen)
    except Refused:
        assert not fits
    else:
        assert fits
        assert [(taken["option_id"], taken["quantity"]) for taken in piece.choices] == chosen
        deltas = sum(OPTIONS[id].price_delta_minor * quantity for id, quantity in chosen)
        assert piece.unit_price_minor == 2500 + deltas


def test_no_choice_makes_an_item_pay_the_guest() -> None:
    cheap = steak(SIDES, price=300)
    with pytest.raises(Refused) as refused:
        pieces(cheap, [("none", 1)])
    assert refused.value.code == "PRICE_BELOW_ZERO"


def sold(id: str, price: int, *groups: Group, sold_as: str = "piece") -> ItemForSale:
    return ItemForSale(id, id.title(), price, True, f"{id} station", 60, None, 0, False, groups, sold_as=sold_as)


STARTER = Group("starter", "Starter", 1, 1, course=1)
MAIN = Group("main", "Main", 1, 1, course=2, held=True)
DRINKS = Group("drinks", "Drinks", 0, 3, has_presets=True)
DRESSING = Group("dressing", "Dressing", 1, 1)
TOPPINGS = Group("toppings", "Toppings", 0, 2, halves=True, has_presets=True)
LUNCH = sold("lunch", 10_000, STARTER, MAIN, DRINKS, sold_as="set")
BEER = Option("beer", "drinks", "Beer", 100, "beer", preset=True)
ONION = Option("onion", "toppings", "Onion", 0, preset=True)
PIZZA = sold("pizza", 9000, TOPPINGS, DRINKS)
MENU = AtHand(
    {
        one.id: one
        for one in (sold("soup", 4000), sold("salad", 5000), sold("beer", 3000), sold("grill", 12_000, SIDES))
    },
    {
        **OPTIONS,
        "soup": Option("soup", "starter", "Soup", 0, "soup"),
        "salad": Option("salad", "starter", "Salad", 500, "salad"),
        "grill": Option("grill", "main", "Grill", 2000, "grill"),
        "gone": Option("gone", "main", "Gone", 0, "gone"),
        "beer": BEER,
        "side": Option("side", "toppings", "Side salad", 700, leads=True),
        "vinegar": Option("vinegar", "dressing", "Vinegar", 50),
        "onion": ONION,
        "olives": Option("olives", "toppings", "Olives", 301),
    },
    {
        "drinks": [Option("beer", "drinks", "Beer", 100, "beer", preset=True)],
        "toppings": [Option("onion", "toppings", "Onion", 0, preset=True)],
    },
    {"side": (DRESSING,)},
)


def test_a_set_is_made_of_its_pieces_and_its_price_is_cut_as_theirs_stand() -> None:
    chosen = [Choice("soup"), Choice("grill", choices=(Choice("chips"),))]
    made = pieces_of(LUNCH, chosen, MENU)
    assert [(one.item.id, one.quantity, one.unit_price_minor, one.option_id) for one in made] == [
        ("soup", 1, 2105, "soup"),
        ("grill", 1, 6316 + 2000 + 1500, "grill"),
        ("beer", 1, 1579 + 100, "beer"),  # a preset, since nothing was said of drinks
    ]
    assert [one.group for one in made] == [STARTER, MAIN, DRINKS]
    assert [taken["name"] for taken in made[1].choices] == ["Chips"]
    without = pieces_of(LUNCH, [*chosen, Choice("beer", 0)], MENU)
    assert [one.item.id for one in without] == ["soup", "grill"]
    assert [(taken["name"], taken["quantity"]) for taken in without[0].choices] == [("Beer", 0)]
    assert sum(one.unit_price_minor for one in without) == 13_500


def test_an_option_may_bring_an_item_beside_what_was_ordered() -> None:
    made = pieces_of(PIZZA, [Choice("beer", 2)], MENU)
    assert [(one.item.id, one.quantity, one.unit_price_minor, one.depth) for one in made] == [
        ("pizza", 1, 9000, 0),
        ("beer", 2, 100, 1),
    ]
    assert [taken["name"] for taken in made[0].choices] == ["Onion"]


def test_halves_and_nested_choices_have_their_price_and_are_read_back() -> None:
    chosen = (Choice("olives", 1, "left"), Choice("onion", 0), Choice("side", 1, None, (Choice("vinegar"),)))
    pizza, _ = pieces_of(PIZZA, chosen, MENU)
    assert [(taken["name"], taken["quantity"], taken["price_delta_minor"]) for taken in pizza.choices] == [
        ("Olives", 1, 151),
        ("Onion", 0, 0),
        ("Side salad", 1, 700),
        ("Vinegar", 1, 50),
    ]
    assert pizza.unit_price_minor == 9000 + 151 + 700 + 50
    assert choices_of(pizza.choices) == chosen


@pytest.mark.parametrize(
    ("item", "chosen", "code"),
    [
        (PIZZA, [Choice("olives", 1, "left"), Choice("olives", 1, "right"), Choice("onion", 2)], "TOO_MANY_CHOICES"),
        (PIZZA, [Choice("side")], "TOO_FEW_CHOICES"),
        (PIZZA, [Choice("vinegar")], "UNKNOWN_CHOICE"),
        (PIZZA, [Choice("olives", 1, "top")], "HALF_INVALID"),
        (PIZZA, [Choice("olives", 0)], "QUANTITY_INVALID"),
        (LUNCH, [Choice("soup"), Choice("gone")], "UNKNOWN_CHOICE"),
        (LUNCH, [Choice("soup")], "TOO_FEW_CHOICES"),
        (sold("empty", 100, SIDES, sold_as="set"), [], "SET_EMPTY"),
        (steak(SAUCE), [Choice("pepper", 1, "left")], "HALF_INVALID"),
    ],
)
def test_what_cannot_be_chosen_is_refused(item: ItemForSale, chosen: list[Choice], code: str) -> None:
    with pytest.raises(Refused) as refused:
        pieces_of(item, chosen, MENU)
    assert refused.value.code == code


@settings(max_examples=300)
@given(
    price=st.integers(0, 10**6),
    own=st.lists(st.integers(0, 10**5), min_size=3, max_size=3),
    extra=st.lists(st.integers(0, 10**4), min_size=3, max_size=3),
    beers=st.integers(0, 3),
    keyed=st.none() | st.integers(0, 10**6),
)
def test_a_sets_parts_add_up_exactly(
    price: int, own: list[int], extra: list[int], beers: int, keyed: int | None
) -> None:
    ids = ("soup", "grill", "beer")
    items = {id: sold(id, cost) for id, cost in zip(ids, own, strict=True)}
    groups = ("starter", "main", "drinks")
    options = {
        id: Option(id, group, id, more, id, preset=id == "beer")
        for id, group, more in zip(ids, groups, extra, strict=True)
    }
    lunch = sold("lunch", price, STARTER, MAIN, DRINKS, sold_as="set")
    chosen = [Choice("soup"), Choice("grill"), Choice("beer", beers)]
    made = pieces_of(lunch, chosen, AtHand(items, options), unit_price_minor=keyed)
    whole = price + extra[0] + extra[1] + extra[2] * beers if keyed is None else keyed
    assert sum(one.unit_price_minor * one.quantity for one in made) == whole
    assert all(one.unit_price_minor >= 0 for one in made)
    assert sum(one.quantity for one in made) == 2 + beers


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_what_is_weighed_costs_its_part_of_a_unit_rounded_half_up(price: int, thousandths: int) -> None:
    assert abs(price_measured(price, thousandths) * 1000 - price * thousandths) * 2 <= 1000
    assert price_measured(price, 1000) == price
