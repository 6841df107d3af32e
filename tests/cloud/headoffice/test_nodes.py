"""The fleet at head office: how each node is, which of them want somebody, and revoking one."""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from buffr.sync.status import status_of_group
from cloud.command import app as command
from cloud.nodes import revoke_node
from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Forbidden, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.work import Caller
from hospitality.menu.service import add_station
from sync.wire import Told
from tests.cloud.headoffice import evenings, seen
from tests.cloud_fixture import HeadOffice, There
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


def told(**words: Any) -> str:
    """What a node said of itself last."""
    return msgspec.json.encode(Told(0, **words)).decode()


def ms(at: datetime) -> int:
    """An instant as nodes tell it."""
    return int(at.timestamp() * 1000)


def alarms_of(office: HeadOffice, there: There) -> list[str]:
    """What the API says about the property's node."""
    (one,) = [n for n in office.get("/api/v1/nodes").json()["items"] if n["property_id"] == there.id]
    found: list[str] = one["alarms"]
    return found


LONG_AGO = evenings.FRIDAY - timedelta(minutes=16)


@pytest.mark.parametrize(
    ("columns", "ago", "alarms"),
    [
        ({}, 0, []),
        ({"waiting": 400, "told": told(oldest_ms=ms(evenings.FRIDAY - timedelta(minutes=14)))}, 0, []),
        ({"waiting": 4, "told": told(oldest_ms=ms(LONG_AGO))}, 0, ["backlog"]),
        ({"waiting": 0, "told": told(oldest_ms=ms(LONG_AGO))}, 0, []),
        ({"told": told(storage="database or disk is full")}, 0, ["disk"]),
        ({"offset_ms": 60_001}, 0, ["clock"]),
        ({"offset_ms": -60_001}, 0, ["clock"]),
        ({"offset_ms": 60_000}, 120, []),
        ({"differed": 12}, 0, []),
        ({"differed": 12, "standing": 2}, 0, ["rows"]),
        ({}, 121, ["silent"]),
        ({"waiting": 4, "told": told(oldest_ms=ms(LONG_AGO), storage="full")}, 600, ["silent"]),
    ],
)
def test_what_about_a_node_wants_somebody(
    on_friday: HeadOffice, columns: dict[str, Any], ago: int, alarms: list[str]
) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there)
    on_friday.heard(there, ago=timedelta(seconds=ago), **columns)
    assert alarms_of(on_friday, there) == alarms


def test_a_node_may_be_silent_while_its_property_is_closed(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there, status="closed")
    on_friday.heard(there, ago=timedelta(hours=9))
    assert alarms_of(on_friday, there) == []
    assert "All nodes are heard" in seen.plain(on_friday.get("/").text)


