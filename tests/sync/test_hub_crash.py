"""Taking a push is all or nothing: wherever the hub dies in it, effects and acknowledgement tell the same."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

import msgspec
import pytest

from cloud.schema import SCHEMA
from hospitality.ground.ids import new_id
from sync.hub.postgres import Connection, PostgresStore
from sync.hub.receive import receive
from sync.hub.store import Sender
from tests.sync import rows
from tests.sync.ends import Group, Hand, wall_ms


class Crash(BaseException):
    """The process is gone."""


class Mortal:
    """A connection that dies before its n-th statement."""

    def __init__(self, connection: Connection, statements: int) -> None:
        self._connection = connection
        self._left = statements

    def execute(self, *arguments: Any) -> Any:
        """Runs a statement, or dies."""
        self._left -= 1
        if self._left < 0:
            raise Crash
        return self._connection.execute(*arguments)

    @contextmanager
    def transaction(self) -> Iterator[object]:
        """A savepoint."""
        with cast(AbstractContextManager[object], self._connection.transaction()) as inside:
            yield inside


def state(group: Group) -> dict[str, Any]:
    """What a push may change."""
    tables = ("stations", "orders", "sync_conflicts", "sync_quarantine", "sync_feed", "sync_stage")
    counted = {table: group.value(f"SELECT count(*) FROM {table}") for table in tables}
    names = [row["name"] for row in group.rows("SELECT name FROM stations ORDER BY name")]
    return {**counted, "names": names, "acked": group.value("SELECT acked FROM sync_nodes")}


def test_wherever_the_hub_dies_the_same_push_again_brings_everything_once(hand: Hand) -> None:
    """S22."""
    group = hand.house.group
    edited = rows.station(hand.house, "Edited")
    hand.push([hand.insert("stations", edited)])
    group.rows("UPDATE stations SET name = 'Theirs' WHERE id = %s", edited["id"])
    hand.high = group.value("SELECT ((_fv::jsonb -> 'name') ->> 0)::bigint FROM stations")  # the node's edit is later
    batch = hand.batch(
        [hand.insert("orders", rows.order(hand.house))],
        [hand.edit("stations", edited["id"], {"name": "Ours"})],
        [hand.insert("order_lines", rows.line(hand.house, new_id()))],  # its parent is missing
        [hand.insert("stations", rows.station(hand.house, "New"))],
    )
    sender = Sender(group.org_id, hand.node_id, hand.number, hand.house.id)
    before = state(group)
    crashes = 0
    while True:
        try:
            with group.head.database.transaction(group.org_id) as connection:
                mortal = Mortal(connection, crashes)
                receive(PostgresStore(cast(Connection, mortal), sender), SCHEMA, batch, wall_ms())
                mortal.execute("SELECT 1")  # and before its commit
        except Crash:
            crashes += 1
            assert state(group) == before
            continue
        break
    assert crashes > 15
    after = state(group)
    assert after == {
        "stations": 2,
        "orders": 1,
        "sync_conflicts": 1,
        "sync_quarantine": 1,
        "sync_feed": before["sync_feed"] + 4,  # and one that tells both ends what was set aside
        "sync_stage": 0,
        "names": ["New", "Ours"],
        "acked": batch.last,
    }
    answer = hand.send(batch)
    assert (answer.acked, answer.troubles) == (batch.last, [])
    assert state(group) == after


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_parts_of_a_large_transaction_wait_until_it_is_whole(hand: Hand, lost: int) -> None:
    group = hand.house.group
    before = state(group)
    changes = [hand.insert("stations", rows.station(hand.house, f"S{n}")) for n in range(6)]
    stamp = hand.high + 1
    for n in range(3):
        batch = hand.batch(changes[2 * n : 2 * n + 2], hlc=stamp)
        batch.part = n < 2
        if n == lost:
            again = msgspec.structs.replace(batch)
            hand.send(batch)
            hand.send(again)  # its answer was lost
        else:
            hand.send(batch)
        if n < 2:
            assert state(group) | {"acked": 0, "sync_stage": 0} == before | {"acked": 0, "sync_stage": 0}
    assert state(group)["stations"] == 6
    assert state(group)["sync_stage"] == 0
    assert state(group)["sync_feed"] == before["sync_feed"] + 1
