"""The menu as screens show it; a page of items costs four SELECTs, and two more a level where options lead to groups."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Invalid, NotFound
from hospitality.ground.ids import is_id, version_of
from hospitality.ground.statements import Found, Reading
from hospitality.ground.texts import words_of
from hospitality.menu.composing import CHOICE_DEPTH_MAX

LISTED_MAX = 1000
_GROUP = "g.id, g.name, g.choices_min, g.choices_max, g.halves, g.course, g.held"
ELEMENTS = ("allergens", "diets", "barcodes", "period_ids")
_OCCASION = (
    "menu_item_id",
    "category_id",
    "channel",
    "area_id",
    "weekdays",
    "from_time",
    "to_time",
    "priority",
    "active",
)
PRICE_RULE_FIELDS = ("name", *_OCCASION, "price_minor", "percent_bp")
ROUTE_FIELDS = ("name", *_OCCASION, "station_id")
_PRICE_RULES = f"SELECT id, {', '.join(PRICE_RULE_FIELDS)} FROM price_rules"
_ROUTES = f"SELECT id, {', '.join(ROUTE_FIELDS)} FROM station_routes"
STANDING_PAUSES = """
    SELECT p.id, p.station_id, p.reason, p.at, p.until, s.name AS station_name
    FROM station_pauses p JOIN stations s ON s.org_id = p.org_id AND s.id = p.station_id
    WHERE p.org_id = :org_id AND p.property_id = :property_id AND p.until > :now
      AND NOT EXISTS (SELECT 1 FROM station_pause_ends e WHERE e.org_id = p.org_id AND e.pause_id = p.id)
    ORDER BY p.at, p.id
"""
Listed = Callable[[Reading], list[dict[str, Any]]]


def stations_list(reading: Reading) -> list[dict[str, Any]]:
    """[{id, name, sort, printer, backup_station_id, backup_printer}] in the order of work."""
    names = "id, name, sort, printer, backup_station_id, backup_printer"
    return _listed(reading, f"SELECT {names} FROM stations", "sort, name, id")


def pauses_at(reading: Reading, now: datetime) -> dict[str, dict[str, Any]]:
    """Station id → the pause that it has at that moment: {id, station_name, reason, at, until}."""
    return {row["station_id"]: dict(row) for row in reading.rows(STANDING_PAUSES, now=instant_text(now))}


def stations_now(reading: Reading, now: datetime) -> list[dict[str, Any]]:
    """The stations in the order of work, each with `pause`: {reason, since, until}, or None."""
    pauses = pauses_at(reading, now)
    return [{**station, "pause": _pause(pauses.get(station["id"]))} for station in stations_list(reading)]


def _pause(pause: dict[str, Any] | None) -> dict[str, Any] | None:
    return pause and {"reason": pause["reason"], "since": pause["at"], "until": pause["until"]}


def tax_rates_list(reading: Reading) -> list[dict[str, Any]]:
    """[{id, name, rate_bp, included, away_rate_id, with_rate_ids, compound}] by name."""
    names = "id, name, rate_bp, included, away_rate_id, with_rate_ids, compound"
    rates = _listed(reading, f"SELECT {names} FROM tax_rates", "name, id")
    flags = ("included", "compound")
    return [
        {**rate, **{name: bool(rate[name]) for name in flags}, "with_rate_ids": words_of(rate["with_rate_ids"])}
        for rate in rates
    ]


def categories_list(reading: Reading) -> list[dict[str, Any]]:
    """[{id, name, sort, parent_id, period_ids}] in the menu's order."""
    headings = _listed(reading, "SELECT id, name, sort, parent_id, period_ids FROM menu_categories", "sort, name, id")
    return [{**heading, "period_ids": words_of(heading["period_ids"])} for heading in headings]


def modifier_groups_list(reading: Reading) -> list[dict[str, Any]]:
    """[{id, name, choices_min, choices_max, halves, course, held, options: [{id, name, price_delta_minor, menu_item_id,
    preset, groups}]}] by name; `groups` are those that an option leads to, likewise."""
    groups = _listed(reading, f"SELECT {_GROUP} FROM modifier_groups g", "g.name, g.id", of="g.")
    options = _options(reading, [group["id"] for group in groups])
    return [_group(group, options) for group in groups]


def modifier_group_view(reading: Reading, group_id: str) -> dict[str, Any]:
    """One group as it is listed."""
    sql = f"SELECT {_GROUP} FROM modifier_groups g WHERE g.org_id = :org_id AND g.property_id = :property_id AND g.id = :id"
    row = reading.one(sql, id=group_id)
    if row is None:
        raise NotFound.of("modifier group", group_id)
    return _group(row, _options(reading, [group_id]))


