"""Splitting, moving and merging orders, on both databases."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hospitality.checks.reading import order_view, orders_page
from hospitality.checks.service import add_lines, pay, void_line
from hospitality.checks.service.floor import change, fire, make_adjustment
from hospitality.checks.service.split import merge, move, split
from hospitality.days.loading import orders_open
from hospitality.days.reading import x_report
from hospitality.ground.errors import NotFound, Refused
from hospitality.kitchen.service import step_ticket
from hospitality.kitchen.tickets import ticket_views, tickets_list
from hospitality.menu.portions import count_portions, portions_by_the_facts
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.orders.service.adjust import NewAdjustment
from hospitality.orders.service.change import NewHead
from hospitality.orders.service.move import Going
from hospitality.payments.rules import NewPayment
from hospitality.payments.service.card import attempt_card
from tests.hospitality.checks.test_floor import told
from tests.hospitality.checks.test_receipts import ON_SQLITE, two_nodes
from tests.hospitality.days.test_close import figures
from tests.hospitality.node import Node, Restaurant


def party(restaurant: Restaurant, **head: Any) -> dict[str, Any]:
    """Two guests: soup and beer on seat 1, two soups on seat 2, and a held soup of nobody's."""
    lines = (
        NewLine(restaurant.soup, 1, seat=1),
        NewLine(restaurant.beer, 3, seat=1),
        NewLine(restaurant.soup, 2, seat=2),
        NewLine(restaurant.soup, 1, course=2, hold=True),
    )
    order: dict[str, Any] = restaurant.node.act(place_order, NewOrder("dine_in", lines, **head))
    return order


def numbers(order: dict[str, Any]) -> list[tuple[str, int, str | None]]:
    """Name, quantity and origin of each line that an order shows."""
    return [(line["name"], line["quantity"], line["from_order"]) for line in order["lines"]]


def is_open(node: Node) -> set[str]:
    """The numbers of the orders that are listed as open; those that keep the day open are the same."""
    found = {order["number"] for order in node.read(orders_page, state="open")["items"]}
    assert found == {order["number"] for order in node.read(orders_open, "2026-03-01")}
    return found


