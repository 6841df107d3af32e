"""One order edited at two nodes that are apart: what both did stands, and all three ends say the same (R4)."""

from typing import Any

from hospitality.checks.reading import order_view
from hospitality.checks.service import add_lines
from hospitality.checks.service.split import merge, move, split
from hospitality.orders.rules import NewLine
from hospitality.orders.service.move import Going
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
    for node in (one, two):
        assert_agree(node)
