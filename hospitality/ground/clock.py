"""Time is UTC and handed in; a stored instant is RFC 3339 text of fixed width, so that it sorts as text."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The machine's clock, aware and in UTC."""
    return datetime.now(UTC)


def instant_text(moment: datetime) -> str:
    """The stored form of an aware moment: `2026-03-01T18:30:00.000000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def instant(text: str) -> datetime:
    """The aware moment that a stored text stands for."""
    return datetime.fromisoformat(text)


def trading_date(moment: datetime, zone: str, cut_off_hour: int) -> date:
    """The business date of a moment: the local calendar date, the night before `cut_off_hour` belonging to yesterday.

    The wall clock of the property's zone decides, also in the nights when daylight saving changes (R11).
    """
    local = moment.astimezone(ZoneInfo(zone))
    return local.date() - timedelta(days=1) if local.hour < cut_off_hour else local.date()


def trading_span(day: date, zone: str, cut_off_hour: int) -> tuple[datetime, datetime]:
    """The moments at which a business date begins and ends by the wall clock of the zone: 23 to 25 hours apart."""

    def turn(at: date) -> datetime:
        return datetime.combine(at, time(cut_off_hour), ZoneInfo(zone)).astimezone(UTC)

    return turn(day), turn(day + timedelta(days=1))
