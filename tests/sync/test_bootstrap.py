"""A new node takes first what service needs, then history behind it, and goes on where it was whatever happens."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import pytest

from edge.schema import SCHEMA
from hospitality.menu.service import add_station
from sync.node import bootstrap
from sync.node.bootstrap import NotWhole, images_of
from sync.node.pace import Pace
from sync.node.transport import LinkDown
from sync.wire import PROTOCOL, RowImage, Snapshot, SnapshotRequest, pack, unpack
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import NodeFactory
from tests.sync.ends import Hand, House, Node
from tests.sync.faults import answer_lost, busy, request_lost
from tests.sync.menus import add_menu, place
from tests.sync.test_retention import age, sweep_all

T = TypeVar("T")
SNAPSHOT = "/sync/v1/snapshot"
HALF_ORDERS = (
    "SELECT count(*) FROM orders AS o WHERE NOT EXISTS"
    " (SELECT 1 FROM order_lines AS l WHERE l.org_id = o.org_id AND l.order_id = o.id)"
)


def evening(hand: Hand, house: House, orders: int) -> list[str]:
    """Orders of two lines each, each one transaction; answers their ids."""
    found = []
    for n in range(orders):
        one = rows.order(house, number=f"A1-{n}")
        lines = [rows.line(house, one["id"], line_no=line_no) for line_no in (1, 2)]
        hand.push([hand.insert("orders", one), *(hand.insert("order_lines", line) for line in lines)])
        found.append(one["id"])
    return found


def asked(node: Node) -> list[tuple[str, str]]:
    """What was asked for of snapshots: scope's kind and table, without repetition in a row."""
    found: list[tuple[str, str]] = []
    for request in node.wire.requests:
        if request.url.path == SNAPSHOT:
            said = unpack(request.content, SnapshotRequest)
            for table in (said.table, *said.then):
                one = ("property" if said.scope == node.property_id else "group", table)
                if not found or found[-1] != one:
                    found.append(one)
    return found


def until(node: Node, taking: str) -> None:
    """Takes step by step until this is what is still to come."""
    if not node.engine.status.pushed_at:
        node.engine.push_next(node.link)  # greets
    while node.engine.status.taking != taking:
        node.engine.pull_next(node.link, 0)


def orders(node: Node) -> set[str]:
    return {row["id"] for row in node.rows("SELECT id FROM orders")}


def test_small_tables_come_together(house: House, make: NodeFactory) -> None:
    house.act(add_menu)
    node = make(house)
    node.sync()
    requests = [request for request in node.wire.requests if request.url.path == SNAPSHOT]
    assert len(requests) == 12, "where to begin, all that is small, and four families of what is large; of each scope"
    assert_agree(node)
    assert node.value("SELECT count(*) FROM sync_bootstrap WHERE done") == 2 * (
        len(SCHEMA.tables) - len(SCHEMA.history) + len(SCHEMA.families)
    )


def test_the_doors_are_open_before_history_comes(hand: Hand, house: House, make: NodeFactory) -> None:
    house.act(add_menu)
    old = evening(hand, house, 30)
    age(house, 5)
    new = evening(hand, house, 2)
    house.act(add_station, name="Bar")
    node = make(house)
    until(node, "history")
    assert {row["name"] for row in node.rows("SELECT name FROM stations")} == {"Grill", "Bar"}
    assert node.value("SELECT count(*) FROM menu_items") == 3
    while not node.engine.status.caught_up:
        node.engine.pull_next(node.link, 0)
    assert orders(node) == set(new), "the last days' orders came by the feed"
    node.pull()
    assert orders(node) == {*old, *new}
    assert node.engine.status.taking == "nothing"
    node.sync()
    assert_agree(node)


def test_what_service_needs_comes_whole_before_anything_of_history_is_asked_for(
    hand: Hand, house: House, make: NodeFactory
) -> None:
    evening(hand, house, 1)
    node = make(house)
    node.sync()
    tables = [table for _, table in asked(node)]
    first_of_history = tables.index("orders")
    assert set(tables[first_of_history:]) == {"orders", "menu_photos", "fiscal_signatures", "journal"}
    assert {"menu_items", "people", "business_days", "properties"} < set(tables[:first_of_history])
    assert tables.index("stations") < tables.index("menu_items"), "parents first"


