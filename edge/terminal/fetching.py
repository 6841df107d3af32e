"""Reads what the screens show, when something asks for it, and asks again until the node has answered."""

import asyncio
from typing import Final

from edge.terminal.backoff import delay_seconds
from edge.terminal.client import NodeError
from edge.terminal.desk import Desk
from edge.terminal.news import Topic, TrainingOver, Unenrolled
from edge.terminal.shapes.kitchen import Stations, Tickets
from edge.terminal.shapes.menu import PricesNow
from edge.terminal.shapes.node import People, Status
from edge.terminal.words import _

STATUS_SECONDS = 10.0
OVER = "TRAINING_OVER"
SETTLED_PAGES_MAX = 2
EVERYTHING: Final = (Topic.STATUS, Topic.PEOPLE, Topic.MENU, Topic.PRICES, Topic.ORDERS, Topic.TICKETS)


async def run(desk: Desk) -> None:
    """Fetch what is wanted, for ever; the status also by itself, because a printer's state has no event."""
    failures = 0
    while True:
        wait = delay_seconds(failures, desk.chance) if failures else STATUS_SECONDS
        try:
            await asyncio.wait_for(desk.wanting.wait(), wait)
        except TimeoutError:
            desk.wanted.add(Topic.STATUS)
        if desk.board.prices_are_over(desk.node_now()):
            desk.wanted.add(Topic.PRICES)
        desk.wanting.clear()
        failures = 0 if await _round(desk) else failures + 1


async def _round(desk: Desk) -> bool:
    """Fetch everything that is wanted once; False when some of it has to be asked for again."""
    for topic in [topic for topic in EVERYTHING if topic in desk.wanted]:
        # what is wanted from here on is wanted of a later state than the one that is about to be read
        desk.wanted.discard(topic)
        try:
            await _fetch(desk, topic)
        except NodeError as error:
            desk.wanted.add(topic)
            if error.code == OVER:
                desk.wanted.clear()
                desk.tell(TrainingOver(error.message))
                return True
            if error.status == 401:
                desk.wanted.clear()
                reason = _("The node does not know this terminal any more. Ask a manager for a new code.")
                desk.tell(Unenrolled(reason))
                return True
            desk.board.problems[topic] = error.message
            desk.changed(topic)
            return False
        desk.board.problems.pop(topic, None)
        desk.board.loaded.add(topic)
        desk.changed(topic)
    return True


async def _fetch(desk: Desk, topic: Topic) -> None:
    board, client, token = desk.board, desk.client, desk.terminal_token
    board.begin_fetch()
    if topic is Topic.STATUS:
        board.status = await client.read(f"{desk.place}/status", Status, token=token)
        board.property_name = board.status.property_name
        await desk.take_locale(board.status.locale)
    elif topic is Topic.PEOPLE:
        board.people = (await client.read(f"{desk.place}/people", People, token=token)).items
    elif topic is Topic.MENU:
        board.menu_stale = False
        items, board.currency = await client.menu(desk.place, token)
        board.replace_menu(items)
        desk.follow_menu()
    elif topic is Topic.PRICES:
        now = await client.read(f"{desk.place}/menu-prices", PricesNow, token=token, query=desk.ordering)
        board.take_prices(now)
        desk.follow_menu()
        desk.changed(Topic.MENU)
    elif topic is Topic.ORDERS:
        orders = await client.orders(desk.place, "open", token)
        board.replace_open_orders(orders)
    elif topic is Topic.TICKETS:
        board.stations = (await client.read(f"{desk.place}/stations", Stations, token=token)).items
        tickets = await client.read(f"{desk.place}/tickets", Tickets, token=token, query={"state": "open"})
        board.replace_tickets_to_do(tickets.items)


async def settled_orders(desk: Desk) -> None:
    """Fetch paid orders, to show their receipts, and those for which too much was taken. Raises NodeError."""
    for state in ("settled", "overpaid"):
        orders = await desk.client.orders(desk.place, state, desk.terminal_token, pages_max=SETTLED_PAGES_MAX)
        desk.board.take_orders(orders)
    desk.changed(Topic.ORDERS)


async def tickets_at_pass(desk: Desk) -> None:
    """Fetch what is not served, for the expeditor. Raises NodeError."""
    path = f"{desk.place}/tickets"
    desk.board.begin_fetch()
    tickets = await desk.client.read(path, Tickets, token=desk.terminal_token, query={"state": "pass"})
    desk.board.replace_at_pass(tickets.items)
    desk.changed(Topic.TICKETS)


async def done_tickets(desk: Desk) -> None:
    """Fetch bumped tickets, for recall. Raises NodeError."""
    path = f"{desk.place}/tickets"
    tickets = await desk.client.read(path, Tickets, token=desk.terminal_token, query={"state": "done"})
    desk.board.take_tickets(tickets.items)
    desk.changed(Topic.TICKETS)
