"""How a device is told: losses at once, flapping once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.standing import CHANGES_MAX, STEADY_AFTER, Standing, State, garbled, heard, left_open, lost, settled

T0 = datetime(2026, 11, 27, 18, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def test_a_loss_and_a_return_are_told_at_once() -> None:
    there = heard(Standing(T0), after(1))
    gone = lost(there, "unplugged", after(2))
    assert [(one.state, one.since) for one in (there, gone)] == [(State.LIVE, after(1)), (State.LOST, after(2))]
    assert (gone.detail, gone.lost_count, gone.heard_at) == ("unplugged", 1, after(1))
    assert heard(gone, after(9)).told == (State.LIVE, "")
    assert garbled(there, "noise", after(3)).told == (State.GARBLED, "noise")
    ajar = left_open(there, "push it in", after(3))
    assert (ajar.told, ajar.heard_at) == ((State.LEFT_OPEN, "push it in"), after(3))
    assert lost(ajar, "unplugged", after(4)).lost_count == 1


def test_what_comes_and_goes_a_hundred_times_is_told_once_and_ends_when_it_holds() -> None:
    standing, reports = heard(Standing(T0), T0), []
    for second in range(1, 201):
        was = standing.told
        standing = lost(standing, "unplugged", after(second)) if second % 2 else heard(standing, after(second))
        reports += [standing.state] if standing.told != was else []
    assert reports == [State.LOST, State.LIVE, State.LOST, State.LIVE, State.UNSTEADY]
    assert standing.since == after(CHANGES_MAX + 1)
    assert settled(standing, after(201)).state is State.UNSTEADY
    held = settled(standing, after(200) + STEADY_AFTER)
    assert (held.state, held.since) == (State.LIVE, after(200))
    assert lost(held, "unplugged", after(300)).state is State.LOST


@given(st.lists(st.tuples(st.sampled_from(["heard", "lost", "garbled", "settled"]), st.integers(0, 40)), max_size=200))
@settings(max_examples=100, deadline=None)
def test_reports_are_few_and_the_last_one_is_true(steps: list[tuple[str, int]]) -> None:
    standing, now, reports = Standing(T0), T0, []
    for step, seconds in steps:
        now, was = now + timedelta(seconds=seconds), standing.told
        if step == "heard":
            standing = heard(standing, now)
        elif step == "settled":
            standing = settled(standing, now)
        else:
            standing = (lost if step == "lost" else garbled)(standing, step, now)
        if standing.told != was:
            reports.append(now)
    crossings = [at for at in reports if now - at < timedelta(minutes=2)]
    assert len(crossings) <= 2 * (CHANGES_MAX + 2) + sum(step == "garbled" for step, _ in steps)
    later = settled(standing, now + STEADY_AFTER)
    assert later.state is later.now_state
