"""Thousands of random bills: whatever is ordered, cut, tipped, rounded, taken in and given back, every part adds up."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospitality.ground.errors import Refused
from hospitality.ground.money import MICRO, in_house_currency, to_step
from hospitality.menu.rules import Levied
from hospitality.orders.rules.taxes import Rate, Taxed, Totals, totals
from hospitality.payments.rules import Decided, NewPayment, decide, equal_parts

RATES = (
    Rate("VAT", 1500, True),
    Rate("VAT", 700, True, (Levied("Levy", 200, False, True),)),
    Rate("Levy", 200, False),
    Rate("City", 1275, False, (Levied("Drinks", 433, False, True), Levied("State", 100, False, False))),
    Rate(None, 0, False),
)
STEPS = st.sampled_from([1, 5, 10, 25, 100])
LINES = st.lists(st.tuples(st.integers(0, 50_000), st.sampled_from(RATES)), min_size=1, max_size=12)
# (currency, millionths of a house unit): one with as many decimals as the house's, one with none, one with three
CURRENCIES = st.sampled_from([("USD", 18_250_000), ("JPY", 121_500), ("KWD", 59_333_333), ("EUR", 1)])


def bill(lines: list[tuple[int, Rate]], *, by_line: bool = False) -> Totals:
    """What these lines come to."""
    return totals((Taxed(amount, *rate) for amount, rate in lines), by_line=by_line)


def checked(new: NewPayment, due: int, step: int, rate: int | None = None) -> Decided:
    """A cash payment whose parts add up."""
    found = decide(new, due_minor=due, currency="NAD", references=(), step_minor=step, rate_micro=rate)
    assert found.tendered_minor is not None
    assert found.tendered_minor == found.change_minor + new.amount_minor + new.tip_minor + found.rounding_minor
    assert found.change_minor % step == 0
    assert found.change_minor >= 0
    return found


@settings(max_examples=1500, deadline=None)
@given(
    lines=LINES,
    count=st.integers(1, 12),
    step=STEPS,
    tips=st.lists(st.integers(0, 500), min_size=12, max_size=12),
    by_line=st.booleans(),
)
def test_every_bill_is_its_lines_its_taxes_and_its_parts(
    lines: list[tuple[int, Rate]], count: int, step: int, tips: list[int], by_line: bool
) -> None:
    sums = bill(lines, by_line=by_line)
    on_top = sum(tax["tax_minor"] for tax in sums.taxes if not tax["included"])
    assert sums.total_minor == sum(amount for amount, _ in lines) + on_top
    assert sums.tax_minor == sum(tax["tax_minor"] for tax in sums.taxes)
    untaxed = sum(amount for amount, rate in lines if rate.name is None)
    parts = [tax[name] for tax in sums.taxes for name in ("net_minor", "tax_minor")]
    assert sum(parts) + untaxed == sums.total_minor
    due = sums.total_minor
    for part, tip in zip(equal_parts(sums.total_minor, count), tips, strict=False):
        if part:
            found = checked(NewPayment("cash", part, tip_minor=tip), due, step)
            assert found.tendered_minor == to_step(part + tip, step)
            assert abs(found.rounding_minor) * 2 <= step
            due -= part
    assert due == 0


@settings(max_examples=1000, deadline=None)
@given(
    amount=st.integers(1, 10**6),
    tip=st.integers(0, 10**4),
    given_minor=st.integers(0, 10**7),
    of=CURRENCIES,
    step=STEPS,
)
def test_another_currency_is_taken_at_the_house_rate_and_change_is_the_houses(
    amount: int, tip: int, given_minor: int, of: tuple[str, int], step: int
) -> None:
    currency, rate = of
    new = NewPayment("cash", amount, given_minor, tip_minor=tip, tendered_currency=currency)
    worth = in_house_currency(given_minor, currency, rate, "NAD")
    decimals = {"JPY": 0, "KWD": 3}.get(currency, 2)
    exact = Fraction(given_minor, 10**decimals) * Fraction(rate, MICRO) * 100
    assert abs(worth - exact) <= Fraction(1, 2)
    if worth < to_step(amount + tip, step):
        with pytest.raises(Refused) as refused:
            checked(new, amount, step, rate)
        assert refused.value.code == "TENDERED_TOO_LITTLE"
        return
    found = checked(new, amount, step, rate)
    assert (found.tendered_minor, found.given_minor, found.given_currency) == (worth, given_minor, currency)
    assert found.rate_micro == rate
    # what coins can't give back stays with the house, less than one of them
    assert -step < 2 * found.rounding_minor < 3 * step


@settings(max_examples=1000)
@given(amount=st.integers(1, 10**6), tip=st.integers(0, 10**4), more=st.integers(0, 10**6), step=STEPS)
def test_cash_in_coins_gets_change_in_coins(amount: int, tip: int, more: int, step: int) -> None:
    wanted = to_step(amount + tip, step)
    found = checked(NewPayment("cash", amount, wanted + more * step, tip_minor=tip), amount, step)
    assert (found.change_minor, found.rounding_minor) == (more * step, wanted - amount - tip)
    exact = checked(NewPayment("cash", amount, amount + tip, tip_minor=tip), amount, step)
    assert (exact.tendered_minor, exact.change_minor) == (wanted, 0)
