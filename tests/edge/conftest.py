"""Nodes for the tests of their doors, host and writer: furnished once, copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.served_node import ServedNode, copy_of, furnish, served_node


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node's folder that nobody runs; to be copied."""
    return furnish(tmp_path_factory.mktemp("furnished") / "node")


@pytest.fixture
def node_folder(furnished: Path, tmp_path: Path) -> Path:
    """A furnished folder of the test's own."""
    return copy_of(furnished, tmp_path / "node")


@pytest.fixture
def lan(node_folder: Path) -> Iterator[ServedNode]:
    """A node that runs, and its API."""
    with served_node(node_folder) as served:
        yield served