def test_the_bytes_until_the_doors_open_do_not_depend_on_history(hand: Hand, house: House, make: NodeFactory) -> None:
    house.act(add_menu, items=20)
    received = []
    for more in (0, 200):
        evening(hand, house, more)
        age(house, 5)
        node = make(house)
        until(node, "history")
        while not node.engine.status.caught_up:
            node.engine.pull_next(node.link, 0)
        received.append(node.link.received_bytes)
    assert received[1] < received[0] + 500


def test_an_order_is_never_there_without_its_lines(
    hand: Hand, house: House, make: NodeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "SLICE_ROWS", 4)
    evening(hand, house, 25)
    age(house, 5)
    node = make(house)
    seen = set()
    node.engine.changed = lambda tables: seen.add((node.value(HALF_ORDERS), node.value("SELECT count(*) FROM orders")))
    node.sync()
    assert {halves for halves, _ in seen} == {0}
    assert len(seen) > 5, "it came in parts"


def test_the_newest_of_history_comes_first(hand: Hand, house: House, make: NodeFactory) -> None:
    old = evening(hand, house, 40)
    age(house, 5)
    node = make(house)
    node.engine._pace = Pace(4_000, 4_000)
    until(node, "history")
    while not orders(node):
        node.engine.pull_next(node.link, 0)
    assert orders(node) == set(sorted(old)[-len(orders(node)) :])
    assert len(orders(node)) < 40


def test_live_changes_go_before_history(hand: Hand, house: House, make: NodeFactory) -> None:
    evening(hand, house, 60)
    age(house, 5)
    node = make(house)
    node.engine._pace = Pace(4_000, 4_000)
    until(node, "history")
    while not orders(node):
        node.engine.pull_next(node.link, 0)
    house.act(add_station, name="Just now")
    before = len(orders(node))
    steps = 0
    while not node.value("SELECT count(*) FROM stations WHERE name = 'Just now'"):
        node.engine.pull_next(node.link, 0)
        steps += 1
    assert steps <= 2
    assert len(orders(node)) - before < 60 - before


def test_no_chunk_of_history_shows_what_the_feed_has_not_told(hand: Hand, house: House, make: NodeFactory) -> None:
    evening(hand, house, 3)
    age(house, 5)
    node = make(house)
    until(node, "history")
    # the feed was read to its end before this was written, and then the chunk is asked for
    node.engine._pull_feed(node.link, 0)
    house.act(add_station, name="Told second")
    node.engine.changed = lambda tables: seen.append((tables, node.value("SELECT count(*) FROM stations")))
    seen: list[tuple[frozenset[str], int]] = []
    node.pull()
    assert [count for tables, count in seen if "orders" in tables] == [1]


def test_a_node_takes_orders_all_the_while_and_sends_them_at_once(hand: Hand, house: House, make: NodeFactory) -> None:
    menu = house.act(add_menu)
    evening(hand, house, 40)
    age(house, 5)
    node = make(house)
    node.engine._pace = Pace(4_000, 4_000)
    until(node, "history")
    placed = []
    while node.engine.pull_next(node.link, 0):
        placed.append(node.act(place, menu))
        node.push()
        assert house.group.value("SELECT count(*) FROM orders WHERE id = %s", placed[-1]) == 1
    assert len(placed) > 5
    node.sync()
    assert_agree(node)


def test_history_is_no_news_to_who_follows_a_table_by_its_row_numbers(
    node: Node, house: House, make: NodeFactory
) -> None:
    menu = node.act(add_menu)
    node.act(place, menu)
    node.sync()
    age(house, 5)
    other = make(house)
    other.act(add_station, name="First act")
    mine = other.value("SELECT max(rowid) FROM journal")
    other.sync()
    places = other.rows("SELECT kind, rowid AS place FROM journal ORDER BY rowid")
    history = [row["kind"] for row in places if row["place"] < mine]
    assert "orders.order_placed" in history
    assert history.index("menu.station_added") < history.index("orders.order_placed"), "and in the order of time"


class Died(Exception):
    """The process ended."""


