"""Whoever writes at head office, by whatever statement, the feed gets the transaction whole; and positions have no gap."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import psycopg
import pytest

from cloud.schema import SCHEMA
from hospitality.ground.ids import new_id
from hospitality.menu.service import add_station, edit_item
from sync.clock import ms_of
from sync.hub.feed import pages
from sync.hub.postgres import PostgresStore
from sync.hub.store import Sender
from sync.wire import Entry
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import HandFactory, NodeFactory
from tests.sync.ends import Group, Hand, Head, House, wall_ms
from tests.sync.menus import add_menu

INSERT = "INSERT INTO stations (org_id, id, property_id, name, sort) VALUES (%s, %s, %s, %s, %s)"
NO_PRINTERS = {"printer": None, "backup_station_id": None, "backup_printer": None}


def insert(house: House, name: str, sort: int = 0) -> str:
    """A station, written without any verb."""
    id = new_id()
    house.group.rows(INSERT, house.group.org_id, id, house.id, name, sort)
    return id


def last_changes(house: House) -> list[dict[str, Any]]:
    """The changes of the property's newest entry."""
    changes: list[dict[str, Any]] = house.group.feed(house.id)[-1]["changes"]
    return changes


def test_a_bare_insert_reaches_the_feed_whole(house: House) -> None:
    before = wall_ms()
    id = insert(house, "Grill", 3)
    entry = house.group.feed(house.id)[-1]
    assert entry["changes"] == [
        {
            "t": "stations",
            "o": "i",
            "k": id,
            "f": {"id": id, "property_id": house.id, "name": "Grill", "sort": 3, **NO_PRINTERS},
        }
    ]
    assert (entry["node"], entry["incarnation"]) == (0, 0)
    assert before <= ms_of(entry["hlc"]) <= wall_ms()
    assert entry["hlc"] == house.group.value("SELECT _hlc FROM stations WHERE id = %s", id)


def test_a_bulk_update_is_one_entry_with_each_changed_row_and_only_changed_fields(house: House) -> None:
    group = house.group
    group.rows(
        "INSERT INTO stations (org_id, id, property_id, name, sort)"
        " SELECT %s, gen_random_uuid(), %s, 'S' || n, n FROM generate_series(1, 300) AS n",
        group.org_id,
        house.id,
    )
    assert len(last_changes(house)) == 300
    group.rows("UPDATE stations SET sort = greatest(sort, 100), name = name WHERE property_id = %s", house.id)
    changes = last_changes(house)
    assert len(changes) == 99, "what stayed the same is no change"
    assert all(change["o"] == "u" and change["f"] == {"sort": 100} for change in changes)
    assert all(list(change["v"]) == ["sort"] for change in changes)


def test_an_upsert_reaches_the_feed_as_insert_or_edit(house: House) -> None:
    upsert = INSERT + " ON CONFLICT (org_id, id) DO UPDATE SET name = excluded.name"
    id = new_id()
    for name in ("Grill", "Grill", "Pass"):
        house.group.rows(upsert, house.group.org_id, id, house.id, name, 0)
    entries = house.group.feed(house.id)[-2:]
    assert [(e["changes"][0]["o"], e["changes"][0]["f"]["name"]) for e in entries] == [("i", "Grill"), ("u", "Pass")]


def test_a_superuser_in_psql_is_captured_as_well(house: House, head: Head) -> None:
    id = insert(house, "Grill")
    with head.superuser() as connection:
        connection.execute("UPDATE stations SET name = 'Repaired' WHERE id = %s", (id,))
    assert [change["f"] for change in last_changes(house)] == [{"name": "Repaired"}]


def test_a_later_edit_has_the_later_stamp_though_the_clock_stood_still_or_went_back(house: House, head: Head) -> None:
    id = insert(house, "Grill")
    with head.superuser() as connection:
        future = (wall_ms() + 50_000) << 16
        connection.execute("SET sync.applying = '1'")
        connection.execute("UPDATE stations SET _hlc = %s WHERE id = %s", (future, id))
        connection.execute("SET sync.applying = ''")
        connection.execute("UPDATE stations SET name = 'One' WHERE id = %s", (id,))
        connection.execute("UPDATE stations SET name = 'Two', sort = 1 WHERE id = %s", (id,))
    first, second = (entry["changes"][0]["v"] for entry in house.group.feed(house.id)[-2:])
    assert future < first["name"][0] < second["name"][0] == second["sort"][0]


def test_a_stamps_millisecond_is_over_as_a_nodes_is_and_not_rounded_up(house: House) -> None:
    question = "SELECT sync_stamp() >> 16 <= floor(extract(epoch FROM clock_timestamp()) * 1000) AS over"
    assert all(house.group.value(question) for _ in range(30))


