"""What is ordered as one and is several lines: sets, items that choices bring; and what is weighed or keyed in."""

from dataclasses import dataclass
from typing import Any

import pytest

from hospitality.approvals.service import give_approval
from hospitality.checks.reading import order_view
from hospitality.checks.service import add_lines, void_line
from hospitality.checks.service.floor import make_adjustment, repeat_round, withdraw
from hospitality.checks.service.split import split
from hospitality.days.reading import x_report
from hospitality.ground.errors import Forbidden, Invalid, Refused
from hospitality.kitchen.tickets import tickets_list
from hospitality.menu.composing import Choice
from hospitality.menu.portions import count_portions, portions_by_the_facts, portions_kept
from hospitality.menu.reading import menu_item_view
from hospitality.menu.service import NewItem, add_item, edit_item
from hospitality.menu.service.choices import NewOption, add_modifier_group
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.orders.service.adjust import NewAdjustment
from hospitality.orders.service.move import Going
from hospitality.people.service.accounts import add_person
from tests.hospitality.node import Restaurant

TABLE = "12"
OPEN = {"kind": "open", "thousandths": None, "price_minor": None, "by": None}


@dataclass
class Lunch:
    """A lunch for 20.00: a soup first (kitchen, no tax), a steak after it (kitchen, 15 % included), and a beer (bar, 2 %
    on top) if nobody leaves it out."""

    id: str
    soup: str
    steak: str
    beer: str


@pytest.fixture
def lunch(restaurant: Restaurant) -> Lunch:
    node = restaurant.node

    def group(name: str, item: str, **more: Any) -> dict[str, Any]:
        preset = more.pop("preset", False)
        option = NewOption(menu_item_id=item, preset=preset, price_delta_minor=more.pop("delta", 0))
        least = 0 if preset else 1
        return node.act(add_modifier_group, name=name, choices_min=least, choices_max=1, options=[option], **more)

    first = group("First", restaurant.soup, course=1)
    second = group("Second", restaurant.steak, course=2, held=True, delta=300)
    drink = group("Drink", restaurant.beer, preset=True)
    groups = (first["id"], second["id"], drink["id"])
    of_kitchen = (restaurant.category, 2000, restaurant.kitchen)
    item = node.act(add_item, NewItem("Lunch", *of_kitchen, modifier_group_ids=groups, sold_as="set"))
    return Lunch(item["id"], *(group["options"][0]["id"] for group in (first, second, drink)))


def line_of(restaurant: Restaurant, lunch: Lunch, quantity: int = 1, *more: Choice, **fields: Any) -> NewLine:
    pepper = Choice(restaurant.sauces["options"][0]["id"])
    choices = (Choice(lunch.soup), Choice(lunch.steak, choices=(pepper,)), *more)
    return NewLine(lunch.id, quantity, choices=choices, seat=2, **fields)


def placed(restaurant: Restaurant, *lines: NewLine) -> dict[str, Any]:
    return restaurant.node.act(place_order, NewOrder("dine_in", lines, TABLE))


def test_each_part_of_a_set_is_made_taxed_and_fired_as_itself(restaurant: Restaurant, lunch: Lunch) -> None:
    order = placed(restaurant, line_of(restaurant, lunch, 2))
    soup, steak, beer = order["lines"]
    assert [(line["name"], line["quantity"], line["unit_price_minor"]) for line in order["lines"]] == [
        ("Soup", 2, 482),
        ("Steak", 2, 1339 + 300),
        ("Beer", 2, 179),
    ]
    assert sum(line["amount_minor"] for line in order["lines"]) == 2 * 2300 == order["subtotal_minor"]
    assert {line["part_of"]["id"] for line in order["lines"]} == {soup["part_of"]["id"]}
    assert steak["part_of"] | {"id": ""} == {
        "id": "",
        "menu_item_id": lunch.id,
        "name": "Lunch",
        "quantity": 2,
        "option_id": lunch.steak,
        "depth": 1,
    }
    assert [line["kitchen_state"] for line in order["lines"]] == ["placed", "held", "placed"]
    assert ([line["course"] for line in order["lines"]], steak["seat"]) == ([1, 2, None], 2)
    vat, levy = order["taxes"][1], order["taxes"][0]
    assert (vat["name"], vat["net_minor"] + vat["tax_minor"]) == ("VAT", steak["amount_minor"])
    assert (levy["name"], levy["net_minor"]) == ("Levy", beer["amount_minor"])
    tickets = restaurant.node.read(tickets_list)
    told = {ticket["station_name"]: [line["name"] for line in ticket["lines"]] for ticket in tickets}
    assert told == {"Kitchen": ["Soup"], "Bar": ["Beer"]}
    assert tickets[0]["lines"][0]["part_of"]["name"] == "Lunch"


