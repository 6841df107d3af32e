"""A walk through every screen of the app, scene by scene; snapshots and pictures are taken of each."""

from collections.abc import AsyncIterator
from datetime import timedelta

from textual.pilot import Pilot

from tests.edge.terminal.driving import type_in, until_gone, until_shown
from tests.edge.terminal.node_double import Served


async def scenes(pilot: Pilot[int], served: Served) -> AsyncIterator[str]:
    """Drives an app that is not enrolled yet; yields the name of each scene while it stands on the screen."""
    book = served.node.book
    await until_shown(pilot, "answers", "Online")
    yield "enrol"
    await type_in(pilot, "FISH-4711")
    await pilot.press("enter")
    await type_in(pilot, "Bar till")
    await pilot.press("enter")
    await until_shown(pilot, "Anna", "Printers ok", "Online")
    yield "sign_in"
    await pilot.press("f6")
    await until_shown(pilot, "New PIN")
    yield "set_pin"
    await pilot.press("escape")
    await pilot.press("2")
    await type_in(pilot, "111111")
    await pilot.press("enter")
    await until_shown(pilot, "not right")
    yield "wrong_pin"
    await type_in(pilot, "246810")
    await pilot.press("enter")
    await until_shown(pilot, "Oysters", "F10 Sign out")
    async for scene in _ordering(pilot):
        yield scene
    book.now += timedelta(minutes=9)
    async for scene in _kitchen(pilot, served):
        yield scene
    async for scene in _settling(pilot):
        yield scene
    book.printers[0] |= {"state": "paper_out", "jobs_waiting": 3, "detail": "Paper ran out at 20:58"}
    book.sync |= {"state": "property_only", "waiting": 12}
    await until_shown(pilot, "Property only, 12 wait", "paper out")
    await pilot.press("f5")
    await until_shown(pilot, "Head office")
    yield "status"
    await pilot.press("full_stop")
    await until_shown(pilot, "Server checkout")
    yield "till"
    await pilot.press("c")
    await until_shown(pilot, "EUR")
    yield "count"
    await pilot.press("escape")
    await pilot.press("full_stop")
    await until_shown(pilot, "Server checkout")
    await pilot.press("s", "enter")
    await until_shown(pilot, "Handed in.", "cash")
    yield "report"
    await pilot.press("escape")
    async for scene in _cut_off(pilot, served):
        yield scene


async def _ordering(pilot: Pilot[int]) -> AsyncIterator[str]:
    await pilot.press("f6")
    await until_shown(pilot, "Guests")
    await type_in(pilot, "12")
    await pilot.press("enter")
    await type_in(pilot, "4")
    await pilot.press("tab")
    await type_in(pilot, "Birthday")
    yield "details"
    await pilot.press(*["backspace"] * len("Birthday"), "enter")
    await until_gone(pilot, "Guests")
    await type_in(pilot, "2 oys")
    await pilot.press("enter")
    await type_in(pilot, "chbur")
    yield "search"
    await pilot.press("enter")
    await until_shown(pilot, "Well done")
    await pilot.press("2", "1")
    yield "modifiers"
    await pilot.press("enter")
    await until_gone(pilot, "Well done")
    await type_in(pilot, "lager")
    await pilot.press("enter")
    await pilot.press("tab", "tab")
    await until_shown(pilot, "Not sent")
    yield "check"
    await pilot.press("escape", "f8")
    await until_shown(pilot, "A1-101", "Accepted")
    yield "accepted"
    await pilot.press("tab", "tab", "home", "enter")
    await until_shown(pilot, "Void this line", "The last round again")
    yield "actions"
    await pilot.press("v")
    await until_shown(pilot, "Void this line: Oysters", "It was not made")
    yield "form"
    await type_in(pilot, "2")
    await pilot.press("3")
    await until_shown(pilot, "A manager's PIN is needed", "Guest changed")
    yield "approve"
    await pilot.press("escape")
    await until_shown(pilot, "Not done.")
    await pilot.press("f2")
    await until_shown(pilot, "New order")
    for words in ("king", "risotto", "crème"):
        await type_in(pilot, words)
        await pilot.press("enter")
    await pilot.press("f8")
    await until_shown(pilot, "A1-102", "Accepted")