def test_two_edits_in_one_transaction_have_stamps_in_their_order(house: House) -> None:
    id = insert(house, "Grill")
    with house.group.head.database.transaction(house.group.org_id) as connection:
        connection.execute("UPDATE stations SET name = 'One' WHERE id = %s", (id,))
        connection.execute("UPDATE stations SET name = 'Two' WHERE id = %s", (id,))
    first, second = last_changes(house)
    assert first["v"]["name"][0] < second["v"]["name"][0]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE journal SET reason = 'x'", "a fact is never changed"),
        ("UPDATE stations SET property_id = NULL", "a record keeps its place"),
        ("UPDATE stations SET id = property_id", "a record keeps its place"),
        ("DELETE FROM stations", "permission denied"),
        ("DELETE FROM journal", "permission denied"),
        ("TRUNCATE stations", "permission denied"),
        ("ALTER TABLE stations DISABLE TRIGGER ALL", "must be owner"),
        ("SET session_replication_role = replica", "permission denied"),
    ],
)
def test_what_must_not_happen_to_a_row_is_refused(house: House, statement: str, reason: str) -> None:
    house.act(add_station, name="Grill")
    before = house.group.feed(house.id)
    with pytest.raises(psycopg.Error, match=reason):
        house.group.rows(statement)
    assert house.group.feed(house.id) == before


def test_a_rolled_back_transaction_or_savepoint_leaves_nothing(house: House) -> None:
    head, org = house.group.head, house.group.org_id
    before = house.group.feed(house.id)

    def fails() -> None:
        with head.database.transaction(org) as connection:
            connection.execute(INSERT, (org, new_id(), house.id, "Lost", 0))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert house.group.feed(house.id) == before
    kept = new_id()
    with head.database.transaction(org) as connection:
        connection.execute(INSERT, (org, kept, house.id, "Kept", 0))
        connection.execute("SAVEPOINT part")
        connection.execute(INSERT, (org, new_id(), house.id, "Lost", 0))
        connection.execute("ROLLBACK TO part")
    (entry,) = house.group.feed(house.id)[len(before) :]
    assert [change["k"] for change in entry["changes"]] == [kept]
    assert house.group.value("SELECT count(*) FROM sync_captured") == 0


def test_a_transaction_that_could_not_be_handed_on_is_refused_before_its_commit(house: House) -> None:
    before = house.group.feed(house.id)
    with pytest.raises(psycopg.Error, match="at most 7000000 characters"):
        house.group.rows(
            "INSERT INTO stations (org_id, id, property_id, name, sort)"
            " SELECT %s, gen_random_uuid(), %s, repeat('x', 1000000), n FROM generate_series(1, 8) AS n",
            house.group.org_id,
            house.id,
        )
    assert house.group.feed(house.id) == before
    assert house.group.value("SELECT count(*) FROM stations") == 0


def test_one_transaction_of_two_scopes_is_one_entry_of_each(group: Group) -> None:
    one, two = group.house("One"), group.house("Two")
    heads = {scope: len(group.feed(scope)) for scope in (group.org_id, one.id, two.id)}
    with group.head.database.transaction(group.org_id) as connection:
        for scope in (one.id, two.id, None):
            connection.execute(INSERT, (group.org_id, new_id(), scope, f"Of {scope}", 0))
    for scope in heads:
        (entry,) = group.feed(scope)[heads[scope] :]
        assert [change["f"]["name"] for change in entry["changes"]] == [
            f"Of {None if scope == group.org_id else scope}"
        ]


def test_a_verb_at_head_office_is_one_entry_with_its_journal(house: House) -> None:
    menu = house.act(add_menu, items=1)
    house.act(edit_item, menu.items[0], {"price_minor": 777})
    tables = {change["t"]: change["f"] for change in last_changes(house)}
    assert set(tables) == {"menu_items", "journal"}
    assert tables["menu_items"] == {"price_minor": 777}
    assert tables["journal"]["kind"] == "menu.item_changed"


def test_every_replicated_table_is_captured(head: Head) -> None:
    with head.superuser() as connection:
        triggers = connection.execute(
            "SELECT tgrelid::regclass::text AS tbl, array_agg(tgname::text ORDER BY tgname) AS names"
            " FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0 AND tgenabled = 'O' GROUP BY tgrelid"
        ).fetchall()
    found = {row["tbl"]: row["names"] for row in triggers}
    wanted = {
        name: ["sync_capture", *(["sync_keys"] if table.keys else []), "sync_stamp"]
        for name, table in SCHEMA.tables.items()
    }
    assert found == {**wanted, "sync_captured": ["sync_emit"]}


