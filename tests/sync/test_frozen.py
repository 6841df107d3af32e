"""The first release, frozen as people run it, and this one: each understands the other, in both directions (S20)."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from backports import zstd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.database import alchemy
from edge.identity import Identity, keep_identity
from edge.schema import HISTORIES, TRIGGERS, prepare
from hospitality.orders.models import Order
from hospitality.people.service.accounts import add_person
from sync.capture_sqlite import create_triggers, triggers_fingerprint
from sync.clock import ms_of
from sync.hub.feed import PullRequest
from sync.node.outbox import put
from sync.node.transport import Link, TurnedAway
from sync.schema import Schema
from sync.wire import Batch, Hello, HelloAnswer, PullAnswer, PushAnswer, pack_json
from tests.sync import rows
from tests.sync.ends import HUB_URL, Group, Head, House, Node, make_node, new_edge_files, wall_ms
from tests.sync.frozen.freezing import Recorder
from tests.sync.frozen.release_0_1 import messages
from tests.sync.frozen.thawing import Frozen, thawed

ASKED: dict[str, Any] = {"/sync/v1/hello": Hello, "/sync/v1/push": Batch, "/sync/v1/pull": PullRequest}
TOLD: dict[str, Any] = {"/sync/v1/hello": HelloAnswer, "/sync/v1/push": PushAnswer, "/sync/v1/pull": PullAnswer}
STATIONS = "SELECT id, property_id, name, sort, printer, _x FROM stations ORDER BY id"


@pytest.fixture
def frozen() -> Frozen:
    """The first release."""
    return thawed("release_0_1")


def assert_says(told: Any, meant: Any, where: str = "") -> None:
    """All that was meant is told; more may be."""
    if isinstance(meant, dict):
        for name, value in meant.items():
            assert name in told, f"{where}.{name} is missing"
            assert_says(told[name], value, f"{where}.{name}")
    elif isinstance(meant, list):
        assert len(told) == len(meant), where
        for n, (one, other) in enumerate(zip(told, meant, strict=True)):
            assert_says(one, other, f"{where}[{n}]")
    else:
        assert told == meant, where


def read_as(kind: Any, message: Any) -> Any:
    """The message as an end that knows it as `kind` understands it."""
    return json.loads(msgspec.json.encode(msgspec.json.decode(json.dumps(message), type=kind)))


# --- what is said


def test_every_frozen_message_is_read_and_means_what_it_meant(frozen: Frozen) -> None:
    read = 0
    for one in frozen.said:
        if one["path"] in ASKED:
            assert_says(read_as(ASKED[one["path"]], one["asked"]), one["asked"], one["scene"])
            read += 1
        if one["path"] in TOLD and one["status"] == 200:
            assert_says(read_as(TOLD[one["path"]], one["told"]), one["told"], one["scene"])
    assert read > 25


def test_what_this_release_says_is_read_by_the_first(head: Head, house: House, make: Callable[..., Node]) -> None:
    recorder = Recorder(head)
    node = make(house)
    node.sync()
    node.act(add_person, display_name="Anna", role="staff")
    house.group.rows("UPDATE properties SET name = 'Dune Lodge' WHERE id = %s", house.id)
    node.sync()
    assert {one["path"] for one in recorder.said} >= set(messages.ASKED)
    greeting = next(one["asked"] for one in recorder.said if one["path"] == "/sync/v1/hello")
    assert greeting["protocol"] == messages.PROTOCOL, "or it would be refused"
    for one in recorder.said:
        if one["path"] in messages.ASKED:
            known = read_as(messages.ASKED[one["path"]], one["asked"])
            assert_says(one["asked"], known, one["path"])
            if one["status"] == 200:
                read_as(messages.TOLD[one["path"]], one["told"])


# --- an old node, a new hub


@dataclass
class Replayed:
    """Today's head office after it heard all that the first release's heard."""

    house: House
    differences: list[str]


def replay(frozen: Frozen, head: Head, node_key: Ed25519PrivateKey) -> Replayed:
    """Says every hello and push again, each signed by the node that said it, between head office's own edits."""
    keys = {id: node_key if id == frozen.node_id else Ed25519PrivateKey.generate() for id in frozen.nodes}
    house = frozen.known_at(head, keys)
    edits = head_offices_edits(frozen)
    found = Replayed(house, [])
    link: Link | None = None
    for one in frozen.said:
        while edits and ms_of(edits[0]["h"]) <= one["asked"].get("now_ms", 0):
            write_at_head_office(house, edits.pop(0))
        if one["path"] == "/sync/v1/enrol":
            node_id = one["told"]["node_id"]
            link = Link(HUB_URL, node_id, keys[node_id], transport=head.wire.end())
        elif one["path"] in ("/sync/v1/hello", "/sync/v1/push") and one["status"] == 200:
            assert link is not None
            body = pack_json(json.dumps(one["asked"]).encode())
            told = read_as(TOLD[one["path"]], json.loads(msgspec.json.encode(link.call(one["path"], body, Any))))
            if gist(told) != gist(one["told"]):
                found.differences.append(f"{one['scene']}: {gist(one['told'])} became {gist(told)}")
    return found


