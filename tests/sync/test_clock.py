"""The hybrid clock: never backwards, never twice the same, and never led far astray."""

import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.clock import COUNTER_BITS, DRIFT_MS_MAX, SKEW_MS, HybridClock, at_ms, ms_of

walls = st.lists(st.integers(0, 2**40), min_size=1, max_size=50)


class Wall:
    """A wall clock that shows what it is told."""

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def __call__(self) -> int:
        return self.ms


@given(walls)
def test_stamps_grow_however_the_wall_clock_jumps(shown: list[int]) -> None:
    wall = Wall(0)
    clock = HybridClock(wall)
    given_out = []
    for wall.ms in shown:
        given_out += [clock.stamp(), clock.stamp()]
    assert given_out == sorted(set(given_out))


@given(walls)
def test_a_stamp_is_never_behind_the_wall_clock(shown: list[int]) -> None:
    wall = Wall(0)
    clock = HybridClock(wall)
    for wall.ms in shown:
        assert ms_of(clock.stamp()) >= wall.ms


def test_the_counter_carries_into_the_milliseconds_when_the_wall_clock_stands_still() -> None:
    clock = HybridClock(Wall(1000))
    clock.high = at_ms(1000) + (1 << COUNTER_BITS) - 2
    assert [ms_of(clock.stamp()) for _ in range(3)] == [1000, 1001, 1001]


@given(wall=st.integers(DRIFT_MS_MAX, 2**40), ahead=st.integers(0, 2 * DRIFT_MS_MAX), counter=st.integers(0, 65_535))
def test_a_stamp_after_seeing_anothers_is_later_within_the_bound(wall: int, ahead: int, counter: int) -> None:
    clock = HybridClock(Wall(wall))
    seen = at_ms(wall + ahead) + counter
    clock.observe(seen)
    stamp = clock.stamp()
    if ahead <= DRIFT_MS_MAX:
        assert stamp > seen
    else:
        assert ms_of(stamp) == wall, "the far future is ignored"


def test_seeing_an_old_stamp_changes_nothing() -> None:
    clock = HybridClock(Wall(1000))
    first = clock.stamp()
    clock.observe(first - 5)
    assert clock.high == first


def test_a_known_offset_corrects_both_stamps_and_what_counts_as_far_future() -> None:
    five_years = 5 * 365 * 86_400_000
    clock = HybridClock(Wall(five_years + 1_000_000), offset_ms=-five_years)
    assert ms_of(clock.stamp()) == 1_000_000
    clock.observe(at_ms(1_000_000 + DRIFT_MS_MAX + 1))
    assert ms_of(clock.high) == 1_000_000


@given(st.integers(-(2**40), 2**40), st.integers(-(2**40), 2**40), st.lists(st.integers(0, 10**6), max_size=5))
def test_what_the_wall_clock_is_set_by_after_the_hubs_word_is_taken_back(off: int, by: int, hours: list[int]) -> None:
    """A machine whose time is set by its network a minute after the start, say, or by hand into the wrong year."""
    wall, steady = Wall(2**41 + off), Wall(77)
    clock = HybridClock(wall, steady_ms=steady)
    clock.correct(2**41 - wall.ms)
    told = clock.now_ms()
    wall.ms += by
    for ms in [0, *hours]:
        wall.ms, steady.ms, told = wall.ms + ms, steady.ms + ms, told + ms
        assert abs(clock.now_ms() - told) <= SKEW_MS
        assert ms_of(clock.stamp()) >= told - SKEW_MS
    clock.correct(0)
    assert clock.now_ms() == wall.ms, "the hub says that it is right now"


def test_before_the_hubs_word_the_wall_clock_is_believed_however_it_is_set() -> None:
    wall = Wall(10**12)
    clock = HybridClock(wall, steady_ms=Wall(0))
    assert clock.now_ms() == 10**12
    wall.ms = 5
    assert clock.now_ms() == 5


def test_the_hubs_word_lowers_the_high_water_mark_and_never_raises_it() -> None:
    clock = HybridClock(Wall(10))
    clock.high = at_ms(9_000)
    clock.lower(at_ms(50))
    assert clock.stamp() == at_ms(50) + 1
    clock.lower(at_ms(99_000))
    assert clock.high == at_ms(50) + 1


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads change hands as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_no_stamp_is_given_twice_while_another_thread_observes_and_lowers(hasty: None) -> None:
    clock = HybridClock(Wall(0))
    done, ready = threading.Event(), threading.Barrier(3)

    def disturb() -> None:
        ready.wait(10)
        while not done.is_set():
            clock.observe(1)  # older than what is given out: must leave no trace
            clock.lower(1 << 62)

    threads = [threading.Thread(target=disturb) for _ in range(2)]
    for thread in threads:
        thread.start()
    ready.wait(10)
    given_out = [clock.stamp() for _ in range(50_000)]
    done.set()
    for thread in threads:
        thread.join()
    assert len(set(given_out)) == len(given_out)
