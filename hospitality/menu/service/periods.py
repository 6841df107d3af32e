"""Serving periods: when breakfast is."""

from collections.abc import Mapping
from typing import Any

from hospitality.ground.work import Work
from hospitality.menu.facts import ServingPeriodAdded, ServingPeriodChanged
from hospitality.menu.hours import check_hours
from hospitality.menu.models import ServingPeriod
from hospitality.menu.periods import PERIOD_FIELDS, serving_period_view
from hospitality.menu.service.occasions import Kind, add_rule, edit_rule

_PERIODS = Kind(
    "period",
    ServingPeriod,
    PERIOD_FIELDS,
    serving_period_view,
    check_hours,
    ServingPeriodAdded,
    ServingPeriodChanged,
    names={},
)


def add_serving_period(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets up a serving period (`periods.PERIOD_FIELDS`), answering it as it is listed."""
    return add_rule(work, _PERIODS, fields)


def edit_serving_period(work: Work, period_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given, each by itself; one that is not active is never on."""
    return edit_rule(work, _PERIODS, period_id, fields)
