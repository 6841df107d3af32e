"""Conflicts, what was set aside and what is kept, as a manager at the property meets them over the node's API."""

from typing import Any

import httpx2
import msgspec
import pytest

from hospitality.ground.ids import new_id
from sync.clock import at_ms
from sync.wire import Entry, EntryChange
from tests.edge.node_fixture import BAR, ORG, PROPERTY, SELMA, SOUP, WAIT_SECONDS, ask, seed
from tests.edge.served_node import ServedNode

WON = at_ms(1_772_000_000_000)
DECIDED = "2026-03-01T18:30:00.000000Z"


@pytest.fixture
def conflict(lan: ServedNode) -> str:
    """Head office's price of the soup won over the property's, as the feed brought it; its id."""
    id = new_id()
    fact = {
        "id": id,
        "tbl": "menu_items",
        "row_id": SOUP,
        "field": "price_minor",
        "rule": "last_writer",
        "won_value": "9900",
        "won_hlc": WON,
        "won_node": 0,
        "lost_value": "8800",
        "lost_hlc": WON - 1,
        "lost_node": 1,
        "decided_at": DECIDED,
    }
    seed(lan.node.host, ("sync_conflicts", fact))

    def stand(connection: Any) -> None:
        stamps = msgspec.json.encode({"price_minor": [WON, 0]}).decode()
        connection.execute("UPDATE menu_items SET price_minor = 9900, _fv = ? WHERE id = ?", (stamps, SOUP))

    lan.node.host.writer.apply(stand).result(WAIT_SECONDS)
    return id


def price(lan: ServedNode) -> int:
    """What the soup costs."""
    return int(
        ask(lan.node.host, lambda reading: reading.value("SELECT price_minor FROM menu_items WHERE id = :id", id=SOUP))
    )


def code(answer: httpx2.Response) -> tuple[int, str]:
    """A refusal's status and code."""
    return answer.status_code, answer.json()["error"]["code"]


def counted(lan: ServedNode) -> dict[str, int]:
    """What the status tells of it."""
    sync = lan.get("status").json()["sync"]
    return {name: sync[name] for name in ("conflicts", "set_aside", "kept")}


def test_a_manager_restores_once_for_a_key_and_the_edit_waits_for_head_office(lan: ServedNode, conflict: str) -> None:
    assert counted(lan)["conflicts"] == 1
    (listed,) = lan.get("conflicts").json()["items"]
    assert (listed["id"], listed["state"], listed["restore"], listed["row_name"]) == (
        conflict,
        "open",
        "here",
        "Butternut soup",
    )
    assert (listed["won"]["node_code"], listed["lost"]["node_code"]) == (None, "A")
    first = lan.post(f"conflicts/{conflict}/restore", {"note": "As printed"}, key="once")
    assert (first.status_code, first.json()["state"]) == (201, "restored")
    again = lan.post(f"conflicts/{conflict}/restore", {"note": "As printed"}, key="once")
    assert (again.headers["Idempotent-Replayed"], again.json()) == ("true", first.json())
    assert lan.post(f"conflicts/{conflict}/restore", {}).json() == first.json(), "twice is once, key or not"
    assert price(lan) == 8800
    assert counted(lan)["conflicts"] == 0
    told = lan.get(f"conflicts/{conflict}").json()["settled"]
    assert (told["by"], told["by_name"], told["note"]) == (SELMA, "Selma", "As printed")
    waiting = ask(lan.node.host, lambda reading: reading.rows("SELECT tbl, f, base FROM sync_outbox ORDER BY seq"))
    edits = [row for row in waiting if row["tbl"] == "menu_items"]
    assert [msgspec.json.decode(row["f"]) for row in edits] == [{"price_minor": 8800}]
    assert msgspec.json.decode(edits[0]["base"]) == {"price_minor": [WON, 0]}, "it had seen the winner"
    assert [row["tbl"] for row in waiting].count("sync_resolutions") == 1