def test_an_order_is_split_by_seat_and_line_into_checks_that_are_paid_by_themselves(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = party(restaurant, table="7", covers=2, tab="Ines")
    node.act(change, order["id"], NewHead(table="9"))
    beer, held = order["lines"][1]["id"], order["lines"][3]["id"]
    parts = [Going(seats=(2,), tab="Toivo"), Going(line_ids=(held,))]
    found = node.act(split, order["id"], parts)["items"]
    assert found == [node.read(order_view, one["id"]) for one in found]
    assert [numbers(one) for one in found] == [
        [("Soup", 1, None), ("Beer", 3, None)],
        [("Soup", 2, "A1-1")],
        [("Soup", 1, "A1-1")],
    ]
    first, second, third = found
    assert [one["total_minor"] for one in found] == [900 + 999 + 20, 1800, 900]
    assert [(one["number"], one["table"], one["tab"], one["server_name"], one["covers"]) for one in found] == [
        ("A1-1", "9", "Ines", "Selma", 2),
        ("A1-2", "9", "Toivo", "Selma", None),
        ("A1-3", "9", "Ines", "Selma", None),
    ]
    assert is_open(node) == {"A1-1", "A1-2", "A1-3"}
    assert third["kitchen_state"] == "held"
    third = node.act(fire, third["id"], None)
    assert (third["kitchen_state"], node.read(order_view, first["id"])["lines"]) == ("placed", first["lines"])
    node.act(void_line, second["id"], second["lines"][0]["id"], reason="spilt")
    back = node.act(move, first["id"], third["id"], Going((beer,)))["items"]
    assert [numbers(one) for one in back] == [[("Soup", 1, None)], [("Soup", 1, "A1-1"), ("Beer", 3, "A1-1")]]
    assert [line["line_no"] for line in back[1]["lines"]] == [1, 2]
    for one in back:
        assert node.act(pay, one["id"], NewPayment("cash", one["due_minor"]))["receipt"] is not None
    assert is_open(node) == set()
    moved = told(node, "orders.lines_moved")
    assert [(fact["number"], fact["to_number"], fact["opened"], len(fact["line_ids"])) for fact in moved] == [
        ("A1-1", "A1-2", True, 1),
        ("A1-1", "A1-3", True, 1),
        ("A1-1", "A1-3", False, 1),
    ]


def test_orders_are_merged_and_the_kitchen_follows(restaurant: Restaurant) -> None:
    node = restaurant.node
    one, other = party(restaurant, table="5", covers=2), party(restaurant, table="6", covers=3)
    voided = other["lines"][0]["id"]
    node.act(void_line, other["id"], voided, reason="mistyped")
    merged = node.act(merge, one["id"], [other["id"]])
    assert merged == node.read(order_view, one["id"])
    assert (merged["covers"], merged["total_minor"]) == (5, one["total_minor"] + other["total_minor"] - 900)
    assert [line["line_no"] for line in merged["lines"]] == [1, 2, 3, 4, 5, 6, 7]
    gone = node.read(order_view, other["id"])
    assert (gone["merged_into"], gone["payment_state"], gone["due_minor"]) == ("A1-1", "settled", 0)
    assert [line["id"] for line in gone["lines"]] == [voided], "what was voided stays where it was"
    assert is_open(node) == {"A1-1"}
    tickets = node.read(tickets_list)
    assert {(ticket["order_number"], ticket["table"], ticket["order_id"]) for ticket in tickets} == {
        ("A1-1", "5", one["id"])
    }
    assert len({ticket["id"] for ticket in tickets}) == len(tickets) == 4, "nothing is made twice"
    with pytest.raises(Refused) as refused:
        node.act(add_lines, other["id"], [NewLine(restaurant.beer, 1)])
    assert refused.value.code == "ORDER_MERGED"
    kitchen = next(ticket["id"] for ticket in tickets if len(ticket["lines"]) == 2)
    node.act(split, one["id"], [Going((merged["lines"][0]["id"],))])
    node.act(step_ticket, kitchen, "ready")
    [shown] = [ticket for ticket in node.read(tickets_list, state="done") if ticket["id"] == kitchen]
    assert shown["order_number"] == "A1-1", "a ticket of which a part went to another check stays as it was taken"
    assert told(node, "kitchen.ticket_bumped")[-1]["other_order_ids"] != []


def test_what_is_paid_does_not_move_and_every_refusal_has_its_own_code(restaurant: Restaurant) -> None:
    node = restaurant.node
    order, other = party(restaurant), party(restaurant)
    soup, _, soups, held = (line["id"] for line in order["lines"])
    node.act(void_line, order["id"], held, reason="less")
    node.act(pay, order["id"], NewPayment("cash", 2000))
    node.act(make_adjustment, order["id"], NewAdjustment("discount", "voucher", amount_minor=300))
    settled = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1),)))
    node.act(pay, settled["id"], NewPayment("cash", 900))
    waiting = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1),)))
    node.act(attempt_card, waiting["id"], amount_minor=100)
    before = node.store.counts()

    def refused(verb: Any, *arguments: Any) -> str:
        with pytest.raises(Refused) as found:
            node.act(verb, *arguments)
        return str(found.value.code)

    assert refused(split, order["id"], [Going()]) == "NOTHING_TO_MOVE"
    assert refused(split, order["id"], [Going(seats=(9,))]) == "NOTHING_TO_MOVE"
    assert refused(split, order["id"], []) == "SPLIT_INVALID"
    assert refused(split, order["id"], [Going((soup,)), Going(seats=(1,))]) == "LINE_NAMED_TWICE"
    assert refused(split, order["id"], [Going(seats=(1, 2))]) == "SPLIT_TAKES_ALL"
    assert refused(split, order["id"], [Going((other["lines"][0]["id"],))]) == "LINE_NOT_ON_ORDER"
    assert refused(split, order["id"], [Going((held,))]) == "LINE_ALREADY_VOIDED"
    assert refused(split, order["id"], [Going((soups,))]) == "MOVE_BELOW_PAID"
    assert refused(move, order["id"], order["id"], Going((soup,))) == "SAME_ORDER"
    assert refused(move, order["id"], settled["id"], Going((soup,))) == "ORDER_SETTLED"
    assert refused(move, waiting["id"], order["id"], Going((waiting["lines"][0]["id"],))) == "CARD_PAYMENT_UNKNOWN"
    assert refused(merge, other["id"], [order["id"]]) == "MERGE_PAID"
    assert refused(merge, settled["id"], [other["id"]]) == "ORDER_SETTLED"
    assert refused(merge, other["id"], []) == "MERGE_INVALID"
    assert refused(merge, other["id"], [other["id"]]) == "SAME_ORDER"
    assert node.store.counts() == before
    merged = node.act(merge, order["id"], [other["id"]])
    assert merged["subtotal_minor"] == order["subtotal_minor"] - 900 - 300 + other["subtotal_minor"]
    assert merged["paid_minor"] == 2000
    # what was paid may be exactly what is left: that settles it
    here = node.act(move, order["id"], other["id"], Going((soup,)))["items"][0]
    node.act(pay, order["id"], NewPayment("cash", here["due_minor"] - 1800))
    items = node.act(move, order["id"], other["id"], Going((soups,)))["items"]
    assert [one["payment_state"] for one in items] == ["settled", "open"]


