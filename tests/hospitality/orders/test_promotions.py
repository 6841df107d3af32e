"""Promotions: what is taken off an order by itself, by one rule, whoever reckons and in whatever order."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospitality.approvals.service import give_approval
from hospitality.checks.reading import order_view, receipt_view
from hospitality.checks.service import add_lines, pay, void_line
from hospitality.checks.service.floor import change, make_adjustment, withdraw
from hospitality.checks.service.split import merge, split
from hospitality.days.reading import x_report
from hospitality.ground.errors import Forbidden, Invalid, NotFound
from hospitality.menu.hours import Hours
from hospitality.menu.promotions import Promotion
from hospitality.menu.service.promotions import add_promotion, edit_promotion, promotions_list
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.rules.promotions import Sold, taken_off
from hospitality.orders.service import place_order
from hospitality.orders.service.adjust import NewAdjustment
from hospitality.orders.service.change import NewHead
from hospitality.orders.service.move import Going
from hospitality.payments.rules import NewPayment
from hospitality.people.service.accounts import add_person
from hospitality.tables.service.layout import add_area, add_table
from tests.hospitality.checks.test_receipts import ON_SQLITE, two_nodes
from tests.hospitality.days.test_close import figures
from tests.hospitality.node import Node, Restaurant

ALWAYS = Hours(frozenset(), 0, 0)
PLAN = {"x": 0, "y": 0, "w": 80, "h": 80, "rotation": 0}

# --- the rule

KINDS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, kind=st.just("percent"), percent_bp=st.integers(1, 10_000)),
    st.builds(dict, kind=st.just("amount"), amount_minor=st.integers(1, 900)),
    st.builds(dict, kind=st.just("free"), buy=st.integers(1, 3), free=st.integers(1, 2)),
)
OF_ORDER: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, kind=st.just("order_percent"), percent_bp=st.integers(1, 10_000), from_minor=st.integers(0, 3000)),
    st.builds(dict, kind=st.just("order_amount"), amount_minor=st.integers(1, 5000), from_minor=st.integers(0, 3000)),
)


def numbered(found: list[dict[str, Any]], first: int = 0) -> list[Promotion]:
    return [Promotion(str(n), f"Promotion {n}", hours=ALWAYS, **terms) for n, terms in enumerate(found, first)]


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Sold], list[Promotion]]:
    """A few lines, of which any may be what any promotion of items is about; promotions of the order are about all."""
    of_items = numbered(draw(st.lists(KINDS, max_size=3)))
    of_order = numbered(draw(st.lists(OF_ORDER, max_size=2)), len(of_items))
    line = st.tuples(
        st.integers(1, 4),
        st.integers(0, 1200),
        st.sets(st.sampled_from([one.id for one in of_items] or [""])),
        st.booleans(),
    )
    lines = [
        Sold(f"l{n}", quantity, price, frozenset(ids) | {one.id for one in of_order}, is_part)
        for n, (quantity, price, ids, is_part) in enumerate(draw(st.lists(line, max_size=6)))
    ]
    return lines, of_items + of_order


@settings(max_examples=60)
@given(orders(), st.randoms(use_true_random=False))
def test_what_is_taken_off_is_the_same_in_whatever_order_lines_come_and_never_more_than_a_line(
    order: tuple[list[Sold], list[Promotion]], chance: Random
) -> None:
    lines, promotions = order
    shares = taken_off(lines, promotions)
    for line in lines:
        off = [amount for (_, line_id), amount in shares.items() if line_id == line.line_id]
        assert all(amount > 0 for amount in off)
        assert sum(off) <= line.quantity * line.unit_price_minor
    assert all(id in next(line for line in lines if line.line_id == of).promotion_ids for id, of in shares)
    assert len({id for id, _ in shares if promotions[int(id)].is_of_order}) <= 1
    chance.shuffle(lines)
    chance.shuffle(promotions)
    assert taken_off(lines, promotions) == shares
    divided = [part for line in lines for part in pieces(line)]
    assert sum(taken_off(divided, promotions).values()) == sum(shares.values())


def pieces(line: Sold) -> list[Sold]:
    """A line as it is when one was divided from it."""
    return [replace(line, quantity=1), replace(line, line_id=line.line_id + "b", quantity=line.quantity - 1)]


@settings(max_examples=60)
@given(orders(), st.data())
def test_more_on_an_order_or_another_promotion_never_takes_less_off(
    order: tuple[list[Sold], list[Promotion]], data: st.DataObject
) -> None:
    lines, promotions = order
    off = sum(taken_off(lines, promotions).values())
    if lines:
        gone = data.draw(st.sampled_from(lines))
        assert sum(taken_off([line for line in lines if line is not gone], promotions).values()) <= off
    if promotions:
        without = data.draw(st.sampled_from(promotions))
        assert sum(taken_off(lines, [one for one in promotions if one is not without]).values()) <= off


@settings(max_examples=40)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=7), st.integers(0, 100))
def test_of_all_ways_to_share_promotions_out_the_guest_has_the_best(prices: list[int], percent: int) -> None:
    """One that is free with two others, beside a part off each: tried in every way there is."""
    free, part = numbered(
        [{"kind": "free", "buy": 2, "free": 1}, {"kind": "percent", "percent_bp": percent * 100 or 1}]
    )
    lines = [Sold(f"l{n}", 1, price * 100, frozenset({"0", "1"})) for n, price in enumerate(prices)]
    assert sum(taken_off(lines, [free, part]).values()) == best([price * 100 for price in prices], percent * 100 or 1)


def best(prices: list[int], percent_bp: int) -> int:
    parts = sum((2 * price * percent_bp + 10_000) // 20_000 for price in prices)
    sets = combinations(range(len(prices)), 3)
    tried = [
        min(prices[n] for n in three) + best([price for n, price in enumerate(prices) if n not in three], percent_bp)
        for three in sets
    ]
    return max([parts, *tried])


def test_of_equals_the_first_made_is_given_and_dearer_sets_first() -> None:
    two, three = numbered([{"kind": "percent", "percent_bp": 5000}, {"kind": "amount", "amount_minor": 500}])
    assert taken_off([Sold("l", 2, 1000, frozenset("01"))], [three, two]) == {("0", "l"): 1000}
    [free] = numbered([{"kind": "free", "buy": 1, "free": 1}])
    lines = [
        Sold(name, 1, price, frozenset("0")) for name, price in (("a", 10), ("b", 9), ("c", 2), ("d", 1), ("e", 1))
    ]
    assert taken_off(lines, [free]) == {("0", "b"): 9, ("0", "d"): 1}
    [two_free] = numbered([{"kind": "free", "buy": 1, "free": 2}])
    assert taken_off(lines, [two_free]) == {("0", "b"): 9, ("0", "c"): 2, ("0", "e"): 1}
    [from_ten] = numbered([{"kind": "order_amount", "amount_minor": 3, "from_minor": 10}])
    assert [taken_off([line], [from_ten]) for line in lines[:2]] == [{("0", "a"): 3}, {}]


# --- on orders


def promotion(node: Node, **given: Any) -> str:
    fields: dict[str, Any] = {
        **dict.fromkeys(("percent_bp", "amount_minor", "buy", "free", "from_minor", "channel", "area_id")),
        "item_ids": [],
        "category_ids": [],
        "weekdays": [],
        "period_ids": [],
        "from_time": "00:00",
        "to_time": "00:00",
    }
    return str(node.act(add_promotion, {**fields, "name": "Three for two", **given})["id"])


def told(order: dict[str, Any]) -> list[tuple[str, str | None, int]]:
    assert order["subtotal_minor"] == sum(
        line["amount_minor"] for line in order["lines"] if line["kitchen_state"] != "voided"
    ) + sum(one["amount_minor"] for one in order["adjustments"])
    return [(one["kind"], one["name"], one["amount_minor"]) for one in order["adjustments"]]


def placed(
    restaurant: Restaurant, *lines: NewLine, channel: str = "dine_in", table: str | None = None
) -> dict[str, Any]:
    order: dict[str, Any] = restaurant.node.act(place_order, NewOrder(channel, lines, table))
    assert order == restaurant.node.read(order_view, order["id"])
    return order


def test_an_order_has_what_holds_through_all_that_happens_to_it_and_tax_receipt_and_x_follow(
    restaurant: Restaurant,
) -> None:
    node, beer = restaurant.node, restaurant.beer
    promotion(node, kind="free", item_ids=[beer], buy=2, free=1)
    order = placed(restaurant, NewLine(beer, 2))
    assert (order["adjustments"], order["total_minor"]) == ([], 666 + 13)
    order = node.act(add_lines, order["id"], [NewLine(beer, 1), NewLine(restaurant.soup, 1)])
    assert told(order) == [("promotion", "Three for two", -333)]
    assert (order["total_minor"], order["tax_minor"]) == (666 + 13 + 900, 13)
    after = node.act(void_line, order["id"], order["lines"][1]["id"], reason="spilt")
    assert (told(after), after["total_minor"]) == ([], 666 + 13 + 900)
    order = node.act(add_lines, order["id"], [NewLine(beer, 1)])
    assert told(order) == [("promotion", "Three for two", -333)]
    assert order == node.read(order_view, order["id"])
    before = node.store.count("adjustments")
    check = node.act(split, order["id"], [Going(some=((order["lines"][0]["id"], 1),))])["items"][1]
    assert told(check) == told(node.read(order_view, order["id"])) == [], "no three are left on either"
    order = node.act(merge, order["id"], [check["id"]])
    assert (told(order), order["total_minor"]) == ([("promotion", "Three for two", -333)], 666 + 13 + 900)
    assert node.store.count("adjustments") == before + 1, "what was withdrawn and is wanted again is made again"
    node.act(make_adjustment, order["id"], NewAdjustment("discount", "regular", percent_bp=1000))
    order = node.act(pay, order["id"], NewPayment("cash", 666 - 67 + 900 - 90 + 12))["order"]
    shown = node.read(receipt_view, order["id"])["order"]
    assert told(shown) == [("promotion", "Three for two", -333), ("discount", None, -157)]
    found = figures(node.read(x_report)["figures"])
    assert (found["promotions/Three for two"], found["adjustments/discount"]) == ((1, -333), (1, -157))
    sums = [msgspec.json.decode(entry["data"])["amount_minor"] for entry in node.journal("orders.promotion_given")]
    assert sums == [-333, 0, -333, 0, -333]


def test_it_holds_for_what_was_ordered_at_its_hours_there_and_so_and_never_for_comps_or_open_items(
    restaurant: Restaurant,
) -> None:
    node, soup = restaurant.node, restaurant.soup
    area = node.act(add_area, name="Terrace")["id"]
    node.act(add_table, area_id=area, label="T1", seats=4, shape="round", plan=PLAN)
    half = promotion(
        node,
        name="Early soup",
        kind="percent",
        percent_bp=5000,
        category_ids=[restaurant.category],
        from_time="18:00",
        to_time="19:30",
        area_id=area,
    )
    promotion(node, name="Ten off", kind="order_amount", amount_minor=1000, from_minor=5000, channel="takeaway")
    assert told(placed(restaurant, NewLine(soup, 1))) == [], "not on the terrace"
    order = placed(restaurant, NewLine(soup, 2), table="T1")
    assert told(order) == [("promotion", "Early soup", -900)]
    node.later(hours=1)
    order = node.act(add_lines, order["id"], [NewLine(soup, 1)])
    assert told(order) == [("promotion", "Early soup", -900)], (
        "half past seven has passed, and the first two keep theirs"
    )
    assert told(node.act(change, order["id"], NewHead(table="7"))) == []
    assert told(node.act(change, order["id"], NewHead(table="T1"))) == [("promotion", "Early soup", -900)]
    line = order["lines"][0]["id"]
    order = node.act(make_adjustment, order["id"], NewAdjustment("comp", "cold", line_id=line))
    assert [one[0] for one in told(order)] == ["comp"]
    order = node.act(withdraw, order["id"], order["adjustments"][0]["id"], reason="mistake")
    assert told(order) == [("promotion", "Early soup", -900)]
    away = placed(restaurant, NewLine(soup, 5), channel="takeaway")
    assert told(away) == []
    away = node.act(add_lines, away["id"], [NewLine(soup, 1)])
    assert told(away) == [("promotion", "Ten off", -1000)]
    node.act(edit_promotion, half, {"active": False})
    assert told(node.read(order_view, order["id"])) == [("promotion", "Early soup", -900)], "until the order changes"
    assert told(node.act(add_lines, order["id"], [NewLine(soup, 1)])) == []
    assert [(one["name"], one["active"]) for one in node.read(promotions_list)] == [
        ("Early soup", False),
        ("Ten off", True),
    ]


def test_staff_take_one_off_for_a_reason_by_right_or_approval_and_it_stays_off(restaurant: Restaurant) -> None:
    node, soup = restaurant.node, restaurant.soup
    best = promotion(node, name="Half", kind="percent", percent_bp=5000, item_ids=[soup])
    promotion(node, name="A tenth", kind="percent", percent_bp=1000, item_ids=[soup])
    order = placed(restaurant, NewLine(soup, 1), NewLine(soup, 1))
    [half] = order["adjustments"]
    assert half["amount_minor"] == -900
    waiter = node.as_("orders.place", person_id=node.act(add_person, display_name="Toivo", role="staff")["id"])
    with pytest.raises(Forbidden) as needed:
        waiter.act(withdraw, order["id"], half["id"], reason="staff meal")
    assert (needed.value.code, needed.value.details["action"]) == ("APPROVAL_NEEDED", "orders.discount")
    manager = str(node.caller.person_id)
    yes = waiter.act(give_approval, manager, action="orders.discount", record_id=half["id"], reason="yes")
    order = waiter.act(withdraw, order["id"], half["id"], reason="staff meal", approval_id=yes["id"])
    assert told(order) == [("promotion", "A tenth", -180)], "the next best is had instead"
    [entry] = node.journal("orders.promotion_waived")
    data = msgspec.json.decode(entry["data"])
    assert (entry["reason"], entry["approver_id"]) == ("staff meal", manager)
    assert (data["promotion_id"], data["amount_minor"]) == (best, -900)
    order = node.act(add_lines, order["id"], [NewLine(soup, 1)])
    assert told(order) == [("promotion", "A tenth", -270)]
    items = node.act(split, order["id"], [Going((order["lines"][0]["id"],))])["items"]
    assert [told(one) for one in items] == [[("promotion", "A tenth", -180)], [("promotion", "A tenth", -90)]]


def test_one_that_says_too_much_too_little_or_what_is_not_here_is_refused(restaurant: Restaurant) -> None:
    node = restaurant.node
    before = node.store.counts()
    for wrong in (
        {"kind": "percent", "percent_bp": 1000},
        {"kind": "percent", "percent_bp": 10_001, "item_ids": [restaurant.soup]},
        {"kind": "percent", "percent_bp": 1000, "buy": 1, "item_ids": [restaurant.soup]},
        {"kind": "free", "buy": 2, "item_ids": [restaurant.soup]},
        {"kind": "order_amount", "amount_minor": 100, "from_minor": 0, "item_ids": [restaurant.soup]},
        {"kind": "gift"},
    ):
        with pytest.raises(Invalid) as refused:
            promotion(node, **wrong)
        assert refused.value.code == "PROMOTION_INVALID"
    with pytest.raises(NotFound):
        promotion(node, kind="percent", percent_bp=1000, item_ids=[restaurant.category])
    assert node.store.counts() == before


@ON_SQLITE
def test_two_nodes_that_reckoned_apart_agree_once_they_have_heard_of_each_other(
    restaurant: Restaurant, tmp_path: Path
) -> None:
    promotion(restaurant.node, kind="free", category_ids=[restaurant.category], buy=1, free=1)
    order = placed(restaurant, NewLine(restaurant.soup, 1))
    with two_nodes(restaurant, tmp_path / "apart") as apart:
        one, two = apart.both
        assert told(one.act(add_lines, order["id"], [NewLine(restaurant.beer, 1)])) == [
            ("promotion", "Three for two", -333)
        ]
        assert told(two.act(add_lines, order["id"], [NewLine(restaurant.soup, 1)])) == [
            ("promotion", "Three for two", -900)
        ]
        apart.settle_down([order["id"]])
        first, second = (node.read(order_view, order["id"]) for node in apart.both)
        assert first == second
        assert told(first) == [("promotion", "Three for two", -900)]
        # both now reckon the same from the same facts, and write the same rows
        for node in apart.both:
            node.later(minutes=node.place.node)
            node.act(void_line, order["id"], first["lines"][0]["id"], reason="cold")
        rows = [{row["id"]: tuple(row) for row in made(node)} for node in apart.both]
        assert rows[0] == rows[1]
        apart.settle_down([order["id"]])
        first, second = (node.read(order_view, order["id"]) for node in apart.both)
        assert (first, told(first)) == (second, [("promotion", "Three for two", -333)])


def made(node: Node) -> list[Any]:
    return list(node.store.connection.execute("SELECT * FROM adjustments WHERE kind = 'promotion'"))
