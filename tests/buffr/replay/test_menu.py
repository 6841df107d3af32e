from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buffr.replay.choices import Choices
from buffr.replay.menu import Menu, build_menu, chosen_options, kind_of
from buffr.replay.orders import OrderLine, OrderOption, order_total_minor, orders_of
from buffr.replay.reading import Line
from tests.buffr.replay.exports import MEETING_LINES


def line(
    item: str, price_minor: int = 800, *, quantity: int = 1, choices: Choices | None = None, order: str = "1"
) -> Line:
    return Line(order, quantity, item, choices or Choices(), price_minor * quantity)


def groups(menu: Menu) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    return {
        group.name: (group.choices_min, group.choices_max, tuple(option.name for option in group.options))
        for group in menu.groups
    }


@pytest.mark.parametrize(
    ("item", "category", "station"),
    [
        ("Chicken Burrito", "Burritos", "Grill"),
        ("Steak Salad Bowl", "Salads", "Grill"),
        ("Veggie Bowl", "Bowls", "Grill"),
        ("Crispy Tacos", "Tacos", "Grill"),
        ("Side of Chips", "Chips and sides", "Chips and sides"),
        ("6 Pack Soft Drink", "Drinks", "Drinks"),
        ("Schnitzel", "Other dishes", "Grill"),
        ("Steak", "Other dishes", "Grill"),
    ],
)
def test_an_items_words_say_its_category_and_station(item: str, category: str, station: str) -> None:
    assert (kind_of(item).category, kind_of(item).station) == (category, station)


def test_an_item_costs_what_one_of_it_usually_cost() -> None:
    menu = build_menu([line("Bowl", 900), line("Bowl", 800, quantity=3), line("Bowl", 800), line("Izze", 339)])
    assert [(item.name, item.price_minor) for item in menu.items] == [("Bowl", 800), ("Izze", 339)]
    assert menu.stations == ("Grill", "Drinks")
    assert menu.categories == ("Bowls", "Drinks")


def test_of_equally_usual_prices_the_lowest_is_taken() -> None:
    assert build_menu([line("Bowl", 900), line("Bowl", 800)]).items[0].price_minor == 800


def test_groups_are_as_wide_as_the_lines_need() -> None:
    menu = build_menu(
        [
            line("Chicken Bowl", choices=Choices(("Mild",), ("Rice", "Beans", "Rice"))),
            line("Steak Bowl", choices=Choices(("Mild", "Hot"), ("Rice",))),
        ]
    )
    assert groups(menu) == {
        "Bowls: choice of": (1, 2, ("Mild", "Hot")),
        "Bowls: with": (1, 3, ("Rice", "Beans")),
    }
    assert [item.groups for item in menu.items] == [("Bowls: choice of", "Bowls: with")] * 2


def test_a_line_without_a_choice_makes_its_group_voluntary() -> None:
    menu = build_menu([line("Bowl", choices=Choices(("Mild",))), line("Bowl")])
    assert groups(menu) == {"Bowls: choice of": (0, 1, ("Mild",))}


def test_a_dish_that_never_had_a_choice_offers_no_group() -> None:
    menu = build_menu([line("Steak Bowl", choices=Choices(("Mild",))), line("Bowl")])
    assert groups(menu) == {"Bowls: choice of": (1, 1, ("Mild",))}
    assert [item.groups for item in menu.items] == [("Bowls: choice of",), ()]


def test_each_drink_has_flavours_of_its_own() -> None:
    menu = build_menu(
        [line("Izze", choices=Choices(("Clementine",))), line("Canned Soda", choices=Choices(("Sprite",)))]
    )
    assert groups(menu) == {
        "Izze: choice of": (1, 1, ("Clementine",)),
        "Canned Soda: choice of": (1, 1, ("Sprite",)),
    }


def test_an_option_named_twice_in_a_line_has_quantity_two() -> None:
    order = orders_of([line("Bowl", 850, quantity=2, choices=Choices(("Mild",), ("Rice", "Cheese", "Rice")))])[0]
    options = (
        OrderOption("Bowls: choice of", "Mild", 1),
        OrderOption("Bowls: with", "Rice", 2),
        OrderOption("Bowls: with", "Cheese", 1),
    )
    assert order.lines == (OrderLine("Bowl", 2, options, unit_price_minor=850),)


def test_an_orders_lines_stay_together_in_the_files_order() -> None:
    orders = orders_of(
        [line("Bowl", order="2"), line("Izze", order="1"), line("Chips", order="2"), line("Bowl", order="2")]
    )
    assert [(order.reference, [one.item for one in order.lines]) for order in orders] == [
        ("2", ["Bowl", "Chips", "Bowl"]),
        ("1", ["Izze"]),
    ]


@given(st.lists(MEETING_LINES, max_size=8))
def test_the_menu_serves_every_line_it_was_made_from(its_lines: list[Line]) -> None:
    menu = build_menu(its_lines)
    items = {item.name: item for item in menu.items}
    by_name = {group.name: group for group in menu.groups}
    assert {item.category for item in menu.items} == set(menu.categories)
    assert {item.station for item in menu.items} == set(menu.stations)
    for one in its_lines:
        chosen = Counter[str]()
        for group, option, quantity in chosen_options(one.item_name, one.choices):
            assert option in {offered.name for offered in by_name[group].options}
            chosen[group] += quantity
        assert set(chosen) <= set(items[one.item_name].groups)
        for name in items[one.item_name].groups:
            assert by_name[name].choices_min <= chosen[name] <= by_name[name].choices_max


@given(st.lists(MEETING_LINES, max_size=8))
def test_the_orders_cost_what_the_lines_cost(its_lines: list[Line]) -> None:
    menu = build_menu(its_lines)
    total = sum(order_total_minor(order, menu) for order in orders_of(its_lines))
    assert total == sum(one.line_total_minor for one in its_lines)
