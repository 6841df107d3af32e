"""Business dates and what a property says of itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospitality.ground.clock import trading_date
from hospitality.ground.errors import Invalid
from hospitality.properties.rules import check_property, date_to_book

DAYS = st.dates(date(2000, 1, 2), date(2100, 1, 1))


@given(trading=DAYS)
def test_the_first_act_opens_the_trading_date(trading: date) -> None:
    assert date_to_book(trading, latest=None, latest_is_open=False) == trading


@given(trading=DAYS, latest=DAYS)
def test_a_day_never_goes_back(trading: date, latest: date) -> None:
    booked = date_to_book(trading, latest=latest, latest_is_open=True)
    assert booked == max(trading, latest)


@given(trading=DAYS, latest=DAYS)
def test_nothing_is_booked_to_a_closed_day(trading: date, latest: date) -> None:
    assert date_to_book(trading, latest=latest, latest_is_open=False) > latest


def test_half_past_one_belongs_to_the_evening_before() -> None:
    half_past_one = datetime(2026, 3, 2, 1, 30, tzinfo=UTC) - timedelta(hours=2)
    assert trading_date(half_past_one, "Africa/Windhoek", 4) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        # Berlin's clocks go from 2:00 to 3:00 on 29 March 2026, at 1:00 UTC, and back on 25 October.
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 1, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 2, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 24)),
        (datetime(2026, 10, 25, 2, 59, tzinfo=UTC), date(2026, 10, 24)),
        (datetime(2026, 10, 25, 3, 0, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_the_wall_clock_turns_the_day_in_the_nights_when_it_jumps(utc: datetime, expected: date) -> None:
    assert trading_date(utc, "Europe/Berlin", 4) == expected


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"zone": "Mars/Olympus"}, "ZONE_UNKNOWN"),
        ({"zone": ""}, "ZONE_UNKNOWN"),
        ({"zone": "../../etc/passwd"}, "ZONE_UNKNOWN"),
        ({"currency": "nad"}, "CURRENCY_INVALID"),
        ({"currency": "N$"}, "CURRENCY_INVALID"),
        ({"cut_off_hour": 24}, "CUT_OFF_INVALID"),
        ({"cut_off_hour": -1}, "CUT_OFF_INVALID"),
    ],
)
def test_a_property_must_say_where_and_in_which_money(changes: dict[str, object], code: str) -> None:
    values = {"zone": "Africa/Windhoek", "currency": "NAD", "cut_off_hour": 4, **changes}
    with pytest.raises(Invalid) as refused:
        check_property(**values)  # type: ignore[arg-type]
    assert refused.value.code == code
