"""Money as staff read and type it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.terminal.amounts import (
    NotAnAmount,
    needed_of,
    quick_amounts,
    read_amount,
    written,
    written_with_currency,
)
from edge.terminal.shapes.money import HouseRate
from edge.terminal.ways import CashTaken, Way, cash, change_of
from hospitality.ground.money import exponent, in_house_currency
from hospitality.payments.rules import NewPayment, decide

CURRENCIES = st.sampled_from(["NAD", "EUR", "JPY", "KWD"])


@pytest.mark.parametrize(
    ("amount_minor", "currency", "text"),
    [
        (123450, "NAD", "1,234.50"),
        (5, "EUR", "0.05"),
        (-9800, "USD", "-98.00"),
        (1500, "JPY", "1,500"),
        (1234567, "KWD", "1,234.567"),
        (0, "NAD", "0.00"),
    ],
)
def test_amounts_are_written_with_the_digits_of_their_currency(amount_minor: int, currency: str, text: str) -> None:
    assert written(amount_minor, currency) == text


def test_a_currency_stands_before_its_amount() -> None:
    assert written_with_currency(9800, "NAD") == "NAD 98.00"


@given(st.integers(0, 10**10), CURRENCIES)
def test_what_is_written_is_read_back(amount_minor: int, currency: str) -> None:
    assert read_amount(written(amount_minor, currency).replace(",", ""), currency) == amount_minor


@pytest.mark.parametrize(("text", "amount_minor"), [("12", 1200), ("12.5", 1250), ("12,50", 1250), (" .5 ", 50)])
def test_amounts_may_be_typed_short(text: str, amount_minor: int) -> None:
    assert read_amount(text, "NAD") == amount_minor


@pytest.mark.parametrize("text", ["", ".", "1.234", "-3", "1e5", "twelve", "١٢", "9" * 20])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        read_amount(text, "NAD")


@given(st.text(max_size=12), CURRENCIES)
def test_whatever_is_typed_is_an_amount_or_refused(text: str, currency: str) -> None:
    with suppress(NotAnAmount):
        assert read_amount(text, currency) >= 0


def test_quick_amounts_are_the_next_round_ones() -> None:
    assert quick_amounts(44200, "NAD") == (45000, 50000, 60000, 100000)
    assert quick_amounts(250, "NAD") == (300, 400, 500, 1000)
    assert quick_amounts(0, "NAD") == ()


@given(st.integers(1, 10**9), CURRENCIES)
def test_quick_amounts_cover_the_bill_in_whole_units_in_order(due_minor: int, currency: str) -> None:
    amounts = quick_amounts(due_minor, currency)
    assert all(amount > due_minor for amount in amounts)
    assert list(amounts) == sorted(set(amounts))
    assert all(amount % 10 ** exponent(currency) == 0 for amount in amounts)


RATES = st.builds(HouseRate, currency=st.sampled_from(["EUR", "JPY", "KWD"]), rate_micro=st.integers(1, 10**8))


@given(
    st.none() | RATES,
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**4),
    st.sampled_from([1, 5, 25, 100]),
)
def test_the_node_takes_what_the_app_made_of_cash_and_gives_the_change_that_it_showed(
    rate: HouseRate | None, due: int, given: int, tip: int, step: int
) -> None:
    taken, way = CashTaken(step, ()), Way("cash", "Cash", cash=True, rate=rate)
    if rate:
        least = needed_of(due, rate.currency, rate.rate_micro, "NAD")
        counts = [in_house_currency(one, rate.currency, rate.rate_micro, "NAD") for one in (least, least - 1)]
        assert counts[0] >= due
        assert not least or counts[1] < due
    asked = cash(way, given, due, tip, "NAD", taken)
    if asked["amount_minor"] > 0 or (asked["amount_minor"] == due == 0):
        new = NewPayment(**asked)
        found = decide(
            new,
            due_minor=due,
            currency="NAD",
            references=(),
            step_minor=step,
            rate_micro=rate.rate_micro if rate else None,
        )
        shown = change_of(way, given, due, tip, "NAD", taken)
        assert found.change_minor == max(0, shown)
        assert new.amount_minor == due or shown < 0