def test_what_was_taken_off_the_whole_goes_along_to_the_cent(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = party(restaurant, covers=2)
    soup, beer, soups, held = (line["id"] for line in order["lines"])
    node.act(make_adjustment, order["id"], NewAdjustment("discount", "beer hour", line_id=beer, percent_bp=5000))
    node.act(make_adjustment, order["id"], NewAdjustment("discount", "regular", percent_bp=1000))
    node.act(make_adjustment, order["id"], NewAdjustment("service_charge", "party", percent_bp=1250))
    order = node.act(make_adjustment, order["id"], NewAdjustment("discount", "voucher", amount_minor=900))
    before = order["subtotal_minor"]
    # a check of the same party has the same percentages; the voucher stays
    kept, check = node.act(split, order["id"], [Going((beer, held))])["items"]
    assert [(one["kind"], one["percent_bp"], one["line_id"]) for one in check["adjustments"]] == [
        ("discount", 5000, beer),
        ("discount", 1000, None),
        ("service_charge", 1250, None),
    ]
    assert [one["amount_minor"] for one in kept["adjustments"]] == [-270, 191, -900]
    assert abs(kept["subtotal_minor"] + check["subtotal_minor"] - before) <= 2
    back = node.act(move, check["id"], order["id"], Going((beer, held)))["items"][1]
    assert back["subtotal_minor"] == before, "nothing counts twice where the same percentage covers it again"
    # on another party's order each line keeps what it had
    stranger = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1),)))
    with pytest.raises(Refused) as refused:
        node.act(move, order["id"], stranger["id"], Going((beer, soup, soups)))
    assert refused.value.code == "MOVE_BELOW_DISCOUNT"
    merged = node.act(merge, stranger["id"], [order["id"]])
    assert merged == node.read(order_view, stranger["id"])
    assert merged["subtotal_minor"] == before + 900
    assert (
        sum(one["amount_minor"] for one in merged["adjustments"])
        == before - order["lines"][0]["amount_minor"] - 999 - 2700
    )
    late = node.act(add_lines, stranger["id"], [NewLine(restaurant.beer, 1)])
    assert late["subtotal_minor"] == before + 900 + 333, "a percentage of the other party's ends with its lines"


@ON_SQLITE
def test_what_one_node_took_off_while_another_divided_it_gives_its_portions_back_once(
    restaurant: Restaurant, tmp_path: Path
) -> None:
    restaurant.node.act(count_portions, restaurant.soup, portions=20)
    order = restaurant.node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 8),)))
    soup = order["lines"][0]["id"]
    both = restaurant.node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 2),)))
    with two_nodes(restaurant, tmp_path / "apart") as apart:
        one, two = apart.both
        one.act(void_line, order["id"], soup, reason="they left")
        two.later(seconds=5)
        for node in apart.both:
            node.act(void_line, both["id"], both["lines"][0]["id"], reason="cold")
        given = [
            {row["id"]: tuple(row) for row in node.reading().rows("SELECT * FROM portion_moves WHERE portions = -2")}
            for node in apart.both
        ]
        assert given[0] == given[1], "what both gave back is one row"
        check = two.act(split, order["id"], [Going(some=((soup, 3),))])["items"][1]
        for of, line in ((check["id"], check["lines"][0]["id"]), (order["id"], soup)):
            two.act(void_line, of, line, reason="not hungry")
        apart.settle_down([order["id"], check["id"]])
        for node in apart.both:
            assert [portions for _, portions in node.read(portions_by_the_facts).values()] == [20]


