"""What is decided without a database: bars, changes, limits, addresses, languages, words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.headoffice.bars import bars
from cloud.headoffice.change import change
from cloud.headoffice.forms import own_address
from cloud.headoffice.list_pages import day_of
from cloud.headoffice.office import language
from cloud.headoffice.reading.days import week_before
from cloud.headoffice.reading.nodes import Node
from cloud.headoffice.reading.trade import Trade
from cloud.headoffice.throttle import SignInThrottle, Throttle
from cloud.headoffice.words import Words
from hospitality.ground.errors import TooMany
from web.texts import Texts

NOW = datetime(2026, 6, 12, 18, 42, tzinfo=UTC)
HOURS = st.dictionaries(st.integers(0, 23), st.integers(-1_000_000, 1_000_000_000))


@given(HOURS, st.none() | HOURS, st.integers(0, 23), st.booleans())
def test_bars_stand_inside_their_drawing_and_keep_every_amount(
    by_hour: dict[int, int], before: dict[int, int] | None, first: int, trimmed: bool
) -> None:
    drawing = bars(by_hour, before, first_hour=first, width=240, height=30, from_first_sale=trimmed)
    for bar in drawing.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= 240.5
        assert 0 <= bar.y <= bar.y + bar.height <= 30.01
        assert bar.before_y is None or 0 <= bar.before_y <= 30
    assert sum(bar.amount_minor for bar in drawing.bars) == sum(by_hour.values())
    assert len({bar.hour for bar in drawing.bars}) == len(drawing.bars)
    if not trimmed:
        assert [bar.hour for bar in drawing.bars] == [(first + n) % 24 for n in range(24)]


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (125, 100, ("up", 25)),
        (75, 100, ("down", 25)),
        (100, 100, ("same", 0)),
        (1001, 1000, ("same", 0)),
        (10, 0, ("up", None)),
        (0, 10, ("down", 100)),
        (0, 0, ("same", 0)),
    ],
)
def test_a_change_tells_its_way_and_whole_percent(now: int, before: int, told: tuple[str, int | None]) -> None:
    found = change(now, before)
    assert found is not None
    assert (found.direction, found.percent) == told


def test_without_both_figures_there_is_no_change() -> None:
    assert change(1, None) is None
    assert change(None, 1) is None


TRADES = st.builds(Trade, st.integers(0, 10**9), HOURS, st.integers(0, 10**9), st.integers(0, 500), st.integers(0, 9))


@given(TRADES, TRADES, TRADES)
def test_trade_adds_up_in_any_order(one: Trade, two: Trade, three: Trade) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)


def test_the_average_check_is_rounded_half_up() -> None:
    assert Trade(sales_minor=5, orders=2).check_minor == 3
    assert Trade(sales_minor=4, orders=3).check_minor == 1
    assert Trade(sales_minor=5).check_minor is None


def test_the_same_time_a_week_ago_is_the_clocks_and_not_168_hours() -> None:
    # clocks in Berlin went forward on 29 March 2026
    noon = datetime(2026, 3, 31, 10, 0, tzinfo=UTC)
    assert week_before(noon, "Europe/Berlin").astimezone(UTC) == datetime(2026, 3, 24, 11, 0, tzinfo=UTC)


def node(**columns: object) -> Node:
    values = {"seen_at": NOW, "enrolled_at": NOW - timedelta(days=1), "offset_ms": 0, **columns}
    return Node("n", "p", "A", 1, "0.1.0", 0, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "online"), (45, "online"), (46, "property_only"), (120, "property_only"), (121, "late")]
)
def test_a_nodes_state_follows_its_silence(seconds: int, state: str) -> None:
    assert node(seen_at=NOW - timedelta(seconds=seconds)).state(NOW) == state


def test_a_node_that_was_never_heard_is_new_and_then_late() -> None:
    assert node(seen_at=None, enrolled_at=NOW - timedelta(seconds=90)).state(NOW) == "new"
    assert node(seen_at=None).state(NOW) == "late"


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_throttle_lets_through_only_so_many_in_any_stretch() -> None:
    clock = Hands()
    throttle = Throttle(2, 60, clock=clock)
    assert [throttle.wait_seconds("a") for _ in range(3)] == [0, 0, 61]
    assert throttle.wait_seconds("b") == 0
    clock.now += 59
    assert throttle.wait_seconds("a") == 2
    clock.now += 1
    assert throttle.wait_seconds("a") == 0
    throttle.forget("a")
    assert throttle.wait_seconds("a") == 0


def test_a_throttle_remembers_a_bounded_number_of_keys() -> None:
    throttle = Throttle(1, 60, keys_max=100, clock=Hands())
    for n in range(1000):
        throttle.wait_seconds(f"key {n}")
    assert len(throttle._tries) == 100
    assert throttle.wait_seconds("key 999") > 0


def test_one_address_alone_cannot_lock_an_account_for_others() -> None:
    throttle = SignInThrottle(clock=Hands())
    for _ in range(100):
        try:
            throttle.check("10.0.0.1", "owner@example.com")
        except TooMany:
            continue
    throttle.check("10.0.0.2", "owner@example.com")


def test_many_addresses_together_are_slowed_on_one_account() -> None:
    throttle = SignInThrottle(clock=Hands())
    passed = 0
    for n in range(1000):
        try:
            throttle.check(f"10.0.{n // 250}.{n % 250}", "Owner@Example.com")
            passed += 1
        except TooMany:
            continue
    assert passed == 30


@given(st.text())
def test_an_address_to_go_on_to_is_always_a_page_of_ours(wanted: str) -> None:
    found = own_address(wanted)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("accepted", "found"),
    [("", "en"), ("de-CH,de;q=0.9,en-GB;q=0.8", "en-GB"), ("xx;q=1", "en"), ("../../etc,en-US", "en-US"), ("*", "en")],
)
def test_a_page_is_in_a_language_that_there_are_texts_for(tmp_path: Path, accepted: str, found: str) -> None:
    assert language(accepted, tmp_path) == found


def test_a_language_with_a_catalogue_is_taken(tmp_path: Path) -> None:
    (tmp_path / "de.po").write_text("")
    assert language("de-CH,en", tmp_path) == "de-CH"


@given(st.text())
def test_a_day_that_cannot_be_read_is_none(text: str) -> None:
    found = day_of(text)
    assert found is None or 2000 <= found.year <= 2999


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(seconds=-3), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=3, minutes=5), "3 h 05 min"),
        (timedelta(days=4, hours=3), "4 days"),
    ],
)
def test_a_length_of_time_is_told_at_a_glance(length: timedelta, told: str) -> None:
    assert Words(Texts("en")).span(length) == told


def test_a_clock_is_told_ahead_or_behind() -> None:
    words = Words(Texts("en"))
    assert [words.clock_offset(ms) for ms in (0, 999, 2500, -2500, -84_000)] == [
        "right",
        "right",
        "2.5 s ahead",
        "2.5 s behind",
        "1 min behind",
    ]