def dying(write: Callable[[Any], Any], at: int, *, after: bool) -> Callable[[Any], Any]:
    """A store's way of writing that ends the process at the n-th commit, before or after it."""
    left = [at]

    def mortal(job: Callable[[Any], Any]) -> Any:
        left[0] -= 1
        if left[0] < 0 and not after:
            raise Died
        result = write(job)
        if left[0] < 0:
            raise Died
        return result

    return mortal


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after it"])
def test_killed_at_every_commit_it_goes_on_where_it_was(
    hand: Hand, house: House, make: NodeFactory, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """S24: each life of the node dies at its second commit after it has greeted, until all is there."""
    monkeypatch.setattr(bootstrap, "SLICE_ROWS", 10)
    house.act(add_menu)
    evening(hand, house, 20)
    age(house, 5)
    evening(hand, house, 2)
    node, lives = make(house), 0
    while node.engine.status.taking != "nothing" or not node.engine.status.caught_up:
        node.engine._pace = Pace(4_000, 4_000)
        store: Any = node.engine.store
        monkeypatch.setattr(store, "write", dying(store.write, 2, after=after))
        node.engine._taking.write = node.engine._arrivals.take
        try:
            node.engine.push_next(node.link)
            node.pull()
        except Died:
            lives += 1
            assert node.value(HALF_ORDERS) == 0
            assert lives < 200, "each life brings it a step further"
            node.again()
    assert lives > 20
    node.sync()
    assert_agree(node)


def test_a_chunk_lost_on_the_way_is_asked_for_again_and_smaller(hand: Hand, house: House, make: NodeFactory) -> None:
    evening(hand, house, 20)
    age(house, 5)
    node = make(house)
    until(node, "history")
    before = node.engine._pace.bytes
    node.wire.fail(SNAPSHOT, answer_lost, busy, request_lost)
    failures = 0
    while failures < 3:
        try:
            node.engine.pull_next(node.link, 0)
        except LinkDown:
            failures += 1
    assert node.engine._pace.bytes < before
    node.sync()
    assert_agree(node)


def test_a_chunk_that_is_not_what_was_sent_is_refused() -> None:
    raw = msgspec.json.encode([RowImage("stations", "a", 1, 1, msgspec.Raw(b"{}"))])
    with pytest.raises(NotWhole):
        images_of(Snapshot("ok", 0, rows=msgspec.Raw(raw), sum="0" * 64))


def test_a_node_is_given_no_scope_but_its_own(hand: Hand, house: House) -> None:
    other = house.group.house("Other")
    other.act(add_station, name="Theirs")
    for scope in (other.id, house.group.head.group("Others").org_id):
        request = SnapshotRequest(PROTOCOL, 1, scope, "stations")
        with pytest.raises(LinkDown, match="UNREADABLE"):
            hand.link.call(SNAPSHOT, pack(request), Snapshot)
    mine = hand.link.call(SNAPSHOT, pack(SnapshotRequest(PROTOCOL, 1, house.id, "stations")), Snapshot)
    assert bytes(mine.rows) == b"[]"


def test_a_superseded_life_is_given_nothing(hand: Hand, house: House) -> None:
    request = SnapshotRequest(PROTOCOL, 2, house.id, "stations")
    assert hand.link.call(SNAPSHOT, pack(request), Snapshot).status == "superseded"


def test_a_table_that_a_later_release_brings_is_taken_then(house: House, make: NodeFactory) -> None:
    """S20."""
    house.act(add_menu)
    node = make(house)
    node.sync()
    forget = "DELETE FROM sync_bootstrap WHERE tbl = 'tax_rates'"
    node.host.write(lambda c: (c.execute("DELETE FROM menu_items"), c.execute("DELETE FROM tax_rates")))
    node.host.write(lambda c: c.execute(forget))
    node.again()
    node.engine.push_next(node.link)
    node.pull()
    assert node.value("SELECT count(*) FROM tax_rates") == 1


def test_edits_made_here_while_a_chunk_is_on_its_way_stand(house: House, make: NodeFactory) -> None:
    grill = house.act(add_station, name="Grill")["id"]
    node = make(house)
    node.sync()
    node.run_sql("UPDATE stations SET name = 'Ours' WHERE id = :id", id=grill)
    node.host.write(bootstrap.forget)
    node.again()
    node.engine.push_next(node.link)
    node.pull()
    assert node.value("SELECT name FROM stations") == "Ours"
    node.sync()
    assert_agree(node)


def test_a_node_whose_feed_was_swept_away_takes_a_copy(hand: Hand, house: House, make: NodeFactory) -> None:
    evening(hand, house, 5)
    age(house, 20)
    house.group.rows("UPDATE sync_nodes SET enrolled_at = now() - interval '40 days', seen_at = NULL")
    sweep_all(house.group)
    assert house.group.feed(house.id) == []
    node = make(house)
    node.sync()
    assert len(orders(node)) == 5
    assert_agree(node)
