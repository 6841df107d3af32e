"""The app as a whole: how it starts, how it fails, what it stands on."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from edge.terminal import words
from edge.terminal.app import EXIT_FAILED, EXIT_MISUSED, TerminalApp, run
from edge.terminal.themes import THEMES
from tests.edge.terminal.driving import app_at, running, signed_in, until, until_shown
from tests.edge.terminal.node_double import Served

MakeApp = Callable[..., TerminalApp]
OF_THE_HOUSE = (
    "web",
    "web.allergens",
    "web.locales",
    "web.texts",
    "hospitality",
    "hospitality.ground",
    "hospitality.ground.money",
)


def test_what_is_no_address_is_said_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("ftp://nowhere", state_folder=tmp_path) == EXIT_MISUSED
    assert capsys.readouterr().err == "ftp://nowhere is no node's address. Give it like http://192.168.1.10:8010\n"


def test_without_a_terminal_it_says_so(served: Served, tmp_path: Path) -> None:
    call = f"import sys; from edge.terminal.app import run; sys.exit(run({served.url!r}))"
    done = subprocess.run(
        [sys.executable, "-c", call],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={"XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())},
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        EXIT_MISUSED,
        "",
        "The app needs a terminal to run in.\n",
    )


def test_a_bug_closes_the_app_with_a_sentence_and_never_a_traceback(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = app_at(served, tmp_path)

    def bug() -> None:
        raise ZeroDivisionError("a bug")

    async def break_it(pilot: Pilot[Any]) -> None:
        pilot.app.call_later(bug)
        await until(pilot, lambda: not pilot.app.is_running)

    app.run(headless=True, auto_pilot=break_it)
    written = capsys.readouterr()
    assert "Traceback" not in written.out + written.err
    assert "start it again" in (written.out + written.err).replace("\n", " ")
    assert app.return_code == EXIT_FAILED
    (log,) = tmp_path.rglob("failures.log")
    assert "ZeroDivisionError: a bug" in log.read_text()


def test_the_app_stands_on_words_and_figures_and_nothing_else_of_the_house() -> None:
    call = (
        "import sys, edge.terminal.app; "
        "print(*(name for name in sys.modules if name.split('.')[0] in "
        "{'edge', 'hospitality', 'sync', 'devices', 'web', 'cloud', 'buffr'} and not name.startswith('edge.terminal')))"
    )
    done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, timeout=60, check=True)
    assert set(done.stdout.split()) == {"edge", *OF_THE_HOUSE}


def test_importing_the_app_reads_no_catalogue_and_makes_no_file(tmp_path: Path) -> None:
    call = "import edge.terminal.app, edge.terminal.words as w; print(w._texts.messages)"
    done = subprocess.run(
        [sys.executable, "-c", call],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={"XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd()), "LANGUAGE": "de"},
    )
    assert done.stdout.strip() == "{}"
    assert list(tmp_path.iterdir()) == []


def test_texts_fall_back_to_english_where_no_catalogue_fits() -> None:
    try:
        assert not words.speak("xx")
        assert words._(words.about("money", "Change")) == "Change"
        assert words.n_("{n} guest", "{n} guests", 4) == "4 guests"
    finally:
        words.speak("")


def test_colours_are_switched_and_every_set_has_contrast(make_app: MakeApp) -> None:
    async def scenario() -> None:
        app = make_app()
        async with running(app) as pilot:
            await signed_in(pilot)
            seen = []
            for _theme in THEMES:
                seen.append(app.theme)
                await pilot.press("f9")
                await until_shown(pilot, "Anna")
            assert seen == [theme.name for theme in THEMES]

    asyncio.run(scenario())
    for theme in THEMES:
        ground = theme.background or ""
        least = 7.0 if theme.name == "buffr-contrast" else 4.5
        quiet, alarm = theme.variables["quiet"], theme.variables["alarm"]
        for colour in (theme.foreground, theme.accent, theme.success, theme.warning, theme.error, quiet):
            assert contrast(colour or "", ground) >= least, (theme.name, colour)
            assert contrast(colour or "", theme.panel or "") >= 4.5, (theme.name, colour)
        assert contrast(theme.variables["on-alarm"], alarm) >= least
        assert contrast(theme.variables["on-accent"], theme.accent or "") >= 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG 2 reckons it."""
    darker, lighter = sorted(_luminance(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_screen_follows_the_size_of_its_terminal(make_app: MakeApp) -> None:
    async def scenario() -> None:
        async with running(make_app(), (160, 45)) as pilot:
            await signed_in(pilot)
            await until_shown(pilot, "Everything", "Till 1", "Sun 22 Nov 2026")
            await pilot.resize_terminal(80, 24)
            await until_shown(pilot, "F8 Send", "Sun 22 Nov")
            await until(pilot, lambda: not pilot.app.screen.query_one("#categories").display)

    asyncio.run(scenario())
