"""Backoff: full jitter under a doubling bound, and what the hub asks for comes first."""

from hypothesis import given
from hypothesis import strategies as st

from sync.node.retry import BASE_SECONDS, BOUND_SECONDS, Backoff


@given(chances=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=40))
def test_a_delay_lies_between_nothing_and_a_bound_that_doubles_up_to_a_limit(chances: list[float]) -> None:
    given_out = iter(chances)
    backoff = Backoff(lambda: next(given_out))
    for failure, chance in enumerate(chances):
        bound = min(BOUND_SECONDS, BASE_SECONDS * 2**failure)
        delay = backoff.failed()
        assert delay == bound * chance
        assert 0 <= delay < bound or delay == bound == 0


@given(asked=st.floats(0, 600), chance=st.floats(0, 1, exclude_max=True), failures=st.integers(0, 10_000))
def test_it_never_comes_back_before_the_hub_asked(asked: float, chance: float, failures: int) -> None:
    backoff = Backoff(lambda: chance, failures)
    assert backoff.failed(at_least_seconds=asked) >= asked


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
    early, late = Backoff(lambda: 0.1), Backoff(lambda: 0.9)
    assert 5 < early.failed(at_least_seconds=5) < late.failed(at_least_seconds=5)
