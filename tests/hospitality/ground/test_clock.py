"""Instants as text, and the business day that a moment belongs to, also in the nights when the clocks change (R11)."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospitality.ground.clock import instant, instant_text, trading_date, utc_now

BERLIN, WINDHOEK = "Europe/Berlin", "Africa/Windhoek"
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
ZONES = st.sampled_from([BERLIN, WINDHOEK, "UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])


@given(moment=MOMENTS, offset_minutes=st.integers(-14 * 60, 14 * 60))
def test_an_instant_is_the_same_text_wherever_its_clock_stands(moment: datetime, offset_minutes: int) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(minutes=offset_minutes)))
    assert instant_text(elsewhere) == instant_text(moment)
    assert instant(instant_text(elsewhere)) == moment


@given(a=MOMENTS, b=MOMENTS)
def test_texts_sort_as_the_moments_do(a: datetime, b: datetime) -> None:
    assert (instant_text(a) < instant_text(b)) == (a < b)
    assert len(instant_text(a)) == len(instant_text(b))


def test_a_whole_second_keeps_its_width() -> None:
    assert instant_text(datetime(2026, 3, 1, 18, 30, tzinfo=UTC)) == "2026-03-01T18:30:00.000000Z"
    assert utc_now().tzinfo is UTC


@pytest.mark.parametrize(
    ("local", "belongs_to"),
    [
        ("2026-03-02T01:30:00", date(2026, 3, 1)),
        ("2026-03-02T03:59:59.999999", date(2026, 3, 1)),
        ("2026-03-02T04:00:00", date(2026, 3, 2)),
        ("2026-03-01T23:59:59", date(2026, 3, 1)),
        ("2026-01-01T00:10:00", date(2025, 12, 31)),
    ],
)
def test_the_night_before_the_cut_off_belongs_to_yesterday(local: str, belongs_to: date) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(WINDHOEK))
    assert trading_date(moment.astimezone(UTC), WINDHOEK, 4) == belongs_to


def test_without_a_cut_off_the_day_turns_at_midnight() -> None:
    midnight = datetime(2026, 3, 2, 0, 0, tzinfo=ZoneInfo(WINDHOEK))
    assert trading_date(midnight, WINDHOEK, 0) == date(2026, 3, 2)
    assert trading_date(midnight - timedelta(microseconds=1), WINDHOEK, 0) == date(2026, 3, 1)


def test_in_the_night_that_lacks_an_hour_the_wall_clock_decides() -> None:
    """Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC."""
    last_before, first_after = datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert [trading_date(m, BERLIN, 3) for m in (last_before, first_after)] == [date(2026, 3, 28), date(2026, 3, 29)]
    # a cut-off in the hour that does not exist is passed when the clocks jump over it
    assert [trading_date(m, BERLIN, 2) for m in (last_before, first_after)] == [date(2026, 3, 28), date(2026, 3, 29)]
    four = datetime(2026, 3, 29, 2, 0, tzinfo=UTC)
    assert trading_date(four - timedelta(seconds=1), BERLIN, 4) == date(2026, 3, 28)
    assert trading_date(four, BERLIN, 4) == date(2026, 3, 29)


def test_in_the_night_with_an_hour_twice_both_of_them_belong_to_the_same_day() -> None:
    """Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC, so that 02:30 is at 00:30 and at 01:30 UTC."""
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert [m.astimezone(ZoneInfo(BERLIN)).hour for m in (first, second)] == [2, 2]
    assert {trading_date(m, BERLIN, 4) for m in (first, second)} == {date(2026, 10, 24)}
    assert {trading_date(m, BERLIN, 2) for m in (first, second)} == {date(2026, 10, 25)}
    assert trading_date(datetime(2026, 10, 25, 3, 0, tzinfo=UTC), BERLIN, 4) == date(2026, 10, 25)


@given(moment=MOMENTS, zone=ZONES, cut_off_hour=st.integers(0, 12))
def test_the_business_date_is_the_local_date_or_the_one_before(moment: datetime, zone: str, cut_off_hour: int) -> None:
    local = moment.astimezone(ZoneInfo(zone))
    found = trading_date(moment, zone, cut_off_hour)
    assert found in (local.date(), local.date() - timedelta(days=1))
    assert (found == local.date()) == (local.hour >= cut_off_hour)


@given(moment=MOMENTS, zone=ZONES, seconds=st.integers(0, 86_400))
def test_from_the_cut_off_on_the_day_never_goes_back(moment: datetime, zone: str, seconds: int) -> None:
    """With a cut-off at 4, which no zone here puts its clocks back over."""
    later = moment + timedelta(seconds=seconds)
    assert trading_date(later, zone, 4) >= trading_date(moment, zone, 4)
