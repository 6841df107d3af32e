"""Revoking a node at head office: who may, what it ends, and what the journal says."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from cloud.nodes import revoke_node
from hospitality.ground.errors import Forbidden, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.work import Caller
from hospitality.menu.service import add_station
from tests.cloud_fixture import HeadOffice
from tests.joined_node import joined_node

SOON_SECONDS = 10.0


def caller(office: HeadOffice, *permissions: str) -> Caller:
    """Somebody of the group with these permissions."""
    return Caller(office.org_id, permissions=frozenset(permissions), name="test")


def test_a_node_is_revoked_once_with_a_note_in_the_journal(office: HeadOffice) -> None:
    there = office.add_property("Harbour House")
    told = office.cloud.host.act_now(
        caller(office, "nodes.manage"), lambda work: revoke_node(work, there.node_id, note=" stolen\n from the bar ")
    )
    assert told == {"id": there.node_id, "code": "A", "property_id": there.id}
    with office.cloud.database.transaction(office.org_id) as tenant:
        row = tenant.execute("SELECT status, revoked_at FROM sync_nodes WHERE id = %s", (there.node_id,)).fetchone()
        entry = tenant.execute(
            "SELECT reason, data FROM journal WHERE kind = 'properties.node_revoked' AND org_id = %s", (office.org_id,)
        ).fetchone()
    assert row is not None
    assert (row["status"], row["revoked_at"] is None) == ("revoked", False)
    assert entry is not None
    assert entry["reason"] == "stolen  from the bar"
    assert msgspec.json.decode(entry["data"])["node_code"] == "A"
    with pytest.raises(Refused, match="revoked already"):
        office.cloud.host.act_now(caller(office, "*"), lambda work: revoke_node(work, there.node_id))


def test_who_may_not_manage_nodes_revokes_none(office: HeadOffice) -> None:
    there = office.add_property("Harbour House")
    with pytest.raises(Forbidden):
        office.cloud.host.act_now(
            caller(office, "people.manage", "reports.read"), lambda work: revoke_node(work, there.node_id)
        )
    with office.cloud.database.transaction(office.org_id) as tenant:
        row = tenant.execute("SELECT status FROM sync_nodes WHERE id = %s", (there.node_id,)).fetchone()
    assert row == {"status": "active"}


def test_another_groups_node_is_not_here(office: HeadOffice) -> None:
    there = office.add_property("Harbour House")
    stranger = Caller(new_id(), permissions=frozenset({"*"}), name="test")
    with pytest.raises(NotFound):
        office.cloud.host.act_now(stranger, lambda work: revoke_node(work, there.node_id))


def test_a_running_node_is_stopped_at_once_and_serves_on(office: HeadOffice, tmp_path: Path) -> None:
    """S25: the question for news that it has waiting is answered so."""
    there = office.add_property("Dune House", node=False)
    with joined_node(office, there.id, tmp_path / "node") as node:
        board, node_id = office.cloud.host.board, node.identity.node_id
        until(lambda: node.engine.status.caught_up and board._waiting.get(there.id))
        office.cloud.host.act_now(caller(office, "*"), lambda work: revoke_node(work, node_id))
        until(lambda: node.engine.current().stopped == "REVOKED")
        node.host.writer.act(node.host.system(), lambda work: add_station(work, name="Still here")).result(10)
        assert node.status()["sync"]["stopped"] == "REVOKED"
    with office.cloud.database.transaction(office.org_id) as tenant:
        assert tenant.execute("SELECT 1 FROM stations WHERE name = 'Still here'").fetchone() is None


def until(condition: Callable[[], object]) -> None:
    """Waits for something, half as long as a question for news may be held."""
    ends = time.monotonic() + SOON_SECONDS
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.01)
