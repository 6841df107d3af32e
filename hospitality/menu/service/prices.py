"""Prices that hold at some times or for a way of ordering."""

from collections.abc import Mapping
from typing import Any

from hospitality.ground.statements import Reading
from hospitality.ground.texts import kept_name, set_text
from hospitality.ground.work import Work
from hospitality.menu import rules
from hospitality.menu.facts import PriceRuleAdded, PriceRuleChanged
from hospitality.menu.models import PriceRule
from hospitality.menu.reading import PRICE_RULE_FIELDS, price_rule_view
from hospitality.menu.service import MANAGE, check_known


def add_price_rule(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets up a price for some times or a way of ordering (`reading.PRICE_RULE_FIELDS`), answering it as it is listed."""
    work.require(MANAGE)
    values = _checked_rule(work, {**fields, "active": True})
    row = work.add(PriceRule, {**values, "weekdays": set_text(values["weekdays"])})
    work.journal(PriceRuleAdded(row["id"]))
    return {"id": row["id"], **values}


def edit_price_rule(work: Work, rule_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given, each by itself; what a rule is about stays."""
    work.require(MANAGE)
    current = price_rule_view(work, rule_id)
    values = _checked_rule(work, {**current, **fields})
    after = {name: values[name] for name in fields if values[name] != current[name]}
    if after:
        stored = {"weekdays": set_text(after["weekdays"])} if "weekdays" in after else {}
        work.edit(PriceRule, rule_id, **{**after, **stored})
        work.journal(PriceRuleChanged(rule_id, {name: current[name] for name in after}, after))
    return {"id": rule_id, **values}


def _checked_rule(reading: Reading, fields: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: fields[name] for name in PRICE_RULE_FIELDS}
    rules.check_price_rule(values)
    check_known(
        reading, {name: values[name] for name in ("menu_item_id", "category_id", "area_id") if values[name] is not None}
    )
    return {**values, "name": kept_name(values["name"], what="price rule"), "weekdays": sorted(set(values["weekdays"]))}
