"""`buffr devices` at a node that runs: found, set up, tested, replaced and taken away by name."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from buffr.devices.command import app
from devices.virtual.counter import VirtualScale
from tests.devices.test_finding import sight
from tests.edge.hardware.plugs import plugged, until
from tests.edge.served_node import ServedNode, copy_of, furnish, served_node


def test_a_scale_is_found_set_up_tested_replaced_and_taken_away(tmp_path: Path) -> None:
    with ExitStack() as stack:
        first, second = (stack.enter_context(plugged(VirtualScale(grams=g).hear_8217)) for g in (250, 500))
        lan = stack.enter_context(served_node(copy_of(furnish(tmp_path / "made"), tmp_path / "node")))
        lan.node.hardware.sight = sight(tmp_path / "sight")
        say = Said(lan)
        assert "USB printer    usb:04b8:0e15 " in say("discover")
        said = say("add", "Deli", "scale", f"serial:{first.path}", "--set", "unit=kg")
        assert said.startswith("Deli is set up.")
        say("add", "Counter", "scanner", "serial:/dev/ttyS0", "--terminal", "till")
        assert "serial:/dev/ttyS0                        ttyS0  [is Counter]" in say("discover")
        until(lambda: "live" in say("list"))
        assert say("test", "deli") == "Deli: live. 250 g\n"
        assert say("replace", "Deli", f"serial:{second.path}") == f"Deli is at serial:{second.path} now.\n"
        until(lambda: say("test", "Deli", exits=None) == "Deli: live. 500 g\n")
        assert say("remove", "Deli") == "Deli is taken away.\n"
        assert "There is no one device Deli. There are: Counter." in say("test", "Deli", exits=1)
        assert "Give a session's token" in CliRunner().invoke(app, ["list", "--url", lan.url]).stderr


class Said:
    """Runs commands at a node, as who is signed in there."""

    def __init__(self, lan: ServedNode) -> None:
        self._at = ("--url", lan.url, "--token", lan.token)

    def __call__(self, *words: str, exits: int | None = 0) -> str:
        ran: Any = CliRunner().invoke(app, [*words, *self._at])
        assert exits is None or ran.exit_code == exits, ran.output  # None: it may be away for a moment
        return str(ran.output)
