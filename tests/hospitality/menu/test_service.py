"""Setting up and editing a menu, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from hospitality.ground.errors import Forbidden, Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.menu.for_sale import items_for_sale, options_for_sale
from hospitality.menu.reading import (
    categories_list,
    menu_item_view,
    menu_items_page,
    modifier_groups_list,
    stations_list,
    tax_rates_list,
)
from hospitality.menu.rules import Group, ItemForSale, Option
from hospitality.menu.service import (
    NewItem,
    add_category,
    add_item,
    add_station,
    edit_category,
    edit_item,
)
from hospitality.menu.service.choices import NewOption, add_modifier_group
from hospitality.menu.service.stations import edit_station
from hospitality.menu.service.taxes import add_tax_rate
from tests.hospitality.node import Node, Restaurant


def test_what_was_set_up_is_listed(restaurant: Restaurant) -> None:
    node, no_backup = restaurant.node, {"backup_station_id": None, "backup_printer": None}
    assert node.read(stations_list) == [
        {"id": restaurant.kitchen, "name": "Kitchen", "sort": 0, "printer": "kitchen", **no_backup},
        {"id": restaurant.bar, "name": "Bar", "sort": 1, "printer": None, **no_backup},
    ]
    alone: dict[str, Any] = {"away_rate_id": None, "with_rate_ids": [], "compound": False}
    assert node.read(tax_rates_list) == [
        {"id": restaurant.levy, "name": "Levy", "rate_bp": 200, "included": False, **alone},
        {"id": restaurant.vat, "name": "VAT", "rate_bp": 1500, "included": True, **alone},
    ]
    assert node.read(categories_list) == [
        {"id": restaurant.category, "name": "Dinner", "sort": 0, "parent_id": None, "period_ids": []}
    ]
    assert node.read(modifier_groups_list) == [restaurant.sauces, restaurant.sides]


def test_an_item_is_shown_with_the_groups_it_offers_in_their_order(restaurant: Restaurant) -> None:
    node = restaurant.node
    shown = node.read(menu_item_view, restaurant.steak)
    version = shown.pop("version")
    assert shown == {
        "id": restaurant.steak,
        "name": "Steak",
        "category_id": restaurant.category,
        "category_name": "Dinner",
        "heading_id": None,
        "heading_name": None,
        "price_minor": 2500,
        "currency": "NAD",
        "station_id": restaurant.kitchen,
        "tax_rate_id": restaurant.vat,
        "available": True,
        "portions_left": None,
        "sold_out": False,
        "prep_seconds": 600,
        "allergens": [],
        "diets": [],
        "description": None,
        "plu": None,
        "barcodes": [],
        "sold_as": "piece",
        "photo_id": None,
        "period_ids": [],
        "modifier_groups": [restaurant.sauces, restaurant.sides],
    }
    assert len(version) == 16
    node.act(edit_item, restaurant.steak, {"price_minor": 2600})
    assert node.read(menu_item_view, restaurant.steak)["version"] != version
    node.act(edit_item, restaurant.steak, {"price_minor": 2500})
    assert node.read(menu_item_view, restaurant.steak)["version"] == version


def test_pages_follow_each_other_without_gap_or_overlap(restaurant: Restaurant) -> None:
    node = restaurant.node
    for n in range(4):
        node.act(add_item, NewItem(f"Dish {n}", restaurant.category, n, restaurant.kitchen))
    names: list[str] = []
    cursor = None
    while True:
        page = node.read(menu_items_page, limit=3, cursor=cursor)
        assert page["currency"] == "NAD"
        assert len(page["items"]) <= 3
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == ["Steak", "Beer", "Soup", "Dish 0", "Dish 1", "Dish 2", "Dish 3"]
    with pytest.raises(Invalid) as refused:
        node.read(menu_items_page, cursor="3; DROP TABLE menu_items")
    assert refused.value.code == "CURSOR_INVALID"


def test_an_edit_touches_the_fields_given_and_tells_the_journal(restaurant: Restaurant) -> None:
    node = restaurant.node
    changed = node.act(edit_item, restaurant.steak, {"price_minor": 2700, "available": False, "name": "Steak"})
    assert (changed["price_minor"], changed["available"], changed["name"]) == (2700, False, "Steak")
    entry = node.journal("menu.item_changed")[-1]
    assert msgspec.json.decode(entry["data"]) == {
        "menu_item_id": restaurant.steak,
        "before": {"price_minor": 2500, "available": True},
        "after": {"price_minor": 2700, "available": False},
    }
    assert entry["actor_id"] == node.caller.person_id


def test_an_edit_that_changes_nothing_writes_nothing(restaurant: Restaurant) -> None:
    before = restaurant.node.store.counts()
    restaurant.node.act(edit_item, restaurant.beer, {"price_minor": 333, "available": True})
    restaurant.node.act(edit_item, restaurant.beer, {})
    assert restaurant.node.store.counts() == before


def test_a_tax_can_be_taken_away(restaurant: Restaurant) -> None:
    changed = restaurant.node.act(edit_item, restaurant.beer, {"tax_rate_id": None})
    assert changed["tax_rate_id"] is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"price_minor": -1}, "PRICE_INVALID"),
        ({"name": " \x00\t"}, "NAME_INVALID"),
        ({"name": "x" * 121}, "NAME_INVALID"),
        ({"prep_seconds": -5}, "PREP_SECONDS_INVALID"),
        ({"station_id": new_id()}, "STATION_NOT_FOUND"),
        ({"tax_rate_id": new_id()}, "TAX_RATE_NOT_FOUND"),
    ],
)
def test_edits_that_are_refused_write_nothing(restaurant: Restaurant, fields: dict[str, object], code: str) -> None:
    before = restaurant.node.store.counts()
    with pytest.raises(Refused) as refused:
        restaurant.node.act(edit_item, restaurant.steak, fields)
    assert refused.value.code == code
    assert restaurant.node.store.counts() == before
    assert restaurant.node.read(menu_item_view, restaurant.steak)["price_minor"] == 2500


def test_an_item_needs_a_category_station_and_groups_that_there_are(restaurant: Restaurant) -> None:
    node = restaurant.node
    good = NewItem("Pie", restaurant.category, 1, restaurant.kitchen)
    before = node.store.counts()
    for wrong, code in [
        (replace(good, category_id=new_id()), "MENU_CATEGORY_NOT_FOUND"),
        (replace(good, station_id=new_id()), "STATION_NOT_FOUND"),
        (replace(good, modifier_group_ids=(restaurant.sides["id"], new_id())), "MODIFIER_GROUP_NOT_FOUND"),
    ]:
        with pytest.raises(NotFound) as refused:
            node.act(add_item, wrong)
        assert refused.value.code == code
    with pytest.raises(Invalid):
        node.act(add_item, replace(good, modifier_group_ids=tuple(new_id() for _ in range(51))))
    assert node.store.counts() == before


def test_only_who_manages_the_menu_changes_it(restaurant: Restaurant) -> None:
    staff = restaurant.node.as_("property.read", "orders.place")
    before = restaurant.node.store.counts()
    verbs: list[Callable[[], object]] = [
        lambda: staff.act(add_station, name="Grill"),
        lambda: staff.act(add_tax_rate, name="VAT", rate_bp=1, included=True),
        lambda: staff.act(add_category, name="Lunch"),
        lambda: staff.act(add_modifier_group, name="G", choices_min=0, choices_max=1, options=[NewOption("a")]),
        lambda: staff.act(add_item, NewItem("Pie", restaurant.category, 1, restaurant.kitchen)),
        lambda: staff.act(edit_item, restaurant.steak, {"price_minor": 1}),
    ]
    for verb in verbs:
        with pytest.raises(Forbidden) as refused:
            verb()
        assert refused.value.details == {"permission": "menu.manage"}
    assert restaurant.node.store.counts() == before


def test_what_an_order_asks_of_the_menu(restaurant: Restaurant) -> None:
    node = restaurant.node
    found = node.read(items_for_sale, [restaurant.steak, restaurant.soup, new_id()])
    sauces = Group(restaurant.sauces["id"], "Sauce", 1, 1)
    sides = Group(restaurant.sides["id"], "Sides", 0, 2)
    steak = ItemForSale(
        restaurant.steak, "Steak", 2500, True, restaurant.kitchen, 600, "VAT", 1500, True, (sauces, sides)
    )
    soup = ItemForSale(restaurant.soup, "Soup", 900, True, restaurant.kitchen, 600, None, 0, False, ())
    assert found == {restaurant.steak: steak, restaurant.soup: soup}
    chips = restaurant.option(restaurant.sides["options"], "Chips")
    assert node.read(options_for_sale, [chips, new_id()]) == {chips: Option(chips, sides.id, "Chips", 1500)}
    assert node.read(options_for_sale, []) == {}


def test_another_propertys_menu_is_not_for_sale_here(restaurant: Restaurant) -> None:
    elsewhere: Node = restaurant.node.as_("*", property_id=new_id())
    assert elsewhere.read(items_for_sale, [restaurant.steak]) == {}
    assert elsewhere.read(menu_items_page)["items"] == []
    with pytest.raises(NotFound):
        elsewhere.act(edit_item, restaurant.steak, {"price_minor": 1})


def test_a_stations_backups_are_named_and_it_is_none_of_its_own(restaurant: Restaurant) -> None:
    node, kitchen = restaurant.node, restaurant.kitchen
    wanted = {"backup_station_id": restaurant.bar, "backup_printer": "Pass", "sort": 0}
    station = node.act(edit_station, kitchen, wanted)
    assert (station["name"], station["backup_station_id"], station["pause"]) == ("Kitchen", restaurant.bar, None)
    (said,) = node.journal("menu.station_changed")
    after = {"backup_station_id": restaurant.bar, "backup_printer": "Pass"}
    assert msgspec.json.decode(said["data"])["after"] == after
    with pytest.raises(Invalid) as own:
        node.act(edit_station, kitchen, {"backup_station_id": kitchen})
    assert own.value.code == "BACKUP_STATION_INVALID"
    with pytest.raises(NotFound):
        node.act(edit_station, kitchen, {"backup_station_id": "0198a000-0000-7000-8000-00000000dead"})
    assert node.act(edit_station, kitchen, {"backup_station_id": None})["backup_station_id"] is None


def test_allergens_are_kept_sorted_and_once_and_only_those_of_the_list(restaurant: Restaurant) -> None:
    node = restaurant.node
    new = NewItem("Satay", restaurant.category, 900, restaurant.kitchen, allergens=("soya", "peanuts", "soya"))
    item = node.act(add_item, new)
    assert item["allergens"] == ["peanuts", "soya"]
    changed = node.act(edit_item, item["id"], {"allergens": ["sesame", "peanuts"]})
    assert changed["allergens"] == ["peanuts", "sesame"]
    assert node.act(edit_item, item["id"], {"allergens": []})["allergens"] == []
    with pytest.raises(Invalid, match="celery") as refused:
        node.act(edit_item, item["id"], {"allergens": ["peanuts", "pea nuts"]})
    assert (refused.value.code, refused.value.details) == ("ALLERGEN_UNKNOWN", {"unknown": ["pea nuts"]})
    assert node.read(menu_item_view, item["id"])["allergens"] == []


def test_allergens_that_are_set_as_they_stand_are_no_change(restaurant: Restaurant) -> None:
    node = restaurant.node
    new = NewItem("Satay", restaurant.category, 900, restaurant.kitchen, allergens=("soya", "peanuts"))
    item = node.act(add_item, new)
    assert node.act(edit_item, item["id"], {"allergens": ["soya", "peanuts"]}) == item


def test_headings_stand_under_one_that_stands_by_itself(restaurant: Restaurant) -> None:
    node = restaurant.node
    drinks = node.act(add_category, name="Drinks")["id"]
    beers = node.act(add_category, name="Beers", parent_id=drinks)["id"]
    before = node.store.counts()
    for category, parent in [(drinks, beers), (drinks, drinks), (drinks, restaurant.category)]:
        with pytest.raises(Invalid) as refused:
            node.act(edit_category, category, {"parent_id": parent})
        assert refused.value.code == "PARENT_INVALID"
    with pytest.raises(Invalid):
        node.act(add_category, name="Ales", parent_id=beers)
    with pytest.raises(NotFound):
        node.act(edit_category, beers, {"parent_id": new_id()})
    assert node.store.counts() == before
    node.act(edit_item, restaurant.beer, {"category_id": beers})
    shown = node.read(menu_item_view, restaurant.beer)
    assert (shown["category_name"], shown["heading_id"], shown["heading_name"]) == ("Beers", drinks, "Drinks")
    node.act(edit_category, beers, {"parent_id": None})
    assert node.read(menu_item_view, restaurant.beer)["heading_name"] is None
    changed = msgspec.json.decode(node.journal("menu.category_changed")[-1]["data"])
    assert changed == {"category_id": beers, "before": {"parent_id": drinks}, "after": {"parent_id": None}}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"diets": ["vegan", "tasty"]}, "DIET_UNKNOWN"),
        ({"plu": "7"}, "PLU_INVALID"),
        ({"plu": "12a"}, "PLU_INVALID"),
        ({"barcodes": ["4006381333932"]}, "BARCODE_INVALID"),
        ({"barcodes": ["123"]}, "BARCODE_INVALID"),
        ({"plu": "44"}, "CODE_TAKEN"),
        ({"barcodes": ["73513537"]}, "CODE_TAKEN"),
    ],
)
def test_marks_and_codes_that_cannot_be_are_refused(
    restaurant: Restaurant, fields: dict[str, object], code: str
) -> None:
    node = restaurant.node
    node.act(edit_item, restaurant.soup, {"plu": "44", "barcodes": ["73513537"], "diets": ["vegan"]})
    before = node.store.counts()
    with pytest.raises((Invalid, Refused)) as refused:
        node.act(edit_item, restaurant.beer, fields)
    assert refused.value.code == code
    assert node.store.counts() == before
    assert node.act(edit_item, restaurant.soup, {"plu": "44"})["diets"] == ["vegan"]
