"""Two servers at one table (R4): lines of both stand, and where both can't, whoever is second is told and may choose."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hospitality.checks.reading import order_view
from hospitality.checks.service import add_lines, pay, void_line
from hospitality.checks.service.floor import make_adjustment
from hospitality.checks.service.receipts import reopen
from hospitality.kitchen.tickets import tickets_list
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.orders.service.adjust import NewAdjustment
from hospitality.payments.rules import NewPayment
from tests.hospitality.checks.test_receipts import ON_SQLITE, two_nodes
from tests.hospitality.days.test_close import refused
from tests.hospitality.node import Node, Restaurant


def table_ten(restaurant: Restaurant) -> dict[str, Any]:
    order: dict[str, Any] = restaurant.node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1),)))
    return order


def test_two_beers_of_one_and_five_dishes_of_the_other_stand_once_and_reach_their_stations_once(
    restaurant: Restaurant,
) -> None:
    node, order = restaurant.node, table_ten(restaurant)
    anna, ben = node.as_("*"), node.as_("*")
    anna.act(add_lines, order["id"], [NewLine(restaurant.beer, 1)] * 2)
    ben.act(add_lines, order["id"], [NewLine(restaurant.soup, 1)] * 5)
    lines = node.read(order_view, order["id"])["lines"]
    assert [line["name"] for line in lines[1:]] == [lines[1]["name"]] * 2 + [lines[0]["name"]] * 5
    made = [(ticket["station_id"], line["id"]) for ticket in node.read(tickets_list) for line in ticket["lines"]]
    assert Counter(station for station, _ in made) == {restaurant.bar: 2, restaurant.kitchen: 6}
    assert sorted(id for _, id in made) == sorted(line["id"] for line in lines)


def test_who_comes_second_is_told_what_stands_and_what_they_can_do(restaurant: Restaurant) -> None:
    node, order = restaurant.node, table_ten(restaurant)
    anna, ben = node.as_("*"), node.as_("*")
    # the same line: Anna takes it off, Ben has it on his screen and would comp it
    [line] = order["lines"]
    anna.act(add_lines, order["id"], [NewLine(restaurant.soup, 2)])
    anna.act(void_line, order["id"], line["id"], reason="never came")
    why = refused(ben, make_adjustment, order["id"], NewAdjustment("comp", "cold", line_id=line["id"]))
    assert (why.code, ben.read(order_view, order["id"])["lines"][0]["void_reason"]) == (
        "LINE_ALREADY_VOIDED",
        "never came",
    )
    # Ben adds while Anna takes what was due when she looked: what he added is due, and no receipt says otherwise
    ben.act(add_lines, order["id"], [NewLine(restaurant.soup, 1)])
    part = anna.act(pay, order["id"], NewPayment("cash", 1800))
    assert (part["order"]["payment_state"], part["order"]["due_minor"], part["receipt"]) == ("open", 900, None)
    # Anna settles, Ben still adds: nothing is written, and he may open it again or begin another
    anna.act(pay, order["id"], NewPayment("cash", 900))
    before = node.store.counts()
    assert refused(ben, add_lines, order["id"], [NewLine(restaurant.soup, 1)]).code == "ORDER_SETTLED"
    assert node.store.counts() == before
    ben.act(reopen, order["id"], reason="one more soup")
    assert ben.act(add_lines, order["id"], [NewLine(restaurant.soup, 1)])["due_minor"] == 900


@ON_SQLITE
@pytest.mark.parametrize("second", ["comp", "void"])
def test_one_line_that_both_took_off_at_two_nodes_apart_is_off_once_and_both_reasons_stand(
    restaurant: Restaurant, tmp_path: Path, second: str
) -> None:
    order = table_ten(restaurant)
    restaurant.node.act(add_lines, order["id"], [NewLine(restaurant.soup, 2)])
    [line] = order["lines"]
    with two_nodes(restaurant, tmp_path / "apart") as apart:
        apart.one.act(void_line, order["id"], line["id"], reason="never came")
        if second == "void":
            apart.two.act(void_line, order["id"], line["id"], reason="spilt")
        else:
            apart.two.act(make_adjustment, order["id"], NewAdjustment("comp", "spilt", line_id=line["id"]))
        apart.settle_down([order["id"]])
        for node in apart.both:
            seen = node.read(order_view, order["id"])
            assert (seen["total_minor"], seen["due_minor"]) == (1800, 1800)
            assert sorted(reasons(node)) == ["never came", "spilt"]


def reasons(node: Node) -> list[str]:
    """Why anything was taken off, as the audit has it."""
    return [entry["reason"] for entry in node.journal("orders.") if entry["reason"]]