def test_what_is_written_while_no_process_of_head_office_runs_is_in_the_feed(house: House, make: NodeFactory) -> None:
    """S16: the feed is a table that the writer's own transaction fills, so there is no slot to fall behind or be lost."""
    node, group = make(house), house.group
    node.sync()
    with group.head.superuser() as connection:  # no hub, no pool, no listener of ours
        connection.execute(INSERT, (group.org_id, new_id(), house.id, "Written in the night", 0))
        (slots,) = connection.execute("SELECT count(*) AS n FROM pg_replication_slots").fetchall()
        connection.execute("UPDATE sync_feed SET at = at - interval '1 day' WHERE scope = %s", (house.id,))
    assert slots["n"] == 0
    node.sync()
    assert node.rows("SELECT name FROM stations") == [{"name": "Written in the night"}]
    assert_agree(node)


def test_who_followed_stamps_or_a_sequence_would_miss_what_is_committed_later(house: House, head: Head) -> None:
    """S1, the control: two transactions that commit in another order than they wrote."""
    group, start = house.group, len(house.group.feed(house.id))
    reader = Sender(group.org_id, new_id(), 99, house.id)

    def naive(after: int) -> list[dict[str, Any]]:
        return group.rows("SELECT name, _hlc FROM stations WHERE _hlc > %s ORDER BY _hlc", after)

    with head.database.transaction(group.org_id) as slow:
        slow.execute(INSERT, (group.org_id, new_id(), house.id, "Begun first", 0))
        insert(house, "Committed first")
        (seen,) = naive(0)
        assert seen["name"] == "Committed first"
    assert naive(seen["_hlc"]) == [], "never seen"
    with head.database.transaction(group.org_id) as connection:
        page = pages(PostgresStore(connection, reader), 1, {house.id: (start, 1), group.org_id: (0, 1)})[1]
    names = [msgspec.json.decode(change.f)["name"] for entry in page.entries for change in entry.changes]
    assert names == ["Committed first", "Begun first"]


def test_pushes_and_writers_at_once_leave_no_gap_either(house: House, make_hand: HandFactory) -> None:
    """S1: nodes push into the group's and the property's feed while head office writes to both."""
    group = house.group
    hands = [make_hand(house) for _ in range(4)]
    shared = rows.station(house, "Shared", property_id=None)
    hands[0].push([hands[0].insert("stations", shared)])

    def push(hand: Hand) -> None:
        for n in range(12):
            own = hand.insert("stations", rows.station(house, f"{hand.number}-{n}"))
            of_the_group = hand.insert("stations", rows.station(house, "G", property_id=None))
            edit = hand.edit("stations", shared["id"], {"sort": n})
            answer = hand.push([of_the_group, own], [edit])
            assert (answer.status, answer.troubles) == ("ok", [])

    def write(seed: int) -> None:
        for n in range(12):
            insert(house, f"head office {seed}-{n}")
            group.rows("UPDATE stations SET sort = sort + 1 WHERE id = %s", shared["id"])

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(push, hand) for hand in hands] + [pool.submit(write, n) for n in range(4)]:
            done.result(60)
    for scope in (group.org_id, house.id):
        feed = group.feed(scope)
        assert [entry["pos"] for entry in feed] == list(range(1, len(feed) + 1))
        assert group.value("SELECT head FROM sync_scopes WHERE scope = %s", scope) == len(feed)
    assert group.value("SELECT count(*) FROM stations WHERE property_id IS NOT NULL") == 4 * 12 * 2
    assert group.quarantine() == []


def test_a_polling_reader_misses_nothing_of_eight_writers(house: House) -> None:
    """S1: positions come in the order of commits and without gaps, however long each transaction stays open."""
    group, head = house.group, house.group.head
    reader = Sender(group.org_id, new_id(), 99, house.id)
    start = len(group.feed(house.id))
    done = threading.Event()

    def read() -> list[Entry]:
        found: list[Entry] = []
        at = start
        while True:
            last_round = done.is_set()
            with head.database.transaction(group.org_id) as connection:
                page = pages(PostgresStore(connection, reader), 1, {house.id: (at, 1), group.org_id: (0, 1)})[1]
            found += page.entries
            at = page.to
            if last_round and at == page.head:
                return found

    def write(seed: int) -> list[list[str]]:
        luck = random.Random(seed)
        written: list[list[str]] = []
        for _ in range(25):
            ids = [new_id() for _ in range(luck.randint(1, 6))]
            with head.database.transaction(group.org_id) as connection:
                for id in ids:
                    connection.execute(INSERT, (group.org_id, id, house.id, f"{seed} {id}", 0))
                    if luck.random() < 0.3:
                        connection.execute("SELECT pg_sleep(0.002)")
            written.append(ids)
        return written

    with ThreadPoolExecutor(9) as pool:
        reading = pool.submit(read)
        try:
            written = [ids for part in pool.map(write, range(8)) for ids in part]
        finally:
            done.set()
        seen = reading.result(30)
    assert [entry.p for entry in seen] == list(range(start + 1, start + len(written) + 1))
    assert {tuple(c.k for c in entry.changes) for entry in seen} == {tuple(ids) for ids in written}