@ON_SQLITE
def test_what_nodes_apart_took_off_both_or_took_off_and_divided_is_in_the_books_once(
    restaurant: Restaurant, tmp_path: Path
) -> None:
    lines = NewLine(restaurant.soup, 8), NewLine(restaurant.beer, 7), NewLine(restaurant.soup, 2)
    order = restaurant.node.act(place_order, NewOrder("dine_in", lines))
    further = restaurant.node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.beer, 1),)))
    divided, emptied, twice = (line["id"] for line in order["lines"])
    with two_nodes(restaurant, tmp_path / "apart") as apart:
        one, two = apart.both
        one.act(void_line, order["id"], divided, reason="they left")
        one.act(void_line, order["id"], twice, reason="cold")
        threes = two.act(split, order["id"], [Going(some=((divided, 3),))])["items"][1]
        two.act(void_line, order["id"], twice, reason="a hair")
        sixes = [node.act(split, order["id"], [Going(some=((emptied, 6),))])["items"][1] for node in apart.both]
        two.act(move, order["id"], further["id"], Going((emptied,)))
        apart.settle_down([order["id"]])
        for node in apart.both:
            views = [node.read(order_view, of["id"]) for of in (order, further, threes, *sixes)]
            assert [[(line["quantity"], line["void_reason"]) for line in of["lines"]] for of in views] == [
                [(5, "they left"), (2, "cold")],
                [(1, None), (0, "all of it is on other checks")],
                [(3, None)],
                [(6, None)],
                [(1, None)],
            ]
            assert node.read(orders_page, state="open")["items"] == views[:0:-1]
            sums = figures(node.read(x_report)["figures"])
            assert sums["sales/lines"] == (4, 8 * 900 + 7 * 333 + 2 * 900 + 333)
            assert sums["sales/voids"] == (2, -(5 + 2) * 900), "what stands on another check was not taken off"
            assert sums["sales/lines"][1] + sums["sales/voids"][1] == sum(of["subtotal_minor"] for of in views)


