"""A seeded node and virtual printers of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.virtual_printer import VirtualPrinter
from edge.host import EdgeHost
from tests.edge.node_fixture import node


@pytest.fixture
def host(tmp_path: Path) -> Iterator[EdgeHost]:
    with node(tmp_path) as running:
        yield running


@pytest.fixture
def grill() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as virtual:
        yield virtual


@pytest.fixture
def bar() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as virtual:
        yield virtual