def test_a_void_takes_the_whole_and_gives_back_what_was_counted(restaurant: Restaurant, lunch: Lunch) -> None:
    node = restaurant.node
    for item in (lunch.id, restaurant.soup):
        node.act(count_portions, item, portions=5)
    order = placed(restaurant, line_of(restaurant, lunch, 2), NewLine(restaurant.soup, 1))
    assert {id: left for id, (_, left) in node.read(portions_kept).items()} == {lunch.id: 3, restaurant.soup: 2}
    with pytest.raises(Refused) as refused:
        node.act(add_lines, order["id"], [line_of(restaurant, lunch, 4)])
    assert refused.value.code == "NOT_ENOUGH_LEFT"
    beer = next(line for line in order["lines"] if line["name"] == "Beer")
    after = node.act(void_line, order["id"], beer["id"], reason="left")
    assert [line["kitchen_state"] for line in after["lines"]] == ["voided"] * 3 + ["placed"]
    assert after["total_minor"] == 900
    assert len(node.journal("orders.line_voided")) == 3
    assert {id: left for id, (_, left) in node.read(portions_kept).items()} == {lunch.id: 5, restaurant.soup: 4}
    assert node.read(portions_kept) == node.read(portions_by_the_facts)


def test_a_part_that_is_sold_out_refuses_the_set(restaurant: Restaurant, lunch: Lunch) -> None:
    node = restaurant.node
    node.act(edit_item, restaurant.beer, {"available": False})
    before = node.store.counts()
    with pytest.raises(Refused) as refused:
        placed(restaurant, line_of(restaurant, lunch))
    assert (refused.value.code, refused.value.message) == (
        "ITEM_UNAVAILABLE",
        "Beer is sold out. Offer something else.",
    )
    assert node.store.counts() == before
    assert len(placed(restaurant, line_of(restaurant, lunch, 1, Choice(lunch.beer, 0)))["lines"]) == 2


def test_a_discount_of_a_set_falls_on_its_parts_and_is_withdrawn_whole(restaurant: Restaurant, lunch: Lunch) -> None:
    node = restaurant.node
    order = placed(restaurant, line_of(restaurant, lunch), NewLine(restaurant.soup, 1))
    steak = order["lines"][1]["id"]
    off = NewAdjustment("discount", "regulars", line_id=steak, amount_minor=1000)
    after = node.act(make_adjustment, order["id"], off)
    assert [one["amount_minor"] for one in after["adjustments"]] == [-209, -713, -78]
    assert after["subtotal_minor"] == order["subtotal_minor"] - 1000
    vat = next(tax for tax in after["taxes"] if tax["name"] == "VAT")
    assert vat["net_minor"] + vat["tax_minor"] == 1639 - 713
    again = node.act(make_adjustment, order["id"], NewAdjustment("comp", "late", line_id=steak))
    assert again["subtotal_minor"] == 900
    for one in (again["adjustments"][-1], again["adjustments"][0]):
        again = node.act(withdraw, order["id"], one["id"], reason="mistake")
    assert (again["adjustments"], again["total_minor"]) == ([], order["total_minor"])
    with pytest.raises(Refused) as refused:
        node.act(make_adjustment, order["id"], NewAdjustment("discount", "x", line_id=steak, amount_minor=2301))
    assert refused.value.code == "ADJUSTMENT_OVER"


