"""What placing an order asks of the menu: what stands there is read once and kept as long as it stands (`Reading.cached`);
prices, stations and taxes of the moment are reckoned from that."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields

from hospitality.ground.statements import Found, Reading
from hospitality.ground.texts import words_of
from hospitality.menu.composing import CHOICE_DEPTH_MAX, AtHand
from hospitality.menu.hours import hours_of
from hospitality.menu.rules import (
    AWAY,
    AnyRule,
    Group,
    ItemForSale,
    Levied,
    MenuRule,
    Option,
    Ordering,
    PriceRule,
    StationRoute,
    foremost,
    in_turn,
    price_by_rules,
)

_GROUP = """
    g.id AS group_id, g.name AS group_name, g.choices_min, g.choices_max, g.halves, g.course, g.held,
    EXISTS (SELECT 1 FROM modifier_options m WHERE m.org_id = g.org_id AND m.group_id = g.id AND m.preset AND m.active)
    AS has_presets
"""
_ITEMS = f"""
    SELECT i.id, i.name, i.price_minor, i.available, i.station_id, i.prep_seconds,
           t.id AS rate_id, t.name AS rate_name, t.rate_bp, t.included, t.compound, t.with_rate_ids,
           a.id AS away_id, a.name AS away_name, a.rate_bp AS away_bp, a.included AS away_included,
           a.compound AS away_compound, a.with_rate_ids AS away_with,
           i.sold_as, i.period_ids, c.period_ids AS of_category, h.period_ids AS of_heading,
           {_GROUP},
           EXISTS (SELECT 1 FROM price_rules r WHERE r.org_id = i.org_id AND r.menu_item_id = i.id)
           OR EXISTS (SELECT 1 FROM price_rules r WHERE r.org_id = i.org_id
                      AND r.category_id IN (i.category_id, c.parent_id)) AS ruled,
           EXISTS (SELECT 1 FROM station_routes r
                   WHERE r.org_id = i.org_id AND r.property_id = i.property_id AND r.active) AS routed
    FROM menu_items i
    LEFT JOIN menu_categories c ON c.org_id = i.org_id AND c.id = i.category_id
    LEFT JOIN menu_categories h ON h.org_id = c.org_id AND h.id = c.parent_id
    LEFT JOIN tax_rates t ON t.org_id = i.org_id AND t.id = i.tax_rate_id
    LEFT JOIN tax_rates a ON a.org_id = t.org_id AND a.id = t.away_rate_id
    LEFT JOIN menu_item_groups o ON o.org_id = i.org_id AND o.menu_item_id = i.id AND o.active
    LEFT JOIN modifier_groups g ON g.org_id = o.org_id AND g.id = o.group_id
    WHERE i.org_id = :org_id AND i.property_id = :property_id AND i.id IN (:ids)
    ORDER BY i.id, o.sort, o.id
"""
_PORTIONS = "SELECT id, count_id, portions FROM portions_left WHERE org_id = :org_id AND property_id = :property_id"
_OPTIONS = """
    SELECT m.id, m.group_id, m.name, m.price_delta_minor, m.menu_item_id, m.preset,
           EXISTS (SELECT 1 FROM option_groups o WHERE o.org_id = m.org_id AND o.option_id = m.id AND o.active) AS leads
    FROM modifier_options m
    WHERE m.org_id = :org_id AND m.property_id = :property_id AND m.active AND {which}
    ORDER BY m.group_id, m.sort, m.id
"""
_OPTIONS_NAMED = _OPTIONS.format(which="m.id IN (:ids)")
_PRESETS = _OPTIONS.format(which="m.group_id IN (:ids) AND m.preset")
_LED_TO = f"""
    SELECT o.option_id, {_GROUP} FROM option_groups o
    JOIN modifier_groups g ON g.org_id = o.org_id AND g.id = o.group_id
    WHERE o.org_id = :org_id AND o.property_id = :property_id AND o.active AND o.option_id IN (:ids)
    ORDER BY o.option_id, o.sort, o.id
"""


_OCCASION = "r.id, r.channel, r.weekdays, r.from_time, r.to_time, r.priority, r.area_id"
_RULES = f"""
    SELECT i.id AS item_id, {_OCCASION},
           CASE WHEN r.menu_item_id IS NOT NULL THEN 0 WHEN r.category_id = i.category_id THEN 1
                WHEN r.category_id IS NOT NULL THEN 2 ELSE 3 END AS nearness, {{said}}
    FROM menu_items i
    LEFT JOIN menu_categories c ON c.org_id = i.org_id AND c.id = i.category_id
    JOIN {{table}} r ON r.org_id = i.org_id
    AND (r.menu_item_id = i.id OR r.category_id IN (i.category_id, c.parent_id)
         OR (r.menu_item_id IS NULL AND r.category_id IS NULL))
    WHERE i.org_id = :org_id AND r.property_id = :property_id AND r.active AND NOT r._deleted AND i.id IN (:ids)
