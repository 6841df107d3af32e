from hypothesis import given
from hypothesis import strategies as st

from buffr.replay.paying import Tender, tenders


@given(st.text(max_size=20), st.integers(1, 10_000_000))
def test_tenders_settle_what_is_due_to_the_cent(reference: str, due_minor: int) -> None:
    paid = tenders(reference, due_minor)
    assert sum(one.amount_minor for one in paid) == due_minor
    assert all(one.amount_minor > 0 for one in paid)
    for one in paid:
        if one.tender == "card":
            assert one.reference is not None
            assert one.tendered_minor is None
        else:
            assert one.reference is None
            assert one.tendered_minor is not None
            assert one.tendered_minor >= one.amount_minor


def test_nothing_due_is_settled_by_a_payment_of_nothing() -> None:
    assert tenders("1", 0) == (Tender("cash", 0, tendered_minor=0),)


def test_an_evening_mixes_card_exact_cash_change_and_both() -> None:
    evening = [tenders(str(number), 1_698) for number in range(300)]
    assert evening == [tenders(str(number), 1_698) for number in range(300)]
    kinds = {tuple(one.tender for one in paid) for paid in evening}
    assert kinds == {("card",), ("cash",), ("cash", "card")}
    change = {(one.tendered_minor or 0) - one.amount_minor for paid in evening for one in paid if one.tender == "cash"}
    assert change == {0, 302, 3_302}
