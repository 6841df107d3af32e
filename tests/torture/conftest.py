"""A furnished node's file for the crash disk."""

import pytest

from tests.edge.node_fixture import node
from tests.torture.crashes import plain_file


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What stands in a node's file on its first evening, without encryption."""
    folder = tmp_path_factory.mktemp("content")
    with node(folder):
        pass
    return plain_file(folder, folder)