def option_row(reading: Reading, option_id: str) -> dict[str, Any]:
    """One option, also a withdrawn one, with the ids of the groups that it leads to: {id, group_id, name,
    price_delta_minor, sort, menu_item_id, preset, active, group_ids}."""
    row = reading.one(_OPTION, id=option_id)
    if row is None:
        raise NotFound.of("modifier option", option_id)
    led_to = reading.rows(
        "SELECT group_id FROM option_groups WHERE org_id = :org_id AND option_id = :id AND active ORDER BY sort, id",
        id=option_id,
    )
    flags = {name: bool(row[name]) for name in ("preset", "active")}
    return {**dict(row), **flags, "group_ids": [led["group_id"] for led in led_to]}


def leads_between(reading: Reading) -> dict[str, set[str]]:
    """Group → the groups that its options lead to."""
    leads: dict[str, set[str]] = {}
    for row in reading.rows(_LEADS):
        leads.setdefault(row["leading"], set()).add(row["group_id"])
    return leads


_OPTION = """
    SELECT id, group_id, name, price_delta_minor, sort, menu_item_id, preset, active FROM modifier_options
    WHERE org_id = :org_id AND property_id = :property_id AND id = :id
"""
_LEADS = """
    SELECT m.group_id AS leading, o.group_id FROM option_groups o
    JOIN modifier_options m ON m.org_id = o.org_id AND m.id = o.option_id
    WHERE o.org_id = :org_id AND o.property_id = :property_id AND o.active AND m.active
"""


def price_rules_list(reading: Reading) -> list[dict[str, Any]]:
    """The price rules by name."""
    return [_rule(row) for row in _listed(reading, _PRICE_RULES, "name, id", which="AND NOT _deleted")]


def price_rule_view(reading: Reading, rule_id: str) -> dict[str, Any]:
    """One price rule; NotFound when the property has none of that id."""
    return _rule_view(reading, _PRICE_RULES, rule_id, what="price rule")


def routes_list(reading: Reading) -> list[dict[str, Any]]:
    """The routes to stations by name."""
    return [_rule(row) for row in _listed(reading, _ROUTES, "name, id", which="AND NOT _deleted")]


def route_view(reading: Reading, route_id: str) -> dict[str, Any]:
    """One route; NotFound when the property has none of that id."""
    return _rule_view(reading, _ROUTES, route_id, what="station route")


def _rule_view(reading: Reading, sql: str, id: str, *, what: str) -> dict[str, Any]:
    which = "org_id = :org_id AND property_id = :property_id AND id = :id AND NOT _deleted"
    row = reading.one(f"{sql} WHERE {which}", id=id)
    if row is None:
        raise NotFound.of(what, id)
    return _rule(row)


def _rule(row: Found) -> dict[str, Any]:
    shown = {**dict(row), "active": bool(row["active"]), "weekdays": words_of(row["weekdays"])}
    return {**shown, "version": version_of(shown)}


_ITEMS = """
    SELECT i.id, i.name, i.category_id, c.name AS category_name, h.id AS heading_id, h.name AS heading_name,
           i.price_minor, i.station_id, i.tax_rate_id, i.available, i.prep_seconds, i.allergens, i.diets, i.description,
           i.plu, i.barcodes, i.sold_as, i.photo_id, i.period_ids,
           p.portions AS portions_left
    FROM menu_items i JOIN menu_categories c ON c.org_id = i.org_id AND c.id = i.category_id
    LEFT JOIN menu_categories h ON h.org_id = c.org_id AND h.id = c.parent_id
    LEFT JOIN portions_left p ON p.org_id = i.org_id AND p.id = i.id
    WHERE i.org_id = :org_id AND i.property_id = :property_id
"""
_OF_CODE = " AND (i.plu = :code OR i.barcodes LIKE :quoted)"
_OFFERED = f"""
    SELECT o.menu_item_id, {_GROUP}
    FROM menu_item_groups o JOIN modifier_groups g ON g.org_id = o.org_id AND g.id = o.group_id
    WHERE o.org_id = :org_id AND o.active AND o.menu_item_id IN (:ids) ORDER BY o.menu_item_id, o.sort, o.id
"""


