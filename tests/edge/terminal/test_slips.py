"""Staff see the print queue on a terminal, move a slip, drop one, and print one again."""

import asyncio
from pathlib import Path

from fastapi import APIRouter, Request
from textual.pilot import Pilot

from tests.edge.terminal.driving import LARGE, app_at, enrol_at, running, signed_in, until_gone, until_shown
from tests.edge.terminal.node_book import PROPERTY, Json
from tests.edge.terminal.node_double import NodeDouble, Served

PRINTERS = [{"id": "p-1", "name": "Grill"}, {"id": "p-2", "name": "Bar"}]


def slip(id: str, title: str, state: str, **more: object) -> Json:
    at = {"printer_id": "p-1", "printer_name": "Grill", "created_at": "2026-11-22T18:58:00Z"}
    return {"id": id, "title": title, "state": state, **at, **more}


def router(queue: list[Json], decided: list[tuple[str, str, Json]]) -> APIRouter:
    """The node's print queue."""
    api = APIRouter(prefix=f"/api/v1/properties/{PROPERTY}")

    @api.get("/print-jobs")
    async def jobs(state: str = "") -> Json:
        return {"items": [one for one in queue if not state or one["state"] != "confirmed"], "next_cursor": None}

    @api.get("/printers")
    async def printers() -> Json:
        return {"items": PRINTERS}

    @api.post("/print-jobs/{id}/{verb}", status_code=201)
    async def decide(id: str, verb: str, request: Request) -> Json:
        decided.append((id, verb, await request.json()))
        if verb != "print-again":
            queue[:] = [one for one in queue if one["id"] != id]
        return {}

    return api


def test_slips_are_moved_dropped_and_printed_again(tmp_path: Path) -> None:
    decided: list[tuple[str, str, Json]] = []
    queue = [
        slip("j-1", "Ticket A1-7 Grill", "failed", detail="The printer is out of paper."),
        slip("j-2", "Ticket A1-8 Grill", "held"),
        slip("j-3", "Receipt A1-6", "confirmed", printer_name="Bar", home_name="Grill"),
    ]
    served = Served(NodeDouble(more=[router(queue, decided)]))

    async def scenario(pilot: Pilot[int]) -> None:
        await signed_in(pilot)
        await pilot.press("f5")
        await until_shown(pilot, "F7 Slips")
        await pilot.press("f7")
        await until_shown(pilot, "Ticket A1-7 Grill", "not printed", "The printer is out of paper.", "asks: print it?")
        await pilot.press("1")
        await until_shown(pilot, "Print it now", "Print it at Bar", "Don't print it")
        await pilot.press("2")
        await until_gone(pilot, "Ticket A1-7")
        await pilot.press("1")
        await until_shown(pilot, "Don't print it")
        await pilot.press("3")
        await until_shown(pilot, "Nothing waits to be printed.")
        await pilot.press("f6")
        await until_shown(pilot, "Receipt A1-6", "Bar, for Grill")
        await pilot.press("1")
        await until_shown(pilot, "Print it again, marked REPRINT")
        await pilot.press("1")
        await until_shown(pilot, "Done.")

    async def run() -> None:
        enrol_at(served, tmp_path, "till")
        async with running(app_at(served, tmp_path), LARGE) as pilot:
            await scenario(pilot)

    try:
        asyncio.run(run())
    finally:
        served.stop()
    assert decided == [("j-1", "move", {"printer_id": "p-2"}), ("j-2", "cancel", {}), ("j-3", "print-again", {})]
