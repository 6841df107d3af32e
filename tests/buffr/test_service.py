from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buffr.replay.orders import Order, order_total_minor
from buffr.service import ORDERS_MAX, dinner_service

EVENING = dinner_service()


def test_an_evening_is_three_hundred_orders_and_always_the_same() -> None:
    assert dinner_service() == EVENING
    assert len(EVENING.orders) == 300
    assert len({order.reference for order in EVENING.orders}) == 300
    assert sum(len(order.lines) for order in EVENING.orders) == 1_666
    assert sum(order_total_minor(order, EVENING.menu) for order in EVENING.orders) == 19_493_900


def test_another_seed_is_another_evening_and_a_longer_one_begins_alike() -> None:
    assert dinner_service(seed=2).orders != EVENING.orders
    assert dinner_service(orders=320).orders[:300] == EVENING.orders


def test_the_menu_hangs_together() -> None:
    menu = EVENING.menu
    assert menu.stations == ("Grill", "Cold", "Bar", "Pastry")
    assert len({item.name for item in menu.items}) == len(menu.items)
    assert {item.station for item in menu.items} == set(menu.stations)
    assert {item.category for item in menu.items} == set(menu.categories)
    assert {group for item in menu.items for group in item.groups} == {group.name for group in menu.groups}
    assert {item.tax_rate for item in menu.items} == {rate.name for rate in menu.tax_rates}


def test_the_evening_has_what_a_real_one_has() -> None:
    channels = Counter(order.channel for order in EVENING.orders)
    assert set(channels) == {"dine_in", "counter", "room_service", "takeaway"}
    assert channels["dine_in"] > 150
    lines = [line for order in EVENING.orders for line in order.lines]
    stations = {item.name: item.station for item in EVENING.menu.items}
    assert {stations[line.item] for line in lines} == set(EVENING.menu.stations)
    assert any((line.note or "").startswith("Allergy") for line in lines)
    assert any("Allergy" in (order.note or "") for order in EVENING.orders)
    assert any(line.quantity > 1 for line in lines)
    assert any(option.quantity > 1 for line in lines for option in line.options)
    assert all(line.unit_price_minor is None for line in lines)


def assert_can_be_served(order: Order) -> None:
    items = {item.name: item for item in EVENING.menu.items}
    assert order.lines
    assert (order.table is not None) == (order.channel in ("dine_in", "room_service"))
    assert order.covers is None or 1 <= order.covers <= 8
    for line in order.lines:
        groups = [group for group in EVENING.menu.groups if group.name in items[line.item].groups]
        assert {option.group for option in line.options} <= {group.name for group in groups}
        for group in groups:
            chosen = [option for option in line.options if option.group == group.name]
            assert {option.name for option in chosen} <= {option.name for option in group.options}
            assert len({option.name for option in chosen}) == len(chosen)
            assert group.choices_min <= sum(option.quantity for option in chosen) <= group.choices_max
        assert line.seat is None or (order.covers is not None and 1 <= line.seat <= order.covers)
    assert order_total_minor(order, EVENING.menu) > 0


@settings(max_examples=25)
@given(st.integers())
def test_every_evening_can_be_served_from_the_menu(seed: int) -> None:
    for order in dinner_service(seed=seed, orders=20).orders:
        assert_can_be_served(order)


@pytest.mark.parametrize("orders", [-1, ORDERS_MAX + 1])
def test_an_evening_of_no_size_is_refused(orders: int) -> None:
    with pytest.raises(ValueError, match="orders"):
        dinner_service(orders=orders)
