"""Tips, money given back and card payments that nobody knows of, on both databases."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hospitality.approvals.service import give_approval
from hospitality.cash.reading import rates_list
from hospitality.cash.service import add_drawer, open_drawer, set_house_rate
from hospitality.checks.reading import order_view, parts_view
from hospitality.checks.service import add_lines, answer_card_payment, pay, void_line
from hospitality.days.reading import drawer_session_view, x_report
from hospitality.ground.errors import Forbidden, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.payments.reading import attempts_of, payments_of, refunds_page
from hospitality.payments.rules import CardAnswer, NewPayment, NewRefund
from hospitality.payments.service.card import attempt_card
from hospitality.payments.service.refund import refund_payment
from hospitality.people.service.accounts import add_person
from hospitality.properties.service import edit_house_rules
from tests.hospitality.node import Node, Restaurant

UNKNOWN = CardAnswer("unknown", "terminal")


def ordered(restaurant: Restaurant, beers: int = 3, soups: int = 1) -> dict[str, Any]:
    """Beers (3.33, a levy of 2 % on top) and soups (9.00, untaxed)."""
    lines = (NewLine(restaurant.beer, beers), NewLine(restaurant.soup, soups))
    order: dict[str, Any] = restaurant.node.act(place_order, NewOrder("dine_in", lines))
    return order


def refused(node: Node, verb: Any, *args: Any, **kwargs: Any) -> str:
    """The code with which a verb is refused; nothing was written."""
    before = node.store.counts()
    with pytest.raises(Refused) as found:
        node.act(verb, *args, **kwargs)
    assert node.store.counts() == before
    return found.value.code


def test_a_tip_is_kept_beside_what_settles_the_order(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    assert order["total_minor"] == 999 + 20 + 900
    part = node.act(pay, order["id"], NewPayment("card", 919, reference="T-1", tip_minor=80))
    rest = node.act(pay, order["id"], NewPayment("cash", 1000, 1200, tip_minor=100))
    assert (part["payment"]["tip_minor"], part["order"]["due_minor"]) == (80, 1000)
    assert (rest["payment"]["tip_minor"], rest["payment"]["change_minor"]) == (100, 100)
    assert (rest["order"]["payment_state"], rest["order"]["paid_minor"]) == ("settled", 1919)


def test_a_bill_in_three_parts_is_paid_to_the_last_cent(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    cut = node.read(parts_view, order["id"], count=3)
    assert cut == {"due_minor": 1919, "parts": [640, 640, 639]}
    paid = [node.act(pay, order["id"], NewPayment("cash", part))["order"] for part in cut["parts"]]
    assert [one["payment_state"] for one in paid] == ["open", "open", "settled"]
    assert node.read(parts_view, order["id"], count=2)["parts"] == [0, 0]


def test_what_is_reversed_is_due_again_and_a_void_can_follow(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant, beers=1)
    taken = node.act(pay, order["id"], NewPayment("cash", 1000))["payment"]
    soup = order["lines"][1]["id"]
    assert refused(node, void_line, order["id"], soup, reason="cold") == "VOID_BELOW_PAID"
    back = node.act(refund_payment, taken["id"], NewRefund(660, " cold soup "))
    assert (back["kind"], back["number"], back["reason"]) == ("reversal", "A1-1", "cold soup")
    assert node.read(order_view, order["id"])["due_minor"] == order["total_minor"] - 340
    voided = node.act(void_line, order["id"], soup, reason="cold")
    assert (voided["payment_state"], voided["due_minor"], voided["refunded_minor"]) == ("settled", 0, 0)


def test_a_refund_has_its_number_its_reason_and_its_part_of_the_taxes(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    taken = node.act(pay, order["id"], NewPayment("cash", 1919, tip_minor=50))["payment"]
    node.later(hours=24)
    for number, amount, tip in [("A1-1", 700, 0), ("A1-2", 1219, 50)]:
        back = node.act(refund_payment, taken["id"], NewRefund(amount, "flies", tip_minor=tip))
        assert (back["kind"], back["number"], back["tender"]) == ("refund", number, "cash")
    assert refused(node, refund_payment, taken["id"], NewRefund(1, "more flies")) == "REFUND_OVER_PAID"
    after = node.read(order_view, order["id"])
    assert (after["payment_state"], after["due_minor"], after["refunded_minor"]) == ("settled", 0, 1919)
    assert [found["refunded_minor"] for found in node.read(payments_of, order["id"])] == [1969]
    cut = [msgspec.json.decode(row["taxes"]) for row in node.reading().rows("SELECT taxes FROM refunds ORDER BY id")]
    assert [sum(one[0][name] for one in cut) for name in ("net_minor", "tax_minor")] == [999, 20]
    entries = node.journal("payments.payment_refunded")
    assert [(entry["reason"], entry["business_date"]) for entry in entries] == [("flies", "2026-03-02")] * 2
    page = node.read(refunds_page, limit=1)
    assert (page["items"][0]["number"], len(page["items"])) == ("A1-2", 1)
    assert node.read(refunds_page, cursor=page["next_cursor"])["items"][0]["amount_minor"] == 700


def test_only_who_may_gives_money_back(restaurant: Restaurant) -> None:
    node = restaurant.node
    taken = node.act(pay, ordered(restaurant)["id"], NewPayment("cash", 100))["payment"]
    with pytest.raises(Forbidden):
        node.as_("payments.take").act(refund_payment, taken["id"], NewRefund(1, "why"))
    with pytest.raises(NotFound) as found:
        node.as_("*", property_id=new_id()).act(refund_payment, taken["id"], NewRefund(1, "why"))
    assert found.value.code == "PAYMENT_NOT_FOUND"


def test_while_a_card_payment_is_unknown_the_order_takes_no_other(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    attempt = node.act(attempt_card, order["id"], amount_minor=1919, tip_minor=100)
    assert (attempt["number"], attempt["state"]) == ("A1-1", "attempted")
    # the link is cut here: nobody tells what the card terminal did
    assert node.read(order_view, order["id"])["payment_state"] == "unknown"
    unknown = node.act(answer_card_payment, attempt["id"], UNKNOWN)
    assert (unknown["attempt"]["state"], unknown["payment"]) == ("unknown", None)
    assert unknown["order"]["payment_state"] == "unknown"
    assert refused(node, pay, order["id"], NewPayment("cash", 1919)) == "CARD_PAYMENT_UNKNOWN"
    assert refused(node, attempt_card, order["id"], amount_minor=1) == "CARD_PAYMENT_UNKNOWN"
    node.act(add_lines, order["id"], [NewLine(restaurant.soup, 1)])
    found = node.act(answer_card_payment, attempt["id"], CardAnswer("approved", "look_up", "T-99"))
    assert (found["payment"]["amount_minor"], found["payment"]["tip_minor"]) == (1919, 100)
    assert (found["order"]["payment_state"], found["order"]["due_minor"], found["receipt"]) == ("open", 900, None)
    again = CardAnswer("approved", "terminal", "T-99")
    assert refused(node, answer_card_payment, attempt["id"], again) == "CARD_PAYMENT_ANSWERED"
    assert [one["state"] for one in node.read(attempts_of, order["id"])] == ["approved"]
    kinds = [entry["kind"] for entry in node.journal("payments.")]
    assert kinds == [
        *("payments.card_attempted", "payments.card_answered", "payments.payment_taken", "payments.card_answered")
    ]


def test_a_manager_decides_and_what_was_taken_after_all_is_booked_and_given_back(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    attempt = node.act(attempt_card, order["id"], amount_minor=1919)
    decision = CardAnswer("declined", "decision", reason="the guest shows no charge")
    with pytest.raises(Forbidden):
        node.as_("payments.take").act(answer_card_payment, attempt["id"], decision)
    node.act(answer_card_payment, attempt["id"], decision)
    assert node.journal("payments.card_answered")[0]["reason"] == "the guest shows no charge"
    assert node.act(pay, order["id"], NewPayment("cash", 1919))["order"]["payment_state"] == "settled"
    late = node.act(answer_card_payment, attempt["id"], CardAnswer("approved", "look_up", "T-5"))
    assert (late["order"]["due_minor"], late["order"]["payment_state"], late["receipt"]) == (-1919, "settled", None)
    card = late["payment"]["id"]
    assert refused(node, refund_payment, card, NewRefund(1920, "twice", reference="R")) == "REFUND_OVER_PAID"
    back = node.act(refund_payment, card, NewRefund(1919, "charged twice", reference="T-6"))
    assert (back["kind"], back["tender"], back["reference"]) == ("reversal", "card", "T-6")
    assert node.read(order_view, order["id"])["due_minor"] == 0
    assert node.store.count("receipts") == 1


MOVES = st.one_of(
    st.tuples(st.just("pay"), st.integers(1, 900), st.integers(0, 90)),
    st.tuples(st.just("rest"), st.just(0), st.integers(0, 90)),
    st.tuples(st.just("back"), st.integers(1, 900), st.integers(0, 90)),
    st.tuples(st.just("card"), st.integers(1, 900), st.sampled_from([0, 1])),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(MOVES, max_size=12))
def test_whatever_is_paid_and_given_back_the_account_is_right(
    restaurant: Restaurant, moves: list[tuple[str, int, int]]
) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    paid = refunded = 0
    for what, amount, more in moves:
        try:
            if what == "back":
                payments = node.read(payments_of, order["id"])
                new = NewRefund(amount, "why", tip_minor=more, tender="cash")
                back = node.act(refund_payment, payments[amount % len(payments)]["id"] if payments else new_id(), new)
                paid -= amount if back["kind"] == "reversal" else 0
                refunded += amount if back["kind"] == "refund" else 0
            elif what == "card":
                attempt = node.act(attempt_card, order["id"], amount_minor=amount)
                answer = CardAnswer("approved", "terminal", new_id()) if more else CardAnswer("declined", "terminal")
                node.act(answer_card_payment, attempt["id"], answer)
                paid += amount * more
            else:
                amount = node.read(order_view, order["id"])["due_minor"] if what == "rest" else amount
                node.act(pay, order["id"], NewPayment("cash", amount, tip_minor=more))
                paid += amount
        except Refused:
            continue
    found = node.read(order_view, order["id"])
    assert (found["paid_minor"], found["refunded_minor"]) == (paid, refunded)
    assert found["due_minor"] == found["total_minor"] - paid >= 0
    assert refunded <= paid
    assert (found["payment_state"] == "settled") == (found["due_minor"] == 0)
    kept = node.read(payments_of, order["id"])
    assert all(0 <= one["refunded_minor"] <= one["amount_minor"] + one["tip_minor"] for one in kept)


def test_what_a_role_may_not_a_manager_approves_once(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    taken = node.act(pay, order["id"], NewPayment("cash", 1000, tip_minor=10))["payment"]
    staff = node.as_("payments.take", person_id=str(node.act(add_person, display_name="Toivo", role="staff")["id"]))
    new = NewRefund(300, "cold", tip_minor=10)
    with pytest.raises(Forbidden) as needed:
        staff.act(refund_payment, taken["id"], new)
    asked = {"action": "payments.refund", "record_id": taken["id"], "value": 310}
    assert (needed.value.code, needed.value.details) == ("APPROVAL_NEEDED", asked)
    manager = str(node.caller.person_id)
    approval = staff.act(give_approval, manager, **asked, reason="soup was cold")["id"]
    wrong = NewRefund(301, "cold", tip_minor=10)
    assert refused(staff, refund_payment, taken["id"], wrong, approval_id=approval) == "APPROVAL_FOR_ANOTHER"
    staff.act(refund_payment, taken["id"], new, approval_id=approval)
    row = node.reading().one("SELECT person_id, approver_id FROM refunds")
    assert row is not None
    assert (row["person_id"], row["approver_id"]) == (staff.caller.person_id, manager)
    assert node.journal("payments.payment_refunded")[0]["approver_id"] == manager
    assert refused(staff, refund_payment, taken["id"], new, approval_id=approval) == "APPROVAL_USED"
    attempt = staff.act(attempt_card, order["id"], amount_minor=100)["id"]
    decision = CardAnswer("declined", "decision", reason="no slip")
    decided = {"action": "payments.decide", "record_id": attempt, "reason": "no slip"}
    approval = staff.act(give_approval, manager, **decided)["id"]
    staff.act(answer_card_payment, attempt, decision, approval_id=approval)
    assert node.reading().value("SELECT approver_id FROM card_answers") == manager


def test_a_guest_pays_in_dollars_and_gets_change_in_house_coins(restaurant: Restaurant) -> None:
    node = restaurant.node
    node.act(edit_house_rules, {"cash_step_minor": 5})
    order = ordered(restaurant)
    dollars = NewPayment("cash", 1019, 100, tendered_currency="USD")
    assert refused(node, pay, order["id"], dollars) == "CURRENCY_NOT_TAKEN"
    assert refused(node, set_house_rate, "NAD", rate_micro=1) == "CURRENCY_INVALID"
    node.act(set_house_rate, "USD", rate_micro=17_123_456)
    drawer = node.act(add_drawer, name="Bar")["id"]
    session = node.act(open_drawer, drawer, float_minor=10_000)["session"]["id"]
    paid = node.act(pay, order["id"], dollars)["payment"]
    # 1.00 USD are 17.12 NAD; 10.19 is 10.20 in coins, and of 6.92 over 6.90 can be given back
    assert (paid["tendered_minor"], paid["change_minor"], paid["rounding_minor"]) == (1712, 690, 3)
    assert (paid["given_currency"], paid["given_minor"], paid["rate_micro"]) == ("USD", 100, 17_123_456)
    rest = node.act(pay, order["id"], NewPayment("cash", 900, 1000, tip_minor=3))["payment"]
    assert (rest["change_minor"], rest["rounding_minor"]) == (95, 2)
    back = node.act(refund_payment, rest["id"], NewRefund(102, "cold"))
    assert back["rounding_minor"] == -2
    expected = [("NAD", 10_000 - 690 + 905 - 100), ("USD", 100)]
    seen = node.read(drawer_session_view, session, sees_expected=True)["expected"]
    assert [(one["currency"], one["amount_minor"]) for one in seen] == expected
    found = {f"{one['section']}/{one['currency']}": one["amount_minor"] for one in node.read(x_report)["figures"]}
    assert (found["rounding/NAD"], found["currencies/USD"]) == (3 + 2 + 2, 100)
    node.act(set_house_rate, "USD", rate_micro=0)
    assert node.read(rates_list) == {"items": []}
