"""What is served when: the rule by the wall clock, also in nights when it changes, and what an order is told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hospitality.checks.service import add_lines
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.menu.hours import WEEKDAYS, Hours, Period, When, next_change, next_on
from hospitality.menu.on_now import menu_now
from hospitality.menu.rules import Ordering
from hospitality.menu.service import NewItem, add_item, edit_category, edit_item
from hospitality.menu.service.choices import NewOption, add_modifier_group
from hospitality.menu.service.periods import add_serving_period, edit_serving_period
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from tests.hospitality.node import Node, Restaurant

# clocks are put forward and back there on these days; on Lord Howe by half an hour, on Chatham at a quarter to
NIGHTS = [
    ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Pacific/Chatham", datetime(2026, 9, 26, 14, tzinfo=UTC)),
    ("Africa/Windhoek", datetime(2026, 3, 1, tzinfo=UTC)),
]
MINUTES = st.one_of(st.sampled_from([0, 60, 120, 150, 180, 240, 300]), st.integers(0, 24 * 60 - 1))


@st.composite
def whens(draw: st.DrawFn) -> When:
    zone, night = draw(st.sampled_from(NIGHTS))
    minutes = draw(st.one_of(st.integers(-180, 240), st.integers(-2 * 1440, 2 * 1440)))
    return When(night + timedelta(minutes=minutes), zone, draw(st.integers(0, 6)))


HOURS = st.builds(Hours, st.frozensets(st.sampled_from(WEEKDAYS), max_size=4), MINUTES, MINUTES)


def stretches(hours: Hours, when: When) -> Iterator[tuple[datetime, datetime]]:
    """From and until when it holds around that day, by the wall clock, told day by day."""
    today = when.local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    cut_off = timedelta(hours=when.cut_off_hour)
    start, end = (timedelta(minutes=minute) for minute in (hours.from_minute, hours.to_minute))
    for day in (today + timedelta(days=n) for n in range(-2, 3)):
        if hours.weekdays and WEEKDAYS[day.weekday()] not in hours.weekdays:
            continue
        if start == end:
            yield day + cut_off, day + cut_off + timedelta(days=1)
        elif start > end:
            yield day + start, day + end + timedelta(days=1)
        else:
            night = timedelta(days=1 if end <= cut_off else 0)
            yield day + start + night, day + end + night


@given(HOURS, whens())
@settings(max_examples=150)
@example(Hours(frozenset({"sat"}), 0, 150), When(datetime(2026, 10, 25, 0, 15, tzinfo=UTC), "Europe/Berlin", 4))
def test_hours_hold_by_the_wall_clock_and_the_night_is_of_the_day_before(hours: Hours, when: When) -> None:
    local = when.local.replace(tzinfo=None)
    assert hours.hold(when) is any(start <= local < end for start, end in stretches(hours, when))


@given(st.lists(HOURS, min_size=1, max_size=3), whens(), st.lists(st.floats(0, 0.999), min_size=4, max_size=4))
@settings(max_examples=150)
@example([Hours(frozenset(), 150, 240)], When(datetime(2026, 10, 25, 0, 45, tzinfo=UTC), "Europe/Berlin", 4), [0.2] * 4)
def test_nothing_changes_before_the_moment_that_is_told(hours: list[Hours], when: When, parts: list[float]) -> None:
    until = next_change(hours, when)
    assert until is not None
    assert when.moment < until <= when.moment + timedelta(hours=25)
    for part in parts:
        between = When(when.moment + part * (until - when.moment), when.zone, when.cut_off_hour)
        assert [each.hold(between) for each in hours] == [each.hold(when) for each in hours]


@given(st.lists(HOURS, min_size=1, max_size=2), whens(), st.lists(st.floats(0.001, 0.999), min_size=4, max_size=4))
@settings(max_examples=80)
def test_what_is_off_is_on_again_when_it_is_told(hours: list[Hours], when: When, parts: list[float]) -> None:
    periods = [Period(str(n), "Lunch", each) for n, each in enumerate(hours)]
    again = next_on(periods, when)
    if again is None or any(period.is_on(when) for period in periods):
        return
    assert any(period.is_on(When(again, when.zone, when.cut_off_hour)) for period in periods)
    for part in parts:
        between = When(when.moment + part * (again - when.moment), when.zone, when.cut_off_hour)
        assert not any(period.is_on(between) for period in periods)


def period(name: str, from_time: str, to_time: str, *weekdays: str) -> dict[str, Any]:
    return {"name": name, "from_time": from_time, "to_time": to_time, "weekdays": list(weekdays)}


def now(node: Node) -> dict[str, Any]:
    return node.read(menu_now, Ordering("dine_in", When(node.now, "Africa/Windhoek", 4)))


def refusal(node: Node, item: str) -> Refused:
    before = node.store.counts()
    with pytest.raises(Refused) as refused:
        node.act(place_order, NewOrder("dine_in", (NewLine(item, 1),)))
    assert node.store.counts() == before
    assert refused.value.code == "NOT_SERVED_NOW"
    return refused.value


def test_an_item_out_of_its_period_is_refused_and_what_was_ordered_stays(restaurant: Restaurant) -> None:
    node = restaurant.node  # it is Sunday, 19:00 there
    dinner = node.act(add_serving_period, period("Dinner", "18:00", "21:30"))
    brunch = node.act(add_serving_period, period("Brunch", "10:00", "14:00", "sat", "sun"))
    node.act(edit_category, restaurant.category, {"period_ids": [dinner["id"]]})
    node.act(edit_item, restaurant.beer, {"period_ids": [brunch["id"], brunch["id"]]})
    beer = refusal(node, restaurant.beer)
    assert beer.message == (
        "Beer is not served now: Brunch is sat, sun 10:00 to 14:00. Offer something else, or order it then."
    )
    next_at = "2026-03-07T08:00:00.000000Z"
    assert beer.details == {"menu_item_id": restaurant.beer, "period_ids": [brunch["id"]], "next_at": next_at}
    assert now(node) == {
        "items": [],
        "not_served": [{"menu_item_id": restaurant.beer, "period_ids": [brunch["id"]], "next_at": next_at}],
        "until": "2026-03-01T19:30:00.000000Z",
    }
    soup = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1),)))
    node.later(hours=2, minutes=30)
    assert "Dinner is 18:00 to 21:30" in refusal(node, restaurant.soup).message
    with pytest.raises(Refused) as more:
        node.act(add_lines, soup["id"], [NewLine(restaurant.soup, 1)])
    assert more.value.code == "NOT_SERVED_NOW"
    kept = node.reading().value("SELECT count(*) FROM order_lines WHERE order_id = :id", id=soup["id"])
    assert kept == 1, "the end of its period is no change of what was ordered"
    node.act(edit_serving_period, dinner["id"], {"active": False})
    gone = refusal(node, restaurant.soup)
    assert "none of its serving periods is on" in gone.message
    assert gone.details["next_at"] is None
    node.act(lambda work: work.run("DELETE FROM serving_periods WHERE id = :id", id=dinner["id"]))
    node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1),)))


def test_a_set_that_is_on_brings_what_is_not_served_by_itself(restaurant: Restaurant) -> None:
    node = restaurant.node
    brunch = node.act(add_serving_period, period("Brunch", "10:00", "14:00"))
    node.act(edit_item, restaurant.soup, {"period_ids": [brunch["id"]]})
    parts = node.act(
        add_modifier_group,
        name="Starter",
        choices_min=1,
        choices_max=1,
        options=[NewOption(menu_item_id=restaurant.soup)],
    )
    menu = NewItem(
        "Menu", restaurant.category, 3000, restaurant.kitchen, modifier_group_ids=(parts["id"],), sold_as="set"
    )
    whole = node.act(add_item, menu)["id"]
    chosen = ((parts["options"][0]["id"], 1),)
    order = node.act(place_order, NewOrder("dine_in", (NewLine(whole, 1, chosen),)))
    assert [line["name"] for line in order["lines"]] == ["Soup"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"from_time": "7:00"}, "TIME_INVALID"),
        ({"weekdays": ["funday"]}, "WEEKDAY_UNKNOWN"),
        ({"name": " "}, "NAME_INVALID"),
    ],
)
def test_a_period_that_can_not_be_is_refused(restaurant: Restaurant, given: dict[str, Any], code: str) -> None:
    node = restaurant.node
    with pytest.raises(Invalid) as refused:
        node.act(add_serving_period, {**period("Lunch", "12:00", "15:00"), **given})
    assert refused.value.code == code
    with pytest.raises(NotFound) as unknown:
        node.act(edit_item, restaurant.soup, {"period_ids": [new_id()]})
    assert unknown.value.code == "SERVING_PERIOD_NOT_FOUND"
