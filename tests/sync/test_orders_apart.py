"""One order edited at two nodes that are apart: what both did stands, and all three ends say the same (R4)."""

from typing import Any

from edge.receipts import Receipts
from hospitality.checks.reading import order_view, orders_page
from hospitality.checks.service import add_lines, pay, void_line
from hospitality.checks.service.split import merge, move, split
from hospitality.days.reading import day_view
from hospitality.days.service.close import close_day
from hospitality.menu.pauses import pause_station, resume_station
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.orders.service.move import Going
from hospitality.payments.rules import NewPayment
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import NodeFactory
from tests.sync.ends import House, Node
from tests.sync.menus import add_menu, place


def test_what_two_nodes_split_merged_and_added_while_apart_stands_on_one_order_each(
    make: NodeFactory, house: House
) -> None:
    menu = house.act(add_menu)
    one, two = make(house), make(house)
    for node in (one, two):
        node.pass_over_what_is_empty()
        node.sync()
    ids = [one.act(place, menu, lines=3), one.act(place, menu, lines=2)]
    shared = one.act(place_order, NewOrder("dine_in", (NewLine(menu.items[0], 7),)))
    cold = one.act(place_order, NewOrder("dine_in", (NewLine(menu.items[2], 2),)))
    both, gone = cold["id"], cold["lines"][0]["id"]
    one.act(pause_station, menu.station, reason="the grill is out")
    one.sync()
    two.sync()

    def views(at: Node | House) -> list[dict[str, Any]]:
        return [at.act(order_view, id) for id in ids]

    first, second = views(one)
    assert views(two) == [first, second]
    beer, dish = first["lines"][0]["id"], first["lines"][1]["id"]
    # apart: one takes a line to a check of its own and merges the other order into the first;
    # two takes the same line there the other way, and adds to both
    ids.append(one.act(split, first["id"], [Going((beer,))])["items"][1]["id"])
    one.act(merge, first["id"], [second["id"]])
    two.act(move, first["id"], second["id"], Going((beer,)))
    # and of a third order's line, of which there are seven, one takes three and two takes six
    [line] = shared["lines"]
    threes = one.act(split, shared["id"], [Going(some=((line["id"], 3),))])["items"][1]
    sixes = two.act(split, shared["id"], [Going(some=((line["id"], 6),))])["items"][1]
    # a line of a fourth both take off, and both have the station take orders again
    for node, why in ((one, "cold"), (two, "a hair")):
        node.act(void_line, both, gone, reason=why)
        node.act(resume_station, menu.station)
    two.act(add_lines, first["id"], [NewLine(menu.items[0], 5)])
    two.act(add_lines, second["id"], [NewLine(menu.items[1], 7)])
    for node in (one, two, one):
        node.sync()
    kept, other, check = views(one)
    assert views(two) == views(house) == [kept, other, check]
    lines = [line for order in (kept, other, check) for line in order["lines"]]
    assert len({line["id"] for line in lines}) == len(lines) == 7
    [contested] = [line for line in other["lines"] if line["contested"]]
    assert (contested["id"], contested["contested"]) == (beer, [check["number"]]), (
        "the later move holds, and it is said"
    )
    assert [line["quantity"] for line in kept["lines"] if line["from_order"] is None] == [2, 3, 5]
    assert dish in {line["id"] for line in kept["lines"]}
    assert [line["quantity"] for line in other["lines"] if line["from_order"] is None] == [7], (
        "added to what was merged"
    )
    assert (other["payment_state"], check["payment_state"], check["lines"]) == ("open", "settled", [])
    ends: tuple[Node | House, ...] = (one, two, house)
    for end in ends:
        assert [line["void_reason"] for line in end.act(order_view, both)["lines"]] == ["cold"], "the first counts"
        has = [end.act(order_view, id)["lines"][0]["quantity"] for id in (shared["id"], threes["id"], sixes["id"])]
        assert has == [0, 3, 4], "the earlier has all that it took, the later what was left: seven in all"
    for node in (one, two):
        assert_agree(node)


def test_two_nodes_that_settled_and_added_while_apart_end_with_one_set_of_books(
    make: NodeFactory, house: House
) -> None:
    menu = house.act(add_menu)
    one, two = make(house), make(house)
    for node in (one, two):
        node.pass_over_what_is_empty()
        node.sync()
    ids = [one.act(place, menu, lines=n) for n in (1, 2)]
    one.sync()
    two.sync()
    readers = [Receipts(node.host, caught_up=lambda: True) for node in (one, two)]
    twice, added = ids
    # apart: both settle the first, one settles the second and two adds to it
    for node in (one, two):
        node.act(pay, twice, NewPayment("cash", 1000))
    one.act(pay, added, NewPayment("cash", 1000 + 2 * 1001))
    two.act(add_lines, added, [NewLine(menu.items[0], 1)])

    def meet() -> None:
        """They hear of each other, and each looks after receipts, until all is known to all."""
        for _ in range(2):
            for node, reader in zip((one, two), readers, strict=True):
                node.sync()
                assert not reader.step()
        for node in (one, two):
            node.sync()

    meet()
    settled, open_again = (one.act(order_view, id) for id in ids)
    assert (settled["payment_state"], settled["surplus_minor"]) == ("settled", 1000)
    assert [row["cause"] for row in settled["withdrawn_receipts"]] == ["settled_twice"]
    assert (open_again["payment_state"], open_again["due_minor"]) == ("open", 1000)
    assert [row["cause"] for row in open_again["withdrawn_receipts"]] == ["changed"]
    ends: tuple[Node | House, ...] = (one, two, house)
    for end in ends:
        assert [one["id"] for one in end.act(orders_page, state="open")["items"]] == [added]
        assert [one["id"] for one in end.act(orders_page, state="overpaid")["items"]] == [twice]
    last = two.act(pay, added, NewPayment("card", 1000, reference="T-1"))
    assert last["receipt"]["number"] == "B1-2"
    day = last["order"]["business_date"]
    meet()
    one.act(close_day, day)
    meet()
    views = [end.act(day_view, day) for end in ends]
    assert views[0] == views[1] == views[2], "head office reads the same Z from the same facts"
    total = {(one["section"], one["name"]): (one["count"], one["amount_minor"]) for one in views[0]["total"]}
    standing = 1000 + (1000 + 2 * 1001 + 1000)
    issued, withdrawn = total["receipts", "issued"], total["receipts", "withdrawn"]
    assert (issued[0] - withdrawn[0], issued[1] + withdrawn[1]) == (2, standing)
    assert total["payments", "cash"][1] + total["payments", "card"][1] == standing + total["surplus", "to give back"][1]
    assert [line["kind"] for line in one.rows("SELECT kind FROM journal WHERE kind = 'payments.receipt_withdrawn'")]
    for node in (one, two):
        assert_agree(node)
