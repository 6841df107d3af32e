"""Totals that add up, states that follow their facts, and what an order may say."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.money import round_half_up
from hospitality.menu.rules import CHANNELS, Levied
from hospitality.orders.models import STEPS
from hospitality.orders.rules import (
    LINES_PER_ORDER_MAX,
    LINES_PER_PLACING_MAX,
    Adjusted,
    Adjusting,
    NewLine,
    NewOrder,
    adjusted,
    check_head,
    check_lines,
    check_not_settled,
    check_void,
    counting,
    day_cursor,
    from_day_cursor,
    state_after,
    state_of_all,
    step_changes,
)
from hospitality.orders.rules.taxes import Rate, Taxed, Totals, tax_of, taxes_of, totals

AMOUNTS = st.integers(-(10**12), 10**12)
RATES = st.integers(0, 10_000)
STATES = st.sampled_from(["placed", "in_preparation", "ready", "served", "voided"])
LINE = NewLine(new_id(), 1)
TAXES = st.sampled_from(
    [
        (None, 0, False),
        ("VAT", 1500, True),
        ("VAT", 1500, False),
        ("Levy", 200, False),
        ("Levy", 25, True),
        ("Nil", 0, True),
        ("VAT", 1500, True, (Levied("Levy", 200, False, False),)),
        ("VAT", 700, True, (Levied("City", 333, True, True), Levied("Levy", 200, False, True))),
        ("State", 625, False, (Levied("City", 250, False, False), Levied("Drinks", 975, False, True))),
    ]
)
LINES = st.lists(st.builds(lambda amount, tax: Taxed(amount, *tax), st.integers(0, 10**10), TAXES), max_size=40)


@settings(max_examples=600)
@given(amount=AMOUNTS, rate=RATES, included=st.booleans())
def test_a_tax_is_the_exact_share_rounded_half_up_once(amount: int, rate: int, included: bool) -> None:
    exact = Fraction(amount * rate, 10_000 + rate if included else 10_000)
    assert tax_of(amount, rate, included=included) == round_half_up(exact)


@pytest.mark.parametrize(
    ("amount", "rate", "included", "tax"),
    [(1150, 1500, True, 150), (333, 200, False, 7), (25, 200, False, 1), (24, 200, False, 0), (1000, 0, True, 0)],
)
def test_taxes_as_a_till_prints_them(amount: int, rate: int, included: bool, tax: int) -> None:
    assert tax_of(amount, rate, included=included) == tax


def test_rounding_once_a_rate_differs_from_rounding_by_line() -> None:
    three = [Taxed(25, "Levy", 200, False)] * 3
    assert totals(three).tax_minor == 2  # 1.5; by line it would be 3 times 0.5, each rounded to 1
    assert totals(three).total_minor == 77
    assert totals(three, by_line=True).tax_minor == 3


@pytest.mark.parametrize(
    ("rate", "taxes", "total"),
    [
        # on top, the second on the first: 5 % of 100.00, then 9.75 % of 105.00
        (Rate("GST", 500, False, (Levied("QST", 975, False, True),)), [(10_000, 500), (10_500, 1_024)], 11_524),
        # both in the price: 100.00 is 110 % + 5 % of 86.96
        (Rate("VAT", 1000, True, (Levied("City", 500, True, False),)), [(8_696, 869), (8_696, 435)], 10_000),
        # one in it and one on top of what it leaves
        (Rate("VAT", 1500, True, (Levied("Levy", 200, False, False),)), [(8_696, 1_304), (8_696, 174)], 10_174),
        (Rate("VAT", 1500, True, (Levied("Levy", 200, False, True),)), [(8_696, 1_304), (10_000, 200)], 10_200),
    ],
)
def test_several_taxes_of_one_price(rate: Rate, taxes: list[tuple[int, int]], total: int) -> None:
    assert [(tax.on_minor, tax.tax_minor) for tax in taxes_of(10_000, rate)] == taxes
    assert totals([Taxed(10_000, *rate)]).total_minor == total


@settings(max_examples=300)
@given(
    amount=AMOUNTS,
    inside=st.lists(st.tuples(RATES, st.booleans()), max_size=3),
    on_top=st.lists(st.tuples(RATES, st.booleans()), max_size=2),
)
def test_taxes_in_a_price_and_its_net_are_the_price_and_those_on_top_are_exact(
    amount: int, inside: list[tuple[int, bool]], on_top: list[tuple[int, bool]]
) -> None:
    levied = [
        Levied(f"{included}{at}", bp, included, compound)
        for included, of in ((True, inside), (False, on_top))
        for at, (bp, compound) in enumerate(of)
    ]
    if not levied:
        return
    first, *more = levied
    found = taxes_of(amount, Rate(first.name, first.rate_bp, first.included, tuple(more)))
    net, before = Fraction(1), Fraction(0)
    shares = []
    for at, tax in enumerate(levied):
        shares.append(Fraction(tax.rate_bp, 10_000) * (1 + before if tax.compound and at else 1))
        before += shares[-1]
    whole = 1 + sum(share for tax, share in zip(levied, shares, strict=True) if tax.included)
    included = sum(tax.tax_minor for tax in found if tax.included)
    assert included == round_half_up(amount - amount / Fraction(whole))
    assert net * amount - included == found[0].on_minor
    for owed, share in zip(found, shares, strict=True):
        exact = share * amount / Fraction(whole)
        assert abs(owed.tax_minor - exact) <= (len(levied) if owed.included else Fraction(1, 2))


@settings(max_examples=1000)
@given(lines=LINES)
def test_the_parts_of_every_order_add_up(lines: list[Taxed]) -> None:
    sums = totals(lines)
    assert sums.subtotal_minor == sum(line.amount_minor for line in lines)
    assert sums.tax_minor == sum(tax["tax_minor"] for tax in sums.taxes)
    on_top = sum(tax["tax_minor"] for tax in sums.taxes if not tax["included"])
    assert sums.total_minor == sums.subtotal_minor + on_top
    untaxed = sum(line.amount_minor for line in lines if line.name is None)
    assert sums.total_minor == untaxed + sum(tax["net_minor"] + tax["tax_minor"] for tax in sums.taxes)
    assert len({(tax["name"], tax["rate_bp"], tax["included"]) for tax in sums.taxes}) == len(sums.taxes)


@settings(max_examples=300)
@given(lines=LINES, seed=st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(lines: list[Taxed], seed: object) -> None:
    shuffled = list(lines)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert totals(shuffled) == totals(lines)


@settings(max_examples=300)
@given(amounts=st.lists(st.integers(0, 10**9), min_size=1), rate=RATES)
def test_an_included_tax_leaves_the_total_as_priced(amounts: list[int], rate: int) -> None:
    sums = totals(Taxed(amount, "VAT", rate, True) for amount in amounts)
    assert sums.total_minor == sum(amounts)
    assert 0 <= sums.tax_minor <= sums.total_minor


@settings(max_examples=300)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=12))
def test_steps_taken_one_after_the_other_always_lead_on(steps: list[str]) -> None:
    taken: list[str] = []
    for step in steps:
        before = state_after(taken)
        if step_changes(step, before):
            taken.append(step)
            assert state_after(taken) != before or (step, before) == ("recalled", "in_preparation")
        else:
            assert not step_changes(step, state_after(taken))
    assert state_after(taken) in ("placed", "in_preparation", "ready", "served")


@given(step=st.sampled_from(STEPS), states=STATES)
def test_no_step_twice_in_a_row(step: str, states: str) -> None:
    if step_changes(step, states):
        assert not step_changes(step, state_after([step]))


def test_nothing_moves_a_voided_line() -> None:
    assert not any(step_changes(step, "voided") for step in STEPS)


def test_a_recall_makes_the_way_free_for_another_bump() -> None:
    assert state_after(["started", "ready", "recalled"]) == "in_preparation"
    assert step_changes("ready", "in_preparation")
    assert state_after(["started", "ready", "recalled", "ready", "served"]) == "served"


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ([], "voided"),
        (["voided", "voided"], "voided"),
        (["placed", "placed"], "placed"),
        (["placed", "voided"], "placed"),
        (["placed", "ready"], "in_preparation"),
        (["placed", "in_preparation"], "in_preparation"),
        (["in_preparation", "served"], "in_preparation"),
        (["ready", "served"], "ready"),
        (["served", "served", "voided"], "served"),
    ],
)
def test_an_order_is_as_far_as_its_lines(states: list[str], whole: str) -> None:
    assert state_of_all(states) == whole


@settings(max_examples=300)
@given(states=st.lists(STATES))
def test_a_voided_line_never_changes_the_rest(states: list[str]) -> None:
    left = [state for state in states if state != "voided"]
    if left:
        assert state_of_all([*left, "voided"]) == state_of_all(left)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((), "LINES_INVALID"),
        ((LINE,) * (LINES_PER_PLACING_MAX + 1), "LINES_INVALID"),
        ((replace(LINE, quantity=0),), "QUANTITY_INVALID"),
        ((replace(LINE, quantity=1000),), "QUANTITY_INVALID"),
        ((LINE, replace(LINE, quantity=-1)), "QUANTITY_INVALID"),
        ((replace(LINE, seat=0),), "SEAT_INVALID"),
        ((replace(LINE, options=((new_id(), 1),) * 101),), "OPTIONS_INVALID"),
    ],
)
def test_lines_that_no_till_takes(lines: tuple[NewLine, ...], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_lines(lines)
    assert refused.value.code == code


def test_an_order_has_a_last_line() -> None:
    check_lines([LINE] * 200, there=LINES_PER_ORDER_MAX - 200)
    with pytest.raises(Invalid):
        check_lines([LINE] * 200, there=LINES_PER_ORDER_MAX - 199)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"channel": "drive_in"}, "CHANNEL_INVALID"),
        ({"covers": 0}, "COVERS_INVALID"),
        ({"covers": 1000}, "COVERS_INVALID"),
    ],
)
def test_heads_that_no_till_takes(changes: dict[str, object], code: str) -> None:
    order = replace(NewOrder("dine_in", (LINE,)), **changes)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        check_head(order, channels=CHANNELS)
    assert refused.value.code == code


def test_a_settled_order_takes_nothing_more() -> None:
    check_not_settled(settled=False, number="A1-1")
    with pytest.raises(Refused) as refused:
        check_not_settled(settled=True, number="A1-1")
    assert (refused.value.code, refused.value.message) == ("ORDER_SETTLED", "Order A1-1 is paid. Take a new order.")


def test_what_was_paid_is_never_more_than_what_is_left() -> None:
    check_void(total_left_minor=100, paid_minor=100)
    with pytest.raises(Refused) as refused:
        check_void(total_left_minor=99, paid_minor=100)
    assert refused.value.code == "VOID_BELOW_PAID"


@given(day=st.dates())
def test_a_cursor_leads_back_to_its_row(day: object) -> None:
    row = {"business_date": str(day), "id": new_id()}
    cursor = day_cursor(row)
    assert cursor is not None
    assert from_day_cursor(cursor) == (row["business_date"], row["id"])
    assert day_cursor(None) is None


@given(cursor=st.text(max_size=60))
def test_a_strange_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_day_cursor(cursor)
    assert refused.value.code == "CURSOR_INVALID"


Bill = list[tuple[int, tuple[str | None, int, bool]]]
AMOUNTS = st.integers(0, 100_000)
MADE = st.builds(
    lambda kind, at, percent, amount: (kind, at, *((None, None) if kind in ("comp", "exempt") else (percent, amount))),
    st.sampled_from(["comp", "discount", "service_charge", "exempt"]),
    st.none() | st.integers(0, 7),
    st.none() | st.integers(1, 10_000),
    st.integers(1, 50_000),
)
RATES = st.sampled_from([("VAT", 1500, True), ("Levy", 200, False), (None, 0, False), ("Low", 700, True)])


BILLS = st.lists(st.tuples(AMOUNTS, RATES), min_size=1, max_size=8)


def bill_totals(bill: Bill, after: Adjusted, *, by_line: bool = False) -> Totals:
    """What a bill comes to, its exempt lines taxed at nothing."""
    rates = [(rate[0], 0, False) if at in after.exempt else rate for at, (_, rate) in enumerate(bill)]
    return totals((Taxed(a, *rate) for a, rate in zip(after.amounts, rates, strict=True)), by_line=by_line)


@given(bill=BILLS, made=st.lists(MADE, max_size=6), by_line=st.booleans())
def test_every_bills_parts_add_up_whatever_is_taken_off_and_put_on(
    bill: Bill, made: list[tuple[str, int | None, int | None, int | None]], by_line: bool
) -> None:
    lines = [(str(place), amount) for place, (amount, _) in enumerate(bill)]
    adjustments = [
        Adjusting(
            f"a{n}",
            kind,
            None if at is None or kind == "service_charge" else str(at),
            percent,
            None if percent is not None else amount,
        )
        for n, (kind, at, percent, amount) in enumerate(made)
    ]
    after = adjusted(lines, adjustments, [Rate(*rate) for _, rate in bill], by_line=by_line)
    gross = sum(amount for amount, _ in bill)
    assert sum(after.amounts) == gross + sum(after.effects.values())
    assert all(amount >= 0 for amount in after.amounts)
    put_on = sum(effect for effect in after.effects.values() if effect > 0)
    assert -gross - put_on <= sum(effect for effect in after.effects.values() if effect < 0)
    assert set(after.effects) == {one.id for one in adjustments}
    sums = bill_totals(bill, after, by_line=by_line)
    assert sums.subtotal_minor == sum(after.amounts)
    on_top = sum(tax["tax_minor"] for tax in sums.taxes if not tax["included"])
    assert sums.total_minor == sums.subtotal_minor + on_top
    untaxed = sum(amount for amount, (_, (name, _, _)) in zip(after.amounts, bill, strict=True) if name is None)
    assert untaxed + sum(tax["net_minor"] + tax["tax_minor"] for tax in sums.taxes) == sums.total_minor
    for tax in sums.taxes:  # each rate by itself, recomputed in fractions
        rate = (tax["name"], tax["rate_bp"], tax["included"])
        bases = [a for at, a in enumerate(after.amounts) if at not in after.exempt and bill[at][1] == rate]
        whole = 10_000 + tax["rate_bp"] if tax["included"] else 10_000
        shares = (Fraction(base * tax["rate_bp"], whole) for base in (bases if by_line else [sum(bases)]))
        assert tax["tax_minor"] == sum(map(round_half_up, shares))


@given(bill=BILLS, made=st.lists(MADE, max_size=4), by_line=st.booleans())
def test_who_is_exempt_pays_what_others_do_less_exactly_its_taxes(
    bill: Bill, made: list[tuple[str, int | None, int | None, int | None]], by_line: bool
) -> None:
    lines = [(str(place), amount) for place, (amount, _) in enumerate(bill)]
    others = [
        Adjusting(f"a{n}", kind, None, percent, None if percent else amount)
        for n, (kind, _, percent, amount) in enumerate(made)
        if kind != "exempt"
    ]
    rates = [Rate(*rate) for _, rate in bill]
    guests = bill_totals(bill, adjusted(lines, others), by_line=by_line)
    whole = adjusted(lines, [*others, Adjusting("x", "exempt", certificate="D 12")], rates, by_line=by_line)
    exempt = bill_totals(bill, whole, by_line=by_line)
    assert (exempt.total_minor, exempt.tax_minor) == (guests.total_minor - guests.tax_minor, 0)
    each = [Adjusting(id, "exempt", id, certificate="D 12") for id, _ in lines]
    by_parts = bill_totals(bill, adjusted(lines, [*others, *each], rates, by_line=True), by_line=True)
    if by_line:  # line by line, it is the same whoever is exempt together
        assert by_parts == exempt


def test_what_comes_off_comes_off_in_order_and_charges_come_last() -> None:
    lines = [("steak", 2500), ("soup", 900)]
    made = [
        Adjusting("charge", "service_charge", percent_bp=1000),
        Adjusting("tenth", "discount", percent_bp=1000),
        Adjusting("soup", "comp", "soup"),
        Adjusting("half", "discount", "steak", percent_bp=5000),
        Adjusting("five", "discount", "steak", amount_minor=500),
    ]
    after = adjusted(lines, made)
    assert after.effects == {"soup": -900, "half": -1250, "five": -500, "tenth": -75, "charge": 68}
    assert after.amounts == [743, 0]


def test_of_charges_by_rule_that_two_nodes_put_on_while_apart_the_last_counts() -> None:
    large, banquet = (
        Adjusting(name, "service_charge", percent_bp=bp, rule_id=name)
        for name, bp in (("large", 1000), ("banquet", 1500))
    )
    by_hand = Adjusting("by hand", "service_charge", percent_bp=500)
    of_line = Adjusting("of line", "service_charge", "l1", None, 90, rule_id="large", origin_id="elsewhere")
    assert counting([large, by_hand, of_line, banquet]) == (by_hand, of_line, banquet)
    assert counting([large, of_line]) == (large, of_line)
