"""Head office stops when it is told to, though nodes wait at it for news."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cloud_fixture import head_office, migrated
from tests.joined_node import joined_node
from tests.postgres_fixture import DatabaseFactory, TemplateFactory

WAIT_SECONDS_MAX = 30.0


def test_a_node_that_waits_for_news_is_answered_and_not_cut_off(
    database: DatabaseFactory,
    database_template: TemplateFactory,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ExitStack() as nodes, head_office(database(template=migrated(database_template)), tmp_path / "o") as office:
        there = office.add_property("Harbour House", node=False)
        node = nodes.enter_context(joined_node(office, there.id, tmp_path / "node"))
        board, ends = office.cloud.host.board, time.monotonic() + WAIT_SECONDS_MAX
        while not (node.engine.status.caught_up and board._waiting):
            assert time.monotonic() < ends, "it never waited"
            time.sleep(0.01)
    assert board.ended
    assert "shutdown exceeded" not in caplog.text
