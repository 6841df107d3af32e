"""First time on a machine, and who it is."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from edge.terminal.app import TerminalApp
from edge.terminal.locations import locations_of
from tests.edge.terminal.driving import app_at, running, signed_in, type_in, until, until_gone, until_shown
from tests.edge.terminal.node_double import NodeDouble, Served

MakeApp = Callable[..., TerminalApp]


def test_a_code_makes_the_machine_a_terminal_for_good(served: Served, make_app: MakeApp, tmp_path: Path) -> None:
    async def scenario() -> None:
        app = make_app("")
        async with running(app) as pilot:
            await until_shown(pilot, "Make this machine a terminal", "node of Harbour Kitchen answers")
            await type_in(pilot, "WRONG-1")
            await pilot.press("enter", "enter")
            await until_shown(pilot, "This code is not known")
            await pilot.press("shift+tab", *["backspace"] * 7)
            await type_in(pilot, "FISH-4711")
            await pilot.press("tab")
            await type_in(pilot, "Till 2")
            await pilot.press("enter")
            await until_shown(pilot, "Who is it?", "Anna", "Online")
        async with running(app_at(served, tmp_path)) as pilot:
            await until_shown(pilot, "Who is it?", "Anna")

    asyncio.run(scenario())
    kept = json.loads(locations_of(tmp_path, served.url).enrolment.read_bytes())
    assert kept["name"] == "Till 2"
    assert kept["token"] in served.node.terminals


def test_a_lost_answer_does_not_lose_the_code(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app("")) as pilot:
            await until_shown(pilot, "answers")
            node.lose_answers = 1
            await type_in(pilot, "FISH-4711")
            await pilot.press("enter", "enter")
            await until_shown(pilot, "The property's node does not answer")
            await pilot.press("enter")
            await until_shown(pilot, "Who is it?")

    asyncio.run(scenario())
    assert len(node.terminals) == 1


def test_a_machine_that_starts_before_its_node_waits_for_it(served: Served, make_app: MakeApp) -> None:
    served.stop()

    async def scenario() -> None:
        async with running(make_app("")) as pilot:
            await until_shown(pilot, "No node answers at", "Cut off since")
            await asyncio.to_thread(served.start)
            await until_shown(pilot, "node of Harbour Kitchen answers", "Online")

    asyncio.run(scenario())


def test_a_terminal_that_the_node_forgot_asks_for_a_new_code(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        app = make_app()
        node.terminals.clear()
        async with running(app) as pilot:
            await until_shown(pilot, "does not know this terminal any more", "Code")
            await type_in(pilot, "FISH-4711")
            await pilot.press("enter", "enter")
            await until_shown(pilot, "Who is it?", "Anna", "Online")

    asyncio.run(scenario())


def test_a_wrong_pin_is_said_and_the_right_one_lets_in(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await until_shown(pilot, "Anna")
            await pilot.press("1")
            await type_in(pilot, "9999")
            await pilot.press("enter")
            await until_shown(pilot, "This PIN is not right. Try again.")
            assert not node.sessions
            await type_in(pilot, "1234")
            await pilot.press("enter")
            await until_shown(pilot, "New order", "F10 Sign out")

    asyncio.run(scenario())
    assert list(node.sessions.values()) == [node.book.people[0]["id"]]


def test_too_many_wrong_pins_say_how_long_to_wait(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await until_shown(pilot, "Anna")
            await pilot.press("1")
            for tries in range(1, 4):
                await type_in(pilot, "0000")
                await pilot.press("enter")
                await until(pilot, lambda tries=tries: node.posts("/sign-ins") == tries)  # type: ignore[misc]
                await until_shown(pilot, "not right")
            await type_in(pilot, "1234")
            await pilot.press("enter")
            await until_shown(pilot, "Too many wrong PINs. Try again in 30 s.")

    asyncio.run(scenario())
    assert not node.sessions


def test_letters_find_a_name_and_enter_picks_it(make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await until_shown(pilot, "Anna", "Carla")
            await type_in(pilot, "cla")
            await until_gone(pilot, "Anna")
            await pilot.press("enter")
            await type_in(pilot, "5555")
            await pilot.press("enter")
            await until_shown(pilot, "To do: All stations")

    asyncio.run(scenario())


def test_a_pin_is_set_with_a_one_time_code(node: NodeDouble, make_app: MakeApp) -> None:
    dan = node.book.people[3]["id"]
    node.pin_codes["PIN-77"] = dan

    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await until_shown(pilot, "no PIN yet")
            await pilot.press("4")
            await until_shown(pilot, "No PIN yet. With a one-time code")
            await pilot.press("f6")
            await until_shown(pilot, "New PIN")
            await type_in(pilot, "PIN-77")
            await pilot.press("enter")
            await type_in(pilot, "86")
            await pilot.press("enter")
            await until_shown(pilot, "at least 4 digits")
            await type_in(pilot, "42")
            await pilot.press("enter")
            await type_in(pilot, "1111")
            await pilot.press("enter")
            await until_shown(pilot, "The two PINs differ")
            await type_in(pilot, "8642")
            await pilot.press("enter")
            await type_in(pilot, "8642")
            await pilot.press("enter")
            await until_shown(pilot, "The PIN is set")
            await signed_in(pilot, "4", "8642")

    asyncio.run(scenario())
    assert node.book.pins[dan] == "8642"


def test_signing_out_ends_the_sign_in_at_the_node(node: NodeDouble, make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app()) as pilot:
            await signed_in(pilot)
            await pilot.press("f10")
            await until_shown(pilot, "Who is it?")
            await until(pilot, lambda: not node.sessions)
            await pilot.press("f2")
            await until_shown(pilot, "Who is it?")

    asyncio.run(scenario())
