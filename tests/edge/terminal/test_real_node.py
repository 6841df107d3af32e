"""The app at a real node, as a process of its own, from the first code to the receipt, with the node killed between."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from textual.pilot import Pilot

from edge.terminal.app import TerminalApp
from edge.terminal.locations import locations_of
from hospitality.ground.statements import Reading
from hospitality.menu.service import NewItem, add_item
from hospitality.menu.service.choices import NewOption, add_modifier_group
from hospitality.people.proofs import code_hash_of
from hospitality.people.service.pins import issue_pin_code
from hospitality.people.service.terminals import issue_terminal_code
from tests.edge.node_fixture import BEER, DINNER, KITCHEN, SELMA, SOUP, act, ask, node
from tests.edge.terminal.driving import running, type_in, until, until_gone, until_shown, until_true

TERMINAL_CODE, PIN_CODE, PIN = "7K3M-9QXW-4T2R", "2H8P-6VBN-5Z7C", "246810"
STOP_SECONDS_MAX = 20


class RealNode:
    """A node's process, on the same port each time that it is started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port_file = folder / "port"
        self._process: subprocess.Popen[bytes] | None = None
        self._port = "0"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start it; returns when it listens."""
        self._port_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "buffr.main", "edge", "run", "--data", str(self._folder)]
        command += ["--port", self._port, "--port-file", str(self._port_file)]
        environment = {**os.environ, "BUFFR_EDGE_KEYS": str(self._folder)}
        self._process = await asyncio.to_thread(subprocess.Popen, command, env=environment)
        await until_true(lambda: self._port_file.exists() and self._port_file.read_text())
        self._port = self._port_file.read_text()

    def kill(self) -> None:
        """As when somebody pulls its plug."""
        if self._process:
            self._process.kill()
            self._process.wait(STOP_SECONDS_MAX)
            self._process = None


@contextmanager
def real_node(folder: Path) -> Iterator[RealNode]:
    """A node that is set up and not started yet."""
    folder.mkdir()
    with node(folder) as host:
        act(host, issue_terminal_code, name="Bar", kind="till", code_hash=code_hash_of(TERMINAL_CODE))
        act(host, issue_pin_code, SELMA, code_hash=code_hash_of(PIN_CODE))
        soup = NewOption(menu_item_id=SOUP, preset=True)
        beer = NewOption(menu_item_id=BEER, price_delta_minor=500)
        first = act(host, add_modifier_group, name="First", choices_min=1, choices_max=1, options=[soup])
        then = act(host, add_modifier_group, name="Then", choices_min=1, choices_max=1, options=[beer])
        groups = (first["id"], then["id"])
        act(host, add_item, NewItem("Lunch", DINNER, 9500, KITCHEN, modifier_group_ids=groups, sold_as="set", plu="77"))
    process = RealNode(folder)
    try:
        yield process
    finally:
        process.kill()


async def make_it_a_terminal(pilot: Pilot[int]) -> None:
    await until_shown(pilot, "node of Dune House answers")
    await type_in(pilot, TERMINAL_CODE)
    await pilot.press("enter", "enter")
    await until_shown(pilot, "Who is it?", "Selma", "Toivo", "no PIN yet")


async def set_pin_and_sign_in(pilot: Pilot[int]) -> None:
    await pilot.press("f6")
    await until_shown(pilot, "New PIN")
    for text in (PIN_CODE, PIN, PIN):
        await type_in(pilot, text)
        await pilot.press("enter")
    await until_shown(pilot, "The PIN is set")
    await pilot.press("1")
    await type_in(pilot, "135791")
    await pilot.press("enter")
    await until_shown(pilot, "not the PIN")
    await type_in(pilot, PIN)
    await pilot.press("enter")
    await until_shown(pilot, "Rump steak", "F10 Sign out")


def test_an_evening_at_a_real_node_that_is_killed_in_between(tmp_path: Path) -> None:
    async def scenario(process: RealNode) -> None:
        await process.start()
        app = TerminalApp(process.url, locations_of(tmp_path / "state", process.url), chance=Random(1))
        async with running(app) as pilot:
            await make_it_a_terminal(pilot)
            await set_pin_and_sign_in(pilot)
            await type_in(pilot, "2 rump")
            await pilot.press("enter", "2", "1", "enter")
            await until_shown(pilot, "Mushroom", "Chips", "NAD 410.00", "Not sent")
            await type_in(pilot, "lager")
            await pilot.press("enter", "f8")
            await until_shown(pilot, "A1-1", "Accepted", "Levy 2 %")
            await pilot.press("f4")
            await until_shown(pilot, "2 tickets", "Rump steak 300 g")
            await pilot.press("1", "enter")
            await until_shown(pilot, "is bumped", "1 ticket")
            await pilot.press("r")
            await until_shown(pilot, "back in the queue", "2 tickets")
            await pilot.press("f2")
            await until_shown(pilot, "New order")
            process.kill()
            await until_shown(pilot, "Cut off since")
            await type_in(pilot, "soup")
            await pilot.press("enter", "f8")
            await until_shown(pilot, "NOT ACCEPTED", "1 kept here")
            await process.start()
            await until_shown(pilot, "Accepted", "Property only")
            await until_gone(pilot, "kept here")
            await pilot.press("f7")
            await until_shown(pilot, "How is it paid?", "2 Cash", "80.00")
            await pilot.press("2", "enter")
            await until_shown(pilot, "Paid. Give change", "5.00", "Butternut soup")
            await pilot.press("enter", "f3")
            await until_shown(pilot, "445.70")
            await pilot.press("f2", *"2x77", "enter")
            await until_shown(pilot, "Then: choose 1", "Butternut soup")
            await pilot.press("1")
            await until_shown(pilot, "NAD 200.00", "Draught lager +5.00")
            await pilot.press("f8")
            await until_shown(pilot, "A1-3", "Accepted", "2 Lunch", "200.00")
            await pilot.press("f4")
            await until_shown(pilot, "of Lunch")
            await pilot.press("f10")
            await until_shown(pilot, "Who is it?")
            await until(pilot, lambda: not app.desk.outbox.actions)

    with real_node(tmp_path / "node") as process:
        asyncio.run(scenario(process))
        process.kill()
        with node(tmp_path / "node") as host:
            rows = {name: ask(host, _count_of(name)) for name in ("orders", "payments", "receipts")}
    assert rows == {"orders": 3, "payments": 1, "receipts": 1}


def _count_of(table: str) -> Callable[[Reading], int]:
    return lambda reading: int(reading.value(f"SELECT count(*) FROM {table}"))
