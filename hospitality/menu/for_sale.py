"""What placing an order asks of the menu: two small SELECTs for any number of lines."""

from collections.abc import Collection

from hospitality.ground.statements import Reading
from hospitality.menu.rules import Group, ItemForSale, Option

_ITEMS = """
    SELECT i.id, i.name, i.price_minor, i.available, i.station_id, i.prep_seconds,
           t.name AS tax_rate_name, t.rate_bp, t.included,
           g.id AS group_id, g.name AS group_name, g.choices_min, g.choices_max,
           p.count_id, p.portions
    FROM menu_items i
    LEFT JOIN portions_left p ON p.org_id = i.org_id AND p.id = i.id
    LEFT JOIN tax_rates t ON t.org_id = i.org_id AND t.id = i.tax_rate_id
    LEFT JOIN menu_item_groups o ON o.org_id = i.org_id AND o.menu_item_id = i.id
    LEFT JOIN modifier_groups g ON g.org_id = o.org_id AND g.id = o.group_id
    WHERE i.org_id = :org_id AND i.property_id = :property_id AND i.id IN (:ids)
    ORDER BY i.id, o.sort, o.id
"""
_OPTIONS = """
    SELECT id, group_id, name, price_delta_minor FROM modifier_options
    WHERE org_id = :org_id AND property_id = :property_id AND id IN (:ids)
"""


def items_for_sale(reading: Reading, ids: Collection[str]) -> dict[str, ItemForSale]:
    """The items of these ids that the property has, with their tax and the groups that they offer."""
    found: dict[str, ItemForSale] = {}
    groups: dict[str, list[Group]] = {}
    rows = reading.rows(_ITEMS, ids=list(ids))
    for row in rows:
        if row["group_id"] is not None:
            group = Group(row["group_id"], row["group_name"], row["choices_min"], row["choices_max"])
            groups.setdefault(row["id"], []).append(group)
    for row in rows:
        if row["id"] not in found:
            found[row["id"]] = ItemForSale(
                row["id"],
                row["name"],
                row["price_minor"],
                bool(row["available"]) and row["portions"] != 0,
                row["station_id"],
                row["prep_seconds"],
                row["tax_rate_name"],
                row["rate_bp"] or 0,
                bool(row["included"]),
                tuple(groups.get(row["id"], ())),
                row["count_id"],
                row["portions"],
            )
    return found


def options_for_sale(reading: Reading, ids: Collection[str]) -> dict[str, Option]:
    """The options of these ids that the property has."""
    if not ids:
        return {}
    return {
        row["id"]: Option(row["id"], row["group_id"], row["name"], row["price_delta_minor"])
        for row in reading.rows(_OPTIONS, ids=list(ids))
    }
