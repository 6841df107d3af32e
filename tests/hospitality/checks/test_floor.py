"""What staff do with an order on the floor, on both databases."""

from typing import Any

import msgspec
import pytest

from hospitality.checks.reading import order_view
from hospitality.checks.service import add_lines, void_line
from hospitality.checks.service.floor import fire, rush
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.kitchen.service import step_ticket
from hospitality.kitchen.tickets import tickets_list
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from tests.hospitality.node import Node, Restaurant


def told(node: Node, kind: str) -> list[dict[str, Any]]:
    """What the journal says of a kind, oldest first."""
    return [msgspec.json.decode(entry["data"]) for entry in node.journal(kind)]


def states(order: dict[str, Any]) -> list[str]:
    """How far each line is."""
    return [line["kitchen_state"] for line in order["lines"]]


def test_what_is_held_reaches_its_station_once_it_is_fired(restaurant: Restaurant) -> None:
    node = restaurant.node
    lines = (
        NewLine(restaurant.soup, 1, course=1),
        NewLine(restaurant.soup, 2, course=2, hold=True),
        NewLine(restaurant.beer, 1, course=2, hold=True),
        NewLine(restaurant.soup, 3, course=2, hold=True),
    )
    order = node.act(place_order, NewOrder("dine_in", lines))
    assert order == node.read(order_view, order["id"])
    assert (states(order), order["kitchen_state"]) == (["placed", "held", "held", "held"], "placed")
    assert order["total_minor"] == 6 * 900 + 340, "what is held is sold"
    first, mains, bar, more = (line["ticket_id"] for line in order["lines"])
    assert (mains == more, len({first, mains, bar})) == (True, 3)
    assert told(node, "orders.order_placed")[0]["ticket_ids"] == [first]
    assert [ticket["id"] for ticket in node.read(tickets_list)] == [first]
    with pytest.raises(NotFound):
        node.act(step_ticket, mains, "started")
    order = node.act(void_line, order["id"], order["lines"][3]["id"], reason="one less")
    node.later(minutes=20)
    order = node.act(fire, order["id"], 2)
    assert order == node.read(order_view, order["id"])
    assert states(order) == ["placed", "placed", "placed", "voided"]
    assert told(node, "orders.course_fired") == [
        {"order_id": order["id"], "number": "A1-1", "ticket_ids": [mains, bar], "course": 2, "lines": 2}
    ]
    tickets = {ticket["id"]: ticket for ticket in node.read(tickets_list)}
    assert set(tickets) == {first, mains, bar}
    assert (tickets[mains]["course"], tickets[mains]["placed_at"]) == (2, "2026-03-01T17:20:00.000000Z")
    assert [line["quantity"] for line in tickets[mains]["lines"]] == [2], "what was voided before is not shown"
    before = node.store.counts()
    assert node.act(fire, order["id"], 2) == order
    assert node.act(fire, order["id"], None) == order
    assert node.store.counts() == before
    node.act(step_ticket, mains, "ready")
    assert states(node.read(order_view, order["id"])) == ["placed", "ready", "placed", "voided"]


def test_a_course_that_is_not_there_is_not_fired(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1, hold=True),)))
    assert order["kitchen_state"] == "held"
    before = node.store.counts()
    for verb, arguments, code in ((fire, (3,), "COURSE_EMPTY"), (rush, (), "NOTHING_TO_RUSH")):
        with pytest.raises(Refused) as refused:
            node.act(verb, order["id"], *arguments)
        assert refused.value.code == code
    for course in (0, 21):
        with pytest.raises(Invalid):
            node.act(add_lines, order["id"], [NewLine(restaurant.soup, 1, course=course)])
    assert node.store.counts() == before


def test_open_tickets_are_rushed_once(restaurant: Restaurant) -> None:
    node = restaurant.node
    lines = (NewLine(restaurant.soup, 1), NewLine(restaurant.beer, 1), NewLine(restaurant.soup, 1, hold=True))
    order = node.act(place_order, NewOrder("dine_in", lines))
    soup, beer, _ = (line["ticket_id"] for line in order["lines"])
    node.act(step_ticket, beer, "ready")
    node.act(rush, order["id"])
    before = node.store.counts()
    node.act(rush, order["id"])
    assert node.store.counts() == before
    assert [ticket["rush"] for ticket in node.read(tickets_list)] == [True]
    assert told(node, "orders.order_rushed") == [{"order_id": order["id"], "number": "A1-1", "ticket_ids": [soup]}]