async def _kitchen(pilot: Pilot[int], served: Served) -> AsyncIterator[str]:
    await pilot.press("f3")
    await until_shown(pilot, "A1-101", "A1-102")
    yield "open_orders"
    await pilot.press("f4")
    await until_shown(pilot, "To do: All stations", "3 tickets", "due")
    yield "kitchen"
    await pilot.press("2", "space")
    await until_shown(pilot, "begun")
    await pilot.press("1", "i", "1")
    await until_shown(pilot, "✔ ready", "is bumped")
    yield "lines"
    await pilot.press("escape", "enter")
    await until_gone(pilot, "1:2")
    await until_shown(pilot, "is bumped", "2 tickets")
    yield "bumped"
    await pilot.press("tab")
    await until_shown(pilot, "Ready: All stations", "1 ticket")
    yield "ready"
    await pilot.press("escape", "s", "s", "s")
    await until_shown(pilot, "The pass", "─ Bar")
    yield "pass"
    await pilot.press("s")


async def _settling(pilot: Pilot[int]) -> AsyncIterator[str]:
    await pilot.press("f3")
    await until_shown(pilot, "A1-101")
    await pilot.press("home", "f7")
    await until_shown(pilot, "How is it paid?")
    yield "settle"
    await pilot.press("4")
    await pilot.pause()
    yield "settle_cash"
    await pilot.press("8")
    await until_shown(pilot, "Reference")
    yield "settle_card"
    await pilot.press("escape", "3", "enter")
    await until_shown(pilot, "Receipt A1-R00001")
    yield "receipt"
    await pilot.press("q")
    await until_shown(pilot, "scan to take it along", "█▀▀▀▀▀█")
    yield "receipt_code"
    await pilot.press("m")
    await until_shown(pilot, "Mail the receipt to")
    await type_in(pilot, "guest@example.com")
    await pilot.press("enter")
    await until_shown(pilot, "It goes to g…@example.com")
    await pilot.press("m")
    await until_shown(pilot, "g…@example.com  sent")
    await type_in(pilot, "guest@example.com")
    yield "receipt_mail"
    await pilot.press("enter")
    await until_shown(pilot, "Send it once more")
    await pilot.press("1")
    await until_gone(pilot, "Send it once more")
    await pilot.press("i")
    await until_shown(pilot, "Invoice to a company")
    for words in ("Harbour Trading", "Quay 4", "Hamburg", "136695976", "DE", ""):
        await type_in(pilot, words)
        await pilot.press("enter")
    await until_shown(pilot, "That is no tax number of DE")
    await pilot.press("i")
    await until_shown(pilot, "Harbour Trading", "136695976")
    yield "receipt_invoice"
    await pilot.press("enter", "enter", "enter", "home", "D", "E", "enter", "enter", "enter")
    await until_shown(pilot, "Invoice A1-I00001 is issued to Harbour Trading.")
    await pilot.press("m")
    await until_shown(pilot, "What is mailed?", "The receipt", "A1-I00001 · Harbour Trading")
    await pilot.press("2")
    await until_shown(pilot, "Mail invoice A1-I00001 to")
    await type_in(pilot, "books@example.com")
    await pilot.press("enter")
    await until_shown(pilot, "It goes to b…@example.com")
    await pilot.press("enter")


async def _cut_off(pilot: Pilot[int], served: Served) -> AsyncIterator[str]:
    await pilot.press("f2")
    await until_shown(pilot, "New order")
    await type_in(pilot, "soup")
    await pilot.press("enter")
    served.stop()
    await until_shown(pilot, "Cut off since")
    await pilot.press("f8")
    await until_shown(pilot, "NOT ACCEPTED")
    yield "cut_off"
    await pilot.press("f3")
    await until_shown(pilot, "NOT ACCEPTED")
    yield "kept"
