"""Everything that holds at some times, for whoever sets it up: all rules, which hold now, and what they can name."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from hospitality.ground.clock import instant_text
from hospitality.ground.statements import Reading
from hospitality.ground.texts import words_of
from hospitality.menu.hours import WEEKDAYS, When, hours_of, next_change
from hospitality.menu.periods import serving_periods_list
from hospitality.menu.promotions import SAYS
from hospitality.menu.reading import LISTED_MAX, categories_list, price_rules_list, routes_list, stations_list
from hospitality.menu.rules import CHANNELS
from hospitality.menu.service.promotions import promotions_list
from hospitality.properties.service import property_view

_ITEMS = """
    SELECT id, name, category_id, price_minor, period_ids FROM menu_items
    WHERE org_id = :org_id AND property_id = :property_id ORDER BY name, id LIMIT :limit
"""
# the floor is drawn by a trade above this one, and is asked by name
_AREAS = """
    SELECT id, name FROM areas
    WHERE org_id = :org_id AND property_id = :property_id AND active ORDER BY sort, name, id LIMIT :limit
"""
Shown = dict[str, Any]


def standing(reading: Reading, now: datetime) -> dict[str, Any]:
    """{price_rules, serving_periods, station_routes, promotions} as they are listed, each with `in_force`: whether it holds
    at this moment where it is ordered as it asks; `until`: as long as that stays so for sure, None where nothing depends on
    the hour. {items, categories, stations, areas, channels, weekdays, kinds}: what they can name and say.
    """
    here = property_view(reading)
    when = When(now, here["zone"], here["cut_off_hour"])
    periods = _with_force(serving_periods_list(reading), when)
    on = {period["id"]: period["in_force"] for period in periods}
    rules = {
        "serving_periods": periods,
        "price_rules": _with_force(price_rules_list(reading), when),
        "station_routes": _with_force(routes_list(reading), when),
        "promotions": [_within(one, on) for one in _with_force(promotions_list(reading), when)],
    }
    hours = (hours_of(one, one["weekdays"]) for listed in rules.values() for one in listed if one["active"])
    until = next_change((known for known in hours if known is not None), when)
    items = [{**row, "period_ids": words_of(row["period_ids"])} for row in reading.rows(_ITEMS, limit=LISTED_MAX)]
    return {
        **rules,
        "until": until and instant_text(until),
        "items": items,
        "categories": [
            {key: one[key] for key in ("id", "name", "parent_id", "period_ids")} for one in categories_list(reading)
        ],
        "stations": [{key: one[key] for key in ("id", "name")} for one in stations_list(reading)],
        "areas": [dict(row) for row in reading.rows(_AREAS, limit=LISTED_MAX)],
        "channels": CHANNELS,
        "weekdays": WEEKDAYS,
        "kinds": SAYS,
    }


def _with_force(rules: Iterable[Shown], when: When) -> list[Shown]:
    return [{**one, "in_force": one["active"] and _holds(one, when)} for one in rules]


def _holds(rule: Shown, when: When) -> bool:
    hours = hours_of(rule, rule["weekdays"])
    return hours is not None and hours.hold(when)


def _within(promotion: Shown, on: Mapping[str, bool]) -> Shown:
    """Bound to serving periods it is in force in one that is on; never in those that are not here any more."""
    bound = [on.get(id, False) for id in promotion["period_ids"]]
    return {**promotion, "in_force": promotion["in_force"] and (not bound or any(bound))}