"""
_PRICE_RULES = _RULES.format(table="price_rules", said="r.price_minor, r.percent_bp")
_ROUTES = _RULES.format(table="station_routes", said="r.station_id")


_RATES = """
    SELECT id, name, rate_bp, included, compound FROM tax_rates
    WHERE org_id = :org_id AND property_id = :property_id AND id IN (:ids)
"""
_UNTAXED = Levied("", 0, False, False)
_ALL = "all"


# two nodes that are apart may each draw a table of one label: the first holds, as on the floor
_AREA = """
    SELECT area_id FROM dining_tables
    WHERE org_id = :org_id AND property_id = :property_id AND label = :table AND active ORDER BY id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class _Offered:
    """An item as it stands on the menu, eaten here and taken away; ruled, routed: whether rules may give it another price,
    or another station."""

    here: ItemForSale
    away: ItemForSale
    ruled: bool
    routed: bool


def items_for_sale(reading: Reading, ids: Collection[str], ordering: Ordering | None = None) -> dict[str, ItemForSale]:
    """The items of these ids that the property has, with their tax and the groups that they offer, at the price, the
    station and the tax of now and of the channel; without `ordering` at all of them as they stand."""
    offered = reading.cached(_offered, ids)
    is_away = ordering is not None and ordering.channel in AWAY
    found = {id: one.away if is_away else one.here for id, one in offered.items()}
    if ordering is not None:
        ruled = [id for id, one in offered.items() if one.ruled]
        for id, price in _prices_by_rules(reading, found, ruled, ordering).items() if ruled else ():
            found[id] = found[id].at(price)
        routed = [id for id, one in offered.items() if one.routed]
        for id, station_id in _stations_by_routes(reading, routed, ordering).items() if routed else ():
            found[id] = replace(found[id], station_id=station_id)
    counted = reading.cached(_counted, (_ALL,))[_ALL]
    for id in found.keys() & counted.keys() if counted else ():
        count_id, left = counted[id]
        available = found[id].available and left != 0
        found[id] = replace(found[id], available=available, count_id=count_id, portions_left=left)
    return found


def _counted(reading: Reading, keys: Collection[str]) -> dict[str, dict[str, tuple[str, int]]]:
    """What is counted at all and how much of it is left: few items, so all of them under one key."""
    return {_ALL: {row["id"]: (row["count_id"], row["portions"]) for row in reading.rows(_PORTIONS)}}


def _offered(reading: Reading, ids: Collection[str]) -> dict[str, _Offered]:
    rows = reading.rows(_ITEMS, ids=list(ids))
    groups: dict[str, list[Group]] = {}
    for row in rows:
        if row["group_id"] is not None:
            groups.setdefault(row["id"], []).append(_group(row))
    here, away = _taxes(reading, rows, away=False), _taxes(reading, rows, away=True)
    return {
        id: _Offered(
            _item(row, groups.get(id, ()), here.get(id, (_UNTAXED,))),
            _item(row, groups.get(id, ()), away.get(id, (_UNTAXED,))),
            bool(row["ruled"]),
            bool(row["routed"]),
        )
        for id, row in {row["id"]: row for row in rows}.items()
    }


def _item(row: Found, groups: Iterable[Group], taxes: Sequence[Levied]) -> ItemForSale:
    first, *more = taxes
    return ItemForSale(
        row["id"],
        row["name"],
        row["price_minor"],
        bool(row["available"]),
        row["station_id"],
        row["prep_seconds"],
        first.name or None,
        first.rate_bp,
        first.included,
        tuple(groups),
        sold_as=row["sold_as"],
        period_ids=periods_named(row),
        more_taxes=tuple(more),
    )


def _taxes(reading: Reading, rows: Sequence[Found], *, away: bool) -> dict[str, list[Levied]]:
    """The taxes of each item in turn: of what leaves the house those of the rate that stands in for its own, if any."""
    first: dict[str, Levied] = {}
    beside: dict[str, list[str]] = {}
    for row in rows:
        if away and row["away_id"] is not None:
            id, given = row["away_id"], ("away_name", "away_bp", "away_included", "away_compound", "away_with")
        elif row["rate_id"] is not None:
            id, given = row["rate_id"], ("rate_name", "rate_bp", "included", "compound", "with_rate_ids")
        else:
            continue
        name, rate_bp, included, compound, others = (row[key] for key in given)
        first[row["id"]] = Levied(name, rate_bp, bool(included), bool(compound))
        beside[row["id"]] = [other for other in words_of(others) if other != id] if others != "[]" else []
    named = {id for ids in beside.values() for id in ids}
    known = {row["id"]: _levied(row) for row in reading.rows(_RATES, ids=list(named))} if named else {}
    return {
        id: in_turn([tax, *(known[other] for other in beside[id] if other in known)]) if beside[id] else [tax]
        for id, tax in first.items()
    }


def _levied(row: Found) -> Levied:
    return Levied(row["name"], row["rate_bp"], bool(row["included"]), bool(row["compound"]))


def periods_named(row: Found) -> frozenset[str]:
    """The serving periods of an item: its own, else its category's, else those of the heading above; none for always."""
    named = (words_of(row[name]) for name in ("period_ids", "of_category", "of_heading") if row[name])
    return frozenset(next((ids for ids in named if ids), ()))


