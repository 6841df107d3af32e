"""What a node says of itself reaches head office with every greeting, push and question, and is never more than it was."""

from typing import Any

import msgspec
import pytest

from sync.clock import ms_of
from sync.node.transport import LinkDown
from sync.wire import TOLD_CHARS_MAX
from tests.sync.ends import House, Node
from tests.sync.faults import busy
from tests.sync.menus import add_menu


def at_head_office(house: House) -> dict[str, Any]:
    """What head office knows of the node."""
    (row,) = house.group.rows(
        "SELECT waiting, protocol, offset_ms, told FROM sync_nodes WHERE property_id = %s", house.id
    )
    return {**row, **msgspec.json.decode(row["told"])}


def test_what_waits_and_since_when_is_told_while_pushes_fail(node: Node, house: House) -> None:
    node.act(add_menu)
    oldest = node.outbox()[0]["hlc"]
    house.group.head.wire.fail("/sync/v1/push", busy)
    with pytest.raises(LinkDown):
        node.push()
    node.engine._note(push_error="503 BUSY: try again")
    node.pull()
    found = at_head_office(house)
    assert (found["waiting"], found["oldest_ms"]) == (len(node.outbox()), ms_of(oldest))
    assert (found["error"], found["protocol"]) == ("503 BUSY: try again", 2)


def test_lag_is_nothing_once_all_is_sent(node: Node, house: House) -> None:
    """S23."""
    node.act(add_menu)
    node.push()
    assert at_head_office(house)["waiting"] == 0
    node.pull()
    found = at_head_office(house)
    assert found["waiting"] == 0
    assert "oldest_ms" not in found


def test_a_disk_that_takes_nothing_new_is_told(node: Node, house: House) -> None:
    node.engine.trouble = lambda: "database or disk is full"
    node.pull()
    assert at_head_office(house)["storage"] == "database or disk is full"
    node.engine.trouble = lambda: None
    node.pull()
    assert "storage" not in at_head_office(house)


def test_words_without_end_are_cut(node: Node, house: House) -> None:
    node.engine._note(pull_error="x" * 10_000)
    node.pull()
    assert len(at_head_office(house)["error"]) == TOLD_CHARS_MAX


def test_bytes_are_counted_both_ways(node: Node) -> None:
    sent, received = node.engine.sent_bytes, node.engine.received_bytes
    link = node.engine._connect()
    while node.engine.pull_next(link, 0):
        pass
    assert node.engine.sent_bytes > sent
    assert node.engine.received_bytes > received
    node.engine.pull_next(link, 0)
    found = at_head_office(node.house)
    assert 0 < found["sent_bytes"] <= node.engine.sent_bytes
    assert 0 < found["received_bytes"] < node.engine.received_bytes, "as of the last question"
