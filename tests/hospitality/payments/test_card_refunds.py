"""Money that a card terminal gives back: booked once, whatever is told in which order; nothing else goes back meanwhile."""

import msgspec
import pytest

from hospitality.checks.reading import order_view
from hospitality.checks.service import pay
from hospitality.checks.service.receipts import reopen
from hospitality.ground.errors import Forbidden
from hospitality.payments.reading import card_refunds_of
from hospitality.payments.rules import CardAnswer, NewPayment, NewRefund
from hospitality.payments.service.card_refund import answer_card_refund, ask_card_refund
from hospitality.payments.service.refund import refund_payment
from tests.hospitality.node import Restaurant
from tests.hospitality.payments.test_service import ordered, refused

APPROVED = CardAnswer("approved", "terminal", "re_1")


def test_nothing_is_given_back_until_the_card_terminal_says_so_and_then_once(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    card = node.act(pay, order["id"], NewPayment("card", 1919, reference="pi_1", tip_minor=100))["payment"]["id"]
    asked = node.act(ask_card_refund, card, NewRefund(900, " cold ", tip_minor=50))
    assert (asked["number"], asked["state"], asked["reason"]) == ("A1-1", "attempted", "cold")
    unknown = node.act(answer_card_refund, asked["id"], CardAnswer("unknown", "terminal"))
    assert (unknown["card_refund"]["state"], unknown["refund"]) == ("unknown", None)
    assert node.read(order_view, order["id"])["refunded_minor"] == 0
    for verb, new in ((refund_payment, NewRefund(1, "more", tender="cash")), (ask_card_refund, NewRefund(1, "more"))):
        assert refused(node, verb, card, new) == "CARD_REFUND_UNKNOWN"

    done = node.act(answer_card_refund, asked["id"], APPROVED)
    assert done["card_refund"]["state"] == "approved"
    told = ("number", "kind", "tender", "amount_minor", "tip_minor", "reference", "reason")
    assert [done["refund"][name] for name in told] == ["A1-1", "refund", "card", 900, 50, "re_1", "cold"]
    assert refused(node, answer_card_refund, asked["id"], APPROVED) == "CARD_REFUND_ANSWERED"
    assert node.read(order_view, order["id"])["refunded_minor"] == 900
    assert refused(node, ask_card_refund, card, NewRefund(1020, "all")) == "REFUND_OVER_PAID"
    kinds = [entry["kind"].removeprefix("payments.") for entry in node.journal("payments.")][-4:]
    assert kinds == ["card_refund_asked", "card_refund_answered", "card_refund_answered", "payment_refunded"]


def test_what_was_decided_wrongly_is_booked_all_the_same_and_an_order_opened_again_has_a_reversal(
    restaurant: Restaurant,
) -> None:
    node = restaurant.node
    order = ordered(restaurant)
    taken = node.act(pay, order["id"], NewPayment("card", 1919, reference="pi_1"))["payment"]["id"]
    with pytest.raises(Forbidden):
        node.as_("payments.take").act(ask_card_refund, taken, NewRefund(900, "cold"))
    asked = node.act(ask_card_refund, taken, NewRefund(900, "cold"))["id"]
    decision = CardAnswer("declined", "decision", reason="The bank shows nothing")
    with pytest.raises(Forbidden):
        node.as_("payments.take").act(answer_card_refund, asked, decision)
    node.act(answer_card_refund, asked, decision)
    node.act(refund_payment, taken, NewRefund(1919, "all of it", tender="cash"))
    node.act(answer_card_refund, asked, CardAnswer("approved", "look_up", "re_1"))
    assert node.read(order_view, order["id"])["refunded_minor"] == 1919 + 900
    assert refused(node, refund_payment, taken, NewRefund(1, "more", tender="cash")) == "REFUND_OVER_PAID"
    cut = [msgspec.json.decode(row["taxes"]) for row in node.reading().rows("SELECT taxes FROM refunds ORDER BY id")]
    assert sum(one[0]["net_minor"] + one[0]["tax_minor"] for one in cut) == 999 + 20  # no more than of the receipt

    other = ordered(restaurant)
    card = node.act(pay, other["id"], NewPayment("card", 1919, reference="pi_2"))["payment"]["id"]
    asked = node.act(ask_card_refund, card, NewRefund(1919, "wrong table"))["id"]
    node.act(reopen, other["id"], reason="wrong table")
    assert node.act(answer_card_refund, asked, APPROVED)["refund"]["kind"] == "reversal"
    assert [one["state"] for one in node.read(card_refunds_of, other["id"])] == ["approved"]
    assert node.read(order_view, other["id"])["due_minor"] == 1919


def test_only_what_a_card_paid_goes_back_by_a_card_terminal(restaurant: Restaurant) -> None:
    node = restaurant.node
    cash = node.act(pay, ordered(restaurant)["id"], NewPayment("cash", 1919))["payment"]["id"]
    assert refused(node, ask_card_refund, cash, NewRefund(100, "cold")) == "REFUND_TENDER"
