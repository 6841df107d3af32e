"""The kitchen's queue, and paying."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from edge.terminal.app import TerminalApp
from tests.edge.terminal.driving import LARGE, running, signed_in, type_in, until, until_gone, until_shown, until_true
from tests.edge.terminal.node_book import Json
from tests.edge.terminal.node_double import NodeDouble, Served

MakeApp = Callable[..., TerminalApp]


def place(node: NodeDouble, table: str, *names: str) -> Json:
    items = {item["name"]: item["id"] for item in node.book.menu}
    lines = [{"menu_item_id": items[name], "quantity": 1} for name in names]
    body = {"channel": "dine_in", "table": table, "covers": 2, "lines": lines}
    return node.book.place_order(body, node.book.people[0]["id"])


def ticket_of(node: NodeDouble, order: Json) -> Json:
    return next(ticket for ticket in node.book.tickets.values() if ticket["order_id"] == order["id"])


def test_a_ticket_is_begun_bumped_recalled_and_served(node: NodeDouble, make_app: MakeApp) -> None:
    first, second = place(node, "3", "Chips"), place(node, "4", "Garden salad")

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot, "3", "5555")
            await until_shown(pilot, "2 tickets", "Table 3", "Table 4")
            await pilot.press("2", "space")
            await until(pilot, lambda: ticket_of(node, second)["state"] == "in_preparation")
            await until_shown(pilot, "begun")
            await pilot.press("1", "enter")
            await until(pilot, lambda: ticket_of(node, first)["state"] == "ready")
            await until_shown(pilot, "A1-101 is bumped", "1 ticket")
            await until_gone(pilot, "Table 3")
            await pilot.press("r")
            await until_shown(pilot, "A1-101 is back in the queue", "Table 3")
            await pilot.press("1", "enter")
            await until_gone(pilot, "Table 3")
            await pilot.press("tab")
            await until_shown(pilot, "Ready: All stations", "Table 3")
            await pilot.press("enter")
            await until_shown(pilot, "A1-101 is served", "Nothing is ready")

    asyncio.run(scenario())
    assert [ticket_of(node, order)["state"] for order in (first, second)] == ["served", "in_preparation"]


def test_lines_are_bumped_and_brought_back_one_by_one_by_digits_and_enter(node: NodeDouble, make_app: MakeApp) -> None:
    place(node, "3", "Chips")
    order = place(node, "4", "Garden salad", "Chips", "Grilled kingklip")

    def states() -> list[str]:
        return [line["state"] for line in ticket_of(node, order)["lines"]]

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot, "3", "5555")
            await until_shown(pilot, "2 tickets", "Table 4")
            await pilot.press("2", "i")
            await until_shown(pilot, "1:1 Garden salad", "2:1 Chips", "Digits bump a line")
            await pilot.press("2")
            await until(pilot, lambda: states() == ["placed", "ready", "placed"])
            await until_shown(pilot, "Chips is bumped", "✔ ready")
            await pilot.press("down", "enter")
            await until(pilot, lambda: states() == ["placed", "ready", "ready"])
            await until_shown(pilot, "Grilled kingklip is bumped")
            await pilot.press("2")
            await until(pilot, lambda: states() == ["placed", "in_preparation", "ready"])
            await until_shown(pilot, "Chips is back")
            await pilot.press("escape", "enter")
            await until_shown(pilot, "A1-102 is bumped", "1 ticket")

    asyncio.run(scenario())
    assert states() == ["ready", "ready", "ready"]


def test_changes_after_firing_are_loud_until_they_are_acknowledged(node: NodeDouble, make_app: MakeApp) -> None:
    ticket = ticket_of(node, place(node, "3", "Chips", "Garden salad"))

    def tell(**changed: object) -> None:
        ticket.update(changed)
        node.book.event("ticket_updated", {"ticket": ticket})

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot, "3", "5555")
            await until_shown(pilot, "1 ticket", "Garden salad")
            chips, salad = ticket["lines"]
            bread = {**chips, "id": "bread", "name": "Garlic bread"}
            void = {**salad, "state": "voided", "void_reason": "allergic"}
            tell(lines=[{**chips, "quantity": 3}, void, bread])
            await until_shown(pilot, "CHANGED, was 1", "VOID 1 Garden salad", "allergic", "ADDED", "1 changed")
            await pilot.press("enter")
            await until_gone(pilot, "ADDED")
            await until_shown(pilot, "3 Chips", "VOID 1 Garden salad", "Seen.")
            assert ticket["state"] == "placed"
            tell(state="voided", lines=[{**line, "state": "voided", "void_reason": "left"} for line in ticket["lines"]])
            await until_shown(pilot, "VOID 3 Chips: left")
            await pilot.press("enter")
            await until_gone(pilot, "Chips")

    asyncio.run(scenario())


def test_the_expeditor_serves_what_is_ready_of_all_stations(node: NodeDouble, make_app: MakeApp) -> None:
    order = place(node, "4", "Chips", "Windhoek Lager")
    chips, lager = (ticket for ticket in node.book.tickets.values() if ticket["order_id"] == order["id"])
    node.book.step(lager["id"], "bump")

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot, "3", "5555")
            await until_shown(pilot, "1 ticket")
            await pilot.press("s", "s", "s")
            await until_shown(pilot, "To do: The pass", "─ Bar", "─ Kitchen", "✔ ready", "○ to make")
            await pilot.press("enter")
            await until_shown(pilot, "A1-101 is served", "○ to make")
            await until(pilot, lambda: (chips["state"], lager["state"]) == ("placed", "served"))
            await pilot.press("i", "1")
            await until_gone(pilot, "Table 4")
            await pilot.press("r")
            await until_shown(pilot, "It is back at the pass", "Table 4", "✔ ready")

    asyncio.run(scenario())
    assert (chips["state"], lager["state"]) == ("ready", "served")


def test_a_kitchens_own_terminal_needs_nobody_signed_in(node: NodeDouble, make_app: MakeApp) -> None:
    order = place(node, "5", "Chips", "Windhoek Lager")

    async def scenario() -> None:
        async with running(make_app("kitchen")) as pilot:
            await until_shown(pilot, "To do: Kitchen", "1 ticket", "Chips")
            await pilot.press("s")
            await until_shown(pilot, "To do: Bar", "Windhoek Lager")
            await until_gone(pilot, "Chips")
            await pilot.press("s", "s", "s")
            await until_shown(pilot, "To do: Kitchen", "Chips")
            await pilot.press("enter")
            await until(pilot, lambda: ticket_of(node, order)["state"] == "ready")

    asyncio.run(scenario())


def test_the_board_tells_the_node_which_station_it_shows_for_as_long_as_it_does(
    node: NodeDouble, make_app: MakeApp
) -> None:
    kitchen, bar = (station["id"] for station in node.book.stations)

    async def scenario() -> None:
        async with running(make_app("kitchen")) as pilot:
            await until(pilot, lambda: node.shown[-2:] == [kitchen, kitchen])
            await pilot.press("tab")
            await until(pilot, lambda: node.shown[-1] is None)
            await pilot.press("tab", "s")
            await until(pilot, lambda: node.shown[-1] == bar)
            await pilot.press("s")
            await until(pilot, lambda: node.shown[-1] == "pass")
        await until_true(lambda: node.shown[-1] is None)

    asyncio.run(scenario())


def test_a_new_ticket_comes_by_itself_and_the_chosen_one_stays_chosen(node: NodeDouble, make_app: MakeApp) -> None:
    place(node, "6", "Chips")
    node.book.now += timedelta(minutes=1)
    chosen = place(node, "7", "Chips")

    async def scenario() -> None:
        async with running(make_app(), LARGE) as pilot:
            await signed_in(pilot, "3", "5555")
            await until_shown(pilot, "2 tickets")
            await pilot.press("2")
            node.book.now += timedelta(minutes=10)
            place(node, "8", "Garden salad")
            await until_shown(pilot, "3 tickets", "Table 8", "LATE", "All day", "2 Chips")
            first = next(iter(node.book.tickets.values()))
            first["state"] = "ready"
            node.book.event("ticket_updated", {"ticket": first})
            await until_shown(pilot, "2 tickets")
            await pilot.press("enter")
            await until(pilot, lambda: ticket_of(node, chosen)["state"] == "ready")

    asyncio.run(scenario())


def test_a_bump_that_the_node_does_not_hear_is_said_and_done_once_when_pressed_again(
    served: Served, node: NodeDouble, make_app: MakeApp
) -> None:
    order = place(node, "3", "Chips")

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot, "3", "5555")
            await until_shown(pilot, "1 ticket")
            await asyncio.to_thread(served.stop)
            await until_shown(pilot, "Cut off since")
            await pilot.press("enter")
            await until_shown(pilot, "Not done: the node does not answer")
            await asyncio.to_thread(served.start)
            await until_shown(pilot, "Online")
            await pilot.press("enter")
            await until(pilot, lambda: ticket_of(node, order)["state"] == "ready")

    asyncio.run(scenario())


def test_cash_is_taken_and_the_change_is_large_on_the_screen(node: NodeDouble, make_app: MakeApp) -> None:
    order = place(node, "3", "Grilled kingklip", "Chips")

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await pilot.press("f3")
            await until_shown(pilot, "A1-101", "220.00")
            await pilot.press("f7")
            await until_shown(pilot, "How is it paid?", "2 Cash", "250.00")
            await pilot.press("2", "enter")
            await until_shown(pilot, "Paid. Give change", "Receipt A1-R00001", "Cash", "250.00", "30.00")
            await pilot.press("enter")
            await until_shown(pilot, "New order", "A1-101 is paid. Change: NAD 30.00")
            await pilot.press("f3")
            await until_shown(pilot, "No open order")
            node.book.orders[order["id"]]["surplus_minor"] = 5500  # paid at another node as well
            await pilot.press("f6")
            await until_shown(pilot, "A1-101", "220.00")
            await pilot.press("enter")
            await until_shown(pilot, "Receipt A1-R00001")
            await pilot.press("escape", "f6")
            await until_shown(pilot, "Too much was taken for these", "A1-101", "55.00")
            await pilot.press("f6")
            await until_shown(pilot, "No open order")

    asyncio.run(scenario())
    (payment,) = node.book.payments[order["id"]]
    assert (payment["amount_minor"], payment["tendered_minor"], payment["change_minor"]) == (22000, 25000, 3000)


def test_a_bill_is_paid_in_parts_by_typed_cash_and_by_card(node: NodeDouble, make_app: MakeApp) -> None:
    order = place(node, "3", "Grilled kingklip")

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await pilot.press("f3")
            await until_shown(pilot, "A1-101")
            await pilot.press("f7")
            await until_shown(pilot, "Cash, another amount")
            await pilot.press("4", "5", "6")
            await until_shown(pilot, "Handed over")
            await type_in(pilot, "x")
            await pilot.press("enter")
            await until_shown(pilot, "That is no amount of NAD")
            await pilot.press("backspace", "backspace")
            await type_in(pilot, "100")
            await pilot.press("enter")
            await until_shown(pilot, "NAD 100.00 taken. The rest is still to pay.", "NAD 85.00")
            await pilot.press("end")
            await until_shown(pilot, "Reference")
            await pilot.press("enter")
            await until_shown(pilot, "Type the reference")
            await type_in(pilot, "AUTH-42")
            await pilot.press("enter")
            await until_shown(pilot, "Receipt A1-R00001", "Card AUTH-42")

    asyncio.run(scenario())
    payments = node.book.payments[order["id"]]
    assert [(one["tender"], one["amount_minor"]) for one in payments] == [("cash", 10000), ("card", 8500)]
    assert payments[1]["reference"] == "AUTH-42"


def test_another_currency_is_taken_and_an_order_that_comes_to_nothing_is_settled(
    node: NodeDouble, make_app: MakeApp
) -> None:
    node.book.cash_step_minor = 10
    order, free, little = (place(node, *one) for one in (("3", "Grilled kingklip"), ("4", "Chips"), ("5", "Chips")))
    for one, amount_minor in ((free, 0), (little, 4)):
        one["lines"][0]["amount_minor"] = amount_minor
        node.book._reckon(one)

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await pilot.press("f3")
            await until_shown(pilot, "A1-101")
            await pilot.press("home", "f7")
            await until_shown(pilot, "How is it paid?", "Cash, EUR")
            await pilot.press("t")
            await type_in(pilot, "x")
            await pilot.press("enter")
            await until_shown(pilot, "That is no amount of NAD")
            await pilot.press("backspace")
            await type_in(pilot, "2.53")
            await pilot.press("enter", "7")
            await until_shown(pilot, "In EUR", "9.38")
            await type_in(pilot, "20")
            await pilot.press("enter")
            await until_shown(pilot, "Receipt A1-R00001", "Give change", "212.50")
            await pilot.press("escape", "f3")
            await until_shown(pilot, "A1-102")
            await pilot.press("f7")
            await until_shown(pilot, "It comes to nothing")
            await pilot.press("enter")
            await until_shown(pilot, "Receipt A1-R00002")
            await pilot.press("escape", "f3")
            await until_shown(pilot, "A1-103")
            await pilot.press("f7")
            await until_shown(pilot, "How is it paid?", "0.04")
            await pilot.press("enter")
            await until_shown(pilot, "Receipt A1-R00003")

    asyncio.run(scenario())
    [taken] = node.book.payments[order["id"]]
    assert (taken["amount_minor"], taken["tip_minor"], taken["tendered_minor"]) == (18500, 253, 2000)
    assert node.book.payments[free["id"]][0]["amount_minor"] == 0
    [less_than_a_coin] = node.book.payments[little["id"]]
    assert (less_than_a_coin["amount_minor"], less_than_a_coin["tendered_minor"]) == (4, 0)


def test_an_order_is_sent_and_paid_in_one_go(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await type_in(pilot, "capp")
            await pilot.press("enter", "1")
            await until_shown(pilot, "Not sent")
            await pilot.press("f7")
            await until_shown(pilot, "How is it paid?", "A1-101")
            await pilot.press("1", "enter")
            await until_shown(pilot, "Paid. Give change", "Receipt")

    asyncio.run(scenario())
    assert [order["payment_state"] for order in node.book.orders.values()] == ["settled"]


def test_a_payment_whose_answer_is_lost_is_taken_once(node: NodeDouble, make_app: MakeApp) -> None:
    order = place(node, "3", "Chips")

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await pilot.press("f3")
            await until_shown(pilot, "A1-101")
            await pilot.press("f7")
            await until_shown(pilot, "How is it paid?")
            node.lose_answers = 2
            await pilot.press("1", "enter", "enter")
            await until(pilot, lambda: not pilot.app.screen.query("#ways"), "the receipt, or what follows it")

    asyncio.run(scenario())
    assert len(node.book.payments[order["id"]]) == 1


def test_a_payment_kept_through_a_cut_is_taken_once_and_no_second_one_meanwhile(
    served: Served, node: NodeDouble, make_app: MakeApp
) -> None:
    order = place(node, "3", "Chips")

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await pilot.press("f3")
            await until_shown(pilot, "A1-101")
            await pilot.press("f7")
            await until_shown(pilot, "How is it paid?")
            await asyncio.to_thread(served.stop)
            await until_shown(pilot, "Cut off since")
            await pilot.press("1", "enter")
            await until_shown(pilot, "NOT ACCEPTED", "1 kept here")
            await pilot.press("2", "enter", "escape")
            await until_shown(pilot, "Payment of A1-101")
            await pilot.press("down", "f7")
            await until_shown(pilot, "How is it paid?", "NOT ACCEPTED")
            await pilot.press("1", "enter")
            await asyncio.to_thread(served.start)
            await until_shown(pilot, "Receipt A1-R00001")

    asyncio.run(scenario())
    assert len(node.book.payments[order["id"]]) == 1
