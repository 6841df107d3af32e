"""Which tables fit, how long a wait is, and who had a table first, by themselves."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from hospitality.parties.rules import Booking, clashes, party_state
from hospitality.parties.rules.fitting import NEAR_UNITS, Spot, candidates, fits
from hospitality.parties.rules.waits import Waiting, after_the_queue, band, free_at, quoted_minutes, turns

NOW = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes: int) -> datetime:
    """A moment of the evening."""
    return NOW + minutes * MINUTE


def spot(label: str, seats: int, x: int = 0, *, free: int = 0, area: str = "room") -> Spot:
    """A table of 96 by 96 at `x`, free in so many minutes."""
    return Spot(label, label, area, seats, x, 0, 96, 96, at(free))


SPOTS = st.lists(
    st.tuples(st.integers(1, 8), st.integers(0, 12), st.integers(0, 90), st.sampled_from(["room", "terrace"])),
    max_size=7,
).map(
    lambda found: [spot(str(n), seats, 64 * x, free=free, area=area) for n, (seats, x, free, area) in enumerate(found)]
)
KEPT = st.lists(st.tuples(st.integers(0, 6), st.integers(-60, 240), st.integers(15, 120)), max_size=6).map(
    lambda found: [
        Booking(f"p{n}", frozenset([str(table)]), at(begins), at(begins + minutes), f"2026-03-01T1{n}")
        for n, (table, begins, minutes) in enumerate(found)
    ]
)


@settings(max_examples=60)
@given(spots=SPOTS, kept=KEPT, covers=st.integers(1, 14), stay=st.integers(30, 120))
def test_what_fits_is_large_enough_free_so_long_and_none_of_it_for_nothing(
    spots: list[Spot], kept: list[Booking], covers: int, stay: int
) -> None:
    found = fits(spots, covers, stay=stay * MINUTE, kept=kept, area_id="room")
    assert [fit.at for fit in found] == sorted(fit.at for fit in found)
    for fit in found:
        assert fit.seats >= covers
        assert len(fit.spots) == 1 or all(fit.seats - one.seats < covers for one in fit.spots)
        assert len({one.area_id for one in fit.spots}) == 1
        assert fit.at >= max(one.free_at for one in fit.spots)
        sits = Booking("me", frozenset(fit.table_ids), fit.at, fit.at + stay * MINUTE)
        assert not any(sits.overlaps(one) for one in kept)
    singles = {one.id for one in spots if one.seats >= covers}
    assert {fit.table_ids[0] for fit in found if len(fit.spots) == 1} == singles
    pairs = {
        frozenset((one.id, other.id))
        for one, other in combinations(spots, 2)
        if one.area_id == other.area_id
        and one.gap(other) <= NEAR_UNITS
        and max(one.seats, other.seats) < covers <= one.seats + other.seats
    }
    assert {frozenset(fit.table_ids) for fit in found if len(fit.spots) == 2} == pairs


@settings(max_examples=40)
@given(spots=SPOTS, kept=KEPT, sizes=st.lists(st.integers(1, 8), max_size=5), covers=st.integers(1, 8))
def test_nobody_waits_less_for_having_more_before_them(
    spots: list[Spot], kept: list[Booking], sizes: list[int], covers: int
) -> None:
    def wait(ahead: list[int]) -> int:
        queue = [Waiting(f"w{n}", size, 60 * MINUTE) for n, size in enumerate(ahead)]
        found = fits(after_the_queue(spots, queue, kept), covers, stay=60 * MINUTE, kept=kept, area_id=None)
        minutes = quoted_minutes(found[0] if found else None, now=NOW)
        return 10_000 if minutes is None else minutes

    waits = [wait(sizes[:n]) for n in range(len(sizes) + 1)]
    assert waits == sorted(waits)
    assert all(minutes % 5 == 0 for minutes in waits)


def test_a_quote_is_what_the_table_that_comes_free_first_says() -> None:
    room = [spot("1", 2, free=12), spot("2", 4, 800, free=40)]
    soonest = fits(room, 2, stay=60 * MINUTE, kept=[], area_id=None)[0]
    assert (soonest.table_ids, quoted_minutes(soonest, now=NOW)) == (("1",), 15)
    then = after_the_queue(room, [Waiting("w", 2, 60 * MINUTE)], [])
    assert quoted_minutes(fits(then, 2, stay=60 * MINUTE, kept=[], area_id=None)[0], now=NOW) == 40
    assert quoted_minutes(None, now=NOW) is None
    assert list(candidates(room, 7)) == [], "they stand too far apart to be put together"
    kept = [Booking("r", frozenset("1"), at(30), at(120))]
    held = fits(room[:1], 2, stay=60 * MINUTE, kept=kept, area_id=None)[0]
    assert held.at == at(120), "twelve to thirty is too short to eat"


def test_a_table_comes_free_by_what_goes_on_there() -> None:
    def minutes(state: str, since: int | None) -> float:
        since_at = None if since is None else at(since)
        return (free_at(state, since_at, 90 * MINUTE, now=NOW) - NOW) / MINUTE

    assert [minutes("free", None), minutes("dirty", -1), minutes("dirty", -30)] == [0, 4, 0]
    assert [minutes("seated", -30), minutes("served", -200)] == [65, 10]
    assert [minutes("bill_asked", -4), minutes("bill_asked", -60), minutes("paid", -60)] == [11, 5, 5]
    assert [band(covers) for covers in (1, 2, 3, 4, 5, 6, 7, 40)] == [1, 1, 2, 2, 3, 3, 4, 4]
    measured = turns([(2, 50.0)] * 10 + [(1, 70.4)] * 11 + [(4, 10.0)] * 19, usual=90)
    assert measured == {1: 70, 2: 90, 3: 90, 4: 90}, "the median of those that are enough"


def test_who_was_first_keeps_the_table_whoever_looks() -> None:
    first = Booking("b", frozenset("12"), at(0), at(90), "2026-03-01T10")
    second = Booking("a", frozenset("23"), at(60), at(150), "2026-03-01T11")
    after = Booking("c", frozenset("12"), at(90), at(180), "2026-03-01T09")
    expected = {"b": {"a": False}, "a": {"b": True, "c": True}, "c": {"a": False}}
    assert clashes([first, second, after]) == clashes([after, second, first]) == expected


def test_a_reserved_table_is_let_go_after_the_grace_time_until_they_come_after_all() -> None:
    def state(minutes: int, *steps: str, seated: bool = False, left: bool = False) -> str:
        hour, grace = at(0), 15 * MINUTE
        return party_state(reserved_for=hour, steps=steps, seated=seated, left=left, now=at(minutes), grace=grace)

    assert [state(-10), state(0), state(1), state(15), state(16)] == ["reserved", "reserved", "late", "late", "no_show"]
    assert [state(40, "arrived"), state(-5, "no_show"), state(0, "cancelled")] == ["waiting", "no_show", "cancelled"]
    assert state(40, "no_show", "arrived", seated=True, left=True) == "seated"
    assert state(200, "arrived", left=True) == "left"
