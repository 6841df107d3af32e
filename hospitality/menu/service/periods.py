"""Serving periods: when breakfast is."""

from collections.abc import Mapping
from typing import Any

from hospitality.ground.texts import kept_name, set_text
from hospitality.ground.work import Work
from hospitality.menu.facts import ServingPeriodAdded, ServingPeriodChanged
from hospitality.menu.hours import check_hours
from hospitality.menu.models import ServingPeriod
from hospitality.menu.periods import PERIOD_FIELDS, serving_period_view
from hospitality.menu.service import MANAGE


def add_serving_period(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets up a serving period (`periods.PERIOD_FIELDS`), answering it as it is listed."""
    work.require(MANAGE)
    values = _checked({**fields, "active": True})
    row = work.add(ServingPeriod, {**values, "weekdays": set_text(values["weekdays"])})
    work.journal(ServingPeriodAdded(row["id"]))
    return {"id": row["id"], **values}


def edit_serving_period(work: Work, period_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given, each by itself; one that is not active is never on."""
    work.require(MANAGE)
    current = serving_period_view(work, period_id)
    values = _checked({**current, **fields})
    after = {name: values[name] for name in fields if values[name] != current[name]}
    if after:
        stored = {"weekdays": set_text(after["weekdays"])} if "weekdays" in after else {}
        work.edit(ServingPeriod, period_id, **{**after, **stored})
        work.journal(ServingPeriodChanged(period_id, {name: current[name] for name in after}, after))
    return {"id": period_id, **values}


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: fields[name] for name in PERIOD_FIELDS}
    check_hours(values)
    return {**values, "name": kept_name(values["name"], what="period"), "weekdays": sorted(set(values["weekdays"]))}
