"""Cards taken while the acquirer can't be reached: at risk until somebody knows, and never more than the house risks."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hospitality.approvals.service import give_approval
from hospitality.checks.service import pay
from hospitality.days.reading import x_report
from hospitality.days.service.close import close_day
from hospitality.ground.errors import Forbidden, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.payments.reading import at_risk, offline_page
from hospitality.payments.rules import NewPayment, NewRefund
from hospitality.payments.rules.offline import AtRisk, Limits, over_limit
from hospitality.payments.service.offline import tell_outcome
from hospitality.payments.service.refund import refund_payment
from hospitality.people.service.accounts import add_person
from hospitality.properties.service import edit_house_rules
from tests.hospitality.node import Node, Restaurant

LIMITS = {"offline_card_minor": 1_000, "offline_day_minor": 1_500, "offline_total_minor": 2_000}
AMOUNTS = st.integers(0, 3_000)


def offline(amount_minor: int, *, tip_minor: int = 0, way: str = "voice") -> NewPayment:
    return NewPayment("card", amount_minor, reference=f"V-{new_id()}", tip_minor=tip_minor, offline=way)


def soup(restaurant: Restaurant, count: int = 1) -> str:
    order = restaurant.node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, count),)))
    return str(order["id"])


def taken(node: Node, order_id: str, new: NewPayment, **more: Any) -> dict[str, Any]:
    """The card that was taken offline."""
    payment = node.act(pay, order_id, new, **more)["payment"]
    return next(one for one in node.read(offline_page)["items"] if one["payment_id"] == payment["id"])


def over(node: Node, order_id: str, new: NewPayment) -> dict[str, Any]:
    """What a refusal over a limit says; nothing was written."""
    before = node.store.counts()
    with pytest.raises(Refused) as found:
        node.as_("payments.take").act(pay, order_id, new)
    assert (found.value.code, node.store.counts()) == ("OFFLINE_OVER_LIMIT", before)
    return dict(found.value.details)


def figures(node: Node) -> dict[str, tuple[int, int]]:
    found = node.read(x_report)["figures"]
    return {one["name"]: (one["count"], one["amount_minor"]) for one in found if one["section"] == "offline"}


def test_each_limit_is_kept_and_counted_from_the_facts_until_the_money_is_known(restaurant: Restaurant) -> None:
    node, waiter = restaurant.node, restaurant.node.as_("payments.take")
    assert over(node, soup(restaurant), offline(1))["limit"] == "card"  # a house that says nothing risks nothing
    node.act(edit_house_rules, {**LIMITS, "carries_over": True})
    first = taken(waiter, soup(restaurant), offline(900, tip_minor=100))
    assert (first["at_risk_minor"], first["over"], first["outcome"]) == (1_000, "", None)
    order = soup(restaurant)
    assert over(node, order, offline(900, tip_minor=101))["limit"] == "card"
    assert over(node, order, offline(501)) == {
        "limit": "day",
        "limit_minor": 1_500,
        "at_risk_minor": 1_000,
        "value": 501,
        "action": "payments.offline",
        "record_id": order,
    }
    taken(waiter, order, offline(500, way="stored"))
    assert figures(node) == {"taken": (2, 1_500), "at risk": (2, 1_500)}
    node.act(close_day, "2026-03-01")
    node.later(hours=24)
    node.act(edit_house_rules, {"offline_card_minor": 900})
    order = soup(restaurant)
    assert over(node, order, offline(501))["limit"] == "total"  # of yesterday's nothing is known yet
    node.act(tell_outcome, first["id"], outcome="confirmed", reason="on the statement")
    last = taken(waiter, order, offline(501))
    assert node.read(at_risk, last["business_date"]) == AtRisk(501, 1_001)
    node.act(tell_outcome, last["id"], outcome="lost", reason="declined when it was sent")
    assert figures(node) == {"taken": (1, 501), "confirmed": (1, 1_000), "lost": (1, 501), "at risk": (1, 500)}
    assert [one["at_risk_minor"] for one in node.read(offline_page, is_open=True)["items"]] == [500]


def test_cards_of_one_day_are_listed_the_last_one_first(restaurant: Restaurant) -> None:
    node, order = restaurant.node, soup(restaurant)
    node.act(edit_house_rules, LIMITS)
    paid = [taken(node, order, offline(1))["payment_id"] for _ in range(5)]
    first = node.read(offline_page, limit=3)
    rest = node.read(offline_page, limit=3, cursor=first["next_cursor"])
    assert [one["payment_id"] for one in (*first["items"], *rest["items"])] == paid[::-1]


def test_over_a_limit_a_manager_lets_one_through_and_it_says_so(restaurant: Restaurant) -> None:
    node, order = restaurant.node, soup(restaurant)
    boss = str(node.caller.person_id)
    waiter = node.as_("payments.take", person_id=str(node.act(add_person, display_name="Toivo", role="staff")["id"]))
    asked = over(node, order, offline(900))
    needs = {name: asked[name] for name in ("action", "record_id", "value")}
    approval = waiter.act(give_approval, boss, reason="the line is down, they are regulars", **needs)["id"]
    other = offline(899)
    with pytest.raises(Refused) as found:
        waiter.act(pay, order, other, approval_id=approval)
    assert found.value.code == "APPROVAL_FOR_ANOTHER"
    card = taken(waiter, order, offline(900), approval_id=approval)
    assert card["over"] == "card"
    (entry,) = node.journal("payments.card_taken_offline")
    assert entry["approver_id"] == boss


def test_what_is_given_back_to_the_card_is_not_at_risk_and_cash_is(restaurant: Restaurant) -> None:
    node = restaurant.node
    card = taken(node, soup(restaurant, 2), offline(1_800))
    node.act(refund_payment, card["payment_id"], NewRefund(300, "cold", reference="R-1"))
    node.act(refund_payment, card["payment_id"], NewRefund(200, "cold", tender="cash"))
    assert figures(node) == {"taken": (1, 1_800), "at risk": (1, 1_500)}
    for outcome in ("confirmed", "lost"):
        told = node.as_("payments.take")
        with pytest.raises(Forbidden):
            told.act(tell_outcome, card["id"], outcome=outcome, reason="so it seems")
    with pytest.raises(NotFound):
        node.as_("*", property_id=new_id()).act(tell_outcome, card["id"], outcome="lost", reason="why")
    told_now = node.act(tell_outcome, card["id"], outcome="lost", reason="the bank declined it")
    assert (told_now["outcome"], told_now["at_risk_minor"]) == ("lost", 0)
    with pytest.raises(Refused) as found:
        node.act(tell_outcome, card["id"], outcome="confirmed", reason="again")
    assert found.value.code == "OFFLINE_KNOWN"
    assert figures(node) == {"taken": (1, 1_800), "lost": (1, 1_500)}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), cards=st.lists(st.tuples(AMOUNTS, st.booleans()), max_size=12))
def test_however_cards_come_no_limit_is_passed(limits: tuple[int, int, int], cards: list[tuple[int, bool]]) -> None:
    house, day, unknown = Limits(*limits), 0, 0
    for amount, is_known in cards:
        why = over_limit(house, AtRisk(day, unknown), amount)
        fits = (amount <= house.card_minor, day + amount <= house.day_minor, unknown + amount <= house.total_minor)
        assert (why == "") == all(fits)
        if not why:
            day, unknown = day + amount, unknown if is_known else unknown + amount
    assert day <= house.day_minor
    assert unknown <= house.total_minor
