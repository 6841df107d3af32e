"""Drawers from float to count, on both databases; and over HTTP."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from hospitality.cash.api import DrawerShape, MoveShape
from hospitality.cash.reading import Till, drawers_list, till_of
from hospitality.cash.service import add_drawer, move_cash, open_drawer
from hospitality.checks.service import pay
from hospitality.days.api import SessionShape
from hospitality.days.reading import drawer_session_view
from hospitality.days.rules import Counted, counted_drawer
from hospitality.days.service.count import count_drawer
from hospitality.ground.errors import Forbidden, Refused
from hospitality.ground.ids import new_id
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.payments.rules import NewPayment, NewRefund
from hospitality.payments.service.refund import refund_payment
from tests.hospitality.node import Node, Restaurant
from tests.hospitality.served import Served, code_of


def opened(node: Node, name: str = "Bar drawer", float_minor: int = 50_000, terminal_id: str | None = None) -> str:
    """The session of a new drawer."""
    drawer = node.act(add_drawer, name=name, terminal_id=terminal_id)
    session: str = node.act(open_drawer, drawer["id"], float_minor=float_minor)["session"]["id"]
    return session


def sold(restaurant: Restaurant, node: Node, tender: str = "cash", tip_minor: int = 0) -> dict[str, Any]:
    """A soup of 9.00 that was paid for; the payment."""
    order = node.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
    reference = new_id() if tender == "card" else None
    answer: dict[str, Any] = node.act(pay, order["id"], NewPayment(tender, 900, None, reference, tip_minor))
    payment: dict[str, Any] = answer["payment"]
    return payment


def refused(node: Node, verb: Any, *args: Any, **kwargs: Any) -> str:
    """The code with which a verb is refused; nothing was written."""
    before = node.store.counts()
    with pytest.raises(Refused) as found:
        node.act(verb, *args, **kwargs)
    assert node.store.counts() == before
    return found.value.code


def test_an_evening_at_a_drawer_ends_with_what_is_missing(restaurant: Restaurant) -> None:
    node = restaurant.node
    session = opened(node)
    cash = sold(restaurant, node, tip_minor=100)
    card = sold(restaurant, node, "card", tip_minor=300)
    for kind, amount in [("paid_in", 2_000), ("paid_out", 1_500), ("drop", 30_000), ("tip_out", 300)]:
        node.act(move_cash, session, kind=kind, amount_minor=amount, reason=f" {kind} ")
    node.act(refund_payment, cash["id"], NewRefund(400, "cold"))
    node.act(refund_payment, card["id"], NewRefund(100, "cold", tender="cash"))
    expected = 50_000 + 1_000 + 2_000 - 1_500 - 30_000 - 300 - 400 - 100
    seen = node.read(drawer_session_view, session, sees_expected=True)
    assert seen["expected"] == [{"currency": "NAD", "amount_minor": expected}]
    assert [(move["kind"], move["reason"]) for move in seen["moves"]][:2] == [
        *(("paid_in", "paid_in"), ("paid_out", "paid_out"))
    ]
    assert node.read(drawer_session_view, session, sees_expected=False)["expected"] is None
    counted = node.act(count_drawer, session, counted_minor={"NAD": expected - 250, "USD": 500}, note="a wet note")
    assert counted["count"]["counted"] == [
        {"currency": "NAD", "counted_minor": expected - 250, "expected_minor": expected, "over_short_minor": -250},
        {"currency": "USD", "counted_minor": 500, "expected_minor": 0, "over_short_minor": 500},
    ]
    assert [entry["kind"] for entry in node.journal("cash.")] == [
        *("cash.drawer_added", "cash.drawer_opened", *["cash.cash_moved"] * 4)
    ]
    assert '"over_short_minor":-250' in node.journal("days.drawer_counted")[0]["data"]
    assert refused(node, count_drawer, session, counted_minor={"NAD": 1}) == "DRAWER_COUNTED"
    assert refused(node, move_cash, session, kind="drop", amount_minor=1, reason="x") == "DRAWER_COUNTED"
    # what is sold now goes into no drawer until it is opened anew
    sold(restaurant, node)
    again = node.act(open_drawer, counted["drawer_id"], float_minor=0)["session"]["id"]
    assert node.read(drawer_session_view, again, sees_expected=True)["expected"][0]["amount_minor"] == 0


def test_a_terminals_cash_goes_into_its_own_drawer_and_else_into_a_shared_one(node: Node) -> None:
    mine, other = node.caller.terminal_id, new_id()
    assert node.read(till_of, mine) == Till(None, 1)
    shared = opened(node, "Bar")
    assert node.read(till_of, mine) == node.read(till_of, None) == Till(shared, 1)
    own = opened(node, "Till 1", terminal_id=mine)
    assert (node.read(till_of, mine), node.read(till_of, other)) == (Till(own, 1), Till(shared, 1))
    node.act(count_drawer, own, counted_minor={"NAD": 50_000})
    assert node.read(till_of, mine) == Till(shared, 1)
    assert [(one["name"], one["session"] is not None) for one in node.read(drawers_list)["items"]] == [
        *(("Bar", True), ("Till 1", False))
    ]


def test_what_is_refused_at_a_drawer_writes_nothing(node: Node) -> None:
    session = opened(node)
    drawer = node.read(drawers_list)["items"][0]["id"]
    acts: list[tuple[Any, tuple[str, ...], dict[str, Any], str]] = [
        (open_drawer, (drawer,), {"float_minor": 1}, "DRAWER_OPEN"),
        (open_drawer, (new_id(),), {"float_minor": 1}, "DRAWER_NOT_FOUND"),
        (move_cash, (session,), {"kind": "lent", "amount_minor": 1, "reason": "x"}, "MOVE_INVALID"),
        (move_cash, (session,), {"kind": "drop", "amount_minor": 0, "reason": "x"}, "AMOUNT_INVALID"),
        (move_cash, (session,), {"kind": "drop", "amount_minor": 1, "reason": " "}, "REASON_MISSING"),
        (move_cash, (new_id(),), {"kind": "drop", "amount_minor": 1, "reason": "x"}, "DRAWER_SESSION_NOT_FOUND"),
        (count_drawer, (session,), {"counted_minor": {"NAD": -1}}, "COUNT_INVALID"),
    ]
    for verb, args, kwargs, code in acts:
        assert refused(node, verb, *args, **kwargs) == code
    staff = node.as_("cash.drawer")
    with pytest.raises(Forbidden):
        staff.act(move_cash, session, kind="paid_out", amount_minor=1, reason="fish")
    with pytest.raises(Forbidden):
        staff.act(add_drawer, name="Mine")
    assert node.store.count("cash_moves") == 0


AMOUNTS = st.dictionaries(st.sampled_from(["NAD", "USD", "EUR"]), st.integers(0, 10**9))


@given(counted=AMOUNTS, expected=AMOUNTS)
def test_every_currency_that_is_there_or_should_be_is_counted(
    counted: dict[str, int], expected: dict[str, int]
) -> None:
    found = counted_drawer(counted, expected, currency="NAD")
    assert found[0] == Counted("NAD", counted.get("NAD", 0), expected.get("NAD", 0))
    for amounts, name in ((counted, "counted_minor"), (expected, "expected_minor")):
        assert {one.currency: getattr(one, name) for one in found if getattr(one, name)} == {
            currency: amount for currency, amount in amounts.items() if amount
        }


MOVES = st.lists(
    st.tuples(st.sampled_from(["paid_in", "drop", "sale", "tip", "back"]), st.integers(1, 900)), max_size=8
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(float_minor=st.integers(0, 10_000), moves=MOVES)
def test_a_drawer_should_hold_what_its_facts_add_up_to(
    restaurant: Restaurant, float_minor: int, moves: list[tuple[str, int]]
) -> None:
    node = restaurant.node
    session = opened(node, new_id(), float_minor, terminal_id=node.caller.terminal_id)
    expected = float_minor
    for what, amount in moves:
        if what in ("paid_in", "drop"):
            node.act(move_cash, session, kind=what, amount_minor=amount, reason="why")
            expected += amount if what == "paid_in" else -amount
        else:
            payment = sold(restaurant, node, "card" if what == "back" else "cash", amount if what == "tip" else 0)
            expected += 900 + (amount if what == "tip" else 0) if what != "back" else -amount
            if what == "back":
                node.act(refund_payment, payment["id"], NewRefund(amount, "why", tender="cash"))
    counted = node.act(count_drawer, session, counted_minor={"NAD": max(0, expected)})
    assert counted["count"]["counted"][0]["over_short_minor"] == max(0, -expected)


def agrees(body: Any, shape: type[BaseModel]) -> None:
    """Asserts that an answer has exactly the documented form."""
    assert shape.model_validate(body).model_dump() == body


def test_staff_count_blindly_and_a_manager_sees_what_should_be_there(served: Served) -> None:
    staff, manager = served.person("staff"), served.person("hospitality_manager")
    drawer = manager.post("drawers", {"name": "Bar"}).json()
    agrees(drawer, DrawerShape)
    path = f"drawers/{drawer['id']}/sessions"
    session = staff.post(path, {"float_minor": 5_000}, key="f-1").json()["session"]["id"]
    assert staff.post(path, {"float_minor": 5_000}, key="f-1").json()["session"]["id"] == session
    assert code_of(staff.post(path, {"float_minor": 5_000})) == "DRAWER_OPEN"
    move = {"kind": "paid_out", "amount_minor": 700, "reason": "fish from the market"}
    assert code_of(staff.post(f"drawer-sessions/{session}/moves", move)) == "APPROVAL_NEEDED"
    agrees(manager.post(f"drawer-sessions/{session}/moves", move).json(), MoveShape)
    assert staff.get(f"drawer-sessions/{session}").json()["expected"] is None
    seen = manager.get(f"drawer-sessions/{session}").json()
    agrees(seen, SessionShape)
    assert seen["expected"] == [{"currency": "NAD", "amount_minor": 4_300}]
    counted = staff.post(f"drawer-sessions/{session}/count", {"counted_minor": {"NAD": 4_305}}).json()
    agrees(counted, SessionShape)
    assert counted["count"]["counted"][0]["over_short_minor"] == 5
    assert staff.get("drawers").json()["items"][0]["session"] is None