def menu_items_page(
    reading: Reading, *, limit: int = 100, cursor: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """{items, next_cursor, currency}: items in the order in which they were added; cursor is the last id seen. code: of
    this PLU or barcode alone."""
    after = "" if code is None else _OF_CODE
    if cursor is not None:
        if not is_id(cursor):
            raise Invalid("CURSOR_INVALID", "Ask for the first page again; that cursor is none of ours.")
        after += " AND i.id > :cursor"
    asked = {"cursor": cursor, "limit": limit + 1, "code": code, "quoted": f'%"{code}"%'}
    rows = reading.rows(f"{_ITEMS}{after} ORDER BY i.id LIMIT :limit", **asked)
    page = rows[:limit]
    currency = _currency(reading)
    return {
        "items": _with_groups(reading, page, currency),
        "next_cursor": page[-1]["id"] if len(rows) > limit else None,
        "currency": currency,
    }


def menu_item_view(reading: Reading, item_id: str) -> dict[str, Any]:
    """One item as the page has it; NotFound when the property has none of that id."""
    row = reading.one(f"{_ITEMS} AND i.id = :id", id=item_id)
    if row is None:
        raise NotFound.of("menu item", item_id)
    return _with_groups(reading, [row], _currency(reading))[0]


def menu_items_of(reading: Reading, ids: Collection[str]) -> list[dict[str, Any]]:
    """The items of these ids that the property has, as the page has them."""
    rows = reading.rows(f"{_ITEMS} AND i.id IN (:ids) ORDER BY i.id", ids=list(ids)) if ids else []
    return _with_groups(reading, rows, _currency(reading)) if rows else []


def _with_groups(reading: Reading, rows: Sequence[Found], currency: str | None) -> list[dict[str, Any]]:
    offered: dict[str, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
    found = reading.rows(_OFFERED, ids=list(offered)) if rows else []
    options = _options(reading, {row["id"] for row in found})
    for row in found:
        offered[row["menu_item_id"]].append(_group(row, options))
    items = []
    for row in rows:
        available = bool(row["available"])
        read = {"available": available, **{name: words_of(row[name]) for name in ELEMENTS}}
        told = {"currency": currency, "sold_out": not available or row["portions_left"] == 0}
        item = {**dict(row), **read, **told}
        items.append({**item, "version": version_of(item), "modifier_groups": offered[row["id"]]})
    return items


def _group(row: Mapping[str, Any] | Found, options: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    told = {key: row[key] for key in ("id", "name", "choices_min", "choices_max", "course")}
    flags = {"halves": bool(row["halves"]), "held": bool(row["held"])}
    return {**told, **flags, "options": options.get(row["id"], [])}


_LED_TO = f"""
    SELECT o.option_id, {_GROUP}
    FROM option_groups o JOIN modifier_groups g ON g.org_id = o.org_id AND g.id = o.group_id
    JOIN modifier_options m ON m.org_id = o.org_id AND m.id = o.option_id
    WHERE o.org_id = :org_id AND o.active AND m.group_id IN (:ids) ORDER BY o.option_id, o.sort, o.id
"""


def _options(
    reading: Reading, group_ids: Sequence[str] | set[str], *, deeper: int = CHOICE_DEPTH_MAX
) -> dict[str, list[dict[str, Any]]]:
    """Group id → its options, with the groups that they lead to."""
    options: dict[str, list[dict[str, Any]]] = {}
    if not group_ids:
        return options
    led_to = reading.rows(_LED_TO, ids=list(group_ids)) if deeper else []
    under = _options(reading, {row["id"] for row in led_to}, deeper=deeper - 1)
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in led_to:
        groups.setdefault(row["option_id"], []).append(_group(row, under))
    rows = reading.rows(
        "SELECT id, group_id, name, price_delta_minor, menu_item_id, preset FROM modifier_options"
        " WHERE org_id = :org_id AND active AND group_id IN (:ids) ORDER BY group_id, sort, id",
        ids=list(group_ids),
    )
    for row in rows:
        option = {key: row[key] for key in ("id", "name", "price_delta_minor", "menu_item_id")}
        further = {"preset": bool(row["preset"]), "groups": groups.get(row["id"], [])}
        options.setdefault(row["group_id"], []).append({**option, **further})
    return options


def _currency(reading: Reading) -> str | None:
    currency: str | None = reading.value("SELECT currency FROM properties WHERE org_id = :org_id AND id = :property_id")
    return currency


def _listed(reading: Reading, select: str, order: str, *, of: str = "", which: str = "") -> list[dict[str, Any]]:
    where = f"WHERE {of}org_id = :org_id AND {of}property_id = :property_id {which}"
    rows = reading.rows(f"{select} {where} ORDER BY {order} LIMIT :limit", limit=LISTED_MAX)
    return [dict(row) for row in rows]
