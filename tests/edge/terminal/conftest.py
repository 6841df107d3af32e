"""The node's double, the app at it, and what a test sees on its screen."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.terminal.app import TerminalApp
from tests.edge.terminal.driving import app_at, enrol_at
from tests.edge.terminal.node_double import NodeDouble, Served


@pytest.fixture
def served() -> Iterator[Served]:
    """A node, served until the test ends."""
    served = Served(NodeDouble())
    yield served
    served.stop()


@pytest.fixture
def node(served: Served) -> NodeDouble:
    """The node that is served."""
    return served.node


@pytest.fixture
def make_app(served: Served, tmp_path: Path) -> Callable[..., TerminalApp]:
    """Makes apps of one machine, with one state folder; `kind` enrols it first ("" leaves it unenrolled)."""

    def make(kind: str = "till") -> TerminalApp:
        if kind:
            enrol_at(served, tmp_path, kind)
        return app_at(served, tmp_path)

    return make
