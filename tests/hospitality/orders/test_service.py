"""Placing orders, on both databases: exact values, and nothing written when refused."""

from typing import Any

import msgspec
import pytest

from hospitality.checks.reading import order_view
from hospitality.ground.errors import Forbidden, Refused
from hospitality.ground.ids import is_id, new_id
from hospitality.menu.service import edit_item
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from tests.hospitality.node import Restaurant


def steak_and_beer(restaurant: Restaurant, **head: Any) -> NewOrder:
    """A steak with mushroom sauce and chips for seat 1, and two beers."""
    mushroom = restaurant.option(restaurant.sauces["options"], "Mushroom")
    chips = restaurant.option(restaurant.sides["options"], "Chips")
    steak = NewLine(restaurant.steak, 1, ((mushroom, 1), (chips, 1)), note=" rare,\nno salt ", seat=1)
    return NewOrder("dine_in", (steak, NewLine(restaurant.beer, 2)), **head)


# what nothing was done to yet
READY = {"promise": "reckoned", "promised_at": "2026-03-01T17:10:00.000000Z"}
PLAIN_ORDER: dict[str, Any] = {
    **dict.fromkeys(("tab", "merged_into")),
    "adjustments": [],
    "surplus_minor": 0,
    "withdrawn_receipts": [],
    **READY,
}
PLAIN_CHOICE = {"quantity": 1, "half": None, "depth": 0, "of_whole": False}
PLAIN_LINE: dict[str, Any] = {
    "part_of": None,
    "sold_as": None,
    "course": None,
    "kitchen_state": "placed",
    "void_reason": None,
    "from_order": None,
    "contested": [],
}


def test_an_order_is_answered_whole_at_the_menus_prices(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = node.act(place_order, steak_and_beer(restaurant, table="12", covers=2, note="birthday"))
    steak, beer = order["lines"]
    assert all(is_id(id) for id in (order["id"], steak["id"], beer["id"], steak["ticket_id"], beer["ticket_id"]))
    assert steak["ticket_id"] != beer["ticket_id"]
    mushroom = restaurant.option(restaurant.sauces["options"], "Mushroom")
    chips = restaurant.option(restaurant.sides["options"], "Chips")
    assert order == {
        "id": order["id"],
        "number": "A1-1",
        "channel": "dine_in",
        "table": "12",
        "covers": 2,
        "note": "birthday",
        "business_date": "2026-03-01",
        "opened_at": "2026-03-01T17:00:00.000000Z",
        **dict.fromkeys(("opened_by", "server_id"), node.caller.person_id),
        **dict.fromkeys(("opened_by_name", "server_name"), "Selma"),
        "currency": "NAD",
        "lines": [
            {
                "id": steak["id"],
                "line_no": 1,
                "menu_item_id": restaurant.steak,
                "name": "Steak",
                "quantity": 1,
                "unit_price_minor": 4500,
                "amount_minor": 4500,
                "options": [
                    {
                        "option_id": mushroom,
                        "group_name": "Sauce",
                        "name": "Mushroom",
                        "price_delta_minor": 500,
                        **PLAIN_CHOICE,
                    },
                    {
                        "option_id": chips,
                        "group_name": "Sides",
                        "name": "Chips",
                        "price_delta_minor": 1500,
                        **PLAIN_CHOICE,
                    },
                ],
                "note": "rare, no salt",
                "seat": 1,
                "station_id": restaurant.kitchen,
                "ticket_id": steak["ticket_id"],
                **PLAIN_LINE,
            },
            {
                "id": beer["id"],
                "line_no": 2,
                "menu_item_id": restaurant.beer,
                "name": "Beer",
                "quantity": 2,
                "unit_price_minor": 333,
                "amount_minor": 666,
                "options": [],
                "note": None,
                "seat": None,
                "station_id": restaurant.bar,
                "ticket_id": beer["ticket_id"],
                **PLAIN_LINE,
            },
        ],
        **PLAIN_ORDER,
        "subtotal_minor": 5166,
        "tax_minor": 600,
        "taxes": [
            {"name": "Levy", "rate_bp": 200, "included": False, "net_minor": 666, "tax_minor": 13},
            {"name": "VAT", "rate_bp": 1500, "included": True, "net_minor": 3913, "tax_minor": 587},
        ],
        "total_minor": 5179,
        **dict.fromkeys(("paid_minor", "refunded_minor"), 0),
        "due_minor": 5179,
        "kitchen_state": "placed",
        "payment_state": "open",
    }


def test_what_was_answered_is_what_is_read(restaurant: Restaurant) -> None:
    order = restaurant.node.act(place_order, steak_and_beer(restaurant, table="12"))
    assert restaurant.node.read(order_view, order["id"]) == order


def test_an_order_is_one_head_its_lines_and_one_entry(restaurant: Restaurant) -> None:
    node = restaurant.node
    node.act(place_order, steak_and_beer(restaurant))
    before = node.store.counts()
    order = node.act(place_order, steak_and_beer(restaurant))
    after = node.store.counts()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "orders": 1,
        "order_lines": 2,
        "journal": 1,
    }
    entry = node.journal("orders.")[-1]
    assert (entry["kind"], entry["business_date"], entry["reason"]) == ("orders.order_placed", "2026-03-01", None)
    assert (entry["actor_id"], entry["terminal_id"]) == (node.caller.person_id, node.caller.terminal_id)
    assert msgspec.json.decode(entry["data"]) == {
        "order_id": order["id"],
        "number": "A1-2",
        "ticket_ids": [line["ticket_id"] for line in order["lines"]],
        "lines": 2,
        "total_minor": 5179,
        "currency": "NAD",
    }


