"""Choices within their limits, and what a line costs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospitality.ground.errors import Invalid, Refused
from hospitality.menu.rules import (
    AMOUNT_MINOR_MAX,
    Group,
    ItemForSale,
    Option,
    check_choices,
    check_delta,
    check_prep,
    check_price,
    check_rate,
    check_sort,
    chosen_options,
    unit_price,
)

SAUCE = Group("sauce", "Sauce", 1, 2)
SIDES = Group("sides", "Sides", 0, 3)
OPTIONS = {
    "pepper": Option("pepper", "sauce", "Pepper", 0),
    "cream": Option("cream", "sauce", "Cream", 250),
    "chips": Option("chips", "sides", "Chips", 1500),
    "none": Option("none", "sides", "No starch", -400),
    "shot": Option("shot", "coffee", "Extra shot", 500),
}


def steak(*groups: Group, price: int = 2500) -> ItemForSale:
    """An item that offers these groups."""
    return ItemForSale("steak", "Steak", price, True, "kitchen", 600, None, 0, False, groups)


def test_what_was_chosen_is_kept_as_it_was() -> None:
    snapshot = chosen_options(steak(SAUCE, SIDES), [("cream", 2), ("none", 1)], OPTIONS)
    assert snapshot == [
        {"option_id": "cream", "group_name": "Sauce", "name": "Cream", "price_delta_minor": 250, "quantity": 2},
        {"option_id": "none", "group_name": "Sides", "name": "No starch", "price_delta_minor": -400, "quantity": 1},
    ]
    assert unit_price(steak(SAUCE, SIDES), snapshot) == 2600


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
        chosen_options(steak(SAUCE, SIDES), chosen, OPTIONS)
    assert refused.value.code == code


def test_an_item_without_groups_takes_no_choice() -> None:
    assert chosen_options(steak(), [], OPTIONS) == []
    with pytest.raises(Refused) as refused:
        chosen_options(steak(), [("pepper", 1)], OPTIONS)
    assert refused.value.code == "UNKNOWN_CHOICE"


@settings(max_examples=2000)
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
        snapshot = chosen_options(steak(group), chosen, OPTIONS)
    except Refused:
        assert not fits
    else:
        assert fits
        assert [(taken["option_id"], taken["quantity"]) for taken in snapshot] == chosen
        deltas = sum(OPTIONS[id].price_delta_minor * quantity for id, quantity in chosen)
        assert unit_price(steak(group), snapshot) == 2500 + deltas


def test_no_choice_makes_an_item_pay_the_guest() -> None:
    cheap = steak(SIDES, price=300)
    snapshot = chosen_options(cheap, [("none", 1)], OPTIONS)
    with pytest.raises(Refused) as refused:
        unit_price(cheap, snapshot)
    assert refused.value.code == "PRICE_BELOW_ZERO"


def test_what_a_menu_may_say() -> None:
    assert check_price(0) == 0
    assert check_delta(-AMOUNT_MINOR_MAX) == -AMOUNT_MINOR_MAX
    assert check_rate(10_000) == 10_000
    assert check_prep(0) == 0
    assert check_sort(0) == 0
    check_choices(0, 1, options=1)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (check_price, -1),
        (check_price, AMOUNT_MINOR_MAX + 1),
        (check_delta, AMOUNT_MINOR_MAX + 1),
        (check_rate, -1),
        (check_rate, 10_001),
        (check_prep, -1),
        (check_prep, 86_401),
        (check_sort, -1),
    ],
)
def test_numbers_that_no_menu_has(check: object, value: int) -> None:
    with pytest.raises(Invalid):
        check(value)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("least", "most", "options"), [(-1, 1, 1), (2, 1, 3), (0, 0, 1), (0, 101, 1), (1, 1, 0), (1, 1, 201)]
)
def test_limits_that_nobody_can_meet(least: int, most: int, options: int) -> None:
    with pytest.raises(Invalid):
        check_choices(least, most, options=options)
