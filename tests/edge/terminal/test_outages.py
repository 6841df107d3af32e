"""The node goes away and comes back; what was keyed in is kept, and sent once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from edge.terminal.app import TerminalApp
from tests.edge.terminal.driving import app_at, running, screen_text, signed_in, type_in, until, until_gone, until_shown
from tests.edge.terminal.node_double import NodeDouble, Served

MakeApp = Callable[..., TerminalApp]


def test_an_order_keyed_in_without_the_node_is_sent_once_when_it_is_back(
    served: Served, node: NodeDouble, make_app: MakeApp
) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await until_shown(pilot, "Oysters")
            await asyncio.to_thread(served.stop)
            await until_shown(pilot, "Cut off since", "what you see may be old")
            await type_in(pilot, "risotto")
            await pilot.press("enter", "f8")
            await until_shown(pilot, "NOT ACCEPTED", "1 kept here, not accepted yet")
            await pilot.press("f8", "f2")
            await until_shown(pilot, "New order", "Nothing ordered yet")
            await type_in(pilot, "chips")
            await pilot.press("enter", "f8")
            await until_shown(pilot, "2 kept here, not accepted yet")
            await pilot.press("f3")
            await until_shown(pilot, "NOT ACCEPTED", "135.00", "35.00")
            await asyncio.to_thread(served.start)
            await until_shown(pilot, "Online", "A1-101", "A1-102")
            await until_gone(pilot, "NOT ACCEPTED")

    asyncio.run(scenario())
    names = [order["lines"][0]["name"] for order in node.book.orders.values()]
    assert names == ["Wild mushroom risotto", "Chips"]


def test_an_answer_lost_in_the_moment_of_the_cut_makes_no_second_order(
    served: Served, node: NodeDouble, make_app: MakeApp
) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "soup")
            await pilot.press("enter")
            await until_shown(pilot, "Not sent")
            node.lose_answers = 1_000
            await pilot.press("f8")
            await until(pilot, lambda: node.posts("/orders") >= 1)
            await asyncio.to_thread(served.stop)
            await until_shown(pilot, "NOT ACCEPTED", "Cut off since")
            assert len(node.book.orders) == 1
            node.lose_answers = 0
            await asyncio.to_thread(served.start)
            await until_shown(pilot, "A1-101", "Accepted", "Online")

    asyncio.run(scenario())
    assert len(node.book.orders) == 1


def test_a_kept_order_outlives_the_app(served: Served, node: NodeDouble, make_app: MakeApp, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "soup")
            await pilot.press("enter")
            await until_shown(pilot, "Not sent")
            await asyncio.to_thread(served.stop)
            await pilot.press("f8")
            await until_shown(pilot, "NOT ACCEPTED")
        await asyncio.to_thread(served.start)
        async with running(app_at(served, tmp_path)) as pilot:
            await until_shown(pilot, "1 kept here, not accepted yet")
            assert not node.book.orders
            await signed_in(pilot)
            await until(pilot, lambda: node.book.orders)
            await until_gone(pilot, "kept here")
        async with running(app_at(served, tmp_path)) as pilot:
            await until_shown(pilot, "Anna", "Online")
            assert "kept here" not in screen_text(pilot.app)

    asyncio.run(scenario())
    assert len(node.book.orders) == 1


def test_a_kept_order_goes_out_although_its_person_has_signed_out(
    served: Served, node: NodeDouble, make_app: MakeApp
) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "soup")
            await pilot.press("enter")
            await until_shown(pilot, "Not sent")
            await asyncio.to_thread(served.stop)
            await pilot.press("f8")
            await until_shown(pilot, "NOT ACCEPTED")
            await pilot.press("f10")
            await until_shown(pilot, "Signing in needs the node")
            await asyncio.to_thread(served.start)
            await until(pilot, lambda: node.book.orders and not node.sessions)

    asyncio.run(scenario())
    assert [order["opened_by_name"] for order in node.book.orders.values()] == ["Anna"]


def test_a_refused_kept_order_comes_back_into_the_check_to_be_changed(
    served: Served, node: NodeDouble, make_app: MakeApp
) -> None:
    soup = next(item for item in node.book.menu if item["name"] == "Soup of the day")

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await until_shown(pilot, "Soup")
            await asyncio.to_thread(served.stop)
            await until_shown(pilot, "Cut off since")
            await type_in(pilot, "soup")
            await pilot.press("enter")
            await type_in(pilot, "chips")
            await pilot.press("enter", "f8")
            await until_shown(pilot, "NOT ACCEPTED")
            await pilot.press("f2")
            soup["available"] = False
            await asyncio.to_thread(served.start)
            await until_shown(pilot, "1 refused, see F3")
            await pilot.press("f3")
            await until_shown(pilot, "REFUSED", "Soup of the day is sold out")
            await pilot.press("1")
            await until_shown(pilot, "Change it and send it anew")
            await pilot.press("2")
            await until_shown(pilot, "Not sent", "Chips")
            await pilot.press("tab", "tab", "home", "delete", "f8")
            await until_shown(pilot, "A1-101", "Accepted")

    asyncio.run(scenario())
    (order,) = node.book.orders.values()
    assert [line["name"] for line in order["lines"]] == ["Chips"]


def test_what_happened_meanwhile_is_shown_after_the_cut(served: Served, node: NodeDouble, make_app: MakeApp) -> None:
    book = node.book
    item = next(item for item in book.menu if item["name"] == "Grilled kingklip")
    body = {"channel": "dine_in", "table": "9", "lines": [{"menu_item_id": item["id"], "quantity": 1}]}

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await pilot.press("f4")
            await until_shown(pilot, "Nothing to do")
            await asyncio.to_thread(served.stop)
            await until_shown(pilot, "Cut off since")
            book.place_order(body, book.people[1]["id"])
            await asyncio.to_thread(served.start)
            await until_shown(pilot, "Table 9", "Grilled kingklip", "Online")
            await asyncio.to_thread(served.stop)
            await until_shown(pilot, "Cut off since")
            node.incarnation = 2
            del book.journal[:]
            book.tickets.clear()
            await asyncio.to_thread(served.start)
            await until_shown(pilot, "Nothing to do", "Online")

    asyncio.run(scenario())


def test_a_sign_in_that_the_node_ended_keeps_what_was_keyed_in(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "soup")
            await pilot.press("enter")
            await until_shown(pilot, "Not sent")
            node.sessions.clear()
            await pilot.press("f8")
            await until_shown(pilot, "Your sign-in has ended", "Who is it?")
            await signed_in(pilot)
            await until(pilot, lambda: node.book.orders)

    asyncio.run(scenario())
    assert len(node.book.orders) == 1


def test_property_only_is_calm_and_says_how_many_wait(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            node.book.sync |= {"state": "property_only", "waiting": 7}
            await until_shown(pilot, "Property only, 7 wait")
            assert "Cut off" not in screen_text(pilot.app)
            node.book.sync |= {"state": "online", "waiting": 0}
            await until_shown(pilot, "Online")

    asyncio.run(scenario())
