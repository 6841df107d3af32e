"""When something holds by the wall clock of a property: hours of the day on some weekdays. Values in, a decision out.

A stretch of hours belongs to the day on which it begins, and what passes midnight goes on into the next. What lies before
the cut-off hour altogether is of the night before, as the business day is; the whole day is the business day. In the
nights when clocks change the wall clock decides: an hour that comes twice holds twice, one that is left out never.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hospitality.ground.errors import Invalid

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOKED_AHEAD = timedelta(days=8)  # whatever holds in no week never does
_QUARTER = timedelta(minutes=15)  # clocks change at one, everywhere
_TIME = re.compile("([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class When:
    """A moment as a property has it."""

    moment: datetime
    zone: str
    cut_off_hour: int

    @property
    def local(self) -> datetime:
        """By the wall clock."""
        return self.moment.astimezone(ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Hours:
    """From a minute of the day until before another, the same for the whole day; on some weekdays, none for all."""

    weekdays: frozenset[str]
    from_minute: int
    to_minute: int

    def hold(self, when: When) -> bool:
        """Whether it is within them."""
        local, start, end = when.local, self.from_minute, self.to_minute
        minute, cut_off = local.hour * 60 + local.minute, when.cut_off_hour * 60
        if start == end:
            of_today = minute >= cut_off
        elif start < end:
            if not start <= minute < end:
                return False
            of_today = end > cut_off
        elif minute >= start or minute < end:
            of_today = minute >= start
        else:
            return False
        return not self.weekdays or WEEKDAYS[local.weekday() - (not of_today)] in self.weekdays


@dataclass(frozen=True, slots=True)
class Period:
    """A serving period: breakfast, lunch. One that rests is never on."""

    id: str
    name: str
    hours: Hours
    active: bool = True

    def is_on(self, when: When) -> bool:
        """Whether it is served then."""
        return self.active and self.hours.hold(when)


def next_change(hours: Iterable[Hours], when: When) -> datetime | None:
    """When what holds of these may change next: at a minute that one names, or as the day does; None of none. On a day
    when clocks change it says a quarter of an hour, as often as it is asked."""
    named = {minute for each in hours for minute in (each.from_minute, each.to_minute)}
    if not named:
        return None
    local = when.local
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    minutes = (*sorted({*named, when.cut_off_hour * 60}), 24 * 60)
    coming = (midnight + timedelta(minutes=minute) for minute in minutes)
    at = next(at for at in coming if at > local.replace(tzinfo=None)).replace(tzinfo=local.tzinfo)
    until = at.astimezone(UTC)
    if until.astimezone(local.tzinfo).utcoffset() == local.utcoffset():
        return until
    moment = when.moment.astimezone(UTC)
    quarter = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    return quarter + _QUARTER


def next_on(periods: Iterable[Period], when: When) -> datetime | None:
    """When one of these is on again; None for those that are in no week."""
    served = [period for period in periods if period.active]
    at, ends = when, when.moment + LOOKED_AHEAD
    while at.moment < ends:
        change = next_change((period.hours for period in served), at)
        if change is None:
            return None
        at = replace(at, moment=change)
        if any(period.is_on(at) for period in served):
            return change
    return None


def hours_of(row: Mapping[str, Any], weekdays: Iterable[str]) -> Hours | None:
    """The hours that a row names by `from_time` and `to_time`; None where it was written past the verbs."""
    times = [_TIME.fullmatch(row[name]) for name in ("from_time", "to_time")]
    start, end = (int(found[1]) * 60 + int(found[2]) if found else None for found in times)
    return None if start is None or end is None else Hours(frozenset(weekdays), start, end)


def check_hours(fields: Mapping[str, Any]) -> None:
    """Raises Invalid unless weekdays are ones and times are times of the day."""
    unknown = sorted(set(fields["weekdays"]) - set(WEEKDAYS))
    if unknown:
        raise Invalid("WEEKDAY_UNKNOWN", f"Name weekdays of {', '.join(WEEKDAYS)}.", unknown=unknown, field="weekdays")
    for name in ("from_time", "to_time"):
        if _TIME.fullmatch(fields[name]) is None:
            raise Invalid("TIME_INVALID", "Give a time of the day as in 17:30.", time=fields[name], field=name)


def hours_words(hours: Hours) -> str:
    """As people say them: "sat, sun 07:00 to 11:00"."""
    days = ", ".join(day for day in WEEKDAYS if day in hours.weekdays)
    if hours.from_minute == hours.to_minute:
        return f"{days or 'every day'}, all day"
    start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (hours.from_minute, hours.to_minute))
    return f"{days} {start} to {end}".lstrip()
