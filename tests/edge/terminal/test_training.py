"""The staff app in training, at a real node: the same screens, marked, and nothing of it in the real house."""

import asyncio
from pathlib import Path
from random import Random

from edge.terminal import enrolment
from edge.terminal.app import TerminalApp
from edge.terminal.locations import Locations, locations_of
from edge.terminal.shapes.node import Enrolled
from hospitality.people.proofs import code_hash_of
from hospitality.people.service.pins import issue_pin_code
from tests.edge.node_fixture import PROPERTY, SELMA, act
from tests.edge.served_node import ServedNode
from tests.edge.terminal.driving import running, type_in, until_gone, until_shown

PIN_CODE, PIN_OF_SELMA = "2H8P-6VBN-5Z7C", "246810"
MARK = "TRAINING · nothing here is cooked"


def till_of(lan: ServedNode, state: Path) -> Locations:
    """The furnished till's own files, and Selma's PIN."""
    act(lan.node.host, issue_pin_code, SELMA, code_hash=code_hash_of(PIN_CODE))
    answer = lan.post("pins", {"code": PIN_CODE, "pin": PIN_OF_SELMA}, token=lan.tokens["till"])
    assert answer.status_code == 201, answer.text
    locations = locations_of(state, lan.url)
    enrolled = Enrolled(
        terminal_id=lan.tokens["till_id"],
        name="Till",
        kind="till",
        token=lan.tokens["till"],
        property_id=PROPERTY,
        property_name="Dune House",
    )
    enrolment.keep(locations.enrolment, enrolled)
    return locations


def test_somebody_practises_and_comes_back_to_real_orders(lan: ServedNode, tmp_path: Path) -> None:
    async def scenario() -> None:
        app = TerminalApp(lan.url, till_of(lan, tmp_path / "state"), chance=Random(1))
        async with running(app) as pilot:
            await until_shown(pilot, "Who is it?", "Selma")
            await pilot.press("1")
            await type_in(pilot, PIN_OF_SELMA)
            await pilot.press("enter")
            await until_shown(pilot, "Rump steak", "Property only")
            await type_in(pilot, "soup")
            await pilot.press("enter")
            await until_shown(pilot, "Not sent")
            await pilot.press("ctrl+t")
            await until_shown(pilot, "Practise?")
            await pilot.press("2")
            await until_shown(pilot, MARK, "Training has begun", "● Training", "Rump steak")
            await until_gone(pilot, "Not sent")
            await type_in(pilot, "lager")
            await pilot.press("enter", "f8")
            await until_shown(pilot, "TR1-1", "Accepted")
            await pilot.press("f4")
            await until_shown(pilot, "1 ticket", "Draught lager", MARK)
            await pilot.press("f2", "f3")
            await until_shown(pilot, "TR1-1")
            await pilot.press("f7")
            await until_shown(pilot, "How is it paid?")
            await pilot.press("1", "enter")
            await until_shown(pilot, "TRAINING · NOT VALID", "Receipt TR1-")
            await pilot.press("enter", "f10")
            await until_shown(pilot, "Who is it?", "Toivo", MARK)
            await pilot.press("2")
            await until_shown(pilot, "In training everybody")
            await type_in(pilot, "1234")
            await pilot.press("enter")
            await until_shown(pilot, "Toivo", "Rump steak", MARK)
            await pilot.press("ctrl+t")
            await until_shown(pilot, "Who is it?", "Training is over")  # nobody is left in Selma's name
            await until_gone(pilot, MARK)
        assert lan.get("orders", token=lan.tokens["till"], state="all").json()["items"] == []

    asyncio.run(scenario())


def test_training_that_a_manager_ends_takes_everybody_back_to_what_they_had_keyed_in(
    lan: ServedNode, tmp_path: Path
) -> None:
    async def scenario() -> None:
        app = TerminalApp(lan.url, till_of(lan, tmp_path / "state"), chance=Random(1), practises=True)
        async with running(app) as pilot:
            await until_shown(pilot, "Who is it?", "Selma")
            await pilot.press("1")
            await type_in(pilot, PIN_OF_SELMA)
            await pilot.press("enter")
            await until_shown(pilot, MARK, "Rump steak")
            at_desk = {"person_id": SELMA, "pin": PIN_OF_SELMA}
            manager = lan.post("sign-ins", at_desk, token=lan.tokens["till"]).json()["token"]
            assert lan.post("training/end", {}, token=manager).status_code == 204
            await until_shown(pilot, "Training is over. Nothing of it is kept")
            await until_gone(pilot, MARK)
            await type_in(pilot, "soup")
            await pilot.press("enter", "f8")
            await until_shown(pilot, "A1-1", "Accepted")

    asyncio.run(scenario())
