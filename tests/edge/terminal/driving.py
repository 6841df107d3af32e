"""Drives the real app as staff would, and reads its screen as they would."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from textual._compositor import LayoutUpdate
from textual.app import App
from textual.events import Key
from textual.pilot import Pilot

from edge.terminal import enrolment
from edge.terminal.app import TerminalApp
from edge.terminal.locations import locations_of
from edge.terminal.shapes.node import Enrolled
from tests.edge.terminal.node_book import PROPERTY
from tests.edge.terminal.node_double import Served

WAIT_SECONDS_MAX = 20.0
LOOK_SECONDS = 0.005
SMALL = (80, 24)
LARGE = (160, 45)


def enrol_at(served: Served, state_folder: Path, kind: str) -> None:
    """Make the machine a terminal without going through the screen."""
    enrolled = Enrolled(
        terminal_id="t-1",
        name="Till 1" if kind == "till" else "Pass",
        kind=kind,
        token=served.node.terminal_token(kind),
        property_id=PROPERTY,
        property_name="Harbour Kitchen",
        station_id=served.node.book.stations[0]["id"] if kind == "kitchen" else None,
    )
    enrolment.keep(locations_of(state_folder, served.url).enrolment, enrolled)


def app_at(served: Served, state_folder: Path) -> TerminalApp:
    """The app on a machine with this state folder; its clock stands with the node's."""
    locations = locations_of(state_folder, served.url)
    return TerminalApp(served.url, locations, clock=lambda: served.node.book.now, chance=Random(7))


async def until(
    pilot: Pilot[int], holds: Callable[[], object], what: str = "", *, seconds_max: float = WAIT_SECONDS_MAX
) -> None:
    """Returns as soon as the condition holds; fails when it does not within `seconds_max`."""
    ends_at = time.monotonic() + seconds_max
    while not holds():
        if pilot.app._exception is not None:
            raise pilot.app._exception
        if time.monotonic() >= ends_at:
            raise AssertionError(f"never came true: {what}\n{screen_text(pilot.app)}")
        await pilot.pause(0.01)
    await pilot.pause()


async def until_true(holds: Callable[[], object]) -> None:
    """The same without an app."""
    ends_at = time.monotonic() + WAIT_SECONDS_MAX
    while not holds():
        assert time.monotonic() < ends_at, "never came true"
        await asyncio.sleep(LOOK_SECONDS)


async def until_shown(pilot: Pilot[int], *words: str) -> None:
    """Returns as soon as all of these stand on the screen."""
    await until(pilot, lambda: all(word in screen_text(pilot.app) for word in words), f"{words} on the screen")


async def until_gone(pilot: Pilot[int], word: str) -> None:
    """Returns as soon as this no longer stands on the screen."""
    await until(pilot, lambda: word not in screen_text(pilot.app), f"{word!r} off the screen")


def screen_text(app: App[int]) -> str:
    """What stands on the screen, line by line, without colours; drawn as for a screenshot, but not made into one."""
    drawn = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(drawn, LayoutUpdate)
    return "\n".join("".join(strip.text for strip in line).rstrip() for line in drawn.strips)


async def type_in(pilot: Pilot[int], text: str) -> None:
    """Type letters one by one, as fast as a scanner would."""
    for letter in text:
        pilot.app.post_message(Key("space" if letter == " " else letter, letter))
    await pilot.pause()


@asynccontextmanager
async def running(app: TerminalApp, size: tuple[int, int] = SMALL) -> AsyncIterator[Pilot[int]]:
    """The app, started and stopped."""
    async with app.run_test(size=size) as pilot:
        yield pilot


async def signed_in(pilot: Pilot[int], digit: str = "1", pin: str = "1234") -> None:
    """Sign the person with this number in."""
    await until_shown(pilot, "Anna", "Online")
    await pilot.press(digit)
    await type_in(pilot, pin)
    await pilot.press("enter")
    await until_shown(pilot, "F10 Sign out")
