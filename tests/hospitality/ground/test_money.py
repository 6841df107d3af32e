"""Money is whole minor units of one currency."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospitality.ground.money import Money, exponent, round_half_up, written

AMOUNTS = st.integers(-(10**15), 10**15)


@given(a=AMOUNTS, b=AMOUNTS, times=st.integers(0, 999))
def test_sums_are_exact(a: int, b: int, times: int) -> None:
    one, other = Money(a, "NAD"), Money(b, "NAD")
    assert one + other == Money(a + b, "NAD")
    assert one + other - other == one
    assert one.times(times) == Money(a * times, "NAD")
    assert (one < other) == (a < b)


@pytest.mark.parametrize("how", ["__add__", "__sub__"])
def test_two_currencies_are_never_one_sum(how: str) -> None:
    with pytest.raises(ValueError, match="cannot combine NAD with USD"):
        getattr(Money(1, "NAD"), how)(Money(1, "USD"))


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1250, "NAD", "12.50 NAD"),
        (5, "NAD", "0.05 NAD"),
        (0, "NAD", "0.00 NAD"),
        (-5, "USD", "-0.05 USD"),
        (-123456, "USD", "-1234.56 USD"),
        (1250, "JPY", "1250 JPY"),
        (-7, "XAF", "-7 XAF"),
        (1250, "KWD", "1.250 KWD"),
        (1, "CLF", "0.0001 CLF"),
    ],
)
def test_an_amount_is_written_with_its_currencys_own_decimals(amount: int, currency: str, text: str) -> None:
    assert written(amount, currency) == text


@given(amount=AMOUNTS, currency=st.sampled_from(["NAD", "JPY", "KWD", "CLF"]))
def test_what_is_written_says_the_whole_amount(amount: int, currency: str) -> None:
    number, _, name = written(amount, currency).partition(" ")
    assert name == currency
    assert Decimal(number).scaleb(exponent(currency)) == amount


@given(numerator=st.integers(-(10**9), 10**9), denominator=st.integers(1, 20_000))
def test_halves_go_away_from_zero(numerator: int, denominator: int) -> None:
    value = Fraction(numerator, denominator)
    found = round_half_up(value)
    assert abs(found - value) <= Fraction(1, 2)
    assert round_half_up(-value) == -found
    if abs(found - value) == Fraction(1, 2):
        assert abs(found) > abs(value)


@given(cents=st.integers(-(10**7), 10**7))
def test_rounding_is_the_commercial_one_that_decimal_calls_half_up(cents: int) -> None:
    assert round_half_up(Fraction(cents, 100)) == int(Decimal(cents).scaleb(-2).quantize(Decimal(1), ROUND_HALF_UP))
