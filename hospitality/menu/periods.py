"""Serving periods as they are kept, and what is on in which."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from hospitality.ground.errors import NotFound
from hospitality.ground.ids import version_of
from hospitality.ground.statements import Found, Reading
from hospitality.ground.texts import words_of
from hospitality.menu.hours import Hours, Period, When, hours_of
from hospitality.menu.rules import ItemForSale, check_served

PERIOD_FIELDS = ("name", "weekdays", "from_time", "to_time", "active")
SERVED = {"item_ids": "menu_items", "category_ids": "menu_categories"}  # what names a period, and where it stands
LISTED_MAX = 200
_WHOLE_DAY = Hours(frozenset(), 0, 0)
_PERIODS = f"""
    SELECT id, {", ".join(PERIOD_FIELDS)} FROM serving_periods
    WHERE org_id = :org_id AND property_id = :property_id AND NOT _deleted
"""
_NAMED = """
    SELECT id, period_ids FROM {table}
    WHERE org_id = :org_id AND property_id = :property_id AND period_ids <> '[]' ORDER BY id
"""


def serving_periods_list(reading: Reading) -> list[dict[str, Any]]:
    """The serving periods in the order of the day, each with what names it (`SERVED`)."""
    rows = reading.rows(f"{_PERIODS} ORDER BY from_time, name, id LIMIT :limit", limit=LISTED_MAX)
    named = _named(reading)
    return [_shown(row, named) for row in rows]


def serving_period_view(reading: Reading, period_id: str) -> dict[str, Any]:
    """One serving period as it is listed; NotFound when the property has none of that id."""
    row = reading.one(f"{_PERIODS} AND id = :id", id=period_id)
    if row is None:
        raise NotFound.of("serving period", period_id)
    return _shown(row, _named(reading))


def periods_of(reading: Reading, ids: Collection[str]) -> dict[str, Period]:
    """The serving periods of these ids that are here; an item that names others is not bound by them."""
    rows = reading.rows(f"{_PERIODS} AND id IN (:ids)", ids=list(ids)) if ids else ()
    return {row["id"]: _period(row) for row in rows}


def require_served(reading: Reading, items: Iterable[ItemForSale], when: When) -> None:
    """Refused NOT_SERVED_NOW for an item out of its serving periods; most are bound to none, and then nothing is read."""
    bound = [item for item in items if item.period_ids]
    periods = periods_of(reading, {id for item in bound for id in item.period_ids})
    for item in bound:
        check_served(item, [periods[id] for id in sorted(item.period_ids) if id in periods], when)


def _named(reading: Reading) -> Mapping[str, Mapping[str, list[str]]]:
    """Of what is served (`SERVED`), period → the ids that name it."""
    found: dict[str, dict[str, list[str]]] = {}
    for field, table in SERVED.items():
        of_period = found[field] = {}
        for row in reading.rows(_NAMED.format(table=table)):
            for period_id in words_of(row["period_ids"]):
                of_period.setdefault(period_id, []).append(row["id"])
    return found


def _shown(row: Found, named: Mapping[str, Mapping[str, list[str]]]) -> dict[str, Any]:
    served = {field: of_period.get(row["id"], []) for field, of_period in named.items()}
    shown = {**dict(row), "active": bool(row["active"]), "weekdays": words_of(row["weekdays"]), **served}
    return {**shown, "version": version_of(shown)}


def _period(row: Found) -> Period:
    hours = hours_of(row, words_of(row["weekdays"])) or _WHOLE_DAY  # served rather than never
    return Period(row["id"], row["name"], hours, bool(row["active"]))