def _prices_by_rules(
    reading: Reading, items: Mapping[str, ItemForSale], ids: Collection[str], ordering: Ordering
) -> dict[str, int]:
    rules = reading.cached(price_rules_of, ids)
    ordering = placed(reading, rules, ordering)
    return {id: price_by_rules(items[id].price_minor, of_item, ordering) for id, of_item in rules.items()}


def _stations_by_routes(reading: Reading, ids: Collection[str], ordering: Ordering) -> dict[str, str]:
    routes = reading.cached(_routes_of, ids)
    ordering = placed(reading, routes, ordering)
    found = ((id, foremost(of_item, ordering)) for id, of_item in routes.items())
    return {id: route.station_id for id, route in found if route is not None}


def placed(reading: Reading, rules: Mapping[str, Iterable[MenuRule]], ordering: Ordering) -> Ordering:
    """The same with the area of its table, where one of the rules asks for it. The floor is drawn by a trade above this
    one, and is asked by name."""
    if ordering.table is None or not any(rule.area_id for of_item in rules.values() for rule in of_item):
        return ordering
    return replace(ordering, area_id=area_of(reading, ordering.table))


def area_of(reading: Reading, table: str) -> str | None:
    """The part of the floor where a table of this label stands."""
    area_id: str | None = reading.value(_AREA, table=table)
    return area_id


def price_rules_of(reading: Reading, ids: Collection[str]) -> dict[str, list[PriceRule]]:
    """The rules that are about each of these items."""
    return _rules_of(reading, ids, _PRICE_RULES, PriceRule)


def _routes_of(reading: Reading, ids: Collection[str]) -> dict[str, list[StationRoute]]:
    return _rules_of(reading, ids, _ROUTES, StationRoute)


def _rules_of(reading: Reading, ids: Collection[str], sql: str, kind: type[AnyRule]) -> dict[str, list[AnyRule]]:
    rules: dict[str, list[AnyRule]] = {id: [] for id in ids}
    for row in reading.rows(sql, ids=list(ids)):
        hours = hours_of(row, words_of(row["weekdays"]))
        if hours is not None:  # else an item is as the menu says rather than not sold at all
            fields = {field.name: row[field.name] for field in dataclass_fields(kind) if field.name != "hours"}
            rules[row["item_id"]].append(kind(hours=hours, **fields))
    return rules


def options_for_sale(reading: Reading, ids: Collection[str]) -> dict[str, Option]:
    """The options of these ids that the property has."""
    return dict(reading.cached(_options, ids)) if ids else {}


def _options(reading: Reading, ids: Collection[str]) -> dict[str, Option]:
    return {row["id"]: _option(row) for row in reading.rows(_OPTIONS_NAMED, ids=list(ids))}


def at_hand(
    reading: Reading, item_ids: Collection[str], option_ids: Collection[str], ordering: Ordering | None = None
) -> AtHand:
    """All that is needed to order these items with these options: also what those bring and lead to, and presets of which
    nothing was said. Most lines ask for none of that, and then nothing more is read."""
    items, options = items_for_sale(reading, item_ids, ordering), options_for_sale(reading, option_ids)
    presets: dict[str, list[Option]] = {}
    led_to: dict[str, tuple[Group, ...]] = {}
    for _ in range(CHOICE_DEPTH_MAX):
        offered = [group for item in items.values() for group in item.groups]
        offered += [group for groups in led_to.values() for group in groups]
        silent = {group.id for group in offered if group.has_presets} - presets.keys()
        leading = {option.id for option in options.values() if option.leads} - led_to.keys()
        brought = {option.menu_item_id for option in options.values() if option.menu_item_id} - items.keys()
        if not (silent or leading or brought):
            break
        found = [_option(row) for row in reading.rows(_PRESETS, ids=list(silent))] if silent else []
        presets |= {id: [option for option in found if option.group_id == id] for id in silent}
        led_to |= _led_to(reading, leading)
        more = items_for_sale(reading, brought, ordering) if brought else {}
        items |= more
        options |= {option.id: option for option in found}
        if brought - more.keys():  # an item that is not here is no choice
            options = {id: one for id, one in options.items() if one.menu_item_id not in brought - more.keys()}
    return AtHand(items, options, presets, led_to)


def _led_to(reading: Reading, option_ids: Collection[str]) -> dict[str, tuple[Group, ...]]:
    found: dict[str, tuple[Group, ...]] = dict.fromkeys(option_ids, ())
    for row in reading.rows(_LED_TO, ids=list(option_ids)) if option_ids else ():
        found[row["option_id"]] = (*found[row["option_id"]], _group(row))
    return found


def _group(row: Found) -> Group:
    limits = row["choices_min"], row["choices_max"]
    flags = bool(row["halves"]), row["course"], bool(row["held"]), bool(row["has_presets"])
    return Group(row["group_id"], row["group_name"], *limits, *flags)


def _option(row: Found) -> Option:
    of = row["id"], row["group_id"], row["name"], row["price_delta_minor"]
    return Option(*of, row["menu_item_id"], bool(row["preset"]), bool(row["leads"]))
