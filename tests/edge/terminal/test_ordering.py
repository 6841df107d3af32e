"""Taking an order, by keyboard alone and by mouse."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import APIRouter

from edge.terminal.app import TerminalApp
from edge.terminal.screens.order import OrderPlace
from tests.edge.terminal.driving import LARGE, running, screen_text, signed_in, type_in, until, until_gone, until_shown
from tests.edge.terminal.node_book import Json
from tests.edge.terminal.node_double import NodeDouble, Served

MakeApp = Callable[..., TerminalApp]


def only_order(node: NodeDouble) -> Json:
    (order,) = node.book.orders.values()
    return order


def test_an_order_with_modifiers_is_taken_by_keyboard_alone(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await until_shown(pilot, "Oysters")
            await pilot.press("f6")
            await until_shown(pilot, "Guests")
            await type_in(pilot, "7")
            await pilot.press("enter", "2", "tab")
            await type_in(pilot, "Birthday")
            await pilot.press("enter")
            await until_shown(pilot, "Table 7", "2 guests", "» Birthday")
            await type_in(pilot, "2 bbur")
            await pilot.press("enter")
            await until_shown(pilot, "2 x Beef burger", "Cooked: choose 1")
            await pilot.press("enter")
            await until_shown(pilot, "Choose 1 more of Cooked")
            await pilot.press("3", "1", "4")
            await until_gone(pilot, "Cooked: choose 1")
            await until_shown(pilot, "Well done", "Bacon +15.00", "No onion", "NAD 226.00")
            await type_in(pilot, "lager")
            await pilot.press("enter")
            await until_shown(pilot, "Windhoek Lager", "Estimate, 3 items", "NAD 258.00", "Not sent")
            await pilot.press("f8")
            await until_shown(pilot, "A1-101", "Total", "incl. VAT 15 %", "Accepted", "» Birthday")

    asyncio.run(scenario())
    order = only_order(node)
    assert order["note"] == "Birthday"
    assert (order["table"], order["covers"], order["channel"], order["total_minor"]) == ("7", 2, "dine_in", 25800)
    burger, lager = order["lines"]
    assert (burger["name"], burger["quantity"]) == ("Beef burger", 2)
    assert [option["name"] for option in burger["options"]] == ["Well done", "Bacon", "No onion"]
    assert (lager["name"], lager["quantity"], lager["options"]) == ("Windhoek Lager", 1, [])


def test_five_items_with_modifiers_take_under_fifteen_keys_beyond_their_names(
    node: NodeDouble, make_app: MakeApp
) -> None:
    keys = 0

    async def scenario() -> None:
        nonlocal keys
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await until_shown(pilot, "Oysters")
            for name in ("steak", "capp", "game", "cappu", "steak"):
                await type_in(pilot, name)
                await pilot.press("enter", "2")
                keys += 2
            await pilot.press("f8")
            keys += 1
            await until_shown(pilot, "A1-101", "Accepted")

    asyncio.run(scenario())
    assert keys < 15
    assert sum(line["quantity"] for line in only_order(node)["lines"]) == 5


def test_a_group_never_takes_more_than_its_most(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "cheeseb")
            await pilot.press("enter")
            await until_shown(pilot, "Extras: up to 2")
            await pilot.press("tab", "1", "2")
            await until_shown(pilot, "1  [ ] Rare")
            await pilot.press("tab", "3")
            await until_shown(pilot, "2 choices at most: give one back first", "[ ] Cheese")
            await pilot.press("2", "3", "1")
            await pilot.press("1", "escape")
            await until_gone(pilot, "Extras")
            assert "Nothing ordered yet" in screen_text(pilot.app)

    asyncio.run(scenario())
    assert not node.book.orders


def test_sending_twice_is_one_order(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "soup")
            await pilot.press("enter", "f8", "f8", "f8")
            await until_shown(pilot, "A1-101", "Accepted")
            await pilot.press("f8", "enter")
            await until_shown(pilot, "New order")

    asyncio.run(scenario())
    assert len(node.book.orders) == 1
    assert node.posts("/orders") == 1


def test_a_lost_answer_is_asked_again_and_is_one_order(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "soup")
            await pilot.press("enter")
            await until_shown(pilot, "Not sent")
            node.lose_answers = 2
            await pilot.press("f8")
            await until_shown(pilot, "A1-101", "Accepted")

    asyncio.run(scenario())
    assert len(node.book.orders) == 1
    assert node.posts("/orders") == 3
    assert len(set(node.keys[-3:])) == 1


def test_an_unsent_line_is_changed_noted_and_taken_off(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            for words in ("chips", "salad", "still"):
                await type_in(pilot, words)
                await pilot.press("enter")
            await pilot.press("plus", "plus", "minus")
            await until_shown(pilot, "2 Still water", "44.00")
            await pilot.press("tab", "tab", "up")
            await until_shown(pilot, "N Note")
            await pilot.press("n")
            await until_shown(pilot, "Note for the kitchen: Garden salad")
            await type_in(pilot, "no nuts")
            await pilot.press("enter")
            await until_shown(pilot, "» no nuts")
            await pilot.press("home", "delete")
            await until_shown(pilot, "Chips is taken off", "NAD 89.00")
            await pilot.press("slash", "f8")
            await until_shown(pilot, "A1-101", "Accepted")

    asyncio.run(scenario())
    lines = only_order(node)["lines"]
    assert [(line["name"], line["quantity"], line["note"]) for line in lines] == [
        ("Garden salad", 1, "no nuts"),
        ("Still water", 2, None),
    ]


def test_options_of_an_unsent_line_are_chosen_again(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "capp")
            await pilot.press("enter", "1")
            await until_shown(pilot, "Full cream", "NAD 30.00")
            await pilot.press("tab", "tab", "enter")
            await until_shown(pilot, "[■] Full cream")
            await pilot.press("2", "enter")
            await until_shown(pilot, "Oat +5.00", "NAD 35.00")

    asyncio.run(scenario())


def test_a_sold_out_item_is_refused_here_and_a_late_one_by_the_node(node: NodeDouble, make_app: MakeApp) -> None:
    chips = next(item for item in node.book.menu if item["name"] == "Chips")
    salad = next(item for item in node.book.menu if item["name"] == "Garden salad")
    chips["sold_out"] = True

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "chips")
            await until_shown(pilot, "86")
            await pilot.press("enter")
            await until_shown(pilot, "Chips is sold out.", "Nothing ordered yet")
            await pilot.press("escape")
            await type_in(pilot, "salad")
            await pilot.press("enter")
            await until_shown(pilot, "Not sent")
            salad["available"] = False
            await pilot.press("f8")
            await until_shown(pilot, "Refused", "Garden salad is sold out")
            salad["available"] = True
            await pilot.press("f8")
            await until_shown(pilot, "A1-101", "Accepted")

    asyncio.run(scenario())
    assert len(node.book.orders) == 1
    assert len({*node.keys[-2:]}) == 2


def test_a_price_that_changes_while_a_till_is_open_is_shown_by_itself(node: NodeDouble, make_app: MakeApp) -> None:
    salad = next(item for item in node.book.menu if item["name"] == "Garden salad")

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "salad")
            await until_shown(pilot, f"{salad['price_minor'] / 100:.2f}")
            salad["price_minor"] += 777
            node.book.event("menu_updated", {})
            await until_shown(pilot, f"{salad['price_minor'] / 100:.2f}")

    asyncio.run(scenario())


def test_what_is_told_of_an_item_is_shown_at_once_and_nothing_is_asked_for(node: NodeDouble, make_app: MakeApp) -> None:
    salad = next(item for item in node.book.menu if item["name"] == "Garden salad")

    def told(**changes: Any) -> None:
        node.book.event("menu_updated", {"items": [{**salad, **changes}], "whole": False})

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "salad")
            await pilot.press("enter")
            await until_shown(pilot, "Estimate", "NAD 45.00")
            reads = node.requests.copy()
            await type_in(pilot, "salad")
            told(portions_left=3, price_minor=4700)
            await until_shown(pilot, "Garden salad · 3 left", "NAD 47.00")  # and what is keyed in is reckoned anew
            told(sold_out=True)
            await until_shown(pilot, "86")
            await pilot.press("enter")
            await until_shown(pilot, "Garden salad is sold out.")
            assert [path for path in node.requests - reads if path.endswith("/menu-items")] == []

    asyncio.run(scenario())


def test_the_finder_shows_the_price_that_holds_now(node: NodeDouble, make_app: MakeApp) -> None:
    lager = next(item for item in node.book.menu if item["name"] == "Windhoek Lager")
    node.book.prices = [{"menu_item_id": lager["id"], "price_minor": 1900}]

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "lager")
            await until_shown(pilot, "▾ 32.00", "19.00")
            await pilot.press("enter")
            await until_shown(pilot, "NAD 19.00")
            node.book.prices = []
            node.book.event("menu_updated", {})
            await until_shown(pilot, "NAD 32.00")
            await until_gone(pilot, "▾")

    asyncio.run(scenario())


def test_what_is_not_served_is_found_by_search_with_when_it_is_on(node: NodeDouble, make_app: MakeApp) -> None:
    book = node.book
    lager = next(item for item in book.menu if item["name"] == "Windhoek Lager")
    book.not_served = [{"menu_item_id": lager["id"], "next_at": book.text(book.now + timedelta(days=2))}]

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await until_shown(pilot, "Garden salad")
            await until_gone(pilot, "Windhoek Lager")
            await type_in(pilot, "lager")
            await until_shown(pilot, "Windhoek Lager", "Tue ")
            await pilot.press("enter")
            await until_shown(pilot, "Windhoek Lager is not on now (Tue ")
            book.not_served = []
            book.event("menu_updated", {})
            await until_shown(pilot, "32.00")
            await pilot.press("enter")
            await until_shown(pilot, "NAD 32.00")

    asyncio.run(scenario())


def test_a_number_typed_or_scanned_adds_its_item_and_headings_lead_to_what_stands_under_them(
    node: NodeDouble, make_app: MakeApp
) -> None:
    lager = next(item for item in node.book.menu if item["name"] == "Windhoek Lager")
    lager |= {"plu": "4011", "barcodes": ["73513537"], "heading_name": "Drinks", "category_name": "Beers"}

    async def scenario() -> None:
        async with running(make_app(), size=LARGE) as pilot:
            await signed_in(pilot)
            await until_shown(pilot, "  Beers")
            await type_in(pilot, "3x4011")
            await pilot.press("enter")
            await until_shown(pilot, "Estimate, 3 items")
            await pilot.press(*"73513537", "enter")
            await until_shown(pilot, "Estimate, 4 items")
            scanned = {"device_id": "scanner", "at": node.book.text(node.book.now)}
            node.book.event("barcode_scanned", {**scanned, "code": "73513537"})  # by a scanner that the node drives
            await until_shown(pilot, "Estimate, 5 items")
            node.book.event("barcode_scanned", {**scanned, "code": "12345670"})
            await until_shown(pilot, "No item has the code 12345670.", "Estimate, 5 items")
            await pilot.click("#categories", offset=(4, 6))
            await until_gone(pilot, "Cappuccino")
            await until_shown(pilot, "4011")

    asyncio.run(scenario())


def test_a_count_is_keyed_in_and_shown(served: Served, node: NodeDouble, make_app: MakeApp) -> None:
    router, counted = APIRouter(), list[Any]()

    @router.post("/api/v1/properties/{property_id}/menu-items/{item_id}/portions")
    def count(item_id: str, body: Json) -> Json:
        counted.append(body["portions"])
        item = next(item for item in node.book.menu if item["id"] == item_id)
        return {**item, "portions_left": body["portions"], "sold_out": body["portions"] == 0}

    served.stop()
    node.more.append(router)
    served.start()

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "salad")
            for typed, shown in (("4", "Garden salad · 4 left"), ("0", "86"), ("", "  45.00")):
                await pilot.press("ctrl+o")
                await until_shown(pilot, "how many are left?")
                await pilot.press("home", "shift+end", "delete", *typed, "enter")
                await until_gone(pilot, "how many are left?")
                await until_shown(pilot, shown, "every terminal knows")

    asyncio.run(scenario())
    assert counted == [4, 0, None]


def test_more_lines_go_to_an_order_opened_from_the_list(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "soup")
            await pilot.press("enter", "f8")
            await until_shown(pilot, "A1-101", "Accepted")
            await pilot.press("f3")
            await until_shown(pilot, "A1-101", "in the kitchen")
            await pilot.press("1")
            await until_shown(pilot, "Soup of the day", "Total")
            await type_in(pilot, "lager")
            await pilot.press("enter")
            await until_shown(pilot, "Unsent, estimate")
            await pilot.press("f8")
            await until(pilot, lambda: len(only_order(node)["lines"]) == 2)
            await until_shown(pilot, "NAD 97.00")

    asyncio.run(scenario())


def test_the_next_item_after_sending_begins_another_order(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            for number in ("A1-101", "A1-102"):
                await type_in(pilot, "soup")
                await pilot.press("enter", "f8")
                await until_shown(pilot, number, "Accepted")

    asyncio.run(scenario())
    assert [len(order["lines"]) for order in node.book.orders.values()] == [1, 1]


def test_unsent_lines_are_not_thrown_away_unasked(make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "soup")
            await pilot.press("enter", "f2")
            await until_shown(pilot, "1 line is not sent")
            await pilot.press("1")
            await until_gone(pilot, "1 line is not sent")
            await pilot.press("f10")
            await until_shown(pilot, "Sign out; it waits here for you")
            await pilot.press("2")
            await until_shown(pilot, "Who is it?")
            await signed_in(pilot)
            await until_shown(pilot, "Soup of the day", "Not sent", "NAD 65.00")
            await pilot.press("escape", "2")
            await until_shown(pilot, "Nothing ordered yet")

    asyncio.run(scenario())


def test_an_order_is_taken_by_mouse_alone(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        app = make_app()
        async with running(app, LARGE) as pilot:
            await signed_in(pilot)
            await until_shown(pilot, "Oysters", "Everything")
            await pilot.click("#categories", offset=(3, 5))
            await until_gone(pilot, "Oysters")
            await pilot.click("#menu", offset=(6, 2))
            await until_shown(pilot, "Milk: choose 1")
            await pilot.click("#options", offset=(10, 2))
            await until_shown(pilot, "Oat +5.00")
            foot = screen_text(app).splitlines()[-2]
            await pilot.click(".foot", offset=(foot.index("F8") + 1, 0))
            await until_shown(pilot, "A1-101", "Accepted")

    asyncio.run(scenario())
    assert only_order(node)["lines"][0]["options"][0]["name"] == "Oat"


def test_an_owner_may_everything(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot, "5", "135790")
            await type_in(pilot, "soup")
            await pilot.press("enter", "f7")
            await until_shown(pilot, "How is it paid?", "A1-101")

    asyncio.run(scenario())
    assert only_order(node)["opened_by_name"] == "Elsa"


def test_a_role_sees_what_it_may_do(make_app: MakeApp) -> None:
    async def scenario() -> None:
        app = make_app()
        async with running(app) as pilot:
            await signed_in(pilot, "3", "5555")
            await until_shown(pilot, "To do: All stations")
            await pilot.press("f2")
            await pilot.pause()
            assert not isinstance(app.screen, OrderPlace)

    asyncio.run(scenario())


@pytest.mark.parametrize("by", ["approval", "right"])
def test_what_is_ordered_of_a_paused_station_is_let_through_by_a_manager_alone(
    node: NodeDouble, make_app: MakeApp, by: str
) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot, *(("2", "246810") if by == "right" else ()))
            await until_shown(pilot, "Chips")
            pause = {
                "reason": "Fryer is down",
                "since": "",
                "until": node.book.text(node.book.now + timedelta(hours=1)),
            }
            node.book.stations[0]["pause"] = pause
            node.book.event("station_updated", {"station_id": node.book.stations[0]["id"]})
            await type_in(pilot, "chips")
            await until_shown(pilot, "paused")
            await pilot.press("enter", "f8")
            await until_shown(pilot, "Its station is paused", "Kitchen takes no orders until 21:30: Fryer is down.")
            assert node.book.orders == {}
            await pilot.press("2")
            if by == "approval":
                await until_shown(pilot, "A manager's PIN is needed")
                await pilot.press("1")
                await type_in(pilot, "246810")
                await pilot.press("enter")
                await type_in(pilot, "Regular guest")
                await pilot.press("enter")
            await until_shown(pilot, "A1-101", "Accepted")

    asyncio.run(scenario())
    assert [line["name"] for line in only_order(node)["lines"]] == ["Chips"]
