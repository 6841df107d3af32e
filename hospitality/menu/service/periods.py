"""Serving periods: when breakfast is, and what is served then."""

from collections.abc import Mapping
from typing import Any

from hospitality.ground.errors import Refused, in_field
from hospitality.ground.texts import words_of
from hospitality.ground.work import Work
from hospitality.menu.facts import ServingPeriodAdded, ServingPeriodChanged, ServingPeriodRemoved
from hospitality.menu.hours import check_hours
from hospitality.menu.models import ServingPeriod
from hospitality.menu.periods import PERIOD_FIELDS, SERVED, periods_of, serving_period_view
from hospitality.menu.service import edit_category, edit_item
from hospitality.menu.service.occasions import Kind, add_rule, edit_rule, remove_rule
from hospitality.menu.service.promotions import promotions_list

_EDITED_BY = {"item_ids": edit_item, "category_ids": edit_category}
_PERIODS = Kind(
    "period",
    ServingPeriod,
    PERIOD_FIELDS,
    serving_period_view,
    check_hours,
    ServingPeriodAdded,
    ServingPeriodChanged,
    ServingPeriodRemoved,
    names={},
)


def add_serving_period(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets up a serving period (`periods.PERIOD_FIELDS`) of what is served in it (`periods.SERVED`), answering it as it is
    listed."""
    added = add_rule(work, _PERIODS, fields)
    _serve(work, added, fields)
    return serving_period_view(work, added["id"])


def edit_serving_period(
    work: Work, period_id: str, fields: Mapping[str, Any], *, version: str | None = None
) -> dict[str, Any]:
    """Sets the fields given, each by itself; one that is not active is never on. What is served in it is edited item by
    item and heading by heading, where it is kept."""
    own = {name: value for name, value in fields.items() if name not in SERVED}
    before = edit_rule(work, _PERIODS, period_id, own, version=version)
    _serve(work, before, fields)
    return serving_period_view(work, period_id)


def remove_serving_period(work: Work, period_id: str, *, version: str | None = None) -> dict[str, Any]:
    """Takes a period away that nothing names any more, since what names no other would be on at all times from then on.
    Else Refused PERIOD_IN_USE."""
    removed = remove_rule(work, _PERIODS, period_id, version=version)
    promotions = [one["name"] for one in promotions_list(work) if period_id in one["period_ids"]]
    if promotions or any(removed[field] for field in SERVED):
        raise Refused(
            "PERIOD_IN_USE",
            f"Something is on in {removed['name']} still. Take that out of it first, or have it rest.",
            name=removed["name"],
            promotions=promotions,
            **{field: removed[field] for field in SERVED},
        )
    return removed


def _serve(work: Work, period: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
    for field, edit in _EDITED_BY.items():
        wanted = set(fields.get(field, period[field]))
        with in_field(field):
            for id in sorted(wanted ^ set(period[field])):
                sql = f"SELECT period_ids FROM {SERVED[field]} WHERE org_id = :org_id AND id = :id"
                named = set(words_of(work.value(sql, id=id) or "[]")) - {period["id"]}
                others = periods_of(work, named).keys()  # one may have been taken away elsewhere meanwhile
                edit(work, id, {"period_ids": sorted(others | {period["id"]} if id in wanted else others)})
