"""What is another on the menu at this moment than it says: prices, and what is not served."""

from collections.abc import Collection, Mapping
from typing import Any

from hospitality.ground.clock import instant_text
from hospitality.ground.statements import Reading
from hospitality.menu.for_sale import periods_named, placed, price_rules_of
from hospitality.menu.hours import Period, When, next_change, next_on
from hospitality.menu.periods import periods_of
from hospitality.menu.rules import Ordering, price_by_rules

_RULED = """
    SELECT DISTINCT i.id, i.price_minor
    FROM menu_items i
    LEFT JOIN menu_categories c ON c.org_id = i.org_id AND c.id = i.category_id
    JOIN price_rules r ON r.org_id = i.org_id
    AND (r.menu_item_id = i.id OR r.category_id IN (i.category_id, c.parent_id))
    WHERE i.org_id = :org_id AND i.property_id = :property_id AND r.property_id = :property_id AND r.active AND NOT r._deleted
    ORDER BY i.id
"""
_BOUND = """
    SELECT i.id, i.period_ids, c.period_ids AS of_category, h.period_ids AS of_heading
    FROM menu_items i
    LEFT JOIN menu_categories c ON c.org_id = i.org_id AND c.id = i.category_id
    LEFT JOIN menu_categories h ON h.org_id = c.org_id AND h.id = c.parent_id
    WHERE i.org_id = :org_id AND i.property_id = :property_id
      AND (i.period_ids <> '[]' OR c.period_ids <> '[]' OR h.period_ids <> '[]')
    ORDER BY i.id
"""


def menu_now(reading: Reading, ordering: Ordering) -> dict[str, Any]:
    """{items: [{menu_item_id, price_minor}], not_served: [{menu_item_id, period_ids, next_at}], until}: what
    costs something else for this way of ordering, what is not on and when it is, and until when all of that holds for
    sure; `until` is None where nothing depends on the hour."""
    own = {row["id"]: row["price_minor"] for row in reading.rows(_RULED)}
    rules = price_rules_of(reading, list(own)) if own else {}
    ordering = placed(reading, rules, ordering)
    now = {id: price_by_rules(own[id], of_item, ordering) for id, of_item in rules.items()}
    bound = {row["id"]: periods_named(row) for row in reading.rows(_BOUND)}
    periods = periods_of(reading, {id for ids in bound.values() for id in ids})
    closed = _closed(set(bound.values()), periods, ordering.when)
    hours = [rule.hours for of_item in rules.values() for rule in of_item]
    hours += [period.hours for period in periods.values()]
    until = next_change(hours, ordering.when)
    return {
        "items": [{"menu_item_id": id, "price_minor": price} for id, price in now.items() if price != own[id]],
        "not_served": [
            {"menu_item_id": id, "period_ids": sorted(ids), "next_at": closed[ids]}
            for id, ids in bound.items()
            if ids in closed
        ],
        "until": until and instant_text(until),
    }


def _closed(
    named: Collection[frozenset[str]], periods: Mapping[str, Period], when: When
) -> dict[frozenset[str], str | None]:
    """The sets of serving periods of which none is on, and when one is again."""
    closed: dict[frozenset[str], str | None] = {}
    for ids in named:
        its = [periods[id] for id in ids if id in periods]
        if its and not any(period.is_on(when) for period in its):
            again = next_on(its, when)
            closed[ids] = instant_text(again) if again else None
    return closed