def test_a_set_goes_to_another_check_whole_and_is_ordered_again_as_it_was(restaurant: Restaurant, lunch: Lunch) -> None:
    node = restaurant.node
    order = placed(restaurant, NewLine(restaurant.soup, 1))
    node.later(minutes=1)
    with_set = node.act(add_lines, order["id"], [line_of(restaurant, lunch, 2, note="quick")])
    again = node.act(repeat_round, order["id"])
    names = ("name", "quantity", "amount_minor", "note", "seat", "course")
    told = [[line[name] for name in names] for line in again["lines"]]
    assert told[4:] == told[1:4] == [[line[name] for name in names] for line in with_set["lines"][1:]]
    assert again["lines"][5]["options"] == with_set["lines"][2]["options"]
    left, check = node.act(split, order["id"], [Going((again["lines"][2]["id"],))])["items"]
    assert [line["name"] for line in check["lines"]] == ["Soup", "Steak", "Beer"]
    assert len(left["lines"]) == 4
    assert left["total_minor"] + check["total_minor"] == again["total_minor"]


def test_an_option_brings_an_item_beside_what_was_ordered(restaurant: Restaurant) -> None:
    node = restaurant.node
    beers = [NewOption("With a beer", 250, restaurant.beer)]
    drink = node.act(add_modifier_group, name="Drink", choices_min=0, choices_max=2, options=beers)
    new = NewItem("Burger", restaurant.category, 1200, restaurant.kitchen, modifier_group_ids=(drink["id"],))
    burger = node.act(add_item, new)["id"]
    order = placed(restaurant, NewLine(burger, 2, ((drink["options"][0]["id"], 1),)), NewLine(burger, 1))
    assert [(line["name"], line["quantity"], line["amount_minor"]) for line in order["lines"]] == [
        ("Burger", 2, 2400),
        ("Beer", 2, 500),
        ("Burger", 1, 1200),
    ]
    first, beer, alone = order["lines"]
    assert first["part_of"]["id"] == beer["part_of"]["id"] == first["id"]
    assert (alone["part_of"], beer["station_id"]) == (None, restaurant.bar)
    assert [line["name"] for line in node.act(repeat_round, order["id"])["lines"]][3:] == ["Burger", "Beer", "Burger"]


def test_what_is_weighed_costs_by_its_weight(restaurant: Restaurant) -> None:
    node = restaurant.node
    new = NewItem("Biltong", restaurant.category, 45_000, restaurant.bar, restaurant.vat, sold_as="kg")
    biltong = node.act(add_item, new)["id"]
    line = placed(restaurant, NewLine(biltong, 2, measured=135))["lines"][0]
    assert (line["unit_price_minor"], line["amount_minor"]) == (6075, 12_150)
    assert line["sold_as"] == {"kind": "kg", "thousandths": 135, "price_minor": 45_000, "by": "keyed"}
    for line_asked in (NewLine(biltong, 1), NewLine(restaurant.soup, 1, measured=200), NewLine(biltong, 1, measured=0)):
        with pytest.raises(Invalid) as refused:
            placed(restaurant, line_asked)
        assert refused.value.code == "MEASURE_INVALID"


def test_an_open_item_has_its_name_and_price_by_right_or_approval(restaurant: Restaurant) -> None:
    node = restaurant.node
    new = NewItem("Open food", restaurant.category, 0, restaurant.kitchen, restaurant.vat, sold_as="open")
    item = node.act(add_item, new)["id"]
    line = placed(restaurant, NewLine(item, 1, unit_price_minor=4200, name="Birthday cake"))["lines"][0]
    assert (line["name"], line["amount_minor"], line["sold_as"]) == ("Birthday cake", 4200, OPEN)
    for wrong, code in [
        (NewLine(item, 1, name="Cake"), "OPEN_PRICE_MISSING"),
        (NewLine(restaurant.soup, 1, name="Broth"), "NAME_NOT_OPEN"),
    ]:
        with pytest.raises(Invalid) as refused:
            placed(restaurant, wrong)
        assert refused.value.code == code
    manager = node.act(add_person, display_name="Ben", role="service_manager")["id"]
    waiter = node.as_("orders.place", person_id=node.act(add_person, display_name="Anna", role="staff")["id"])
    cake = NewLine(item, 1, unit_price_minor=4200, name="Cake")
    with pytest.raises(Forbidden) as needed:
        waiter.act(place_order, NewOrder("dine_in", (cake,)))
    assert needed.value.code == "APPROVAL_NEEDED"
    asked = {"action": "orders.open_item", "record_id": item, "reason": "a guest's wish", "value": 4200}
    given = waiter.act(give_approval, manager, **asked)["id"]
    order = waiter.act(place_order, NewOrder("dine_in", (NewLine(item, 1, unit_price_minor=4200, approval_id=given),)))
    assert order["lines"][0]["name"] == "Open food"
    assert node.read(order_view, order["id"])["lines"][0]["sold_as"] == OPEN


