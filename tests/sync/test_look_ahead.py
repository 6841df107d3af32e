"""While a push is under way the next draft is read and the last acknowledgement kept; neither may lose or repeat."""

from collections.abc import Callable
from typing import Any

import pytest

from hospitality.menu.service import add_station
from sync.node import greeting
from sync.node.transport import LinkDown
from tests.sync.agreeing import assert_agree
from tests.sync.ends import Node
from tests.sync.faults import answer_lost, busy

PUSH = "/sync/v1/push"
STATIONS = 12


@pytest.fixture
def backlog(node: Node, monkeypatch: pytest.MonkeyPatch) -> Node:
    """A node with more waiting than goes into one push: a station each, with its journal entry."""
    monkeypatch.setattr(greeting, "CHANGES_MAX", 4)
    node.again()  # what fits into one is agreed with the greeting
    node.sync()
    for n in range(STATIONS):
        node.act(add_station, name=f"Station {n}")
    return node


def pushes(node: Node) -> int:
    """How many pushes went over the wire."""
    return sum(1 for request in node.wire.requests if request.url.path == PUSH)


def test_each_change_goes_over_the_wire_once(backlog: Node) -> None:
    before, waiting = pushes(backlog), backlog.engine.waiting
    backlog.push()
    assert pushes(backlog) - before == -(-waiting // 4)
    backlog.pull()
    assert_agree(backlog)


def test_what_is_written_while_a_push_is_under_way_goes_with_the_next(backlog: Node) -> None:
    n = 0
    while backlog.engine.push_next(backlog.link):
        if n < 3:
            n += 1
            backlog.act(add_station, name=f"Late {n}")
    backlog.pull()
    assert_agree(backlog)


def test_a_node_that_dies_before_it_kept_an_acknowledgement_finds_it_at_the_hub(backlog: Node) -> None:
    assert backlog.engine.push_next(backlog.link)
    assert backlog.engine.push_next(backlog.link)
    assert backlog.note("acked") != str(backlog.engine.terms.acked), "the last one is kept with the next push"
    backlog.again()
    backlog.sync()
    assert_agree(backlog)


def test_an_answer_lost_in_the_middle_of_a_backlog_repeats_nothing(backlog: Node) -> None:
    backlog.wire.fail(PUSH, answer_lost, busy)
    failures = 0
    while backlog.outbox():
        try:
            backlog.push()
        except LinkDown:
            failures += 1
    assert failures == 2
    backlog.pull()
    assert_agree(backlog)


@pytest.mark.parametrize("at", range(5))
def test_a_disk_that_fails_while_a_push_is_under_way_loses_nothing(
    backlog: Node, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    write = backlog.engine.store.write
    calls = [0]

    def failing(job: Callable[[Any], Any]) -> Any:
        calls[0] += 1
        if calls[0] == at + 1:
            raise OSError("disk I/O error")
        return write(job)

    monkeypatch.setattr(backlog.engine.store, "write", failing)
    with pytest.raises(OSError, match="disk"):
        backlog.push()
    backlog.push()
    backlog.pull()
    assert_agree(backlog)