def gist(told: dict[str, Any]) -> dict[str, Any]:
    """What of an answer does not depend on the hour."""
    kept: dict[str, Any] = {
        name: told[name] for name in ("status", "acked", "incarnation", "scopes", "protocol") if name in told
    }
    if "troubles" in told:
        kept["troubles"] = [(trouble["first"], trouble["last"], trouble["code"]) for trouble in told["troubles"]]
        kept["was_lowered"] = told["ceiling"] is not None
    return kept


def head_offices_edits(frozen: Frozen) -> list[dict[str, Any]]:
    """What head office wrote by itself, oldest first, as its feeds had it."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for one in frozen.said:
        if one["path"] == "/sync/v1/pull" and one["status"] == 200:
            for page in one["told"]["pages"]:
                found.update({(page["scope"], entry["p"]): entry for entry in page["entries"] if entry["n"] == 0})
    return sorted(found.values(), key=lambda entry: entry["h"])


def write_at_head_office(house: House, entry: dict[str, Any]) -> None:
    """Writes it again under its own stamp."""
    for change in entry["changes"]:
        if change["t"] in ("organisations", "journal", "saunas"):
            continue
        with house.group.head.database.transaction(house.group.org_id) as connection:
            connection.execute("SELECT set_config('sync.stamp', %s, true)", (str(entry["h"]),))
            fields = change["f"]
            if change["o"] == "i":
                names, marks = ", ".join(fields), ", ".join(["%s"] * len(fields))
                sql = f"INSERT INTO {change['t']} (org_id, {names}) VALUES (%s, {marks})"
                connection.execute(sql, (house.group.org_id, *fields.values()))
            else:
                sql = f"UPDATE {change['t']} SET {', '.join(f'{name} = %s' for name in fields)} WHERE id = %s"
                connection.execute(sql, (*fields.values(), change["k"]))


def stations_at_the_node(frozen: Frozen) -> list[dict[str, Any]]:
    """The stations as they stand in the frozen file."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        connection.executescript(frozen.sql)
        return plain(dict(row) for row in connection.execute(STATIONS))


