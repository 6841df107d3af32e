"""Tickets on both databases: each step once, whatever is tapped how often."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hospitality.checks.reading import order_view
from hospitality.checks.service import void_line
from hospitality.ground.errors import Forbidden, Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.kitchen.service import return_to_pass, serve_at_pass, step_ticket
from hospitality.kitchen.tickets import ticket_view, ticket_views, tickets_list
from hospitality.menu.service import edit_item
from hospitality.orders.models import STEPS
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from tests.hospitality.node import Node, Restaurant


def placed(restaurant: Restaurant, **head: Any) -> dict[str, Any]:
    """Two soups and a steak with pepper sauce from the kitchen, a beer from the bar."""
    pepper = restaurant.option(restaurant.sauces["options"], "Pepper")
    lines = (
        NewLine(restaurant.soup, 2, note="hot"),
        NewLine(restaurant.steak, 1, ((pepper, 1),), seat=2),
        NewLine(restaurant.beer, 1),
    )
    order: dict[str, Any] = restaurant.node.act(place_order, NewOrder("dine_in", lines, **head))
    return order


def steps(node: Node) -> int:
    """How many step facts there are."""
    return node.store.count("line_steps")


def test_a_ticket_is_what_its_station_has_to_make(restaurant: Restaurant) -> None:
    order = placed(restaurant, table="7", covers=3, note="in a hurry")
    soup, steak, beer = order["lines"]
    # said after it was sent: the kitchen must know all the same
    restaurant.node.act(edit_item, restaurant.soup, {"allergens": ["milk", "celery"]})
    ticket = restaurant.node.read(ticket_view, soup["ticket_id"])
    assert ticket == {
        "id": soup["ticket_id"],
        "order_id": order["id"],
        "order_number": "A1-1",
        "channel": "dine_in",
        "table": "7",
        "covers": 3,
        "order_note": "in a hurry",
        "station_id": restaurant.kitchen,
        "station_name": "Kitchen",
        "server": "Selma",
        "placed_at": "2026-03-01T17:00:00.000000Z",
        "course": None,
        "rush": False,
        "prep_seconds": 600,
        "state": "placed",
        "lines": [
            {
                "id": soup["id"],
                "name": "Soup",
                "quantity": 2,
                "options": [],
                "note": "hot",
                "seat": None,
                "part_of": None,
                "sold_as": None,
                "allergens": ["celery", "milk"],
                "state": "placed",
                "void_reason": None,
            },
            {
                "id": steak["id"],
                "name": "Steak",
                "quantity": 1,
                "options": [{"name": "Pepper", "quantity": 1, "half": None, "depth": 0}],
                "note": None,
                "seat": 2,
                "part_of": None,
                "sold_as": None,
                "allergens": [],
                "state": "placed",
                "void_reason": None,
            },
        ],
    }
    assert [line["name"] for line in restaurant.node.read(ticket_view, beer["ticket_id"])["lines"]] == ["Beer"]


def test_twenty_taps_are_one_step(restaurant: Restaurant) -> None:
    node = restaurant.node
    ticket_id = placed(restaurant)["lines"][0]["ticket_id"]
    answers = [node.act(step_ticket, ticket_id, "ready") for _ in range(20)]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["state"] == "ready"
    assert answers[0] == node.read(ticket_view, ticket_id)
    assert steps(node) == 2
    assert len(node.journal("kitchen.")) == 1


def test_a_tickets_way_with_a_recall(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = placed(restaurant)
    ticket_id, bar = order["lines"][0]["ticket_id"], order["lines"][2]["ticket_id"]
    seen = []
    for step in ("started", "ready", "recalled", "ready", "served", "recalled", "ready"):
        seen.append(node.act(step_ticket, ticket_id, step)["state"])
        node.later(seconds=-5)  # the wall clock may go backwards; the count of steps doesn't
    assert seen == ["in_preparation", "ready", "in_preparation", "ready", "served", "in_preparation", "ready"]
    assert node.read(ticket_view, ticket_id)["state"] == "ready"
    assert node.read(ticket_view, bar)["state"] == "placed"
    assert node.read(order_view, order["id"])["kitchen_state"] == "in_preparation"
    kinds = [entry["kind"].removeprefix("kitchen.ticket_") for entry in node.journal("kitchen.")]
    assert kinds == ["started", "bumped", "recalled", "bumped", "served", "recalled", "bumped"]
    told = msgspec.json.decode(node.journal("kitchen.")[0]["data"])
    assert told == {"ticket_id": ticket_id, "order_id": order["id"], "other_order_ids": [], "line_ids": []}
    node.act(step_ticket, bar, "ready")
    assert node.read(order_view, order["id"])["kitchen_state"] == "ready"
    node.act(step_ticket, bar, "served")
    node.act(step_ticket, ticket_id, "served")
    assert node.read(order_view, order["id"])["kitchen_state"] == "served"


def test_a_voided_line_stays_on_the_ticket_and_does_not_move(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = placed(restaurant)
    soup, steak, beer = order["lines"]
    node.act(void_line, order["id"], steak["id"], reason="allergy")
    ticket = node.act(step_ticket, soup["ticket_id"], "ready")
    assert [(line["state"], line["void_reason"]) for line in ticket["lines"]] == [
        ("ready", None),
        ("voided", "allergy"),
    ]
    assert ticket["state"] == "ready"
    assert steps(node) == 1
    node.act(void_line, order["id"], beer["id"], reason="gone")
    before = node.store.counts()
    assert node.act(step_ticket, beer["ticket_id"], "ready")["state"] == "voided"
    assert node.store.counts() == before


def test_open_and_done_tickets_by_station(restaurant: Restaurant) -> None:
    node = restaurant.node
    first = placed(restaurant)
    node.later(minutes=1)
    second = placed(restaurant)
    kitchen = [order["lines"][0]["ticket_id"] for order in (first, second)]
    bar = [order["lines"][2]["ticket_id"] for order in (first, second)]

    def ids(**asked: Any) -> list[str]:
        return [ticket["id"] for ticket in node.read(tickets_list, **asked)]

    assert ids(station_id=restaurant.kitchen) == kitchen
    assert ids(station_id=restaurant.bar) == bar
    assert sorted(ids()) == sorted(kitchen + bar)
    assert ids(state="done") == []
    node.act(step_ticket, kitchen[0], "ready")
    node.act(step_ticket, bar[1], "started")
    assert ids(station_id=restaurant.kitchen) == kitchen[1:]
    assert ids(station_id=restaurant.kitchen, state="done") == kitchen[:1]
    assert ids(station_id=restaurant.bar) == bar
    node.act(step_ticket, kitchen[0], "recalled")
    assert ids(station_id=restaurant.kitchen) == kitchen
    assert ids(state="done") == []
    node.act(void_line, second["id"], second["lines"][2]["id"], reason="gone")
    assert ids(station_id=restaurant.bar) == bar[:1]
    assert ids(station_id=restaurant.bar, state="done") == bar[1:]


def test_lines_are_bumped_and_brought_back_one_by_one(restaurant: Restaurant) -> None:
    node = restaurant.node
    soup, steak, beer = placed(restaurant)["lines"]
    ticket_id = soup["ticket_id"]

    def states(answer: dict[str, Any]) -> list[str]:
        assert answer == node.read(ticket_view, ticket_id)
        return [answer["state"], *(line["state"] for line in answer["lines"])]

    for _ in range(20):  # of taps on one line
        answer = node.act(step_ticket, ticket_id, "ready", line_ids=[soup["id"]])
    assert states(answer) == ["in_preparation", "ready", "placed"]
    assert [ticket["id"] for ticket in node.read(tickets_list, station_id=restaurant.kitchen)] == [ticket_id]
    assert node.read(tickets_list, state="done") == []
    assert steps(node) == 1
    assert [msgspec.json.decode(entry["data"])["line_ids"] for entry in node.journal("kitchen.")] == [[soup["id"]]]
    answer = node.act(step_ticket, ticket_id, "recalled", line_ids=[soup["id"]])
    assert states(answer) == ["in_preparation", "in_preparation", "placed"]
    node.act(step_ticket, ticket_id, "ready", line_ids=[steak["id"]])
    answer = node.act(step_ticket, ticket_id, "ready")
    assert states(answer) == ["ready", "ready", "ready"]
    assert steps(node) == 4
    before = node.store.counts()
    with pytest.raises(NotFound) as refused:
        node.act(step_ticket, ticket_id, "recalled", line_ids=[soup["id"], beer["id"]])
    assert refused.value.code == "TICKET_LINE_NOT_FOUND"
    assert node.store.counts() == before


def test_at_the_pass_what_is_ready_is_served_together_and_comes_back_there(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = placed(restaurant)
    soup, steak, beer = order["lines"]
    tickets = [soup["ticket_id"], beer["ticket_id"]]

    def at_pass() -> list[str]:
        return sorted(ticket["id"] for ticket in node.read(tickets_list, state="pass", now=node.now))

    def states(answer: dict[str, Any]) -> list[str]:
        assert answer["items"] == [node.read(ticket_view, ticket_id) for ticket_id in tickets]
        return [line["state"] for ticket in answer["items"] for line in ticket["lines"]]

    assert at_pass() == sorted(tickets)
    before = node.store.counts()
    with pytest.raises(Refused) as refused:
        node.act(serve_at_pass, tickets)
    assert refused.value.code == "NOTHING_READY"
    assert node.store.counts() == before
    node.act(step_ticket, tickets[0], "ready", line_ids=[soup["id"]])
    node.act(step_ticket, tickets[1], "ready")
    assert states(node.act(serve_at_pass, tickets)) == ["served", "placed", "served"]
    assert at_pass() == tickets[:1]
    assert states(node.act(return_to_pass, tickets, line_ids=[beer["id"]])) == ["served", "placed", "ready"]
    assert node.read(tickets_list, station_id=restaurant.bar) == []  # not its station's again
    assert states(node.act(serve_at_pass, tickets, line_ids=[steak["id"], beer["id"]])) == ["served"] * 3
    taken = steps(node)
    assert states(node.act(serve_at_pass, tickets)) == ["served"] * 3
    assert steps(node) == taken
    assert at_pass() == []
    told = [(entry["kind"], msgspec.json.decode(entry["data"])["line_ids"]) for entry in node.journal("kitchen.")[2:]]
    assert told == [
        ("kitchen.ticket_served", [soup["id"]]),
        ("kitchen.ticket_served", []),
        ("kitchen.ticket_returned", []),
        ("kitchen.ticket_served", [steak["id"]]),
        ("kitchen.ticket_served", []),
    ]
    node.act(return_to_pass, tickets)
    assert at_pass() == sorted(tickets)
    node.later(hours=3)  # nobody writes down what is served there
    assert at_pass() == []


def test_yesterdays_tickets_stay_and_older_ones_go(restaurant: Restaurant) -> None:
    node = restaurant.node
    assert node.read(tickets_list) == []
    old = placed(restaurant)
    node.later(hours=24)
    placed(restaurant)
    assert old["lines"][0]["ticket_id"] in [ticket["id"] for ticket in node.read(tickets_list)]
    node.later(hours=24)
    placed(restaurant)
    assert old["lines"][0]["ticket_id"] not in [ticket["id"] for ticket in node.read(tickets_list)]
    assert node.read(ticket_view, old["lines"][0]["ticket_id"])["state"] == "placed"


def test_steps_that_are_refused_write_nothing(restaurant: Restaurant) -> None:
    node = restaurant.node
    ticket_id = placed(restaurant)["lines"][0]["ticket_id"]
    before = node.store.counts()
    with pytest.raises(NotFound) as refused:
        node.act(step_ticket, new_id(), "ready")
    assert refused.value.code == "TICKET_NOT_FOUND"
    with pytest.raises(NotFound):
        node.read(ticket_view, new_id())
    with pytest.raises(NotFound):
        node.as_("*", property_id=new_id()).act(step_ticket, ticket_id, "ready")
    with pytest.raises(Invalid):
        node.act(step_ticket, ticket_id, "burnt")
    with pytest.raises(Forbidden):
        node.as_("property.read").act(step_ticket, ticket_id, "ready")
    assert node.store.counts() == before
    assert node.read(ticket_views, []) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taps=st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.sampled_from(STEPS)), max_size=12))
def test_whatever_is_tapped_the_lists_agree_with_the_tickets(
    restaurant: Restaurant, taps: list[tuple[int, bool, str]]
) -> None:
    node = restaurant.node
    lines = placed(restaurant)["lines"]
    tickets = [lines[0]["ticket_id"], lines[2]["ticket_id"]]
    for which, alone, step in taps:
        line = lines[which]
        answer = node.act(step_ticket, line["ticket_id"], step, line_ids=[line["id"]] if alone else None)
        assert answer == node.read(ticket_view, line["ticket_id"])
    opened = {ticket["id"] for ticket in node.read(tickets_list)}
    done = {ticket["id"] for ticket in node.read(tickets_list, state="done")}
    for ticket_id in tickets:
        is_open = node.read(ticket_view, ticket_id)["state"] in ("placed", "in_preparation")
        assert (ticket_id in opened, ticket_id in done) == (is_open, not is_open)
    numbers = node.reading().rows("SELECT line_id, step_no FROM line_steps ORDER BY line_id, step_no")
    by_line: dict[str, list[int]] = {}
    for row in numbers:
        by_line.setdefault(row["line_id"], []).append(row["step_no"])
    assert all(found == list(range(1, len(found) + 1)) for found in by_line.values())