def test_what_was_set_aside_of_a_node_is_an_alarm_of_it(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.set_aside(there)
    assert alarms_of(on_friday, there) == ["set_aside"]


def test_the_fleet_shows_every_node_and_those_that_want_somebody_first(on_friday: HeadOffice) -> None:
    for name in ("Anchor Inn", "Zebra Camp"):
        on_friday.open_day(on_friday.add_property(name, zone=evenings.ZONE))
    zebra = next(n for n in on_friday.get("/api/v1/nodes").json()["items"] if n["code"] == "B")
    with on_friday.cloud.database.transaction(on_friday.org_id) as tenant:
        tenant.execute(
            "UPDATE sync_nodes SET waiting = 31, protocol = 2, told = %s WHERE id = %s",
            (told(oldest_ms=ms(LONG_AGO), error="<b>503</b>"), zebra["id"]),
        )
    page = on_friday.get("/nodes").text
    rows = seen.rows(page)
    assert rows[1].startswith("Zebra Camp B1 Behind 20:42 31 16 min 0 right 0.1.0 protocol 2")
    assert rows[2].startswith("Anchor Inn A1 Online 20:42 0 – 0 right 0.1.0 protocol 1")
    assert "put back" not in page
    assert "One node wants somebody." in seen.plain(page)
    assert "<b>503" not in page
    assert "Behind Zebra Camp its oldest change has waited for 16 min" in seen.plain(on_friday.get("/").text)
    one = seen.plain(on_friday.get(f"/nodes/{zebra['id']}").text)
    assert "its oldest change has waited for 16 min" in one
    assert "Last error, in its own words: &lt;b&gt;503" in on_friday.get(f"/nodes/{zebra['id']}").text.replace(
        "\n", " "
    )


def test_who_has_not_given_back_what_head_office_lost_is_seen(on_friday: HeadOffice) -> None:
    anchor, zebra = (on_friday.add_property(name, zone=evenings.ZONE) for name in ("Anchor Inn", "Zebra Camp"))
    noticed = evenings.FRIDAY - timedelta(minutes=5)
    with on_friday.cloud.database.transaction(on_friday.org_id) as tenant:
        tenant.execute("UPDATE sync_scopes SET epoch = 7, put_back_at = %s", (noticed,))
    on_friday.heard(anchor, settled=7, differed=12, standing=2, checked_at=noticed)
    page = on_friday.get("/nodes").text
    told = "Head office was put back to an older copy, which was noticed 18:37 UTC. 1 of 2 nodes have given back"
    assert told in seen.plain(page)
    assert seen.rows(page)[1].startswith("Anchor Inn A1 Rows differ 20:42 0 – 12")
    assert "2 rows there are not the same as here" in seen.plain(on_friday.get(f"/nodes/{anchor.node_id}").text)
    assert "has yet to give back" in seen.plain(on_friday.get(f"/nodes/{zebra.node_id}").text)
    answer = on_friday.get("/api/v1/nodes").json()
    assert answer["put_back_at"] == instant_text(noticed)
    assert [(n["differed"], n["standing"], n["heard_out"]) for n in answer["items"]] == [(12, 2, True), (0, 0, False)]
    text = on_friday.get("/metrics").text
    names = ("differed_rows", "standing_rows", "unheard", "put_back_timestamp_seconds")
    one, other = ({n: sample(text, f"buffr_node_{n}", property=there.id) for n in names} for there in (anchor, zebra))
    assert one == dict(zip(names, (12, 2, 0, noticed.timestamp()), strict=True))
    assert (other["unheard"], sample(text, "buffr_node_alarm", property=anchor.id, alarm="rows")) == (1, 1)
    thresholds = on_friday.app.state.office.thresholds
    assert status_of_group(on_friday.cloud.host, on_friday.org_id, thresholds)["put_back_at"] == instant_text(noticed)


def test_the_owner_revokes_a_node_on_its_page(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    with on_friday.client() as browser:
        browser.cookies.set("buffr_session", on_friday.token)
        assert "Revoke node A" in seen.plain(browser.get(f"/nodes/{there.node_id}").text)
        done = browser.post(f"/nodes/{there.node_id}/revoke", data={"note": "stolen"}, follow_redirects=False)
        assert (done.status_code, done.headers["location"]) == (303, "/nodes")
        assert browser.post(f"/nodes/{there.node_id}/revoke", data={"note": "again"}).status_code == 404
        assert "No node yet" in seen.plain(browser.get("/nodes").text)
        assert browser.get(f"/nodes/{there.node_id}").status_code == 404


def test_who_may_only_look_sees_the_fleet_and_revokes_nothing(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    token = on_friday.sign_in("manager@example.com", "hospitality_manager")
    assert on_friday.get("/nodes", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert (
        "Revoke node A"
        not in on_friday.get(f"/nodes/{there.node_id}", headers={"Authorization": f"Bearer {token}"}).text
    )
    answer = on_friday.post(f"/api/v1/nodes/{there.node_id}/revoke", token=token, json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "NOT_PERMITTED")
    assert on_friday.post(f"/api/v1/nodes/{there.node_id}/revoke", json={"note": "sold"}).json() == {
        "id": there.node_id,
        "code": "A",
        "property_id": there.id,
    }


def test_another_groups_nodes_are_not_in_the_fleet(on_friday: HeadOffice) -> None:
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    other = on_friday.another_group()
    assert other.get("/api/v1/nodes").json()["items"] == []
    for path in (f"/nodes/{there.node_id}",):
        assert other.get(path).status_code == 404
    assert other.post(f"/api/v1/nodes/{there.node_id}/revoke", json={}).status_code == 404


def sample(text: str, name: str, **labels: str) -> float:
    """One figure of what Prometheus is told."""
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            if one.name == name and labels.items() <= one.labels.items():
                return float(one.value)
    raise AssertionError(f"no {name} {labels}")


def test_prometheus_is_told_of_every_node_by_its_property_and_letters(office: HeadOffice) -> None:
    there = office.add_property("Harbour House")
    long_ago = office.now() - timedelta(minutes=20)
    office.heard(
        there,
        waiting=3,
        told=told(oldest_ms=ms(long_ago), kept=2, error="503", sent_bytes=7, received_bytes=9),
        offset_ms=-61_000,
    )
    text = office.get("/metrics").text
    one = {"property": there.id, "node": "A"}
    assert sample(text, "buffr_node_waiting_changes", **one) == 3
    assert sample(text, "buffr_node_lag_seconds", **one) >= 1200
    assert sample(text, "buffr_node_kept_transactions", **one) == 2
    assert sample(text, "buffr_node_clock_offset_seconds", **one) == -61
    assert [sample(text, f"buffr_node_{n}", **one) for n in ("failing", "sent_bytes", "received_bytes")] == [1, 7, 9]
    (listed,) = office.get("/api/v1/nodes").json()["items"]
    assert (listed["last_error"], listed["sent_bytes"], listed["received_bytes"]) == ("503", 7, 9)
    alarms = {n: sample(text, "buffr_node_alarm", **one, alarm=n) for n in ("silent", "backlog", "clock", "disk")}
    assert alarms == {"silent": 0, "backlog": 1, "clock": 1, "disk": 0}


def test_lag_goes_back_to_nothing_when_all_is_sent(office: HeadOffice, tmp_path: Path) -> None:
    """S23, from a real node to what is watched."""
    there = office.add_property("Dune House", node=False)
    with joined_node(office, there.id, tmp_path / "node") as node:
        until(lambda: node.engine.status.caught_up)
        node.host.writer.act(node.host.system(), lambda work: add_station(work, name="Grill")).result(10)
        one = {"property": there.id, "node": node.identity.code}
        until(lambda: node.engine.waiting == 0)
        until(lambda: sample(office.get("/metrics").text, "buffr_node_waiting_changes", **one) == 0)
        assert sample(office.get("/metrics").text, "buffr_node_lag_seconds", **one) == 0
        (told_there,) = office.get("/api/v1/nodes").json()["items"]
        assert (told_there["waiting"], told_there["oldest_waiting_at"], told_there["protocol"]) == (0, None, 2)
        here = node.sync_status()
        assert (here["waiting"], here["oldest_waiting_seconds"], here["state"]) == (0, 0, "online")
        assert here["sent_bytes"] > 0
        assert here["received_bytes"] > 0


def test_nodes_are_listed_and_revoked_from_the_command_line(
    office: HeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = office.add_property("Harbour House")
    database = office.cloud.settings.database_url
    assert database is not None
    monkeypatch.setenv("BUFFR_CLOUD_DATABASE_URL", database.get_secret_value())
    at = ("--org", office.org_id, "--data", str(tmp_path))

    def typed(*words: str, exits: int = 0) -> str:
        done = CliRunner().invoke(command, ["node", *words, *at])
        assert done.exit_code == exits, done.output
        return done.output

    (listed,) = json.loads(typed("list", "--json"))
    assert (listed["id"], listed["code"], listed["property"], listed["status"]) == (
        there.node_id,
        "A",
        "Harbour House",
        "active",
    )
    assert json.loads(typed("revoke", there.node_id, "--note", "stolen", "--json"))["code"] == "A"
    assert "revoked" in typed("list")
    assert "is revoked already" in typed("revoke", there.node_id, exits=1)
    assert "There is no such node" in typed("revoke", new_id(), exits=1)
    assert "There is no such node" in typed("revoke", "A", exits=1)
