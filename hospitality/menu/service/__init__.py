"""Setting up and editing a menu; every verb needs `menu.manage`. What is chosen stands in `choices`, what costs something
else at some times in `prices`, how a station is edited in `stations`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.statements import Reading
from hospitality.ground.texts import kept_name, kept_text, set_text
from hospitality.ground.work import Work
from hospitality.menu import rules
from hospitality.menu.facts import (
    CategoryAdded,
    CategoryChanged,
    ItemAdded,
    ItemChanged,
    StationAdded,
)
from hospitality.menu.models import (
    MenuCategory,
    MenuItem,
    MenuItemGroup,
    Station,
)
from hospitality.menu.reading import (
    ELEMENTS,
    categories_list,
    menu_item_view,
    menu_items_page,
)
from hospitality.menu.service.offering import offer

MANAGE = "menu.manage"
PRINTER_LENGTH_MAX = 120
ITEM_FIELDS = frozenset(
    {
        *("name", "category_id", "price_minor", "available", "station_id", "prep_seconds", "tax_rate_id"),
        *("allergens", "diets", "description", "plu", "barcodes", "photo_id", "period_ids"),
    }
)
HEADING_FIELDS = frozenset({"name", "sort", "parent_id", "period_ids"})
_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "allergens": rules.check_allergens,
    "diets": rules.check_diets,
    "plu": rules.check_plu,
    "barcodes": rules.check_barcodes,
}
_TABLES = {
    "menu_item_id": ("menu item", "menu_items"),
    "category_id": ("menu category", "menu_categories"),
    "station_id": ("station", "stations"),
    "tax_rate_id": ("tax rate", "tax_rates"),
    "modifier_group_ids": ("modifier group", "modifier_groups"),
    "photo_id": ("menu photo", "menu_photos"),
    "period_id": ("serving period", "serving_periods"),
    "area_id": ("area", "areas"),
}
_MAY_LACK = ("tax_rate_id", "photo_id")


@dataclass(frozen=True, slots=True)
class NewItem:
    """A new menu item."""

    name: str
    category_id: str
    price_minor: int
    station_id: str
    tax_rate_id: str | None = None
    prep_seconds: int = rules.PREP_SECONDS_USUAL
    modifier_group_ids: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()
    diets: tuple[str, ...] = ()
    description: str | None = None
    plu: str | None = None
    barcodes: tuple[str, ...] = ()
    sold_as: str = "piece"
    period_ids: tuple[str, ...] = ()


def add_station(work: Work, *, name: str, sort: int = 0, printer: str | None = None) -> dict[str, Any]:
    """Sets up a prep station: {id, name, sort, printer, backup_station_id, backup_printer, pause}."""
    work.require(MANAGE)
    values = {
        "name": kept_name(name, what="station"),
        "sort": rules.check_sort(sort),
        "printer": kept_text(printer, what="printer's name", length_max=PRINTER_LENGTH_MAX),
        "backup_station_id": None,
        "backup_printer": None,
    }
    row = work.add(Station, values)
    work.journal(StationAdded(row["id"]))
    return {"id": row["id"], **values, "pause": None}


def add_category(
    work: Work, *, name: str, sort: int = 0, parent_id: str | None = None, period_ids: Sequence[str] = ()
) -> dict[str, Any]:
    """Adds a heading, by itself or under another: {id, name, sort, parent_id, period_ids}."""
    work.require(MANAGE)
    given = {"name": name, "sort": sort, "parent_id": parent_id, "period_ids": period_ids}
    values = _checked_heading(work, None, given)
    row = work.add(MenuCategory, {**values, "period_ids": set_text(values["period_ids"])})
    work.journal(CategoryAdded(row["id"]))
    return {"id": row["id"], **values}


def edit_category(work: Work, category_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given (HEADING_FIELDS), each by itself; no parent has a heading stand by itself."""
    work.require(MANAGE)
    check_known(work, {"category_id": category_id})
    before = next(one for one in categories_list(work) if one["id"] == category_id)
    after = {name: value for name, value in _checked_heading(work, before, fields).items() if before[name] != value}
    if after:
        work.edit(MenuCategory, category_id, **{**after, **_stored(after)})
        work.journal(CategoryChanged(category_id, {name: before[name] for name in after}, after))
    return {**before, **after}


