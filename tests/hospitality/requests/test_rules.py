from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospitality.ground.errors import Invalid, Refused
from hospitality.requests.rules import ARGUMENTS_LENGTH_MAX, STATES, check_arguments, check_open, state_of

ASKED = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))
moments = st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=4)).map(lambda span: ASKED + span)


@given(confirm=spans, expire=spans, first=moments, second=moments)
def test_time_only_moves_an_unanswered_request_on(
    confirm: timedelta, expire: timedelta, first: datetime, second: datetime
) -> None:
    ends = {"confirm_at": ASKED + confirm, "expires_at": ASKED + expire}
    before, after = (state_of(None, now=now, **ends) for now in sorted((first, second)))
    assert STATES.index(before) <= STATES.index(after) <= STATES.index("expired")


@given(confirm=spans, expire=spans, now=moments, accepted=st.booleans())
def test_an_answer_stands_whatever_the_time(
    confirm: timedelta, expire: timedelta, now: datetime, accepted: bool
) -> None:
    state = state_of(accepted, confirm_at=ASKED + confirm, expires_at=ASKED + expire, now=now)
    assert state == ("accepted" if accepted else "refused")


def test_a_request_waits_for_a_person_from_the_moment_said_and_ends_at_the_other() -> None:
    ends = {"confirm_at": ASKED + timedelta(minutes=15), "expires_at": ASKED + timedelta(hours=12)}
    states = [
        state_of(None, now=ASKED + timedelta(seconds=seconds), **ends) for seconds in (-60, 899, 900, 43_199, 43_200)
    ]
    assert states == ["pending", "pending", "needs_confirmation", "needs_confirmation", "expired"]


@pytest.mark.parametrize("state", STATES)
def test_a_person_settles_only_what_is_open(state: str) -> None:
    if state in ("pending", "needs_confirmation"):
        check_open(state)
        return
    with pytest.raises(Refused) as refused:
        check_open(state)
    assert refused.value.code == ("REQUEST_EXPIRED" if state == "expired" else "REQUEST_ANSWERED")


def test_a_request_carries_only_so_much() -> None:
    check_arguments("x" * ARGUMENTS_LENGTH_MAX)
    with pytest.raises(Invalid) as refused:
        check_arguments("x" * (ARGUMENTS_LENGTH_MAX + 1))
    assert refused.value.code == "REQUEST_TOO_LARGE"
