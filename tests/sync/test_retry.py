"""Backoff: full jitter under a doubling bound, and what the hub asks for comes first."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from threading import Thread

from hypothesis import given
from hypothesis import strategies as st

from sync.node.resting import Resting
from sync.node.retry import BASE_SECONDS, BOUND_SECONDS, Backoff, Rests


@given(chances=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=40))
def test_a_delay_lies_between_nothing_and_a_bound_that_doubles_up_to_a_limit(chances: list[float]) -> None:
    given_out = iter(chances)
    backoff = Backoff(lambda: next(given_out))
    for failure, chance in enumerate(chances):
        bound = min(BOUND_SECONDS, BASE_SECONDS * 2**failure)
        delay = backoff.failed()
        assert delay == bound * chance
        assert 0 <= delay < bound or delay == bound == 0


def test_after_a_success_it_begins_with_the_smallest_bound_again() -> None:
    backoff = Backoff(lambda: 1.0)
    for _ in range(8):
        backoff.failed()
    backoff.succeeded()
    assert backoff.failed() == BASE_SECONDS


def test_two_nodes_with_other_luck_come_back_at_other_times() -> None:
    early, late = Backoff(lambda: 0.1), Backoff(lambda: 0.9)
    assert early.failed() < late.failed()


def test_two_nodes_that_the_hub_asks_to_wait_as_long_come_back_at_other_times() -> None:
    early, late = Rests(lambda: 0.1), Rests(lambda: 0.9)
    for rests in (early, late):
        rests.failed("push", 0, 5)
    assert 5 < early.left("push", 0) < late.left("push", 0)


Answers = Callable[[str, float], float | None]
"""What a loop that tries at some time meets: None, it gets through; else a failure, and how long the hub asks to wait."""


def tries(
    answers: Answers, luck: int, names: Sequence[str] = ("push", "pull"), seconds: float = 600
) -> dict[str, list[float]]:
    """When each of a node's loops tries, in virtual time; one that gets through asks again a second later."""
    rests, now = Rests(Random(luck).random), 0.0
    found: dict[str, list[float]] = {name: [] for name in names}
    again = dict.fromkeys(names, 0.0)
    while True:
        due = {name: max(again[name], now + rests.left(name, now)) for name in names}
        name = min(due, key=lambda one: due[one])
        now = due[name]
        if now > seconds:
            return found
        found[name].append(now)
        rests.begins(name)
        asked = answers(name, now)
        again[name] = now + (1 if asked is None else 0)
        if asked is None:
            rests.worked(name, now)
        else:
            rests.failed(name, now, asked)


@given(luck=st.integers(0, 10_000), back=st.floats(1, 300))
def test_who_gets_through_after_failures_has_the_other_try_at_once(luck: int, back: float) -> None:
    found = tries(lambda _, now: None if now >= back else 0.0, luck)
    first = {name: min(at for at in times if at >= back) for name, times in found.items()}
    assert first["push"] == first["pull"]


@given(luck=st.integers(0, 10_000))
def test_one_that_fails_beside_one_that_works_tries_no_more_often_for_it(luck: int) -> None:
    beside = tries(lambda name, _: 0.0 if name == "push" else None, luck)
    assert beside["push"] == tries(lambda *_: 0.0, luck, ["push"])["push"]
    often = tries(lambda name, now: 0.0 if name == "push" or int(now) % 60 == 0 else None, luck)
    back = 600 / 60 + 1  # how often the other got through after failures
    assert len(often["push"]) <= len(beside["push"]) + back * 7, "a call, and the few tries until the bound has grown"


@given(luck=st.integers(0, 10_000), asked=st.floats(0, 100))
def test_what_the_hub_asked_for_is_waited_out_whoever_gets_through(luck: int, asked: float) -> None:
    found = tries(lambda name, now: asked if name == "push" else 0.0 if int(now) % 9 == 0 else None, luck)["push"]
    assert all(later - before >= asked - 1e-6 for before, later in pairwise(found))


def test_a_refused_node_rests_though_another_loop_gets_through() -> None:
    rests = Rests(lambda: 0.0)
    rests.refused("push", 0, 60)
    rests.failed("pull", 0)
    rests.worked("pull", 1)
    assert rests.left("push", 1) == 59


def test_who_rests_in_a_thread_is_woken_and_so_when_all_is_over() -> None:
    wakes: list[Callable[[Resting], None]] = [lambda resting: resting.worked("pull"), lambda resting: resting.stop()]
    for wake in wakes:
        resting = Resting(lambda: 1.0)
        for name in ["pull", *["push"] * 10]:
            resting._rests.failed(name, 0)
        thread = Thread(target=resting.failed, args=("push",), daemon=True)
        thread.start()
        wake(resting)
        thread.join(10)
        assert not thread.is_alive()