def plain(found: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """With what is kept for later releases decoded."""
    return [{**row, "_x": row["_x"] and json.loads(row["_x"])} for row in found]


def test_todays_head_office_answers_the_first_releases_nodes_as_it_did(head: Head, frozen: Frozen) -> None:
    replayed = replay(frozen, head, Ed25519PrivateKey.generate())
    assert replayed.differences == []
    assert plain(iter(replayed.house.group.rows(STATIONS))) == stations_at_the_node(frozen)
    assert replayed.house.group.value("SELECT count(*) FROM order_lines") == 2
    assert [row["field"] for row in replayed.house.group.conflicts()] == ["name"]


def old_node(frozen: Frozen, head: Head, folder: Path) -> Node:
    """The first release's node, with what waits in its file, at a head office that heard the rest; not started.

    The engine's own tables are as today's code wants them; all others as the first release made them.
    """
    keys = frozen.file(folder)
    house = replay(frozen, head, keys.node).house
    node = Node(folder, keys, house=house, schema=frozen.schema)
    with closing(node.raw()) as connection:
        with alchemy(connection).begin() as at:
            next(history for history in HISTORIES if history.name == "sync_node").upgrade(at)
        create_triggers(connection, frozen.schema)
        put(connection, TRIGGERS, triggers_fingerprint(connection))
        # the feeds of another head office: what is known comes again, and changes nothing
        connection.execute("UPDATE sync_cursors SET position = 0")
    return node


def test_a_node_of_the_first_release_goes_on_with_todays_head_office(
    head: Head, frozen: Frozen, tmp_path: Path
) -> None:
    node = old_node(frozen, head, tmp_path / "old")
    node.open()
    try:
        group = node.house.group
        item = frozen.wire["menu"]["item"]
        node.sync()
        assert node.outbox() == []
        assert group.value("SELECT price_minor FROM menu_items WHERE id = %s", item) == 1100
        assert [row["number"] for row in group.rows("SELECT number FROM orders ORDER BY number")] == ["A1-1", "A1-2"]
        group.rows("UPDATE menu_items SET price_minor = 1200 WHERE id = %s", item)
        node.run_sql("UPDATE stations SET name = 'Oven' WHERE id = :id", id=frozen.wire["menu"]["station"])
        node.sync()
        assert node.value("SELECT price_minor FROM menu_items WHERE id = :id", id=item) == 1200
        assert group.value("SELECT name FROM stations WHERE id = %s", frozen.wire["menu"]["station"]) == "Oven"
        assert [row["field"] for row in group.conflicts()] == ["name"], "no edit of these is taken for a conflict"
    finally:
        node.close()


def test_a_node_of_the_first_release_that_missed_what_is_gone_is_told_so_in_words_that_it_knows(
    head: Head, frozen: Frozen, tmp_path: Path
) -> None:
    node = old_node(frozen, head, tmp_path / "old")
    node.open()
    try:
        group, link = node.house.group, node.link
        life, place = node.engine.incarnation, node.property_id

        def pull(after: int, incarnation: int = life) -> messages.PullAnswer:
            asked = messages.PullRequest(messages.PROTOCOL, incarnation, {place: (after, 1)})
            return link.call("/sync/v1/pull", pack_json(msgspec.json.encode(asked)), messages.PullAnswer)

        (head_at,) = (page.head for page in pull(0).pages if page.scope == place)
        group.rows("UPDATE sync_scopes SET kept_from = %s WHERE scope = %s", head_at + 1, place)
        with pytest.raises(TurnedAway, match="can't take a copy"):
            pull(0)
        with pytest.raises(TurnedAway, match="put back to an older copy"):
            pull(head_at, life + 1)
        assert pull(head_at).status == "ok"
        node.push()
        assert node.outbox() == [], "what it sends is taken as ever"
    finally:
        node.close()


def test_a_file_of_the_first_release_is_brought_to_this_one_and_goes_on(
    head: Head, frozen: Frozen, tmp_path: Path
) -> None:
    node = old_node(frozen, head, tmp_path / "updated")
    with closing(node.raw()) as connection:
        prepare(connection)
    node.schema = Node.schema
    node.open()
    try:
        waiting = [change["tbl"] for change in node.outbox()]
        assert waiting == ["menu_items", "orders", "order_lines", "order_lines"]
        assert plain(iter(node.rows(STATIONS))) == stations_at_the_node(frozen)
        node.sync()
        assert node.outbox() == []
        assert node.house.group.value("SELECT count(*) FROM orders") == 2
        assert node.value("SELECT name FROM properties") == "Dune House"
    finally:
        node.close()


# --- a new node, an old hub


class FirstHub(httpx2.BaseTransport):
    """Head office of the first release as far as it was recorded: reads only what that release reads."""

    def __init__(self, frozen: Frozen) -> None:
        self._hello = next(o["told"] for o in frozen.said if o["path"] == "/sync/v1/hello" and o["status"] == 200)
        self._entries: dict[str, dict[int, Any]] = {scope: {} for scope in self._hello["scopes"]}
        self.pushed: list[messages.Batch] = []
        heard_by_the_node = (o for o in frozen.said if o["path"] == "/sync/v1/pull" and o["status"] == 200)
        for one in heard_by_the_node:
            if one["scene"] != "a clock a day ahead is lowered":  # this was the other node's
                for page in one["told"]["pages"]:
                    self._entries[page["scope"]].update({entry["p"]: entry for entry in page["entries"]})

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.headers["Sync-Nonce"] == "":
            refused = {"error": {"code": "NONCE", "message": "Sign again with the nonce given.", "details": {}}}
            return httpx2.Response(401, headers={"Sync-Nonce": "nonce"}, json=refused)
        path = request.url.path
        if path not in messages.ASKED:
            return httpx2.Response(404, json={"detail": "Not Found"})
        asked = msgspec.json.decode(zstd.decompress(request.read()), type=messages.ASKED[path])
        assert asked.protocol == messages.PROTOCOL, "or it would say 426"
        if isinstance(asked, messages.Hello):
            told = self._greet(asked)
        else:
            told = self._take(asked) if isinstance(asked, messages.Batch) else self._serve(asked)
        return httpx2.Response(200, content=pack_json(json.dumps(told).encode()))

    def _greet(self, asked: messages.Hello) -> Any:
        return {**self._hello, "acked": asked.acked, "now_ms": wall_ms()}

    def _take(self, asked: messages.Batch) -> Any:
        self.pushed.append(asked)
        return {"status": "ok", "acked": asked.last, "now_ms": wall_ms(), "ceiling": None, "troubles": []}

    def _serve(self, asked: messages.PullRequest) -> Any:
        pages = []
        for scope, (after, _) in asked.cursors.items():
            entries = [entry for p, entry in sorted(self._entries[scope].items()) if p > after]
            head = max(self._entries[scope], default=0)
            page = {"scope": scope, "epoch": 1, "after": after, "to": head, "head": head, "entries": entries}
            pages.append(page)
        return {"status": "ok", "now_ms": wall_ms(), "pages": pages}


@dataclass
class Alone(Node):
    """A node whose wire ends at a hub given."""

    hub: httpx2.BaseTransport | None = None

    def connect(self) -> Link:
        """A new connection to that hub."""
        assert self.hub is not None
        return Link(HUB_URL, self.host.identity.node_id, self.keys.node, transport=self.hub)


def test_todays_node_takes_what_the_first_releases_head_office_said_and_is_understood(
    head: Head, frozen: Frozen, tmp_path: Path
) -> None:
    hub = FirstHub(frozen)
    keys = new_edge_files(tmp_path / "node")
    house = House(Group(head, frozen.org_id), frozen.property_id)
    node = Alone(tmp_path / "node", keys, house=house, hub=hub)
    with closing(node.raw()) as connection:
        keep_identity(connection, Identity(HUB_URL, frozen.node_id, 1, "A", frozen.org_id, frozen.property_id))
    node.open()
    try:
        node.sync()
        shared = frozen.wire["menu"]["shared"]  # which the node itself edited, and nobody tells it what it did
        told = [{**row, **({"sort": 2} if row["id"] == shared else {})} for row in stations_at_the_node(frozen)]
        assert plain(iter(node.rows(STATIONS))) == told
        assert [json.loads(kept["body"])["changes"][0]["t"] for kept in node.kept()] == ["saunas"]
        assert node.value("SELECT count(*) FROM sync_conflicts") == 1
        order = rows.order(house, number="A1-9")
        node.act(lambda work: work.add(Order, order))
        node.push()
        assert [(c.t, json.loads(bytes(c.f))["number"]) for c in hub.pushed[-1].changes] == [("orders", "A1-9")]
        assert node.outbox() == []
    finally:
        node.close()


def test_todays_node_syncs_both_ways_with_a_head_office_of_the_first_releases_schema(
    frozen: Frozen, head_of: Callable[[Schema], Head], tmp_path: Path
) -> None:
    house = head_of(frozen.schema).group().house()
    node = make_node(house, tmp_path / "node")
    node.open()
    try:
        node.sync()
        node.act(add_person, display_name="Anna", role="staff")
        house.act(add_person, display_name="Selma", role="staff")
        node.sync()
        for people in (node.rows("SELECT * FROM people"), house.group.rows("SELECT * FROM people")):
            assert sorted(row["display_name"] for row in people) == ["Anna", "Selma"]
        assert house.group.quarantine() == []
        assert node.kept() == []
    finally:
        node.close()
