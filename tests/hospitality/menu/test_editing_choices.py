"""What is chosen is edited after it was made; what was ordered stays as it was (R16)."""

from typing import Any

import msgspec
import pytest

from hospitality.checks.service.floor import repeat_round
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.menu.composing import CHOICE_DEPTH_MAX, check_leads
from hospitality.menu.reading import menu_item_view, modifier_group_view
from hospitality.menu.service import edit_item
from hospitality.menu.service.choices import (
    NewOption,
    add_modifier_group,
    add_option,
    edit_modifier_group,
    edit_option,
)
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from tests.hospitality.node import Restaurant


def steak(restaurant: Restaurant, *options: str) -> dict[str, Any]:
    line = NewLine(restaurant.steak, 1, tuple((id, 1) for id in options))
    return restaurant.node.act(place_order, NewOrder("dine_in", (line,)))


def told(restaurant: Restaurant, kind: str) -> list[dict[str, Any]]:
    return [msgspec.json.decode(entry["data"]) for entry in restaurant.node.journal(f"menu.{kind}")]


def test_options_are_renamed_repriced_moved_and_withdrawn_and_what_was_sent_keeps_its_own(
    restaurant: Restaurant,
) -> None:
    node, sauces = restaurant.node, restaurant.sauces
    pepper, mushroom = (option["id"] for option in sauces["options"])
    sent = steak(restaurant, mushroom)
    node.act(edit_option, mushroom, {"name": "Wild mushroom", "price_delta_minor": 700, "sort": 0})
    node.act(edit_option, pepper, {"sort": 1})
    node.act(add_option, sauces["id"], NewOption("Bearnaise", 300))
    node.act(edit_modifier_group, sauces["id"], {"name": "Sauces", "choices_max": 2, "choices_min": 1})
    shown = node.read(menu_item_view, restaurant.steak)["modifier_groups"][0]
    assert (shown["name"], shown["choices_min"], shown["choices_max"]) == ("Sauces", 1, 2)
    named = [(option["name"], option["price_delta_minor"]) for option in shown["options"]]
    assert named == [("Wild mushroom", 700), ("Pepper", 0), ("Bearnaise", 300)]
    assert steak(restaurant, mushroom, pepper)["lines"][0]["unit_price_minor"] == 3200
    node.act(edit_option, mushroom, {"active": False})
    with pytest.raises(Refused) as gone:
        steak(restaurant, mushroom)
    assert gone.value.code == "UNKNOWN_CHOICE"
    with pytest.raises(Refused) as again:
        node.act(repeat_round, sent["id"])
    assert again.value.code == "UNKNOWN_CHOICE"
    kept = node.reading().value("SELECT choices FROM order_lines WHERE order_id = :id", id=sent["id"])
    assert [(one["name"], one["price_delta_minor"]) for one in msgspec.json.decode(kept)] == [("Mushroom", 500)]
    back = node.act(add_option, sauces["id"], NewOption("Wild mushroom", 800))
    assert [option["id"] for option in back["options"]][-1] == mushroom, "the one of that name is there again"
    assert told(restaurant, "modifier_group_changed") == [
        {
            "modifier_group_id": sauces["id"],
            "before": {"name": "Sauce", "choices_max": 1},
            "after": {"name": "Sauces", "choices_max": 2},
        }
    ]
    assert [one["after"] for one in told(restaurant, "modifier_option_changed")] == [
        {"name": "Wild mushroom", "price_delta_minor": 700, "sort": 0},
        {"sort": 1},
        {"active": False},
    ]
    assert len(told(restaurant, "modifier_option_added")) == 2


def test_a_preset_that_is_withdrawn_is_not_taken_any_more(restaurant: Restaurant) -> None:
    node = restaurant.node
    extras = node.act(
        add_modifier_group, name="With", choices_min=0, choices_max=3, options=[NewOption("Onion", preset=True)]
    )
    node.act(edit_item, restaurant.soup, {"modifier_group_ids": [extras["id"]]})
    soup = NewOrder("dine_in", (NewLine(restaurant.soup, 1),))
    assert [one["name"] for one in node.act(place_order, soup)["lines"][0]["options"]] == ["Onion"]
    node.act(add_option, extras["id"], NewOption("Bread"))
    node.act(edit_option, extras["options"][0]["id"], {"active": False})
    assert node.act(place_order, soup)["lines"][0]["options"] == []
    [bread] = node.read(modifier_group_view, extras["id"])["options"]
    with pytest.raises(Refused) as last:
        node.act(edit_option, bread["id"], {"active": False})
    assert last.value.code == "LAST_OPTION"


def test_an_item_offers_other_groups_and_the_old_ones_again(restaurant: Restaurant) -> None:
    node, sauces, sides = restaurant.node, restaurant.sauces["id"], restaurant.sides["id"]

    def offered() -> list[str]:
        return [group["id"] for group in node.read(menu_item_view, restaurant.steak)["modifier_groups"]]

    node.act(edit_item, restaurant.steak, {"modifier_group_ids": [sides], "price_minor": 2600})
    assert offered() == [sides]
    assert steak(restaurant)["lines"][0]["unit_price_minor"] == 2600, "no sauce is asked for"
    node.act(edit_item, restaurant.steak, {"modifier_group_ids": [sides, sauces, sides]})
    assert offered() == [sides, sauces]
    assert node.reading().value("SELECT count(*) FROM menu_item_groups") == 2, "the link of before holds again"
    before = node.store.counts()
    node.act(edit_item, restaurant.steak, {"modifier_group_ids": [sides, sauces]})
    with pytest.raises(NotFound):
        node.act(edit_item, restaurant.steak, {"modifier_group_ids": [new_id()]})
    assert node.store.counts() == before
    assert told(restaurant, "item_changed")[0] == {
        "menu_item_id": restaurant.steak,
        "before": {"modifier_group_ids": [sauces, sides], "price_minor": 2500},
        "after": {"modifier_group_ids": [sides], "price_minor": 2600},
    }


def test_what_an_option_leads_to_is_edited_but_never_in_a_circle(restaurant: Restaurant) -> None:
    node, sauces, sides = restaurant.node, restaurant.sauces["id"], restaurant.sides["id"]
    pepper, chips = (group["options"][0]["id"] for group in (restaurant.sauces, restaurant.sides))
    led = node.act(edit_option, pepper, {"group_ids": [sides]})
    assert [group["id"] for group in led["options"][0]["groups"]] == [sides]
    before = node.store.counts()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"group_ids": [sauces]}, "CHOICES_INVALID"),
        ({"price_delta_minor": 10**11}, "PRICE_INVALID"),
        ({"name": ""}, "NAME_INVALID"),
    ]
    for fields, code in wrong:
        with pytest.raises(Invalid) as refused:
            node.act(edit_option, chips, fields)
        assert refused.value.code == code
    assert node.store.counts() == before
    assert node.act(edit_option, pepper, {"group_ids": []})["options"][0]["groups"] == []


def test_choices_lead_on_so_often_and_no_more() -> None:
    chain = {str(n): [str(n + 1)] for n in range(CHOICE_DEPTH_MAX)}
    check_leads(chain)
    for further in ({"-1": ["0"]}, {str(CHOICE_DEPTH_MAX): ["0"]}):
        with pytest.raises(Invalid):
            check_leads({**chain, **further})
