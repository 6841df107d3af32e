"""Adding, voiding and paying, on both databases."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hospitality.checks.reading import OPEN_DAYS, order_view, order_views, orders_page, receipt_view
from hospitality.checks.service import add_lines, pay, void_line
from hospitality.ground.errors import Forbidden, Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.menu.service import edit_item
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.payments.reading import payments_of, payments_page
from hospitality.payments.rules import NewPayment
from tests.hospitality.node import Node, Restaurant


def ordered(restaurant: Restaurant, *quantities: int) -> dict[str, Any]:
    """An order with a line of soup (9.00, untaxed) for each quantity."""
    lines = tuple(NewLine(restaurant.soup, quantity) for quantity in quantities or (1,))
    order: dict[str, Any] = restaurant.node.act(place_order, NewOrder("dine_in", lines))
    return order


def listed(node: Node, state: str) -> list[str]:
    """The ids of the orders in a state, newest first."""
    return [order["id"] for order in node.read(orders_page, state=state)["items"]]


def written_since(node: Node, before: dict[str, int]) -> dict[str, int]:
    """How many rows each table gained."""
    after = node.store.counts()
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def test_cash_with_change_settles_and_gives_a_receipt(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    node.later(minutes=40)
    before = node.store.counts()
    answer = node.act(pay, order["id"], NewPayment("cash", 900, 1000))
    assert answer["payment"] == {
        "id": answer["payment"]["id"],
        "tender": "cash",
        "amount_minor": 900,
        "tip_minor": 0,
        "tendered_minor": 1000,
        "change_minor": 100,
        "rounding_minor": 0,
        **dict.fromkeys(("given_currency", "given_minor", "rate_micro", "reference")),
        "currency": "NAD",
        "taken_at": "2026-03-01T17:40:00.000000Z",
    }
    assert answer["receipt"] == {"id": answer["receipt"]["id"], "number": "A1-1"}
    assert answer["order"] == {**order, "paid_minor": 900, "due_minor": 0, "payment_state": "settled"}
    assert answer["order"] == node.read(order_view, order["id"])
    assert written_since(node, before) == {"payments": 1, "receipts": 1, "journal": 2, "number_series": 1}
    taken, settled = node.journal("payments.")
    assert msgspec.json.decode(taken["data"]) == {
        "payment_id": answer["payment"]["id"],
        "order_id": order["id"],
        "tender": "cash",
        "amount_minor": 900,
        "currency": "NAD",
        "tip_minor": 0,
    }
    assert msgspec.json.decode(settled["data"]) == {
        "order_id": order["id"],
        "receipt_id": answer["receipt"]["id"],
        "receipt_number": "A1-1",
        "total_minor": 900,
        "currency": "NAD",
    }
    assert settled["business_date"] == "2026-03-01"


def test_a_receipt_has_all_that_is_printed(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = node.act(place_order, NewOrder("counter", (NewLine(restaurant.beer, 3), NewLine(restaurant.soup, 1))))
    assert order["total_minor"] == 999 + 20 + 900
    with pytest.raises(NotFound) as refused:
        node.read(receipt_view, order["id"])
    assert refused.value.code == "RECEIPT_NOT_FOUND"
    card = node.act(pay, order["id"], NewPayment("card", 1000, reference="T1/0042"))
    assert (card["receipt"], card["order"]["payment_state"], card["order"]["due_minor"]) == (None, "open", 919)
    node.later(seconds=1)
    cash = node.act(pay, order["id"], NewPayment("cash", 919))
    receipt = node.read(receipt_view, order["id"])
    assert receipt == {
        "id": node.reading().value("SELECT id FROM receipts"),
        "number": "A1-1",
        "issued_at": "2026-03-01T17:00:01.000000Z",
        "replaces": None,
        "withdrawn": False,
        "order": cash["order"],
        "payments": [{**found["payment"], "order_id": order["id"], "refunded_minor": 0} for found in (card, cash)],
        "property": {
            "id": node.caller.property_id,
            "name": "Dune House",
            "zone": "Africa/Windhoek",
            "currency": "NAD",
            "cut_off_hour": 4,
            "locale": "en",
        },
    }
    stored = node.reading().one("SELECT taxes, total_minor FROM receipts")
    assert stored is not None
    assert msgspec.json.decode(stored["taxes"]) == cash["order"]["taxes"]
    assert stored["total_minor"] == 1919


def test_receipt_numbers_never_begin_again(restaurant: Restaurant) -> None:
    node = restaurant.node
    numbers = []
    for _ in range(3):
        order = ordered(restaurant)
        numbers.append(node.act(pay, order["id"], NewPayment("cash", 900))["receipt"]["number"])
        node.later(hours=24)
    assert numbers == ["A1-1", "A1-2", "A1-3"]


def test_payments_that_are_refused_write_nothing(restaurant: Restaurant) -> None:
    node = restaurant.node
    order, paid, voided = ordered(restaurant), ordered(restaurant), ordered(restaurant)
    node.act(pay, order["id"], NewPayment("card", 100, reference="42"))
    node.act(pay, paid["id"], NewPayment("cash", 900))
    node.act(void_line, voided["id"], voided["lines"][0]["id"], reason="wrong table")
    before = node.store.counts()
    for order_id, new, code in [
        (order["id"], NewPayment("cash", 801), "PAYMENT_OVER_DUE"),
        (order["id"], NewPayment("cash", 800, 700), "TENDERED_TOO_LITTLE"),
        (order["id"], NewPayment("card", 100, reference="42"), "CARD_REFERENCE_USED"),
        (order["id"], NewPayment("cash", 0), "AMOUNT_INVALID"),
        (paid["id"], NewPayment("cash", 0), "ORDER_SETTLED"),
        (paid["id"], NewPayment("cash", 1), "ORDER_SETTLED"),
        (voided["id"], NewPayment("cash", 0), "ORDER_VOIDED"),
        (new_id(), NewPayment("cash", 1), "ORDER_NOT_FOUND"),
    ]:
        with pytest.raises(Refused) as refused:
            node.act(pay, order_id, new)
        assert refused.value.code == code
    with pytest.raises(Forbidden):
        node.as_("orders.place").act(pay, order["id"], NewPayment("cash", 1))
    assert node.store.counts() == before


def test_a_free_order_is_settled_by_a_payment_of_nothing(restaurant: Restaurant) -> None:
    node = restaurant.node
    node.act(edit_item, restaurant.soup, {"price_minor": 0})
    order = ordered(restaurant)
    assert (order["total_minor"], order["payment_state"]) == (0, "open")
    answer = node.act(pay, order["id"], NewPayment("cash", 0))
    assert (answer["order"]["payment_state"], answer["receipt"]["number"]) == ("settled", "A1-1")


def test_two_servers_add_to_one_table_and_both_stand(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    first = node.act(add_lines, order["id"], [NewLine(restaurant.beer, 1), NewLine(restaurant.beer, 2)])
    node.later(hours=24)
    second = node.act(add_lines, order["id"], [NewLine(restaurant.soup, 5)])
    assert second == node.read(order_view, order["id"])
    assert [(line["line_no"], line["quantity"]) for line in second["lines"]] == [(1, 1), (2, 1), (3, 2), (4, 5)]
    assert len({line["ticket_id"] for line in second["lines"]}) == 3
    assert (first["total_minor"], second["total_minor"]) == (900 + 999 + 20, 900 + 999 + 20 + 4500)
    assert second["business_date"] == "2026-03-01"
    dates = node.reading().rows("SELECT business_date FROM order_lines ORDER BY line_no")
    assert [row["business_date"] for row in dates] == ["2026-03-01"] * 3 + ["2026-03-02"]
    entry = node.journal("orders.lines_added")[-1]
    assert msgspec.json.decode(entry["data"]) == {
        "order_id": order["id"],
        "number": "A1-1",
        "ticket_ids": [second["lines"][3]["ticket_id"]],
        "lines": 1,
        "total_minor": second["total_minor"],
        "currency": "NAD",
    }


def test_a_void_takes_a_line_out_of_the_sums_and_keeps_it(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant, 1, 2)
    line = order["lines"][1]
    answer = node.act(void_line, order["id"], line["id"], reason=" dropped ")
    assert answer == node.read(order_view, order["id"])
    assert answer["lines"][1] == {**line, "kitchen_state": "voided", "void_reason": "dropped"}
    assert (answer["total_minor"], answer["kitchen_state"], answer["payment_state"]) == (900, "placed", "open")
    row = node.reading().one("SELECT * FROM line_voids")
    assert row is not None
    assert (row["line_id"], row["person_id"]) == (line["id"], node.caller.person_id)
    entry = node.journal("orders.line_voided")[-1]
    assert entry["reason"] == "dropped"
    assert msgspec.json.decode(entry["data"]) == {
        "order_id": order["id"],
        "number": "A1-1",
        "line_id": line["id"],
        "ticket_id": line["ticket_id"],
        "amount_minor": 1800,
        "total_minor": 900,
        "currency": "NAD",
        "fired": True,
        "wasted": False,
    }


def test_an_order_of_which_nothing_is_left_owes_nothing(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    answer = node.act(void_line, order["id"], order["lines"][0]["id"], reason="left")
    states = (answer["kitchen_state"], answer["payment_state"], answer["due_minor"])
    assert states == ("voided", "settled", 0)
    assert node.store.count("receipts") == 0
    assert [entry["kind"] for entry in node.journal("orders.")][-2:] == ["orders.line_voided", "orders.order_voided"]
    assert (listed(node, "open"), listed(node, "settled")) == ([], [order["id"]])
    with pytest.raises(Refused) as refused:
        node.act(add_lines, order["id"], [NewLine(restaurant.soup, 1)])
    assert refused.value.code == "ORDER_VOIDED"


def test_a_void_that_leaves_exactly_what_was_paid_settles(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant, 1, 2)
    node.act(pay, order["id"], NewPayment("cash", 900))
    answer = node.act(void_line, order["id"], order["lines"][1]["id"], reason="never came")
    assert answer == node.read(order_view, order["id"])
    assert (answer["payment_state"], answer["due_minor"]) == ("settled", 0)
    assert node.read(receipt_view, order["id"])["number"] == "A1-1"
    assert [entry["kind"] for entry in node.journal()][-2:] == ["orders.line_voided", "payments.order_settled"]


def test_changes_that_are_refused_write_nothing(restaurant: Restaurant) -> None:
    node = restaurant.node
    part, paid = ordered(restaurant, 1, 2), ordered(restaurant)
    node.act(pay, part["id"], NewPayment("cash", 1000))
    node.act(pay, paid["id"], NewPayment("cash", 900))
    gone = ordered(restaurant, 1, 1)
    node.act(void_line, gone["id"], gone["lines"][0]["id"], reason="gone")
    before = node.store.counts()
    for order, line, reason, code in [
        (part, part["lines"][1]["id"], "no", "VOID_BELOW_PAID"),
        (paid, paid["lines"][0]["id"], "no", "ORDER_SETTLED"),
        (gone, gone["lines"][0]["id"], "again", "LINE_ALREADY_VOIDED"),
        (gone, gone["lines"][1]["id"], " \n", "REASON_MISSING"),
        (gone, gone["lines"][1]["id"], "x" * 201, "TEXT_TOO_LONG"),
        (gone, part["lines"][0]["id"], "no", "ORDER_LINE_NOT_FOUND"),
        ({"id": new_id()}, new_id(), "no", "ORDER_NOT_FOUND"),
    ]:
        with pytest.raises(Refused) as refused:
            node.act(void_line, order["id"], line, reason=reason)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        node.act(add_lines, paid["id"], [NewLine(restaurant.soup, 1)])
    assert refused.value.code == "ORDER_SETTLED"
    with pytest.raises(Forbidden):
        node.as_("orders.place").act(void_line, part["id"], part["lines"][0]["id"], reason="no")
    with pytest.raises(Forbidden):
        node.as_("orders.void").act(add_lines, part["id"], [NewLine(restaurant.soup, 1)])
    with pytest.raises(NotFound):
        node.as_("*", property_id=new_id()).act(pay, part["id"], NewPayment("cash", 1))
    assert node.store.counts() == before


def test_orders_by_state_newest_first(restaurant: Restaurant) -> None:
    node = restaurant.node
    first, second, third = ordered(restaurant), ordered(restaurant), ordered(restaurant)
    node.act(pay, second["id"], NewPayment("cash", 900))
    node.act(pay, first["id"], NewPayment("cash", 1))
    assert listed(node, "all") == [third["id"], second["id"], first["id"]]
    assert listed(node, "open") == [third["id"], first["id"]]
    assert listed(node, "settled") == [second["id"]]
    assert node.read(order_views, [second["id"], new_id(), first["id"]]) == [
        node.read(order_view, second["id"]),
        node.read(order_view, first["id"]),
    ]
    assert node.as_("*", property_id=new_id()).read(orders_page)["items"] == []


def test_open_orders_are_found_for_a_week_and_all_for_ever(restaurant: Restaurant) -> None:
    node = restaurant.node
    old = ordered(restaurant)
    node.later(days=OPEN_DAYS)
    ordered(restaurant)
    assert old["id"] in listed(node, "open")
    node.later(days=1)
    ordered(restaurant)
    assert old["id"] not in listed(node, "open")
    assert old["id"] in listed(node, "all")


def test_pages_of_orders_and_payments_have_no_gap_and_no_overlap(restaurant: Restaurant) -> None:
    node = restaurant.node
    orders = []
    for n in range(7):
        orders.append(ordered(restaurant)["id"])
        node.act(pay, orders[-1], NewPayment("cash", 100 + n))
        if n % 3 == 2:
            node.later(hours=24)
    for question, newest in ((orders_page, orders[::-1]), (payments_page, orders[::-1])):
        found: list[str] = []
        cursor = None
        while True:
            page: dict[str, Any] = node.read(question, limit=2, cursor=cursor)
            found += [item.get("order_id", item["id"]) for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert found == newest
        with pytest.raises(Invalid):
            node.read(question, cursor="yesterday")
    assert [payment["amount_minor"] for payment in node.read(payments_of, orders[3])] == [103]
    assert node.read(order_views, []) == []


ACTS = st.one_of(
    st.tuples(st.just("add"), st.integers(1, 3)),
    st.tuples(st.just("void"), st.integers(0, 6)),
    st.tuples(st.just("pay"), st.integers(0, 4000)),
    st.tuples(st.just("rest"), st.just(0)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=10))
def test_whatever_is_done_to_an_order_its_account_is_right(restaurant: Restaurant, acts: list[tuple[str, int]]) -> None:
    node = restaurant.node
    order = node.act(place_order, NewOrder("counter", (NewLine(restaurant.beer, 1), NewLine(restaurant.soup, 1))))
    receipts = node.store.count("receipts")
    for what, n in acts:
        was_settled = order["payment_state"] == "settled"
        try:
            if what == "add":
                order = node.act(add_lines, order["id"], [NewLine(restaurant.beer, n)])
            elif what == "void":
                order = node.act(void_line, order["id"], order["lines"][n % len(order["lines"])]["id"], reason="why")
            else:
                due = order["due_minor"] if what == "rest" else n
                order = node.act(pay, order["id"], NewPayment("cash", due))["order"]
        except Refused:
            continue
        assert not was_settled
    assert order == node.read(order_view, order["id"])
    paid = sum(payment["amount_minor"] for payment in node.read(payments_of, order["id"]))
    assert order["paid_minor"] == paid <= order["total_minor"]
    assert order["due_minor"] == order["total_minor"] - paid >= 0
    whole = order["kitchen_state"] == "voided"
    has_receipt = node.store.count("receipts") - receipts == 1
    assert (order["payment_state"] == "settled") == (has_receipt or whole)
    assert has_receipt == (order["due_minor"] == 0 and not whole)
    assert (order["id"] in listed(node, "open")) == (order["payment_state"] == "open")