def test_lines_for_one_station_share_a_ticket(restaurant: Restaurant) -> None:
    lines = (NewLine(restaurant.soup, 1), NewLine(restaurant.beer, 1), NewLine(restaurant.soup, 2))
    order = restaurant.node.act(place_order, NewOrder("counter", lines))
    first, beer, second = (line["ticket_id"] for line in order["lines"])
    assert first == second != beer


def test_numbers_begin_again_with_each_business_day(restaurant: Restaurant) -> None:
    node = restaurant.node
    numbers = [node.act(place_order, steak_and_beer(restaurant))["number"] for _ in range(3)]
    node.later(hours=24)
    numbers.append(node.act(place_order, steak_and_beer(restaurant))["number"])
    assert numbers == ["A1-1", "A1-2", "A1-3", "A1-1"]


def test_an_order_after_midnight_belongs_to_the_evening(restaurant: Restaurant) -> None:
    restaurant.node.later(hours=6, minutes=30)  # 1:30 in Windhoek
    order = restaurant.node.act(place_order, steak_and_beer(restaurant))
    assert (order["business_date"], order["opened_at"]) == ("2026-03-01", "2026-03-01T23:30:00.000000Z")


def test_a_sent_line_keeps_its_price(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = node.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
    node.act(edit_item, restaurant.soup, {"price_minor": 1, "name": "Broth"})
    assert node.read(order_view, order["id"])["lines"] == order["lines"]
    assert node.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))["total_minor"] == 1


def test_a_manager_may_set_the_price_of_a_line(restaurant: Restaurant) -> None:
    pepper = restaurant.option(restaurant.sauces["options"], "Pepper")
    line = NewLine(restaurant.steak, 3, ((pepper, 1),), unit_price_minor=1999)
    order = restaurant.node.act(place_order, NewOrder("takeaway", (line,)))
    assert (order["lines"][0]["unit_price_minor"], order["subtotal_minor"]) == (1999, 5997)
    assert order["lines"][0]["options"][0]["name"] == "Pepper"