def test_so_many_of_a_line_go_to_another_check_and_the_kitchen_makes_it_as_one(restaurant: Restaurant) -> None:
    node = restaurant.node
    node.act(count_portions, restaurant.beer, portions=9)
    order = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.beer, 8), NewLine(restaurant.soup, 1))))
    beer = order["lines"][0]["id"]
    node.act(make_adjustment, order["id"], NewAdjustment("discount", "beer hour", line_id=beer, percent_bp=1000))
    node.act(make_adjustment, order["id"], NewAdjustment("discount", "voucher", line_id=beer, amount_minor=500))
    [ticket] = [one for one in node.read(tickets_list) if one["lines"][0]["id"] == beer]
    kept, check = node.act(split, order["id"], [Going(some=((beer, 3),), tab="Ines")])["items"]
    assert [numbers(one) for one in (kept, check)] == [[("Beer", 5, None), ("Soup", 1, None)], [("Beer", 3, "A1-1")]]
    assert [[(one["percent_bp"], one["amount_minor"]) for one in of["adjustments"]] for of in (kept, check)] == [
        [(1000, -167), (None, -500)],  # 10 % of 1,665, rounded half up; the amount stays where it was given
        [(1000, -100)],
    ]
    assert (kept["total_minor"], check["total_minor"]) == (1665 - 167 - 500 + 20 + 900, 999 - 100 + 18)
    part = check["lines"][0]["id"]
    node.act(step_ticket, ticket["id"], "started", line_ids=[beer])
    assert node.read(order_view, check["id"])["lines"][0]["kitchen_state"] == "in_preparation"
    # two of the three go on to a check of another's, and one of those is not wanted any more
    other = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1),)))
    check, there = node.act(move, check["id"], other["id"], Going(some=((part, 2),)))["items"]
    assert (numbers(check), numbers(there)[1]) == ([("Beer", 1, "A1-1")], ("Beer", 2, "A1-2"))
    there = node.act(void_line, there["id"], there["lines"][1]["id"], reason="one too many", wasted=False)
    [made] = [one for one in node.read(tickets_list) if one["id"] == ticket["id"]]
    assert [(line["id"], line["quantity"], line["void_reason"]) for line in made["lines"]] == [
        (beer, 6, None),
        (there["lines"][1]["id"], 2, "one too many"),
    ]
    left = "SELECT portions FROM portions_left WHERE id = :id"
    assert node.reading().value(left, id=restaurant.beer) == 3, "two of the eight are there again"
    node.act(step_ticket, ticket["id"], "ready")
    assert [node.read(order_view, one["id"])["lines"][0]["kitchen_state"] for one in (kept, check)] == ["ready"] * 2
    waiting = node.act(
        place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 2, hold=True), NewLine(restaurant.beer, 1)))
    )
    held = waiting["lines"][0]["id"]
    before = node.store.counts()
    for of, going, code in (
        (kept, Going(some=((beer, 6),)), "QUANTITY_OVER"),
        (kept, Going(some=((beer, 0),)), "QUANTITY_INVALID"),
        (kept, Going((beer,), some=((beer, 5),)), "LINE_NAMED_TWICE"),
        (kept, Going(some=((beer, 4),)), "MOVE_BELOW_DISCOUNT"),
        (kept, Going(some=((held, 1),)), "LINE_NOT_ON_ORDER"),
        (waiting, Going(some=((held, 1),)), "HELD_NOT_DIVIDED"),
    ):
        with pytest.raises(Refused) as refused:
            node.act(split, of["id"], [going])
        assert refused.value.code == code
    assert node.store.counts() == before


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["add", "split", "divide", "move", "merge", "void", "percent", "amount", "pay"]),
        *[st.integers(0, 9)] * 3,
    ),
    min_size=4,
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_is_split_moved_and_merged_every_line_is_on_one_order_and_every_cent_is_kept(
    restaurant: Restaurant, acts: list[tuple[str, int, int, int]]
) -> None:
    node = restaurant.node
    ids = [party(restaurant)["id"], party(restaurant)["id"]]
    for what, *numbers_of in acts:
        a, b, n = numbers_of
        order = node.read(order_view, ids[a % len(ids)])
        other = ids[b % len(ids)]
        line = order["lines"][n % len(order["lines"])]["id"] if order["lines"] else order["id"]
        verbs: dict[str, tuple[Any, ...]] = {
            "add": (add_lines, order["id"], [NewLine(restaurant.beer, n + 1, seat=b or None)]),
            "split": (split, order["id"], [Going((line,)), Going(seats=(b,))][: 1 + a % 2]),
            "divide": (split, order["id"], [Going(some=((line, a + 1),)), Going(some=((line, b),))][: 1 + b % 2]),
            "move": (move, order["id"], other, Going((line,)) if n % 2 else Going(some=((line, b),))),
            "merge": (merge, other, [order["id"]]),
            "percent": (
                make_adjustment,
                order["id"],
                NewAdjustment(("discount", "service_charge")[a % 2], "x", percent_bp=777 * (n + 1)),
            ),
            "amount": (make_adjustment, order["id"], NewAdjustment("discount", "x", amount_minor=123 * (n + 1))),
            "pay": (pay, order["id"], NewPayment("cash", max(1, order["due_minor"] // (b + 1)))),
        }
        try:
            if what == "void":
                node.act(void_line, order["id"], line, reason="x")
                continue
            answer = node.act(verbs[what][0], *verbs[what][1:])
        except (Refused, NotFound):
            continue
        ids += [one["id"] for one in answer.get("items", ()) if one["id"] not in ids]
    orders = [node.read(order_view, id) for id in ids]
    lines = [line for order in orders for line in order["lines"]]
    ours = node.reading().rows("SELECT id FROM order_lines WHERE order_id IN (:ids)", ids=ids)
    assert sorted(line["id"] for line in lines) == sorted(row["id"] for row in ours)
    sold = sum(line["amount_minor"] for line in lines if line["void_reason"] is None)
    changed = sum(one["amount_minor"] for order in orders for one in order["adjustments"])
    assert sum(order["subtotal_minor"] for order in orders) == sold + changed
    placed = "SELECT sum(quantity) AS n, sum(amount_minor) AS minor FROM order_lines WHERE order_id IN (:ids)"
    ordered = node.reading().one(placed, ids=ids)
    assert ordered is not None
    assert sum(line["quantity"] for line in lines) == ordered["n"], "of what was ordered, nothing is lost or doubled"
    assert sum(line["amount_minor"] for line in lines) == ordered["minor"]
    tickets = node.read(ticket_views, list({line["ticket_id"] for line in lines}))
    made = [line["quantity"] for ticket in tickets for line in ticket["lines"] if not line["void_reason"]]
    stands = [line["quantity"] for line in lines if not line["void_reason"] and line["kitchen_state"] != "held"]
    assert sum(made) == sum(stands), "the kitchen makes what stands on the checks"
    assert all(order["due_minor"] >= 0 and order["subtotal_minor"] >= 0 for order in orders)
