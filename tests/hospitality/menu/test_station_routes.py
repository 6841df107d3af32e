"""Where things are made at some times, for a way of ordering or in an area, instead of at their own station."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospitality.ground.errors import Invalid, NotFound
from hospitality.ground.ids import new_id
from hospitality.kitchen.tickets import tickets_list
from hospitality.menu.hours import Hours, When
from hospitality.menu.reading import menu_item_view, route_view, routes_list
from hospitality.menu.rules import CHANNELS, Ordering, StationRoute, foremost
from hospitality.menu.service import add_station
from hospitality.menu.service.routes import add_route, edit_route
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.tables.service.layout import add_area, add_table
from tests.hospitality.node import Node, Restaurant

ALL_DAY = Hours(frozenset(), 0, 0)
PLAN = {"x": 0, "y": 0, "w": 80, "h": 80, "rotation": 0}
NOW = datetime(2026, 3, 1, 17, tzinfo=UTC)


def fields(station_id: str, /, **given: Any) -> dict[str, Any]:
    """A route as the API hands it in."""
    about: dict[str, Any] = {"menu_item_id": None, "category_id": None, "channel": None, "area_id": None}
    hours: dict[str, Any] = {"weekdays": [], "from_time": "00:00", "to_time": "00:00", "priority": 0}
    return {"name": "Elsewhere", "station_id": station_id, **about, **hours, **given}


def made_at(node: Node, item_id: str, **head: Any) -> str:
    """The station that an item goes to when it is ordered now, as the kitchen has it."""
    order = node.act(place_order, NewOrder(head.pop("channel", "dine_in"), (NewLine(item_id, 1),), **head))
    tickets: list[dict[str, Any]] = node.read(tickets_list)
    return next(str(ticket["station_id"]) for ticket in tickets if ticket["order_id"] == order["id"])


def test_what_is_ordered_is_made_where_its_route_leads_and_else_at_its_own_station(restaurant: Restaurant) -> None:
    node = restaurant.node  # 19:00 on a Sunday in Windhoek
    soup = node.read(menu_item_view, restaurant.soup)
    terrace_bar, packing = (node.act(add_station, name=name)["id"] for name in ("Terrace bar", "Packing"))
    area = node.act(add_area, name="Terrace")["id"]
    node.act(add_table, area_id=area, label="T1", seats=2, shape="round", plan=PLAN)
    away = node.act(add_route, fields(packing, channel="takeaway"))
    of_area = node.act(add_route, fields(terrace_bar, category_id=soup["category_id"], area_id=area))
    assert made_at(node, restaurant.soup) == soup["station_id"]
    assert made_at(node, restaurant.soup, channel="takeaway") == packing
    assert made_at(node, restaurant.soup, table="T1") == terrace_bar
    sent = made_at(node, restaurant.soup, table="T1")

    node.act(edit_route, of_area["id"], {"weekdays": ["mon"]})
    assert made_at(node, restaurant.soup, table="T1") == soup["station_id"]
    node.act(edit_route, of_area["id"], {"weekdays": ["sun"], "from_time": "19:00", "to_time": "20:00"})
    assert made_at(node, restaurant.soup, table="T1") == sent == terrace_bar
    node.act(edit_route, of_area["id"], {"active": False})
    assert made_at(node, restaurant.soup, table="T1") == soup["station_id"]

    assert {one["id"] for one in node.read(routes_list)} == {away["id"], of_area["id"]}
    assert node.read(route_view, of_area["id"])["active"] is False
    assert len(node.journal("menu.station_route_changed")) == 3


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"station_id": "nowhere"}, "STATION_NOT_FOUND"),
        ({"menu_item_id": "soup", "category_id": "soups"}, "ROUTE_INVALID"),
        ({"channel": "drone"}, "CHANNEL_INVALID"),
        ({"from_time": "24:00"}, "TIME_INVALID"),
    ],
)
def test_a_route_that_can_not_be_is_refused(restaurant: Restaurant, given: dict[str, Any], code: str) -> None:
    soup = restaurant.node.read(menu_item_view, restaurant.soup)
    ids = {"soup": restaurant.soup, "soups": soup["category_id"], "nowhere": new_id()}
    with pytest.raises((Invalid, NotFound)) as refused:
        restaurant.node.act(add_route, fields(soup["station_id"], **{name: ids.get(v, v) for name, v in given.items()}))
    assert refused.value.code == code
    assert restaurant.node.read(routes_list) == []


ROUTES = st.builds(
    StationRoute,
    id=st.uuids().map(str),
    nearness=st.integers(0, 3),
    hours=st.just(ALL_DAY),
    priority=st.integers(0, 2),
    channel=st.sampled_from([None, *CHANNELS]),
    area_id=st.sampled_from([None, "a", "b"]),
    station_id=st.uuids().map(str),
)


@settings(max_examples=60)
@given(
    st.lists(ROUTES, max_size=6, unique_by=lambda route: route.id),
    st.sampled_from(CHANNELS),
    st.sampled_from([None, "a"]),
)
def test_one_route_leads_in_whatever_order_they_come(
    routes: list[StationRoute], channel: str, area_id: str | None
) -> None:
    ordering = Ordering(channel, When(NOW, "UTC", 4), None, area_id)
    leading = foremost(routes, ordering)
    assert leading == foremost(reversed(routes), ordering)
    holding = [one for one in routes if one.channel in (None, channel) and one.area_id in (None, area_id)]
    assert (leading is None) == (not holding)
    if leading is not None:
        assert leading in holding
        assert all((leading.priority, -leading.nearness) >= (one.priority, -one.nearness) for one in holding)