def test_dismissing_leaves_the_winner(lan: ServedNode, conflict: str) -> None:
    assert code(lan.post(f"conflicts/{conflict}/dismiss", {"note": ""})) == (422, "NOTE_MISSING")
    assert lan.post(f"conflicts/{conflict}/dismiss", {"note": "Head office is right"}).json()["state"] == "dismissed"
    assert price(lan) == 9900
    assert code(lan.post(f"conflicts/{conflict}/restore", {})) == (409, "CONFLICT_SETTLED")
    assert len(lan.get("conflicts", state="dismissed").json()["items"]) == 1


def test_a_till_by_itself_and_who_does_not_manage_sees_nothing(lan: ServedNode, conflict: str) -> None:
    for token in (lan.tokens["till"], lan.tokens["kitchen"]):
        for path in ("conflicts", f"conflicts/{conflict}", "troubles", "kept"):
            assert code(lan.get(path, token=token)) == (403, "NOT_PERMITTED")
        for path in (f"conflicts/{conflict}/restore", "kept/retry"):
            assert code(lan.post(path, {}, token=token)) == (403, "NOT_PERMITTED")
    assert price(lan) == 9900


def test_what_head_office_set_aside_is_listed_until_it_is_settled(lan: ServedNode) -> None:
    id = new_id()
    fact = {
        "id": id,
        "node": 1,
        "incarnation": 1,
        "first": 7,
        "last": 9,
        "code": "PARENT_MISSING",
        "reason": "violates a foreign key",
        "tables": '{"order_lines":3}',
        "hash": "",
        "at": DECIDED,
    }
    seed(lan.node.host, ("sync_troubles", fact))
    assert counted(lan)["set_aside"] == 1
    (listed,) = lan.get("troubles").json()["items"]
    assert (listed["id"], listed["node_code"], listed["holds"]) == (id, "A", {"order_lines": 3})
    assert listed["settled"] is None
    done = {"subject_id": id, "subject": "trouble", "action": "discarded", "note": "Twice", "resolved_at": DECIDED}
    seed(lan.node.host, ("sync_resolutions", {"id": new_id(), **done}))
    assert counted(lan)["set_aside"] == 0
    assert lan.get("troubles").json()["items"] == []
    (listed,) = lan.get("troubles", state="all").json()["items"]
    assert (listed["settled"]["action"], listed["settled"]["note"]) == ("discarded", "Twice")


def test_what_is_kept_is_listed_with_its_reason_and_goes_in_when_it_can(lan: ServedNode) -> None:
    lost = new_id()
    edits = [
        EntryChange("stations", "u", id, msgspec.Raw(b'{"name":"Renamed"}'), {"name": (WON, 0)}) for id in (lost, BAR)
    ]

    def keep(connection: Any) -> None:
        for place, change in enumerate(edits):
            body = msgspec.json.encode(Entry(5 + place, WON, 0, [change])).decode()
            connection.execute(
                "INSERT INTO sync_kept (scope, position, reason, body) VALUES (?, ?, 'it was not here', ?)",
                (PROPERTY, 5 + place, body),
            )

    lan.node.host.writer.apply(keep).result(WAIT_SECONDS)
    assert counted(lan)["kept"] == 2
    listed = lan.get("kept").json()
    assert (listed["count"], [one["position"] for one in listed["items"]]) == (2, [5, 6])
    assert (listed["items"][0]["reason"], listed["items"][0]["holds"]) == ("it was not here", {"stations": 1})
    left = lan.post("kept/retry", {})
    assert (left.status_code, left.json()["count"]) == (201, 1)
    assert "is not here to edit" in left.json()["items"][0]["reason"]
    name = ask(lan.node.host, lambda reading: reading.value("SELECT name FROM stations WHERE id = :id", id=BAR))
    assert name == "Renamed"
    (noted,) = ask(
        lan.node.host, lambda r: r.rows("SELECT actor_id, data FROM journal WHERE kind = 'conflicts.kept_retried'")
    )
    assert msgspec.json.decode(noted["data"]) == {"before": 2, "left": 1}
    assert noted["actor_id"] is not None
    assert ORG not in left.text