def _checked_heading(reading: Reading, before: Mapping[str, Any] | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(fields)
    if "name" in checked:
        checked["name"] = kept_name(checked["name"], what="category")
    if "sort" in checked:
        rules.check_sort(checked["sort"])
    if checked.get("parent_id") is not None:
        check_known(reading, {"category_id": checked["parent_id"]})
        headings, own = categories_list(reading), before["id"] if before else None
        parent = next(one for one in headings if one["id"] == checked["parent_id"])
        has_children = any(one["parent_id"] == own for one in headings) if own else False
        rules.check_parent(category_id=own, parent=parent, has_children=has_children)
    if "period_ids" in checked:
        checked["period_ids"] = _periods(reading, checked["period_ids"])
    return checked


def _periods(reading: Reading, ids: Sequence[str]) -> list[str]:
    """The serving periods that are named, each once; none for what is always on."""
    named = sorted(set(ids))
    for id in named:
        check_known(reading, {"period_id": id})
    return named


def add_item(work: Work, new: NewItem) -> dict[str, Any]:
    """Adds an item for sale, answering it as the menu shows it."""
    work.require(MANAGE)
    check_known(work, {"category_id": new.category_id, "station_id": new.station_id, "tax_rate_id": new.tax_rate_id})
    group_ids = _groups(work, new.modifier_group_ids)
    codes = {"plu": rules.check_plu(new.plu), "barcodes": rules.check_barcodes(new.barcodes)}
    _check_free(work, None, codes)
    row = work.add(
        MenuItem,
        {
            "name": kept_name(new.name, what="item"),
            "category_id": new.category_id,
            "price_minor": rules.check_price(new.price_minor),
            "station_id": new.station_id,
            "tax_rate_id": new.tax_rate_id,
            "available": True,
            "prep_seconds": rules.check_prep(new.prep_seconds),
            "allergens": set_text(rules.check_allergens(new.allergens)),
            "diets": set_text(rules.check_diets(new.diets)),
            "description": _description(new.description),
            "sold_as": rules.check_sold_as(new.sold_as),
            **codes,
            "barcodes": set_text(codes["barcodes"] or ()),
            "period_ids": set_text(_periods(work, new.period_ids)),
        },
    )
    offer(work, MenuItemGroup, row["id"], group_ids)
    work.journal(ItemAdded(row["id"], new.price_minor))
    return menu_item_view(work, row["id"])


def _groups(reading: Reading, ids: Sequence[str]) -> list[str]:
    """The groups that an item is to offer, each once."""
    group_ids = list(dict.fromkeys(ids))
    if len(group_ids) > rules.GROUPS_PER_ITEM_MAX:
        raise Invalid("GROUPS_INVALID", f"An item offers at most {rules.GROUPS_PER_ITEM_MAX} groups.")
    for group_id in group_ids:
        check_known(reading, {"modifier_group_ids": group_id})
    return group_ids


def edit_item(work: Work, item_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given (ITEM_FIELDS and modifier_group_ids), each by itself, and of a set each element by itself.

    A field that already has the value is left alone, so that it can't win over another's edit. Lines that were sent
    keep their price and what was chosen (R16).
    """
    work.require(MANAGE)
    current = menu_item_view(work, item_id)
    current["modifier_group_ids"] = [group["id"] for group in current["modifier_groups"]]
    _check_free(work, item_id, fields)
    after = {name: value for name, value in _checked(work, fields).items() if current[name] != value}
    if not after:
        return menu_item_view(work, item_id)
    if "modifier_group_ids" in after:
        offer(work, MenuItemGroup, item_id, after["modifier_group_ids"])
    of_item = {name: after[name] for name in after if name in ITEM_FIELDS}
    if of_item:
        work.edit(MenuItem, item_id, **{**of_item, **_stored(of_item)})
    work.journal(ItemChanged(item_id, {name: current[name] for name in after}, after))
    return menu_item_view(work, item_id)


def _stored(after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: set_text(after[name]) for name in ELEMENTS if name in after}


def _checked(reading: Reading, fields: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(fields)
    if "name" in checked:
        checked["name"] = kept_name(checked["name"], what="item")
    if "price_minor" in checked:
        rules.check_price(checked["price_minor"])
    if "prep_seconds" in checked:
        rules.check_prep(checked["prep_seconds"])
    if "description" in checked:
        checked["description"] = _description(checked["description"])
    if "period_ids" in checked:
        checked["period_ids"] = _periods(reading, checked["period_ids"])
    if "modifier_group_ids" in checked:
        checked["modifier_group_ids"] = _groups(reading, checked["modifier_group_ids"])
    for name, check in _CHECKS.items():
        if name in checked:
            checked[name] = check(checked[name])
    check_known(reading, {name: checked[name] for name in ("category_id", "station_id", *_MAY_LACK) if name in checked})
    unknown = set(checked) - ITEM_FIELDS - {"modifier_group_ids"}
    assert not unknown, f"no such fields of an item: {unknown}"
    return checked


def _description(text: str | None) -> str | None:
    return kept_text(text, what="description", length_max=rules.DESCRIPTION_LENGTH_MAX)


def _check_free(reading: Reading, item_id: str | None, fields: Mapping[str, Any]) -> None:
    """Raises Refused CODE_TAKEN where another item is found by one of these codes already."""
    codes = [*([fields["plu"]] if fields.get("plu") else []), *fields.get("barcodes", ())]
    for code in codes:
        for other in menu_items_page(reading, limit=2, code=code)["items"]:
            if other["id"] != item_id:
                raise Refused(
                    "CODE_TAKEN", f"{code} is the code of {other['name']}. Give another.", menu_item_id=other["id"]
                )


def check_known(reading: Reading, ids: Mapping[str, str | None]) -> None:
    """Raises NotFound unless each id is a row of this property; None passes for what an item may lack."""
    for name, id in ids.items():
        if id is None and name in _MAY_LACK:
            continue
        what, table = _TABLES[name]
        sql = f"SELECT id FROM {table} WHERE org_id = :org_id AND property_id = :property_id AND id = :id"
        if reading.one(f"{sql} AND NOT _deleted", id=id) is None:
            raise NotFound.of(what, str(id))