def test_a_price_of_ones_own_needs_the_right(restaurant: Restaurant) -> None:
    node = restaurant.node
    waiter = node.as_("orders.place")
    waiter.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
    before = node.store.counts()
    with pytest.raises(Forbidden) as refused:
        waiter.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1, unit_price_minor=1),)))
    assert refused.value.details == {"action": "orders.open_price", "record_id": restaurant.soup, "value": 1}
    with pytest.raises(Forbidden):
        node.as_("property.read").act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
    assert node.store.counts() == before


def test_orders_that_are_refused_write_nothing_and_use_no_number(restaurant: Restaurant) -> None:
    node = restaurant.node
    pepper = restaurant.option(restaurant.sauces["options"], "Pepper")
    soup = NewLine(restaurant.soup, 1)
    node.act(edit_item, restaurant.beer, {"available": False})
    node.act(place_order, NewOrder("counter", (soup,)))
    before = node.store.counts()
    for order, code in [
        (NewOrder("counter", ()), "LINES_INVALID"),
        (NewOrder("drive_in", (soup,)), "CHANNEL_INVALID"),
        (NewOrder("counter", (soup, NewLine(new_id(), 1))), "UNKNOWN_ITEM"),
        (NewOrder("counter", (soup, NewLine(restaurant.beer, 1))), "ITEM_UNAVAILABLE"),
        (NewOrder("counter", (NewLine(restaurant.steak, 1),)), "TOO_FEW_CHOICES"),
        (NewOrder("counter", (NewLine(restaurant.steak, 1, ((pepper, 2),)),)), "TOO_MANY_CHOICES"),
        (NewOrder("counter", (NewLine(restaurant.soup, 1, ((pepper, 1),)),)), "UNKNOWN_CHOICE"),
        (NewOrder("counter", (NewLine(restaurant.soup, 0),)), "QUANTITY_INVALID"),
        (NewOrder("counter", (NewLine(restaurant.soup, 1, note="x" * 201),)), "TEXT_TOO_LONG"),
        (NewOrder("counter", (NewLine(restaurant.soup, 1, unit_price_minor=-1),)), "PRICE_INVALID"),
        (NewOrder("counter", (soup,), note="x" * 501), "TEXT_TOO_LONG"),
        (NewOrder("counter", (soup,), table="x" * 41), "TEXT_TOO_LONG"),
        (NewOrder("counter", (soup,), covers=0), "COVERS_INVALID"),
    ]:
        with pytest.raises(Refused) as refused:
            node.act(place_order, order)
        assert refused.value.code == code
        assert refused.value.message.endswith(".")
    assert node.store.counts() == before
    assert node.act(place_order, NewOrder("counter", (soup,)))["number"] == "A1-2"


def test_head_office_takes_no_orders_for_a_property(restaurant: Restaurant) -> None:
    node = restaurant.node
    node.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
    before = node.store.counts()
    node.place = type(node.place)(side="group", node=0, code="HQ", incarnation=1, zone="Africa/Windhoek")
    with pytest.raises(Refused) as refused:
        node.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
    assert refused.value.code == "WRITTEN_AT_THE_PROPERTY"
    assert node.store.counts() == before


def test_texts_that_no_database_keeps_are_made_fit(restaurant: Restaurant) -> None:
    order = restaurant.node.act(
        place_order,
        NewOrder("counter", (NewLine(restaurant.soup, 1, note="\x00hot\x1b@\r\n"),), table=" ", note="né ☕ نخ"),
    )
    assert (order["lines"][0]["note"], order["table"], order["note"]) == ("hot @", None, "né ☕ نخ")
    assert restaurant.node.read(order_view, order["id"]) == order


def test_what_the_system_takes_by_itself_was_opened_by_nobody(restaurant: Restaurant) -> None:
    node = restaurant.node
    node.caller = type(node.caller)(node.caller.org_id, node.caller.property_id, permissions=frozenset({"*"}))
    order = node.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
    assert (order["opened_by"], order["opened_by_name"]) == (None, None)