def test_groups_lead_on_and_bring_only_what_is_sold_by_the_piece(restaurant: Restaurant, lunch: Lunch) -> None:
    node = restaurant.node
    dressing = node.act(
        add_modifier_group,
        name="Dressing",
        choices_min=1,
        choices_max=1,
        options=[NewOption("Oil"), NewOption("Ranch")],
    )
    salad = NewOption("Side salad", 700, group_ids=(dressing["id"],))
    sides = node.act(add_modifier_group, name="Extras", choices_min=0, choices_max=2, options=[salad])
    assert sides["options"][0]["groups"] == [dressing]
    new = NewItem("Fish", restaurant.category, 1500, restaurant.kitchen, modifier_group_ids=(sides["id"],))
    fish = node.act(add_item, new)["id"]
    assert node.read(menu_item_view, fish)["modifier_groups"] == [sides]
    side, oil = sides["options"][0]["id"], dressing["options"][0]["id"]
    order = placed(restaurant, NewLine(fish, 1, choices=(Choice(side, choices=(Choice(oil),)),)))
    told = [(taken["name"], taken["depth"]) for taken in order["lines"][0]["options"]]
    assert told == [("Side salad", 0), ("Oil", 1)]
    before = node.store.counts()
    for option in (NewOption(menu_item_id=lunch.id), NewOption(menu_item_id=fish, group_ids=(dressing["id"],))):
        with pytest.raises(Invalid) as refused:
            node.act(add_modifier_group, name="Wrong", choices_min=0, choices_max=1, options=[option])
        assert refused.value.code == "OPTION_ITEM_INVALID"
    assert node.store.counts() == before


def test_where_a_part_of_a_set_is_exempt_the_whole_of_it_owes_no_tax_and_what_is_beside_it_does(
    restaurant: Restaurant, lunch: Lunch
) -> None:
    node = restaurant.node
    order = placed(restaurant, line_of(restaurant, lunch), NewLine(restaurant.beer, 1))
    assert (order["total_minor"], order["tax_minor"]) == (2300 + 333 + 10, 10 + 214)
    exempt = NewAdjustment("exempt", "Diplomat", line_id=order["lines"][1]["id"], certificate="D 12")
    free = node.act(make_adjustment, order["id"], exempt)
    taxes = {(tax["name"], tax["rate_bp"], tax["net_minor"], tax["tax_minor"]) for tax in free["taxes"]}
    assert taxes == {("Levy", 0, 179, 0), ("VAT", 0, 1425, 0), ("Levy", 200, 333, 7)}
    assert free["total_minor"] == 2300 - 214 + 333 + 7
    assert {one["line_id"] for one in free["adjustments"]} == {line["id"] for line in order["lines"][:3]}
    back = node.act(withdraw, order["id"], free["adjustments"][1]["id"], reason="expired")
    assert (back["total_minor"], back["taxes"]) == (order["total_minor"], order["taxes"])


def test_sets_are_counted_in_the_days_report_less_those_that_were_voided(restaurant: Restaurant, lunch: Lunch) -> None:
    node = restaurant.node
    placed(restaurant, line_of(restaurant, lunch, 2), NewLine(restaurant.beer, 1))
    gone = placed(restaurant, line_of(restaurant, lunch))
    node.act(void_line, gone["id"], gone["lines"][0]["id"], reason="left")
    brings = node.act(
        add_modifier_group, name="With", choices_min=0, choices_max=1, options=[NewOption(menu_item_id=restaurant.beer)]
    )
    node.act(edit_item, restaurant.soup, {"modifier_group_ids": [brings["id"]]})
    placed(restaurant, NewLine(restaurant.soup, 1, choices=(Choice(brings["options"][0]["id"]),)))
    sold = [one for one in node.read(x_report)["figures"] if one["section"] == "sets"]
    assert [(one["name"], one["count"], one["amount_minor"]) for one in sold] == [("Lunch", 2, 4600)]
