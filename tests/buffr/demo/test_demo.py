"""The demo's own parts: what it refuses, how it ends, and that what it starts ends with it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest
from typer.testing import CliRunner, Result

import buffr.demo.command
from buffr.demo.household import clear
from buffr.demo.processes import DemoFailed, Service, command
from buffr.demo.proof import Proof
from buffr.demo.screens import KitchenScreen
from buffr.demo.story import Evening

CHILD_SECONDS_MAX = 60
FIGURES = {
    **{name: {"edges": 1, "cloud": 1} for name in ("orders", "lines", "revenue_minor", "payments_minor")},
    "acknowledged": 1,
    "lost": 0,
    "doubled": 0,
    "tickets_expected": 1,
    "tickets_printed": 1,
    "reprints_marked": 0,
    "reprints_unmarked": 0,
    "peak_waiting": 9,
    "drain_seconds": 0.5,
    "conflicts": 1,
}


class _Quiet:
    """A household in which nobody lives."""

    properties: tuple[()] = ()

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to stop."""

    async def open(self, currency: str) -> None:
        """Nothing to open."""

    async def furnish(self, menu: object) -> None:
        """Nothing to furnish."""


class _Short:
    """A story that is over at once."""

    def __init__(self, *_: object) -> None:
        """Nobody is in it."""

    async def play(self) -> Evening:
        return Evening()


def demo(monkeypatch: pytest.MonkeyPatch, proof: Proof, *arguments: str | Path) -> Result:
    """`buffr demo` with an evening that has this proof."""
    monkeypatch.setattr(buffr.demo.command, "Household", _Quiet)
    monkeypatch.setattr(buffr.demo.command, "Story", _Short)
    monkeypatch.setattr(buffr.demo.command, "prove", lambda household, evening: proof)
    return CliRunner().invoke(buffr.demo.command.app, [str(argument) for argument in arguments])


def test_an_evening_in_which_everything_agrees_ends_well_and_leaves_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = Proof({"ok": True, **FIGURES})
    ended = demo(monkeypatch, proof, "--json", tmp_path / "out.json", "--data", tmp_path / "demo")
    assert ended.exit_code == 0, ended.output
    assert json.loads((tmp_path / "out.json").read_text()) == {"ok": True, **FIGURES}
    assert "1 orders acknowledged to terminals, 0 lost, 0 doubled" in ended.output
    assert "Everything agrees: nothing was lost." in ended.output


def test_an_evening_in_which_anything_does_not_agree_ends_badly_and_says_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = Proof({"ok": False, **FIGURES, "lost": 1}, wrong=["1 acknowledged orders or payments are missing"])
    ended = demo(monkeypatch, proof, "--json", tmp_path / "out.json", "--data", tmp_path / "demo")
    assert ended.exit_code == 1
    assert json.loads((tmp_path / "out.json").read_text())["ok"] is False
    assert "✗ 1 acknowledged orders or payments are missing" in ended.output
    assert "Something does not agree." in ended.output


@pytest.mark.parametrize("orders", ["nowhere.tsv", "."])
def test_orders_that_can_not_be_read_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, orders: str
) -> None:
    ended = demo(monkeypatch, Proof(), "--orders", tmp_path / orders, "--data", tmp_path / "demo")
    assert ended.exit_code == 1
    assert ended.output.startswith("The demo can't go on: ")


def test_lines_that_are_refused_are_named_and_the_rest_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = tmp_path / "orders.tsv"
    lines = ["order_id\tquantity\titem_name\tchoice_description\titem_price", "1\t1\tSoup\tNULL\t$7.50 ", "2\tx\ty"]
    export.write_text("\n".join(lines) + "\n")
    ended = demo(monkeypatch, Proof({"ok": True, **FIGURES}), "--orders", export, "--data", tmp_path / "demo")
    assert ended.exit_code == 0, ended.output
    assert "Line 3 is left out: " in ended.output


# --- its folder


def test_only_a_demos_own_folder_is_cleared(tmp_path: Path) -> None:
    own, other, empty = (tmp_path / name for name in ("own", "other", "empty"))
    for folder in (own, other, empty):
        folder.mkdir()
    (own / "cloud.log").write_text("x")
    (own / "paper" / "bar").mkdir(parents=True)
    (own / "paper" / "bar" / "1.txt").write_text("x")
    (own / "link").symlink_to(other)
    (other / "letters.txt").write_text("dear")
    with pytest.raises(DemoFailed, match="is not a demo's folder; choose another with --data"):
        clear(other)
    for folder in (own, empty, tmp_path / "never"):
        clear(folder)
        assert not folder.exists()
    assert (other / "letters.txt").read_text() == "dear", "a link is not followed"


# --- its processes


def test_a_command_that_fails_and_a_service_that_does_not_start_say_why(tmp_path: Path) -> None:
    keys = {"BUFFR_EDGE_KEYS": str(tmp_path / "keys")}
    with pytest.raises(DemoFailed, match=r"^Head office can't be reached at http://127\.0\.0\.1:1 "):
        command("edge", "enrol", "http://127.0.0.1:1", "AAAA", "--data", tmp_path / "node", environment=keys)
    service = Service("alpha", ("edge", "run", "--data", str(tmp_path / "node")), tmp_path, keys)
    try:
        with pytest.raises(DemoFailed, match=r"^alpha did not start: This node is not enrolled yet"):
            asyncio.run(service.start())
    finally:
        service.stop()


def test_a_process_whose_parent_is_gone_ends_at_once() -> None:
    line = [sys.executable, "-m", "buffr.demo.child", str(os.getppid()), "--version"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=CHILD_SECONDS_MAX, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    line[3] = str(os.getpid())
    done = subprocess.run(line, capture_output=True, text=True, timeout=CHILD_SECONDS_MAX, check=False)
    assert (done.returncode, done.stdout[:6]) == (0, "buffr ")


# --- its screens


def heard(*messages: dict[str, Any]) -> KitchenScreen:
    """A screen that was told this."""
    screen = KitchenScreen("http://127.0.0.1:1", "token")
    for message in messages:
        screen._hear(message)
    return screen


def told(ticket: str, position: str) -> dict[str, Any]:
    return {"event": "ticket_updated", "position": position, "data": {"ticket": {"id": ticket}}}


def test_a_screen_notices_what_it_is_told_twice_and_resumes_where_it_was() -> None:
    hello = {"event": "hello", "position": "1:4", "data": {}}
    screen = heard(hello, told("a", "1:5:1"), told("b", "1:5:2"), told("a", "1:6:1"), hello)
    assert (screen.tickets, screen.repeated, screen._position) == ({"a", "b"}, 0, "1:6:1")
    assert heard(hello)._position == "1:4"
    assert heard(told("a", "1:5:1"), told("a", "1:5:1")).repeated == 1
