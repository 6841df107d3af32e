"""A manager decides on a terminal: sees what waits, restores, dismisses, and has tried again what could not be applied."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import APIRouter, Request
from textual.pilot import Pilot

from edge.terminal.app import TerminalApp
from tests.edge.terminal.driving import LARGE, app_at, enrol_at, running, signed_in, type_in, until_gone, until_shown
from tests.edge.terminal.node_book import PROPERTY, Json
from tests.edge.terminal.node_double import NodeDouble, Served


@dataclass
class Undecided:
    """What waits at the node's double, and what was decided there."""

    conflicts: list[Json] = field(default_factory=list)
    troubles: list[Json] = field(default_factory=list)
    kept: list[Json] = field(default_factory=list)
    decided: list[tuple[str, str, str | None]] = field(default_factory=list)

    def router(self) -> APIRouter:
        """Its routes, as the node has them."""
        api = APIRouter(prefix=f"/api/v1/properties/{PROPERTY}")

        @api.get("/conflicts")
        async def conflicts() -> Json:
            return {"items": self.conflicts, "next_cursor": None}

        @api.get("/troubles")
        async def troubles() -> Json:
            return {"items": self.troubles, "next_cursor": None}

        @api.get("/kept")
        async def kept() -> Json:
            return {"items": self.kept, "count": len(self.kept)}

        @api.post("/kept/retry", status_code=201)
        async def retry() -> Json:
            self.kept.clear()
            return {"items": [], "count": 0}

        @api.post("/conflicts/{id}/{verb}", status_code=201)
        async def decide(id: str, verb: str, request: Request) -> Json:
            self.decided.append((id, verb, (await request.json()).get("note")))
            self.conflicts[:] = [one for one in self.conflicts if one["id"] != id]
            return {}

        return api


def side(value: object, person: str | None, node: str | None) -> Json:
    return {"value": value, "value_name": None, "person": person, "node_code": node, "at": "2026-11-22T18:30:00Z"}


def conflict(id: str, *, restore: str = "here") -> Json:
    return {
        "id": id,
        "table": "menu_items",
        "field": "price_minor",
        "row_name": "Kingklip",
        "won": side(21500, None, None),
        "lost": side(20500, "Anna", "A"),
        "restore": restore,
    }


TROUBLE: Json = {"id": "t-1", "code": "PARENT_MISSING", "at": "2026-11-22T18:30:00Z", "holds": {"order_lines": 2}}


@pytest.fixture
def undecided() -> Undecided:
    return Undecided()


@pytest.fixture
def served(undecided: Undecided) -> Iterator[Served]:
    """A node where the first of its people owns the place."""
    node = NodeDouble(more=[undecided.router()])
    node.book.people[0]["role"] = "owner"
    served = Served(node)
    yield served
    served.stop()


def drive(served: Served, folder: Path, scenario: Callable[[Pilot[int]], Awaitable[None]]) -> None:
    async def run() -> None:
        enrol_at(served, folder, "till")
        async with running(app_at(served, folder), LARGE) as pilot:
            await signed_in(pilot)
            await scenario(pilot)

    asyncio.run(run())


def wait_for(served: Served, undecided: Undecided) -> None:
    """The node's status counts what waits."""
    served.node.book.sync |= {
        "conflicts": len(undecided.conflicts),
        "set_aside": len(undecided.troubles),
        "kept": len(undecided.kept),
    }


def test_a_manager_is_told_what_waits_and_restores_it(served: Served, undecided: Undecided, tmp_path: Path) -> None:
    undecided.conflicts = [conflict("c-1")]
    wait_for(served, undecided)

    async def scenario(pilot: Pilot[int]) -> None:
        await until_shown(pilot, "Online, 1 to decide")
        await pilot.press("f5")
        await until_shown(pilot, "1 to decide, F6")
        await pilot.press("f6")
        await until_shown(
            pilot,
            "Price: Kingklip",
            "NAD 215.00 counts: head office, 22 Nov 18:30",
            "NAD 205.00 was kept aside: Anna, node A, 22 Nov 18:30",
        )
        await pilot.press("1")
        await until_shown(pilot, "Restore NAD 205.00, here and at head office", "Dismiss: NAD 215.00 stays")
        await pilot.press("1")
        await until_shown(pilot, "Nothing waits for a decision.")

    drive(served, tmp_path, scenario)
    assert undecided.decided == [("c-1", "restore", None)]


def test_dismissing_asks_why(served: Served, undecided: Undecided, tmp_path: Path) -> None:
    undecided.conflicts = [conflict("c-1", restore="at_head_office"), conflict("c-2")]
    wait_for(served, undecided)

    async def scenario(pilot: Pilot[int]) -> None:
        await pilot.press("f5", "f6")
        await until_shown(pilot, "Price: Kingklip")
        await pilot.press("enter")
        await until_shown(pilot, "Dismiss: NAD 215.00 stays")
        await until_gone(pilot, "Restore NAD 205.00")
        await pilot.press("enter")
        await until_shown(pilot, "Why does it stay?")
        await pilot.press("enter")
        await until_shown(pilot, "Say in a few words why.")
        await type_in(pilot, "sold at that")
        await pilot.press("enter")
        await until_shown(pilot, "Done.")

    drive(served, tmp_path, scenario)
    assert undecided.decided == [("c-1", "dismiss", "sold at that")]


def test_what_could_not_be_applied_is_shown_and_what_is_kept_here_tried_again(
    served: Served, undecided: Undecided, tmp_path: Path
) -> None:
    undecided.troubles = [TROUBLE]
    undecided.kept = [{"id": 3, "reason": "stations 1 is not here to edit", "holds": {"stations": 1}}]
    wait_for(served, undecided)

    async def scenario(pilot: Pilot[int]) -> None:
        await pilot.press("f5")
        await until_shown(pilot, "1 at head office, F6", "1, F6")
        await pilot.press("f6")
        await until_shown(
            pilot,
            "At head office: 2 × order line",
            "It belongs to something that head office lacks. Head office decides.",
            "Here: 1 × station",
            "F8 Try again",
        )
        await pilot.press("f8")
        await until_gone(pilot, "Here: 1 × station")

    drive(served, tmp_path, scenario)
    assert undecided.kept == []


def test_who_may_not_decide_sees_nothing_of_it(served: Served, undecided: Undecided, tmp_path: Path) -> None:
    undecided.conflicts = [conflict("c-1")]
    wait_for(served, undecided)
    served.node.book.people[0]["role"] = "service_manager"
    served.node.book.sync |= {"clock_offset_ms": -90_060_000}

    async def scenario(pilot: Pilot[int]) -> None:
        await until_shown(pilot, "Online")
        await pilot.press("f5")
        await until_shown(pilot, "Changes waiting")
        await until_shown(pilot, "25 h 1 min fast")  # that is for everybody
        assert isinstance(pilot.app, TerminalApp)
        pilot.app.desk.clock = lambda: served.node.book.now - timedelta(seconds=5)
        await until_shown(pilot, "5 s slow: set the machine's clock")  # with the node's next beat
        await until_gone(pilot, "to decide")
        await pilot.press("f6")
        await pilot.pause()
        await until_shown(pilot, "Changes waiting")

    drive(served, tmp_path, scenario)
    assert served.node.requests["GET /api/v1/properties/" + PROPERTY + "/conflicts"] == 0
