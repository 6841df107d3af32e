from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.printer import Outcome, Trouble, Verdict
from devices.spool import (
    DEFAULT_POLICY,
    ENDED,
    Job,
    Policy,
    Send,
    SpoolRefused,
    State,
    Store,
    Wait,
    cancel,
    choose,
    found_after_stop,
    moved,
    new_job,
    print_again,
    release,
    rerouted,
    settle,
    to_backup,
)

NOON = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CONFIRMED = Outcome(Verdict.CONFIRMED)
FAILED = Outcome(Verdict.FAILED, Trouble.PAPER_OUT, "out of paper")
UNKNOWN = Outcome(Verdict.UNKNOWN, Trouble.SILENT, "no answer")


def job(sequence: int = 1) -> Job:
    return new_job(f"job-{sequence}", printer="grill", sequence=sequence, now=NOON)


def sent(waiting: Job, now: datetime = NOON) -> Job:
    choice = choose([waiting], now)
    assert isinstance(choice, Send)
    return choice.job


def test_a_new_job_is_sent_unmarked_and_confirmed() -> None:
    sending = sent(job())
    assert (sending.state, sending.attempts, sending.reprint, sending.copy_number) == (
        State.SENDING,
        1,
        False,
        1,
    )
    assert sending.sending_name == "job-1/1"
    done = settle(sending, CONFIRMED, NOON)
    assert (done.state, done.copies, done.next_attempt_at) == (State.CONFIRMED, 1, None)
    assert choose([done], NOON) == Wait(None)


def test_a_job_of_which_nothing_was_printed_is_tried_again_unmarked() -> None:
    failed = settle(sent(job()), FAILED, NOON)
    assert (failed.state, failed.trouble, failed.detail) == (
        State.FAILED,
        Trouble.PAPER_OUT,
        "out of paper",
    )
    assert not failed.reprint
    assert choose([failed], NOON) == Wait(NOON + SECOND)
    again = sent(failed, NOON + SECOND)
    assert (again.reprint, again.sending_name) == (False, "job-1/2")


def test_a_job_that_may_have_been_printed_is_marked_from_then_on() -> None:
    unknown = settle(sent(job()), UNKNOWN, NOON)
    assert unknown.state is State.UNKNOWN
    again = sent(unknown, NOON + SECOND)
    assert (again.reprint, again.copy_number) == (True, 2)
    failed = settle(again, FAILED, NOON)
    assert failed.reprint
    assert failed.copy_number == 2


def test_a_job_found_sending_after_a_stop_is_unknown_and_marked() -> None:
    found = found_after_stop(sent(job()), NOON)
    assert (found.state, found.trouble, found.reprint) == (State.UNKNOWN, Trouble.NODE_STOPPED, True)


def test_the_pause_doubles_up_to_its_cap() -> None:
    waiting, now, pauses = job(), NOON, []
    for _ in range(40):
        waiting = settle(sent(waiting, now), FAILED, now)
        assert waiting.next_attempt_at is not None
        pauses.append((waiting.next_attempt_at - now).total_seconds())
        now = waiting.next_attempt_at
    assert pauses == [1, 2, 4, 8] + [15] * 36


def test_jobs_of_a_printer_stay_in_order_behind_one_that_waits() -> None:
    first, second = settle(sent(job(1)), FAILED, NOON), job(2)
    assert choose([second, first], NOON) == Wait(NOON + SECOND)
    choice = choose([second, first], NOON + SECOND)
    assert isinstance(choice, Send)
    assert choice.job.job_id == "job-1"


def test_nothing_is_sent_while_a_job_is_sending() -> None:
    assert choose([sent(job(1)), job(2)], NOON) == Wait(None)


def test_a_job_older_than_eight_hours_asks_and_lets_the_others_pass() -> None:
    late = NOON + timedelta(hours=8)
    old, young = job(1), replace(job(2), fresh_since=late)
    choice = choose([old, young], late)
    assert isinstance(choice, Store)
    assert choice.job.state is State.HELD
    following = choose([choice.job, young], late)
    assert isinstance(following, Send)
    assert following.job.job_id == "job-2"


def test_a_held_job_prints_when_a_person_says_so_and_not_before() -> None:
    late = NOON + timedelta(hours=8)
    choice = choose([job()], late)
    assert isinstance(choice, Store)
    assert choose([choice.job], late + timedelta(hours=1)) == Wait(None)
    released = release(choice.job, late + timedelta(hours=1))
    assert sent(released, late + timedelta(hours=1)).state is State.SENDING


