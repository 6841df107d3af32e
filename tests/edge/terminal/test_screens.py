"""What stands on every screen, small and large, compared with the texts kept beside this file.

Colours are left out, so that a change of tone is no change of text. `BUFFR_SNAPSHOTS=write` keeps them anew.
"""

import asyncio
import os
import re
from difflib import unified_diff
from pathlib import Path

import pytest
from textual.pilot import Pilot

from edge.terminal.words import speak
from tests.edge.terminal.driving import (
    LARGE,
    SMALL,
    app_at,
    enrol_at,
    running,
    screen_text,
    type_in,
    until,
    until_shown,
)
from tests.edge.terminal.node_double import Served
from tests.edge.terminal.tour import scenes

SNAPSHOTS = Path(__file__).parent / "snapshots"
_PORT = re.compile(r"127\.0\.0\.1:\d{5}")


def shown(pilot: Pilot[int]) -> str:
    return _PORT.sub("127.0.0.1:00000", screen_text(pilot.app)) + "\n"


def kept_text(snapshot: Path) -> str:
    return snapshot.read_text(encoding="utf-8") if snapshot.exists() else ""


async def compare(pilot: Pilot[int], name: str, kept: str) -> str:
    """The difference to the kept text, once it no longer goes away by itself; empty when there is none."""
    try:
        await until(pilot, lambda: shown(pilot) == kept, seconds_max=5.0)
    except AssertionError:
        return "\n".join(unified_diff(kept.splitlines(), shown(pilot).splitlines(), name, "now", lineterm=""))
    return ""


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x45"])
def test_every_screen_says_what_it_said(size: tuple[int, int], served: Served, tmp_path: Path) -> None:
    differences = []

    async def scenario() -> None:
        async with running(app_at(served, tmp_path), size) as pilot:
            async for scene in scenes(pilot, served):
                snapshot = SNAPSHOTS / f"{scene}-{size[0]}x{size[1]}.txt"
                if os.environ.get("BUFFR_SNAPSHOTS") == "write":
                    snapshot.parent.mkdir(exist_ok=True)
                    snapshot.write_text(shown(pilot), encoding="utf-8")
                elif difference := await compare(pilot, snapshot.name, kept_text(snapshot)):
                    differences.append(difference)

    asyncio.run(scenario())
    assert not differences, "\n\n".join(differences)


def test_at_a_german_property_the_app_speaks_german(served: Served, tmp_path: Path) -> None:
    differences = []

    async def at(pilot: Pilot[int], scene: str, *words: str) -> None:
        await until_shown(pilot, *words)
        snapshot = SNAPSHOTS / f"{scene}-80x24-de.txt"
        if os.environ.get("BUFFR_SNAPSHOTS") == "write":
            snapshot.write_text(shown(pilot), encoding="utf-8")
        differences.append(await compare(pilot, snapshot.name, kept_text(snapshot)))

    async def scenario() -> None:
        served.node.book.locale = "de-DE"
        enrol_at(served, tmp_path, "till")
        async with running(app_at(served, tmp_path)) as pilot:
            await until_shown(pilot, "Anna", "Wer ist da?")
            await pilot.press("2")
            await type_in(pilot, "246810")
            await pilot.press("enter")
            await until_shown(pilot, "F10 Abmelden", "Oysters")
            await type_in(pilot, "2 oys")
            await pilot.press("enter", "tab")
            await at(pilot, "check", "○ Nicht gesendet")
            await pilot.press("escape", "f8")
            await until_shown(pilot, "✔ Angenommen")
            await pilot.press("f7")
            await at(pilot, "settle", "Wie wird gezahlt?")

    try:
        asyncio.run(scenario())
    finally:
        speak("")
    assert differences == ["", ""], "\n\n".join(differences)


@pytest.mark.parametrize("width", [120, 156])
def test_names_and_amounts_are_whole_as_soon_as_there_is_more_beside_them(
    width: int, served: Served, tmp_path: Path
) -> None:
    async def scenario() -> None:
        enrol_at(served, tmp_path, "till")
        async with running(app_at(served, tmp_path), (width, 30)) as pilot:
            await until_shown(pilot, "Anna")
            await pilot.press("2")
            await type_in(pilot, "246810")
            await pilot.press("enter")
            await until_shown(pilot, "Wild mushroom risotto", "145.00")
            await type_in(pilot, "2 oys")
            await pilot.press("enter", "f8")
            await until_shown(pilot, "Accepted")
            await pilot.press("f3")
            await until_shown(pilot, "A1-101", "Dine in", "290.00")

    asyncio.run(scenario())


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x45"])
def test_every_screen_has_head_and_keys_and_nothing_runs_over_the_edge(size: tuple[int, int]) -> None:
    snapshots = sorted(SNAPSHOTS.glob(f"*-{size[0]}x{size[1]}.txt"))
    assert len(snapshots) >= 20
    for snapshot in snapshots:
        lines = snapshot.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith(" Harbour Ki"), snapshot.name
        assert "Enter" in lines[-2] or "Esc" in lines[-2], snapshot.name
        assert "Quit" in lines[-1], snapshot.name
        assert not lines[-2].endswith("…"), snapshot.name
        assert not lines[-1].endswith("…"), snapshot.name
        assert max(len(line) for line in lines) <= size[0], snapshot.name
