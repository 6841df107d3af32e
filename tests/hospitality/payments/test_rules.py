"""What may be paid, and the change."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hospitality.ground.errors import Invalid, Refused
from hospitality.payments.rules import (
    OUTCOMES,
    PARTS_MAX,
    CardAnswer,
    Decided,
    Issued,
    NewPayment,
    NewRefund,
    Refundable,
    card_state,
    check_answer,
    decide,
    decide_refund,
    equal_parts,
    taxes_given_back,
    to_withdraw,
)

AMOUNTS = st.integers(-5, 10**10)


def decided(new: NewPayment, due_minor: int, references: tuple[str, ...] = ()) -> Decided:
    """The decision in dollars."""
    return decide(new, due_minor=due_minor, currency="NAD", references=references)


@settings(max_examples=2000)
@given(amount=AMOUNTS, tendered=st.none() | AMOUNTS, due=st.integers(0, 10**10))
def test_cash_is_taken_up_to_what_is_due_and_the_rest_given_back(amount: int, tendered: int | None, due: int) -> None:
    fits = amount <= due and (amount > 0 or (amount == 0 and due == 0)) and (tendered is None or tendered >= amount)
    try:
        found = decided(NewPayment("cash", amount, tendered), due)
    except Refused:
        assert not fits
    else:
        assert fits
        assert found.tendered_minor == (amount if tendered is None else tendered)
        assert found.tendered_minor - found.change_minor == amount
        assert found.change_minor >= 0
        assert found.reference is None


def test_more_than_is_due_says_what_is_due() -> None:
    with pytest.raises(Refused) as refused:
        decided(NewPayment("cash", 1001), 1000)
    assert refused.value.code == "PAYMENT_OVER_DUE"
    assert refused.value.message == "Only 10.00 NAD is due. Take that much, and give the rest back as change."
    assert refused.value.details == {"due_minor": 1000, "amount_minor": 1001}


def test_a_card_keeps_its_reference_and_gives_no_change() -> None:
    assert decided(NewPayment("card", 500, reference=" 0042-A "), 1000) == Decided(None, 0, "0042-A")


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewPayment("card", 500), "REFERENCE_MISSING"),
        (NewPayment("card", 500, reference="  "), "REFERENCE_MISSING"),
        (NewPayment("card", 500, reference="x" * 65), "TEXT_TOO_LONG"),
        (NewPayment("card", 500, 500, "42"), "TENDERED_NOT_FOR_CARD"),
        (NewPayment("card", 500, reference="41"), "CARD_REFERENCE_USED"),
        (NewPayment("cash", 500, 499), "TENDERED_TOO_LITTLE"),
        (NewPayment("cash", 500, reference="42"), "REFERENCE_NOT_FOR_CASH"),
        (NewPayment("cash", 500, 10**14), "AMOUNT_INVALID"),
        (NewPayment("cash", 0), "AMOUNT_INVALID"),
        (NewPayment("cash", -1), "AMOUNT_INVALID"),
        (NewPayment("shells", 500), "TENDER_INVALID"),
        (NewPayment("cash", 500, tip_minor=-1), "TIP_INVALID"),
        (NewPayment("cash", 500, 30, tendered_currency="USD"), "CURRENCY_NOT_TAKEN"),
        (NewPayment("card", 500, None, "42", 0, "USD"), "TENDERED_NOT_FOR_CARD"),
        (NewPayment("cash", 500, 549, tip_minor=50), "TENDERED_TOO_LITTLE"),
    ],
)
def test_payments_that_are_refused(new: NewPayment, code: str) -> None:
    with pytest.raises(Refused) as refused:
        decided(new, 1000, references=("41",))
    assert refused.value.code == code


def test_a_wrong_form_is_invalid_and_a_wrong_state_refused() -> None:
    with pytest.raises(Invalid):
        decided(NewPayment("card", 500), 1000)
    with pytest.raises(Refused) as refused:
        decided(NewPayment("cash", 500, 499), 1000)
    assert not isinstance(refused.value, Invalid)


def test_an_order_that_comes_to_nothing_is_settled_by_nothing() -> None:
    assert decided(NewPayment("cash", 0), 0) == Decided(0, 0, None)


def test_a_tip_comes_on_top_and_is_no_part_of_what_is_due() -> None:
    assert decided(NewPayment("cash", 1000, 1200, tip_minor=150), 1000) == Decided(1200, 50, None)
    assert decided(NewPayment("cash", 1000, tip_minor=150), 1000) == Decided(1150, 0, None)
    assert decided(NewPayment("card", 1000, reference="7", tip_minor=150), 1000) == Decided(None, 0, "7")


@settings(max_examples=500)
@given(amount=st.integers(0, 10**9), count=st.integers(1, PARTS_MAX))
def test_equal_parts_add_up_and_differ_by_one_at_most(amount: int, count: int) -> None:
    parts = equal_parts(amount, count)
    assert (len(parts), sum(parts)) == (count, amount)
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True)


TAX = st.tuples(st.integers(0, 10**4), st.integers(0, 2000))


@settings(max_examples=300)
@given(owed=st.lists(TAX, max_size=4), untaxed=st.integers(0, 10**4), cuts=st.lists(st.integers(1, 10**4), max_size=6))
@example([(0, 0), (0, 1), (0, 1), (900, 1)], 0, [7] * 6)
def test_taxes_of_all_refunds_add_up_to_the_receipts_and_none_is_below_zero(
    owed: list[tuple[int, int]], untaxed: int, cuts: list[int]
) -> None:
    said = [tax_row(f"Tax {n}", *both) for n, both in enumerate(owed)]
    receipt = Issued("r", "A1-1", sum(map(sum, owed)) + untaxed, said, "2026-03-01")
    before: list[list[dict[str, Any]]] = []
    given_back = 0
    for amount in [*cuts, 10**9]:
        amount = min(amount, receipt.total_minor - given_back)
        before.append(taxes_given_back(amount, receipt, before, before_minor=given_back))
        given_back += amount
        parts = [tax[name] for tax in before[-1] for name in ("net_minor", "tax_minor")]
        assert all(part >= 0 for part in parts)
        assert sum(parts) <= amount
    for at, (net, tax) in enumerate(owed):
        assert sum(taxes[at]["net_minor"] for taxes in before) == net
        assert sum(taxes[at]["tax_minor"] for taxes in before) == tax


def tax_row(name: str, net_minor: int, tax_minor: int) -> dict[str, Any]:
    row = {"name": name, "rate_bp": 700, "included": True, "net_minor": net_minor, "tax_minor": tax_minor}
    return {**row, "on_minor": 1}


def test_what_goes_back_after_two_nodes_gave_back_the_same_while_apart_has_no_tax_below_zero() -> None:
    receipt = Issued("r", "A1-1", 3, [tax_row("VAT", 1, 1)], "2026-03-01")
    apart = [taxes_given_back(2, receipt, [], before_minor=0) for _ in range(2)]
    assert apart == [[{"name": "VAT", "rate_bp": 700, "included": True, "net_minor": 0, "tax_minor": 1}]] * 2
    [after] = taxes_given_back(1, receipt, apart, before_minor=4)
    assert (after["net_minor"], after["tax_minor"]) == (1, 0)


def test_what_went_back_of_a_tax_that_the_receipt_has_no_more_is_of_the_rest() -> None:
    receipt = Issued("r", "A1-2", 1000, [tax_row("VAT", 600, 100)], "2026-03-01")
    before = [[tax_row("Levy", 90, 10), tax_row("VAT", 0, 0)]]
    [rest] = taxes_given_back(900, receipt, before, before_minor=100)
    assert (rest["net_minor"], rest["tax_minor"]) == (600, 100)


PAID = Refundable("cash", 500, 50, settled=True)


@pytest.mark.parametrize(
    ("new", "of", "code"),
    [
        (NewRefund(501, "cold"), PAID, "REFUND_OVER_PAID"),
        (NewRefund(500, "cold", tip_minor=51), PAID, "REFUND_OVER_PAID"),
        (NewRefund(0, "cold"), PAID, "AMOUNT_INVALID"),
        (NewRefund(-1, "cold", tip_minor=5), PAID, "AMOUNT_INVALID"),
        (NewRefund(1, " "), PAID, "REASON_MISSING"),
        (NewRefund(1, "cold", tender="card", reference="9"), PAID, "REFUND_TENDER"),
        (NewRefund(1, "cold", reference="9"), PAID, "REFERENCE_NOT_FOR_CASH"),
        (NewRefund(1, "cold"), Refundable("card", 500, 0, settled=True), "REFERENCE_MISSING"),
        (NewRefund(9, "twice"), Refundable("cash", 500, 0, settled=True, surplus_minor=8), "REFUND_SURPLUS_FIRST"),
    ],
)
def test_refunds_that_are_refused(new: NewRefund, of: Refundable, code: str) -> None:
    with pytest.raises(Refused) as refused:
        decide_refund(new, of, currency="NAD")
    assert refused.value.code == code


def test_what_was_settled_is_refunded_and_the_rest_reversed() -> None:
    def kind(of: Refundable, amount: int) -> str:
        return decide_refund(NewRefund(amount, "cold"), of, currency="NAD").kind

    assert kind(PAID, 500) == "refund"
    assert kind(Refundable("cash", 500, 0, settled=False), 500) == "reversal"
    assert kind(Refundable("cash", 500, 0, settled=True, surplus_minor=8), 8) == "reversal"


@given(outcomes=st.lists(st.sampled_from(OUTCOMES)))
def test_a_cards_state_does_not_lean_on_the_order_of_answers(outcomes: list[str]) -> None:
    assert card_state(outcomes) == card_state(outcomes[::-1])
    assert (card_state(outcomes) == "approved") == ("approved" in outcomes)
    assert (card_state(outcomes) == "attempted") == (not outcomes)


def test_money_that_was_taken_after_all_is_answered_and_nothing_else_again() -> None:
    approved = CardAnswer("approved", "look_up", " 77 ")
    assert check_answer(approved, state="declined", number="A1-1") == CardAnswer("approved", "look_up", "77")
    for answer, state, code in [
        (approved, "approved", "CARD_PAYMENT_ANSWERED"),
        (CardAnswer("declined", "terminal"), "approved", "CARD_PAYMENT_ANSWERED"),
        (CardAnswer("unknown", "terminal"), "declined", "CARD_PAYMENT_ANSWERED"),
        (CardAnswer("approved", "terminal"), "unknown", "REFERENCE_MISSING"),
        (CardAnswer("declined", "decision"), "unknown", "REASON_MISSING"),
        (CardAnswer("lost", "terminal"), "unknown", "OUTCOME_INVALID"),
    ]:
        with pytest.raises(Refused) as refused:
            check_answer(answer, state=state, number="A1-1")
        assert refused.value.code == code


def test_of_several_receipts_the_oldest_that_says_what_the_order_comes_to_stands() -> None:
    vat = [{"name": "VAT", "rate_bp": 1500, "included": True, "net_minor": 783, "tax_minor": 117}]
    first, second, third = (
        Issued(number, number, total, taxes, "2026-03-01")
        for number, total, taxes in (("A1-1", 500, []), ("B1-1", 900, vat), ("A1-2", 900, vat))
    )

    def withdrawn(total: int, paid: int, refunded: int = 0, taxes: object = vat) -> dict[str, str]:
        issued = (first, second, third)
        return to_withdraw(issued, total_minor=total, taxes=taxes, paid_minor=paid, refunded_minor=refunded, left=True)

    assert withdrawn(900, 900) == {"A1-1": "changed", "A1-2": "settled_twice"}
    assert withdrawn(500, 900, taxes=[]) == {"B1-1": "changed", "A1-2": "changed"}
    assert withdrawn(901, 901) == dict.fromkeys(("A1-1", "B1-1", "A1-2"), "changed")
    assert withdrawn(900, 899) == dict.fromkeys(("A1-1", "B1-1", "A1-2"), "changed"), "it is not paid any more"
    # more was given back than it comes to now: what was taken off is told already
    assert withdrawn(100, 900, 101) == {"B1-1": "changed", "A1-2": "changed"}
    assert withdrawn(100, 900, 100) == dict.fromkeys(("A1-1", "B1-1", "A1-2"), "changed")