def test_a_held_job_that_nobody_answers_expires_and_can_be_brought_back() -> None:
    held = replace(job(), state=State.HELD)
    choice = choose([held], NOON + DEFAULT_POLICY.answer_within)
    assert isinstance(choice, Store)
    assert choice.job.state is State.EXPIRED
    back = print_again(choice.job, NOON + timedelta(days=4), sequence=9)
    assert (back.state, back.sequence, back.reprint) == (State.QUEUED, 9, False)


def test_a_printer_that_never_confirms_gets_so_many_copies_and_then_asks() -> None:
    policy = Policy(copies_max=2, retry_first=timedelta(0))
    waiting = job()
    for _ in range(2):
        waiting = settle(sent(waiting), UNKNOWN, NOON, policy)
    choice = choose([waiting], NOON, policy)
    assert isinstance(choice, Store)
    assert choice.job.state is State.HELD
    assert "2 times" in choice.job.detail
    released = release(choice.job, NOON)
    assert released.reprint
    assert isinstance(choose([released], NOON, policy), Send)


def test_a_confirmed_job_printed_again_is_marked() -> None:
    again = print_again(settle(sent(job()), CONFIRMED, NOON), NOON, sequence=7)
    assert (again.reprint, again.copy_number) == (True, 2)


def test_a_clock_set_back_does_not_strand_a_job() -> None:
    failed = settle(sent(job()), FAILED, NOON)
    long_ago = NOON - timedelta(days=3650)
    assert isinstance(choose([failed], long_ago), Send)


@pytest.mark.parametrize("state", sorted(State))
def test_steps_that_a_state_does_not_allow_are_refused(state: State) -> None:
    standing = replace(job(), state=state)
    if state is not State.SENDING:
        with pytest.raises(SpoolRefused, match=str(state)):
            settle(standing, CONFIRMED, NOON)
        with pytest.raises(SpoolRefused):
            found_after_stop(standing, NOON)
    if state in ENDED or state is State.SENDING:
        with pytest.raises(SpoolRefused):
            cancel(standing, NOON)
        with pytest.raises(SpoolRefused):
            release(standing, NOON)
    if state not in ENDED:
        with pytest.raises(SpoolRefused):
            print_again(standing, NOON, sequence=2)


@settings(deadline=None)
@given(st.lists(st.sampled_from((FAILED, UNKNOWN)), max_size=30))
def test_the_mark_follows_from_what_may_be_on_paper(outcomes: list[Outcome]) -> None:
    waiting, now = job(), NOON
    policy = Policy(copies_max=100)
    for outcome in outcomes:
        choice = choose([waiting], now, policy)
        assert isinstance(choice, Send)
        waiting = settle(choice.job, outcome, now, policy)
        assert waiting.next_attempt_at is not None
        now = waiting.next_attempt_at
    assert waiting.copies == outcomes.count(UNKNOWN)
    assert waiting.reprint == (UNKNOWN in outcomes)


@settings(deadline=None)
@given(st.lists(st.sampled_from((None, FAILED, UNKNOWN)), min_size=1, max_size=8), st.integers(0, 120))
def test_what_waits_too_long_goes_to_the_backup_once_and_keeps_its_mark(
    outcomes: list[Outcome | None], waited: int
) -> None:
    jobs = [job(n) if found is None else settle(sent(job(n)), found, NOON) for n, found in enumerate(outcomes)]
    now = NOON + waited * SECOND
    gone = to_backup(jobs, now, after=60 * SECOND)
    assert gone == (jobs if waited >= 60 and outcomes[0] is not None else [])
    there = [rerouted(one, now, to="bar", sequence=100 + at) for at, one in enumerate(gone)]
    assert [(one.printer, one.home, one.fresh_since) for one in there] == [("bar", "grill", NOON)] * len(gone)
    assert [one.reprint for one in there] == [found is UNKNOWN for found in outcomes[: len(gone)]]
    failing = [settle(sent(one, now), FAILED, now) for one in there]
    assert to_backup(failing, now + 60 * SECOND, after=60 * SECOND) == []


def test_a_slip_that_is_being_sent_goes_nowhere_and_one_that_comes_home_is_as_any_other() -> None:
    first = settle(sent(job(1)), FAILED, NOON)
    assert to_backup([sent(first, NOON + 60 * SECOND), job(2)], NOON + 90 * SECOND, after=SECOND) == []
    away = moved(first, NOON, to="bar", sequence=9)
    assert (away.printer, away.home) == ("bar", "grill")
    assert moved(away, NOON, to="grill", sequence=10).home is None
    with pytest.raises(SpoolRefused):
        moved(sent(job()), NOON, to="bar", sequence=9)
