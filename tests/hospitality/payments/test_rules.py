"""What may be paid, and the change."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospitality.ground.errors import Invalid, Refused
from hospitality.payments.rules import Decided, NewPayment, decide

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
