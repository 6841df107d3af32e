"""What placing an order asks of the menu: two small SELECTs for any number of lines, and a third where an item has price
rules."""

from collections.abc import Collection, Mapping

from hospitality.ground.statements import Found, Reading
from hospitality.ground.texts import words_of
from hospitality.menu.rules import (
    AWAY,
    Group,
    ItemForSale,
    Option,
    Ordering,
    PriceRule,
    is_time,
    minute_of,
    price_by_rules,
)

_ITEMS = """
    SELECT i.id, i.name, i.price_minor, i.available, i.station_id, i.prep_seconds,
           t.name AS tax_rate_name, t.rate_bp, t.included,
           a.name AS away_rate_name, a.rate_bp AS away_rate_bp, a.included AS away_included,
           g.id AS group_id, g.name AS group_name, g.choices_min, g.choices_max,
           p.count_id, p.portions,
           EXISTS (SELECT 1 FROM price_rules r WHERE r.org_id = i.org_id AND r.menu_item_id = i.id)
           OR EXISTS (SELECT 1 FROM price_rules r WHERE r.org_id = i.org_id
                      AND r.category_id IN (i.category_id, c.parent_id)) AS ruled
    FROM menu_items i
    LEFT JOIN menu_categories c ON c.org_id = i.org_id AND c.id = i.category_id
    LEFT JOIN portions_left p ON p.org_id = i.org_id AND p.id = i.id
    LEFT JOIN tax_rates t ON t.org_id = i.org_id AND t.id = i.tax_rate_id
    LEFT JOIN tax_rates a ON a.org_id = t.org_id AND a.id = t.away_rate_id
    LEFT JOIN menu_item_groups o ON o.org_id = i.org_id AND o.menu_item_id = i.id
    LEFT JOIN modifier_groups g ON g.org_id = o.org_id AND g.id = o.group_id
    WHERE i.org_id = :org_id AND i.property_id = :property_id AND i.id IN (:ids)
    ORDER BY i.id, o.sort, o.id
"""
_OPTIONS = """
    SELECT id, group_id, name, price_delta_minor FROM modifier_options
    WHERE org_id = :org_id AND property_id = :property_id AND id IN (:ids)
"""


_PRICE_RULES = """
    SELECT i.id AS item_id, r.id, r.menu_item_id, r.channel, r.weekdays, r.from_time, r.to_time, r.price_minor,
           r.percent_bp, r.priority, COALESCE(r.category_id <> i.category_id, FALSE) AS inherited
    FROM menu_items i
    LEFT JOIN menu_categories c ON c.org_id = i.org_id AND c.id = i.category_id
    JOIN price_rules r ON r.org_id = i.org_id
    AND (r.menu_item_id = i.id OR r.category_id IN (i.category_id, c.parent_id))
    WHERE i.org_id = :org_id AND r.property_id = :property_id AND r.active AND i.id IN (:ids)
"""


def items_for_sale(reading: Reading, ids: Collection[str], ordering: Ordering | None = None) -> dict[str, ItemForSale]:
    """The items of these ids that the property has, with their tax and the groups that they offer, at the price of now
    and the tax of the channel; without `ordering` at both as they stand."""
    found: dict[str, ItemForSale] = {}
    groups: dict[str, list[Group]] = {}
    rows = reading.rows(_ITEMS, ids=list(ids))
    for row in rows:
        if row["group_id"] is not None:
            group = Group(row["group_id"], row["group_name"], row["choices_min"], row["choices_max"])
            groups.setdefault(row["id"], []).append(group)
    prices: dict[str, int] = {row["id"]: row["price_minor"] for row in rows}
    ruled = [row["id"] for row in rows if row["ruled"]]
    if ruled and ordering is not None:
        prices.update(_prices_by_rules(reading, prices, ruled, ordering))
    for row in rows:
        if row["id"] not in found:
            found[row["id"]] = ItemForSale(
                row["id"],
                row["name"],
                prices[row["id"]],
                bool(row["available"]) and row["portions"] != 0,
                row["station_id"],
                row["prep_seconds"],
                *_tax(row, away=ordering is not None and ordering.channel in AWAY),
                tuple(groups.get(row["id"], ())),
                row["count_id"],
                row["portions"],
            )
    return found


def _tax(row: Found, *, away: bool) -> tuple[str | None, int, bool]:
    """Name, rate and whether it is included: of what leaves the house the one that stands in for the item's, if any."""
    if away and row["away_rate_name"] is not None:
        return row["away_rate_name"], row["away_rate_bp"], bool(row["away_included"])
    return row["tax_rate_name"], row["rate_bp"] or 0, bool(row["included"])


def _prices_by_rules(
    reading: Reading, prices: Mapping[str, int], ids: Collection[str], ordering: Ordering
) -> dict[str, int]:
    rules: dict[str, list[PriceRule]] = {id: [] for id in ids}
    for row in reading.rows(_PRICE_RULES, ids=list(ids)):
        if not (is_time(row["from_time"]) and is_time(row["to_time"])):
            continue  # written past the verbs: an item is sold at its own price rather than not at all
        rules[row["item_id"]].append(
            PriceRule(
                row["id"],
                row["menu_item_id"] is not None,
                row["channel"],
                frozenset(words_of(row["weekdays"])),
                minute_of(row["from_time"]),
                minute_of(row["to_time"]),
                row["price_minor"],
                row["percent_bp"],
                row["priority"],
                bool(row["inherited"]),
            )
        )
    return {id: price_by_rules(prices[id], of_item, ordering) for id, of_item in rules.items()}


def options_for_sale(reading: Reading, ids: Collection[str]) -> dict[str, Option]:
    """The options of these ids that the property has."""
    if not ids:
        return {}
    return {
        row["id"]: Option(row["id"], row["group_id"], row["name"], row["price_delta_minor"])
        for row in reading.rows(_OPTIONS, ids=list(ids))
    }
