"""An evening at the property, played over its API: some orders through to the receipt, the others still in the kitchen."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from buffr.replay.play import play
from buffr.replay.publish import EdgeAccess, ReadyEdge, publish_menu
from buffr.replay.terminal import order_body
from buffr.service import dinner_service
from devices.virtual_printer import VirtualPrinter
from tests.screenshots.property import Shown, until

RECEIPTS = "Receipts"
SETTLED = 8
# how long ago each order that is still in the kitchen was placed
MINUTES_AGO = (21, 19, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 6, 5, 4, 4, 3, 2, 2, 1, 1)
LINES_MAX = 9


def play_evening(shown: Shown, paper: Path) -> None:
    """Sets the property up and plays the evening; afterwards its clock is right and its paper is out."""
    service = dinner_service()
    shown.clock.behind = timedelta(minutes=30)
    edge = asyncio.run(_published(shown, service.menu))
    _place_printers(shown, paper)
    asyncio.run(play(service.orders[:SETTLED], [edge], concurrency=2))
    in_the_kitchen = [order for order in service.orders[SETTLED:] if len(order.lines) <= LINES_MAX]
    for order, minutes in zip(in_the_kitchen, MINUTES_AGO, strict=False):
        shown.clock.behind = timedelta(minutes=minutes)
        shown.post("orders", order_body(order, edge.menu))
    shown.clock.behind = timedelta(0)
    until(lambda: not shown.get("print-jobs?state=live")["items"], "the paper to come out")


async def _published(shown: Shown, menu: Any) -> ReadyEdge:
    access = EdgeAccess(shown.url, shown.terminal_token, shown.session_token)
    return (await publish_menu(menu, [access]))[0]


def _place_printers(shown: Shown, paper: Path) -> None:
    for station in shown.get("stations")["items"]:
        printer = shown.printers[station["name"]] = VirtualPrinter(folder=paper / station["name"])
        address = f"127.0.0.1:{printer.port}"
        body = {"name": f"{station['name']} printer", "address": address, "station_ids": [station["id"]]}
        shown.post("printers", body)
    printer = shown.printers[RECEIPTS] = VirtualPrinter(folder=paper / RECEIPTS)
    shown.post("printers", {"name": "Receipt printer", "address": f"127.0.0.1:{printer.port}", "receipts": True})


def go_on(shown: Shown) -> None:
    """What makes a kitchen one: somebody began, and a guest left a dish; for screens that are open."""
    grill = next(station["id"] for station in shown.get("stations")["items"] if station["name"] == "Grill")
    tickets = shown.get(f"tickets?state=open&station_id={grill}")["items"]
    for ticket in tickets[:3]:
        shown.post(f"tickets/{ticket['id']}/start", {})
    changed = max(tickets[3:9], key=lambda ticket: len(ticket["lines"]))
    line = changed["lines"][-1]
    shown.post(f"orders/{changed['order_id']}/lines/{line['id']}/void", {"reason": "Guest left"})
