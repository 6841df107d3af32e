"""A station that drowns takes no orders for a while, and a manager lets through what must be."""

from typing import Any

import pytest

from hospitality.approvals.service import give_approval
from hospitality.checks.service import add_lines
from hospitality.ground.errors import Forbidden, Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.menu.pauses import pause_station, resume_station
from hospitality.menu.reading import stations_now
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.people.rules import permissions_of
from hospitality.people.service.accounts import add_person
from tests.hospitality.node import Restaurant


def dinner(restaurant: Restaurant, **line: Any) -> NewOrder:
    return NewOrder("dine_in", (NewLine(restaurant.beer, 1), NewLine(restaurant.soup, 2, **line)))


def test_a_paused_station_takes_nothing_until_it_is_lifted_or_its_time_is_over(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = node.act(place_order, dinner(restaurant))
    paused = node.act(pause_station, restaurant.kitchen, reason="Fryer is down", minutes=20)
    assert paused["pause"]["reason"] == "Fryer is down"
    before = node.store.counts()
    for verb, asked in (
        (place_order, (dinner(restaurant),)),
        (add_lines, (order["id"], [NewLine(restaurant.soup, 1)])),
    ):
        with pytest.raises(Refused) as refused:
            node.act(verb, *asked)
        assert refused.value.code == "STATION_PAUSED"
        assert "Kitchen takes no orders until 19:20: Fryer is down." in refused.value.message
    assert node.store.counts() == before
    node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.beer, 1),)))
    node.act(place_order, dinner(restaurant, hold=True))  # does not reach the kitchen yet
    node.later(minutes=20)
    node.act(place_order, dinner(restaurant))
    node.act(pause_station, restaurant.kitchen, reason="Too many tickets")
    node.act(pause_station, restaurant.kitchen, reason="Still too many", minutes=5)
    kitchen = next(one for one in node.read(stations_now, node.now) if one["id"] == restaurant.kitchen)
    assert kitchen["pause"]["reason"] == "Still too many"
    assert node.act(resume_station, restaurant.kitchen)["pause"] is None
    told = len(node.journal("menu.station_resumed"))
    node.act(resume_station, restaurant.kitchen)
    assert len(node.journal("menu.station_resumed")) == told == 1
    node.act(place_order, dinner(restaurant))


def test_a_manager_means_it_and_others_need_one(restaurant: Restaurant) -> None:
    node = restaurant.node
    boss = node.act(add_person, display_name="Ndapewa", role="service_manager")["id"]
    node.act(pause_station, restaurant.kitchen, reason="Too many tickets")
    waiter = node.as_(*permissions_of("staff"), person_id=new_id(), terminal_id=new_id())
    with pytest.raises(Refused) as refused:
        waiter.act(place_order, dinner(restaurant))
    pause = refused.value.details
    with pytest.raises(Forbidden) as needed:
        waiter.act(place_order, dinner(restaurant, despite_pause=True))
    assert needed.value.code == "APPROVAL_NEEDED"
    given = waiter.act(
        give_approval, boss, action=pause["action"], record_id=pause["record_id"], reason="Regular guest"
    )
    waiter.act(place_order, dinner(restaurant, pause_approval_id=given["id"]))
    with pytest.raises(Refused) as used:
        waiter.act(place_order, dinner(restaurant, pause_approval_id=given["id"]))
    assert used.value.code == "APPROVAL_USED"
    manager = node.as_(*permissions_of("service_manager"))
    with pytest.raises(Refused):
        manager.act(place_order, dinner(restaurant))
    manager.act(place_order, dinner(restaurant, despite_pause=True))


def test_a_pause_that_says_nothing_or_nowhere_is_refused(restaurant: Restaurant) -> None:
    node = restaurant.node
    before = node.store.counts()
    for error, code, asked in (
        (Invalid, "REASON_MISSING", (restaurant.kitchen, {"reason": " "})),
        (Invalid, "PAUSE_INVALID", (restaurant.kitchen, {"reason": "x", "minutes": 0})),
        (NotFound, "STATION_NOT_FOUND", (new_id(), {"reason": "x"})),
    ):
        with pytest.raises(error) as refused:
            node.act(pause_station, asked[0], **asked[1])
        assert refused.value.code == code
    with pytest.raises(Forbidden):
        node.as_(*permissions_of("staff")).act(pause_station, restaurant.kitchen, reason="x")
    assert node.store.counts() == before
