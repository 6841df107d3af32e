"""Serving periods as they are kept, and what is on in which."""

from collections.abc import Collection, Iterable
from typing import Any

from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Found, Reading
from hospitality.ground.texts import words_of
from hospitality.menu.hours import Hours, Period, When, hours_of
from hospitality.menu.rules import ItemForSale, check_served

PERIOD_FIELDS = ("name", "weekdays", "from_time", "to_time", "active")
LISTED_MAX = 200
_WHOLE_DAY = Hours(frozenset(), 0, 0)
_PERIODS = f"""
    SELECT id, {", ".join(PERIOD_FIELDS)} FROM serving_periods
    WHERE org_id = :org_id AND property_id = :property_id
"""


def serving_periods_list(reading: Reading) -> list[dict[str, Any]]:
    """The serving periods in the order of the day."""
    rows = reading.rows(f"{_PERIODS} ORDER BY from_time, name, id LIMIT :limit", limit=LISTED_MAX)
    return [_shown(row) for row in rows]


def serving_period_view(reading: Reading, period_id: str) -> dict[str, Any]:
    """One serving period; NotFound when the property has none of that id."""
    row = reading.one(f"{_PERIODS} AND id = :id", id=period_id)
    if row is None:
        raise NotFound.of("serving period", period_id)
    return _shown(row)


def periods_of(reading: Reading, ids: Collection[str]) -> dict[str, Period]:
    """The serving periods of these ids that are here; what names others is not bound by them."""
    rows = reading.rows(f"{_PERIODS} AND id IN (:ids)", ids=list(ids)) if ids else ()
    return {row["id"]: _period(row) for row in rows}


def require_served(reading: Reading, items: Iterable[ItemForSale], when: When) -> None:
    """Refused NOT_SERVED_NOW for an item out of its serving periods; most are bound to none, and then nothing is read."""
    bound = [item for item in items if item.period_ids]
    periods = periods_of(reading, {id for item in bound for id in item.period_ids})
    for item in bound:
        check_served(item, [periods[id] for id in sorted(item.period_ids) if id in periods], when)


def _shown(row: Found) -> dict[str, Any]:
    return {**dict(row), "active": bool(row["active"]), "weekdays": words_of(row["weekdays"])}


def _period(row: Found) -> Period:
    hours = hours_of(row, words_of(row["weekdays"])) or _WHOLE_DAY  # served rather than never
    return Period(row["id"], row["name"], hours, bool(row["active"]))
