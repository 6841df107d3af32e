"""Prices that hold at some times, for a way of ordering or in an area."""

from collections.abc import Mapping
from typing import Any

from hospitality.ground.work import Work
from hospitality.menu.facts import PriceRuleAdded, PriceRuleChanged, PriceRuleRemoved
from hospitality.menu.models import PriceRule
from hospitality.menu.reading import PRICE_RULE_FIELDS, price_rule_view
from hospitality.menu.rules import check_price_rule
from hospitality.menu.service.occasions import Kind, add_rule, edit_rule, remove_rule

_PRICES = Kind(
    "price rule",
    PriceRule,
    PRICE_RULE_FIELDS,
    price_rule_view,
    check_price_rule,
    PriceRuleAdded,
    PriceRuleChanged,
    PriceRuleRemoved,
    names={name: name for name in ("menu_item_id", "category_id", "area_id")},
)


def add_price_rule(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets up a price (`reading.PRICE_RULE_FIELDS`), answering it as it is listed."""
    return add_rule(work, _PRICES, fields)


def edit_price_rule(
    work: Work, rule_id: str, fields: Mapping[str, Any], *, version: str | None = None
) -> dict[str, Any]:
    """Sets the fields given, each by itself."""
    return edit_rule(work, _PRICES, rule_id, fields, version=version)


def remove_price_rule(work: Work, rule_id: str, *, version: str | None = None) -> dict[str, Any]:
    """Takes a price away for good, answering it as it was."""
    return remove_rule(work, _PRICES, rule_id, version=version)
