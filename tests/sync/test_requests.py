"""What head office asks of a property travels there, and its answer back; a lost life's answers count."""

from typing import Any

from edge.requests import Requests
from hospitality.checks.reading import orders_page
from hospitality.ground.clock import utc_now
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.requests.reading import request_view
from hospitality.requests.service import make_request
from hospitality.requests.verbs import requestable_of
from tests.sync.agreeing import assert_agree
from tests.sync.ends import House, Node
from tests.sync.menus import Menu, add_menu


def ask_for_an_order(house: House, menu: Menu) -> str:
    """Head office asks for an order; answers the request's id."""
    asked = requestable_of(place_order)
    assert asked
    order = NewOrder("delivery", (NewLine(menu.items[0], 2),))
    return str(house.act(make_request, asked, asked.written(order))["request_id"])


def told(house: House, request_id: str) -> dict[str, Any]:
    """What head office knows of a request."""
    return house.act(request_view, request_id, now=utc_now())


def answering(node: Node) -> Requests:
    """The node's answerer as its node starts it."""
    return Requests(node.host, caught_up=lambda: node.engine.status.caught_up)


def orders(node: Node) -> list[dict[str, Any]]:
    """The node's orders."""
    found: list[dict[str, Any]] = node.act(orders_page)["items"]
    return found


def test_a_request_travels_to_the_property_and_the_order_back_with_its_answer(house: House, node: Node) -> None:
    menu = node.act(add_menu)
    node.sync()
    request_id = ask_for_an_order(house, menu)
    assert told(house, request_id)["state"] == "pending"
    node.pull()
    answering(node).step()
    node.push()
    found = told(house, request_id)
    assert found["state"] == "accepted"
    assert found["order"] == orders(node)[0]
    assert found["order"]["total_minor"] == 2000
    assert_agree(node)
    assert house.group.quarantine() == []


def test_a_node_put_back_from_a_backup_hears_first_what_its_lost_life_answered(house: House, node: Node) -> None:
    menu = node.act(add_menu)
    node.sync()
    node.close()
    backup = node.back_up()
    node.open()
    node.sync()
    request_id = ask_for_an_order(house, menu)
    node.pull()
    answering(node).step()
    node.push()
    node.close()
    node.restore(backup)
    node.open()
    node.push()
    assert not node.engine.status.caught_up
    node.pull()
    assert node.engine.status.caught_up
    answering(node).step()
    node.sync()
    assert told(house, request_id)["state"] == "accepted"
    assert len(orders(node)) == 1
    assert_agree(node)
    assert house.group.quarantine() == []
