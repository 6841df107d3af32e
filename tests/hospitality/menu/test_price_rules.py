"""Prices by time of day, weekday and channel; and both ends reckon the same by them (R17)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import psycopg
import pytest
from sqlalchemy import Boolean

from hospitality.checks.service import add_lines
from hospitality.checks.service.floor import change
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.menu.hours import WEEKDAYS, Hours, When
from hospitality.menu.on_now import menu_now
from hospitality.menu.reading import price_rule_view, price_rules_list, tax_rates_list
from hospitality.menu.rules import AWAY, CHANNELS, Ordering, PriceRule, price_by_rules
from hospitality.menu.service import add_category, edit_item
from hospitality.menu.service.prices import add_price_rule, edit_price_rule
from hospitality.menu.service.taxes import add_tax_rate, edit_tax_rate
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.orders.service.change import NewHead
from hospitality.tables.service.layout import add_area, add_table
from tests.hospitality.node import Node, Restaurant, postgres_store, tables

BASKETS = 150
PLAN = {"x": 0, "y": 0, "w": 80, "h": 80, "rotation": 0}
AN_HOUR = {"from_time": "17:00", "to_time": "18:00"}


def fields(**given: Any) -> dict[str, Any]:
    """A rule as the API hands it in."""
    whole: dict[str, Any] = {
        "name": "Happy hour",
        "menu_item_id": None,
        "category_id": None,
        "channel": None,
        "area_id": None,
        "weekdays": [],
    }
    return {**whole, **AN_HOUR, "price_minor": None, "percent_bp": None, "priority": 0, **given}


def rule(**given: Any) -> PriceRule:
    times = {"weekdays": frozenset(), "from_minute": 17 * 60, "to_minute": 19 * 60}
    hours = Hours(**{name: given.pop(name, usual) for name, usual in times.items()})
    whole: dict[str, Any] = {"id": "1", "nearness": 0, "channel": None, "hours": hours}
    return PriceRule(**{**whole, "price_minor": 500, "percent_bp": None, "priority": 0, **given})


def costs(at: str, *rules: PriceRule, channel: str = "dine_in", zone: str = "Africa/Windhoek") -> int:
    """What an item of 1000 costs at this local time by these rules."""
    when = When(datetime.fromisoformat(at).replace(tzinfo=UTC) - timedelta(hours=2), zone, 4)
    return price_by_rules(1000, rules, Ordering(channel, when))


@pytest.mark.parametrize(
    ("at", "given", "price"),
    [
        ("2026-03-02T16:59", {}, 1000),
        ("2026-03-02T17:00", {}, 500),
        ("2026-03-02T18:59", {}, 500),
        ("2026-03-02T19:00", {}, 1000),
        ("2026-03-02T17:00", {"weekdays": frozenset({"mon"})}, 500),
        ("2026-03-02T17:00", {"weekdays": frozenset({"tue"})}, 1000),
        ("2026-03-02T17:00", {"channel": "takeaway"}, 1000),
        ("2026-03-03T00:30", {"from_minute": 1320, "to_minute": 60, "weekdays": frozenset({"mon"})}, 500),
        ("2026-03-03T22:30", {"from_minute": 1320, "to_minute": 60, "weekdays": frozenset({"mon"})}, 1000),
        ("2026-03-02T00:30", {"from_minute": 1320, "to_minute": 60, "weekdays": frozenset({"mon"})}, 1000),
        ("2026-03-02T03:00", {"from_minute": 0, "to_minute": 0}, 500),
        ("2026-03-02T17:00", {"price_minor": None, "percent_bp": 3335}, 334),
        ("2026-03-02T17:00", {"price_minor": None}, 1000),
        ("2026-03-02T17:00", {"nearness": 3}, 1000),
    ],
)
def test_a_rule_holds_at_its_local_hours_and_days(at: str, given: dict[str, Any], price: int) -> None:
    assert costs(at, rule(**given)) == price


def test_of_several_rules_one_decides_in_whatever_order_they_come() -> None:
    high, of_category = rule(id="3", price_minor=300, priority=2), rule(id="0", nearness=1, price_minor=400)
    of_item, later = rule(id="1", price_minor=500), rule(id="2", price_minor=600)
    for rules, price in [
        ((later, of_category, high), 300),
        ((of_category, later, of_item), 500),
        ((of_category,), 400),
        ((rule(id="9", price_minor=1, priority=9, channel="counter"), of_category), 400),
    ]:
        assert costs("2026-03-02T17:30", *rules) == price
        assert costs("2026-03-02T17:30", *reversed(rules)) == price


def test_an_order_is_taken_at_the_price_of_the_hour_and_keeps_it(restaurant: Restaurant) -> None:
    node = restaurant.node  # 17:00 in London is 19:00 in Windhoek
    made = node.act(
        add_price_rule,
        fields(menu_item_id=restaurant.beer, from_time="19:00", to_time="20:00", price_minor=200, weekdays=["sun"]),
    )
    assert node.read(price_rules_list) == [made] == [node.read(price_rule_view, made["id"])]
    beer = NewOrder("dine_in", (NewLine(restaurant.beer, 2), NewLine(restaurant.soup, 1)))
    sent = node.act(place_order, beer)
    assert [line["unit_price_minor"] for line in sent["lines"]] == [200, 900]
    node.act(edit_price_rule, made["id"], {"price_minor": None, "percent_bp": 5000})
    assert node.act(place_order, beer)["lines"][0]["unit_price_minor"] == 167
    node.act(edit_price_rule, made["id"], {"active": False, "percent_bp": 5000})
    assert node.act(place_order, beer)["lines"][0]["unit_price_minor"] == 333
    assert [entry["data"][-45:] for entry in node.journal("menu.price_rule_changed")] == [
        '"after":{"price_minor":null,"percent_bp":5000}}'[-45:],
        '"before":{"active":true},"after":{"active":false}}'[-45:],
    ]
    kept = node.reading().value("SELECT unit_price_minor FROM order_lines WHERE id = :id", id=sent["lines"][0]["id"])
    assert kept == 200


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"price_minor": 5}, "PRICE_RULE_INVALID"),
        ({"menu_item_id": "soup"}, "PRICE_RULE_INVALID"),
        ({"menu_item_id": "soup", "price_minor": 5, "percent_bp": 5}, "PRICE_RULE_INVALID"),
        ({"menu_item_id": "soup", "percent_bp": 100_001}, "PRICE_RULE_INVALID"),
        ({"menu_item_id": "soup", "price_minor": -1}, "PRICE_INVALID"),
        ({"menu_item_id": "soup", "price_minor": 5, "from_time": "24:00"}, "TIME_INVALID"),
        ({"menu_item_id": "soup", "price_minor": 5, "weekdays": ["funday"]}, "WEEKDAY_UNKNOWN"),
        ({"menu_item_id": "soup", "price_minor": 5, "channel": "drone"}, "CHANNEL_INVALID"),
        ({"menu_item_id": "nothing here", "price_minor": 5}, "MENU_ITEM_NOT_FOUND"),
    ],
)
def test_a_rule_that_can_not_be_is_refused(restaurant: Restaurant, given: dict[str, Any], code: str) -> None:
    before = restaurant.node.store.counts()
    ids = {"soup": restaurant.soup, "nothing here": new_id()}
    with pytest.raises((Invalid, NotFound)) as refused:
        restaurant.node.act(
            add_price_rule,
            fields(
                **{name: ids.get(value, value) if name == "menu_item_id" else value for name, value in given.items()}
            ),
        )
    assert refused.value.code == code
    assert restaurant.node.store.counts() == before


def head_office(node: Node) -> Node:
    """The same property as head office writes it."""
    return Node(node.store, node.caller, replace(node.place, side="group"), node.now, node.head)


def test_what_leaves_the_house_is_taxed_at_the_rate_that_stands_in(restaurant: Restaurant) -> None:
    node, office = restaurant.node, head_office(restaurant.node)
    with pytest.raises(Refused) as refused:
        node.act(edit_tax_rate, restaurant.vat, {"away_rate_id": restaurant.levy})
    assert refused.value.code == "WRITTEN_AT_HEAD_OFFICE"
    for id, code in ((restaurant.vat, "AWAY_RATE_INVALID"), (new_id(), "TAX_RATE_NOT_FOUND")):
        with pytest.raises((Invalid, NotFound)) as wrong:
            office.act(edit_tax_rate, restaurant.vat, {"away_rate_id": id})
        assert wrong.value.code == code
    away = office.act(add_tax_rate, name="VAT away", rate_bp=700, included=True)
    said = office.act(edit_tax_rate, restaurant.vat, {"away_rate_id": away["id"]})
    assert said in node.read(tax_rates_list)
    [told] = office.journal("menu.tax_rate_changed")
    assert msgspec.json.decode(told["data"]) == {
        "tax_rate_id": restaurant.vat,
        "before": {"away_rate_id": None},
        "after": {"away_rate_id": away["id"]},
    }
    node.head = office.head
    pepper = restaurant.option(restaurant.sauces["options"], "Pepper")
    steak = (NewLine(restaurant.steak, 1, ((pepper, 1),)), NewLine(restaurant.beer, 1))
    for channel in CHANNELS:
        taxes = node.act(place_order, NewOrder(channel, steak))["taxes"]
        rate = ("VAT away", 700) if channel in AWAY else ("VAT", 1500)
        assert [(tax["name"], tax["rate_bp"]) for tax in taxes] == [("Levy", 200), rate]
    node.act(lambda work: work.run("DELETE FROM tax_rates WHERE id = :id", id=away["id"]))
    [_, tax] = node.act(place_order, NewOrder("takeaway", steak))["taxes"]
    assert tax["name"] == "VAT", "what names a rate that is not here is sold at its own"


def test_an_item_is_taxed_at_its_rate_and_all_that_go_with_it(restaurant: Restaurant) -> None:
    node, office = restaurant.node, head_office(restaurant.node)
    city = office.act(add_tax_rate, name="City", rate_bp=250, included=False, compound=True)["id"]
    with pytest.raises(Invalid) as refused:
        office.act(edit_tax_rate, restaurant.levy, {"with_rate_ids": [restaurant.levy]})
    assert refused.value.code == "FURTHER_RATES_INVALID"
    said = office.act(edit_tax_rate, restaurant.levy, {"with_rate_ids": [restaurant.vat, city]})
    assert said in node.read(tax_rates_list)
    node.head = office.head
    order = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.beer, 3),)))
    taxes = {tax["name"]: (tax["net_minor"], tax.get("on_minor"), tax["tax_minor"]) for tax in order["taxes"]}
    # 9.99 with 1.30 VAT in it; 2 % of the net, then 2.5 % of the price with both
    assert taxes == {"VAT": (869, None, 130), "Levy": (0, 869, 17), "City": (0, 1016, 25)}
    assert order["total_minor"] == 999 + 17 + 25
    office.act(edit_tax_rate, restaurant.levy, {"with_rate_ids": []})
    node.head = office.head
    again = node.act(add_lines, order["id"], [NewLine(restaurant.beer, 3)])
    assert {tax["name"]: tax["tax_minor"] for tax in again["taxes"]} == {"VAT": 130, "Levy": 17 + 20, "City": 25}


@contextmanager
def the_same_at_head_office(node: Node, connection: psycopg.Connection[Any]) -> Iterator[Node]:
    """A node on PostgreSQL that holds the same rows, as sync would have brought them."""
    for store in postgres_store(connection):
        with store.transaction() as other:
            for table in tables():
                names = [column.name for column in table.columns]
                flags = {column.name for column in table.columns if isinstance(column.type, Boolean)}
                marks = f"({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"
                for row in node.store.connection.execute(f"SELECT {', '.join(names)} FROM {table.name}").fetchall():
                    values = [bool(row[name]) if name in flags else row[name] for name in names]
                    other.execute(f"INSERT INTO {table.name} {marks}", values)
        yield Node(store, node.caller, node.place, node.now, node.head)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_both_ends_reckon_the_same_for_any_basket(
    restaurant: Restaurant, postgres_node: psycopg.Connection[Any]
) -> None:
    node, chance = restaurant.node, Random(17)
    items = [restaurant.beer, restaurant.soup, restaurant.steak]
    pepper = restaurant.option(restaurant.sauces["options"], "Pepper")
    away = node.act(add_tax_rate, name="Away", rate_bp=733, included=True)["id"]
    office = head_office(node)
    office.act(edit_tax_rate, restaurant.vat, {"away_rate_id": away})
    node.head = office.head
    rates = set()
    areas = [node.act(add_area, name=name)["id"] for name in ("Terrace", "Dining room")]
    for label, area in zip("TD", areas, strict=True):
        node.act(add_table, area_id=area, label=label, seats=4, shape="round", plan=PLAN)
    for _ in range(12):
        about = chance.choice([{"category_id": restaurant.category}, {"menu_item_id": chance.choice(items)}])
        price = chance.choice([{"percent_bp": chance.randint(1, 20_000)}, {"price_minor": chance.randint(0, 5000)}])
        hours = {name: f"{chance.randrange(24):02}:{chance.randrange(60):02}" for name in AN_HOUR}
        when = {"weekdays": chance.sample(WEEKDAYS, chance.randint(0, 4)), "priority": chance.randint(0, 2)}
        where = {"channel": chance.choice([None, *CHANNELS]), "area_id": chance.choice([None, *areas])}
        node.act(add_price_rule, fields(**{**about, **price, **hours, **when, **where}))
    prices = set()
    with the_same_at_head_office(node, postgres_node) as office:
        for _ in range(BASKETS):
            node.now += timedelta(minutes=chance.randint(1, 600))
            office.now = node.now
            lines = [(chance.choice(items), chance.randint(1, 9)) for _ in range(chance.randint(1, 8))]
            basket = NewOrder(
                chance.choice(CHANNELS),
                tuple(NewLine(id, n, ((pepper, 1),) if id == restaurant.steak else ()) for id, n in lines),
                table=chance.choice([None, "T", "D"]),
            )
            here, there = node.act(place_order, basket), office.act(place_order, basket)
            sums = ("subtotal_minor", "tax_minor", "total_minor", "taxes")
            assert {name: here[name] for name in sums} == {name: there[name] for name in sums}
            mine = [(line["menu_item_id"], line["unit_price_minor"]) for line in here["lines"]]
            assert mine == [(line["menu_item_id"], line["unit_price_minor"]) for line in there["lines"]]
            prices |= set(mine)
            rates |= {(basket.channel in AWAY, tax["name"]) for tax in here["taxes"] if tax["included"]}
    assert len(prices) > 3 * len(items)  # the rules did decide
    assert rates == {(True, "Away"), (False, "VAT")}


def test_a_rule_of_an_area_holds_at_its_tables_and_for_what_is_added_there(restaurant: Restaurant) -> None:
    node = restaurant.node
    terrace, hall = (node.act(add_area, name=name)["id"] for name in ("Terrace", "Hall"))
    for label, area in (("T1", terrace), ("H1", hall)):
        node.act(add_table, area_id=area, label=label, seats=4, shape="round", plan=PLAN)
    hours = {"from_time": "00:00", "to_time": "00:00"}
    node.act(add_price_rule, fields(menu_item_id=restaurant.beer, price_minor=250, area_id=terrace, **hours))
    beer = (NewLine(restaurant.beer, 1),)

    def priced(order: dict[str, Any]) -> list[int]:
        return [line["unit_price_minor"] for line in order["lines"]]

    for table, price in (("T1", 250), ("H1", 333), ("T9", 333), (None, 333)):
        order = node.act(place_order, NewOrder("dine_in", beer, table=table))
        assert priced(order) == [price]
        told = node.read(menu_now, Ordering("dine_in", When(node.now, "Africa/Windhoek", 4), table))
        assert [one["price_minor"] for one in told["items"]] == ([250] if price == 250 else [])
    moved = node.act(place_order, NewOrder("dine_in", beer, table="H1"))
    node.later(minutes=1)
    node.act(change, moved["id"], NewHead(table="T1"))
    assert priced(node.act(add_lines, moved["id"], beer)) == [333, 250]
    with pytest.raises(NotFound) as refused:
        node.act(add_price_rule, fields(menu_item_id=restaurant.beer, price_minor=1, area_id=new_id(), **hours))
    assert refused.value.code == "AREA_NOT_FOUND"


def test_a_heading_above_gives_its_price_where_nothing_nearer_does(restaurant: Restaurant) -> None:
    node = restaurant.node
    under = node.act(add_category, name="Beers", parent_id=restaurant.category)["id"]
    node.act(edit_item, restaurant.beer, {"category_id": under})
    whole_day = {"from_time": "00:00", "to_time": "00:00"}

    def price() -> int:
        order = node.act(place_order, NewOrder("counter", (NewLine(restaurant.beer, 1),)))
        return int(order["lines"][0]["unit_price_minor"])

    node.act(add_price_rule, fields(category_id=restaurant.category, price_minor=300, **whole_day))
    assert price() == 300
    node.act(add_price_rule, fields(category_id=under, price_minor=200, **whole_day))
    assert price() == 200
    node.act(add_price_rule, fields(menu_item_id=restaurant.beer, price_minor=100, **whole_day))
    assert price() == 100


def test_what_holds_now_is_told_with_the_hour_at_which_it_may_change(restaurant: Restaurant) -> None:
    node = restaurant.node

    def now(channel: str = "dine_in") -> dict[str, Any]:
        return node.read(menu_now, Ordering(channel, When(node.now, "Africa/Windhoek", 4)))

    assert now() == {"items": [], "not_served": [], "until": None}
    hours = {"from_time": "19:30", "to_time": "21:00"}  # it is 19:00 there
    node.act(add_price_rule, {**fields(menu_item_id=restaurant.beer, price_minor=200), **hours})
    assert now() == {"items": [], "not_served": [], "until": "2026-03-01T17:30:00.000000Z"}
    node.later(minutes=30)
    beer = {"menu_item_id": restaurant.beer, "price_minor": 200}
    assert now() == {"items": [beer], "not_served": [], "until": "2026-03-01T19:00:00.000000Z"}
    node.later(hours=2)
    assert now() == {"items": [], "not_served": [], "until": "2026-03-01T22:00:00.000000Z"}, "the day changes"
