"""The group's properties with the business day that each is in, and the stretch of last week to hold it against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hospitality.ground.clock import instant_text, trading_date
from hospitality.ground.statements import Reading

WEEK = timedelta(days=7)
THIS_WEEK, LAST_WEEK = 0, 1


@dataclass(frozen=True, slots=True)
class PropertyDay:
    """A property on its newest business day; `date` is None before its first act of trade.

    `is_today` is False when the day that its own clock gives has not begun there, or is not heard of here.
    """

    id: str
    name: str
    zone: str
    currency: str
    cut_off_hour: int
    locale: str
    date: date | None
    is_today: bool
    has_last_week: bool


@dataclass(frozen=True, slots=True)
class Window:
    """One business day of one property, up to a moment (`infinity` for all of it); `week` 1 is the week before."""

    property_id: str
    zone: str
    week: int
    day: str
    until: str


_PROPERTIES = """
    SELECT p.id, p.name, p.zone, p.currency, p.cut_off_hour, p.locale, d.date, w.date AS week_before
    FROM properties p
    LEFT JOIN LATERAL (
        SELECT b.date FROM business_days b WHERE b.org_id = :org_id AND b.property_id = p.id
        ORDER BY b.date DESC LIMIT 1
    ) d ON true
    LEFT JOIN LATERAL (
        SELECT b.date FROM business_days b
        WHERE b.org_id = :org_id AND b.property_id = p.id AND b.date = d.date - 7 LIMIT 1
    ) w ON true
    WHERE p.org_id = :org_id {one}
    ORDER BY p.name, p.id
"""


def property_days(reading: Reading, now: datetime) -> list[PropertyDay]:
    """Every property of the group by name; only the property at hand when there is one."""
    one = "AND p.id = :property_id" if reading.property_id_or_none else ""
    return [_property_day(row, now) for row in reading.rows(_PROPERTIES.format(one=one))]


def _property_day(row: Any, now: datetime) -> PropertyDay:
    latest = date.fromisoformat(row["date"]) if row["date"] else None
    return PropertyDay(
        id=row["id"],
        name=row["name"],
        zone=row["zone"],
        currency=row["currency"],
        cut_off_hour=row["cut_off_hour"],
        locale=row["locale"],
        date=latest,
        is_today=latest is not None and latest >= trading_date(now, row["zone"], row["cut_off_hour"]),
        has_last_week=row["week_before"] is not None,
    )


def windows(properties: Sequence[PropertyDay], as_of: Mapping[str, datetime]) -> list[Window]:
    """The stretches to add up: each property's day, and the same weekday before it up to the same time of the clock.

    as_of: up to when each property was heard. Noon is held against noon, what a silent node said at six against six,
    and a day that is over against all of that day.
    """
    found = []
    for one in properties:
        if one.date is not None:
            found.append(Window(one.id, one.zone, THIS_WEEK, one.date.isoformat(), "infinity"))
            if one.has_last_week:
                before = (one.date - WEEK).isoformat()
                until = instant_text(week_before(as_of[one.id], one.zone))
                found.append(Window(one.id, one.zone, LAST_WEEK, before, until))
    return found


def week_before(moment: datetime, zone: str) -> datetime:
    """The moment a week ago when the property's wall clock showed the same time."""
    return moment.astimezone(ZoneInfo(zone)) - WEEK
