"""A node's two loops over a link on which everything goes wrong: nothing is lost, doubled or stuck, and news travels."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cloud.host import NewsListener
from hospitality.menu.service import add_station, edit_item
from sync.node.transport import LinkDown
from tests.sync.agreeing import assert_agree
from tests.sync.ends import Head, House, Node, wait_until
from tests.sync.faults import (
    LoopThread,
    after,
    answer_lost,
    answer_truncated,
    at_once,
    before,
    busy,
    repeated,
    request_lost,
)
from tests.sync.menus import Menu, add_menu, place

HELLO, PUSH, PULL = "/sync/v1/hello", "/sync/v1/push", "/sync/v1/pull"


@pytest.fixture
def news(head: Head, hub_loop: LoopThread) -> Iterator[None]:
    """PostgreSQL's notifications reach who waits at the hub."""
    with listening(head, hub_loop):
        yield


@contextmanager
def listening(head: Head, hub_loop: LoopThread) -> Iterator[None]:
    """Tells who waits at the hub, for the length of the block."""
    tell = head.host.board.tell

    def heard(scope: str | None, author: int) -> None:
        hub_loop.loop.call_soon_threadsafe(tell, scope, author)

    listener = NewsListener(head.database, heard)
    listener.start()
    try:
        yield
    finally:
        listener.stop()


@pytest.fixture
def menu(node: Node) -> Menu:
    """A menu that both ends know."""
    menu = node.act(add_menu)
    node.sync()
    return menu


def count(house: House, table: str) -> int:
    """How many rows head office has."""
    return int(house.group.value(f"SELECT count(*) FROM {table}"))


def settled(node: Node) -> bool:
    """Nothing waits, and nothing that the node would be sent is unread."""
    if node.engine.waiting:
        return False
    read = {row["scope"]: row["position"] for row in node.rows("SELECT scope, position FROM sync_cursors")}
    news = "SELECT count(*) FROM sync_feed WHERE scope = %s AND pos > %s AND (node <> %s OR differs)"
    scopes = (node.org_id, node.property_id)
    return not any(node.house.group.value(news, scope, read.get(scope, 0), node.number) for scope in scopes)


def test_a_hub_without_time_is_tried_again_without_any_new_local_write(node: Node, menu: Menu, news: None) -> None:
    """S3."""
    node.act(place, menu)
    node.wire.fail(PUSH, *[busy] * 7)
    node.wire.fail(PULL, *[busy] * 7)
    node.engine.start()
    wait_until(lambda: settled(node), "the outbox empty")
    assert node.engine.current().push_error is None
    node.engine.stop()
    assert_agree(node)


@pytest.mark.parametrize("fault", [request_lost, answer_lost, answer_truncated, busy])
def test_a_step_that_fails_says_so_and_may_be_taken_again(node: Node, menu: Menu, fault: Any) -> None:
    node.act(place, menu)
    node.house.act(add_station, name="Bar")
    for path, step in ((PUSH, node.push), (PULL, node.pull)):
        node.wire.fail(path, fault)
        with pytest.raises(LinkDown):
            step()
    node.sync()
    assert_agree(node)
    assert count(node.house, "orders") == 1


@pytest.mark.parametrize("seed", range(3))
def test_over_a_link_that_loses_repeats_and_truncates_everything_arrives_once(
    node: Node, menu: Menu, news: None, seed: int
) -> None:
    luck = random.Random(seed)
    faults = [request_lost, answer_lost, answer_truncated, busy, repeated, at_once]
    for path in (HELLO, PUSH, PULL):
        node.wire.fail(path, *luck.choices(faults, k=12))
    node.again()
    node.engine.start()
    for n in range(10):
        node.act(place, menu)
        if n % 3 == 0:
            node.house.act(edit_item, menu.items[n % 3], {"price_minor": 2000 + n})
        node.act(edit_item, menu.items[n % 3], {"prep_seconds": 100 + n})
    wait_until(lambda: settled(node), "both ends the same")
    node.engine.stop()
    assert_agree(node)
    assert count(node.house, "orders") == 10
    assert node.house.group.quarantine() == []


def test_an_edit_made_while_its_row_is_being_sent_survives_and_is_sent(node: Node, menu: Menu) -> None:
    """S18: between request and answer, and between the draft and the request."""
    item = menu.items[0]

    def price(amount: int) -> Any:
        return lambda: node.act(edit_item, item, {"price_minor": amount})

    price(1)()
    node.wire.fail(PUSH, after(price(2)))
    assert node.engine.push_next(node.link)
    assert node.house.group.value("SELECT price_minor FROM menu_items WHERE id = %s", item) == 1
    assert [row["f"] for row in node.outbox("menu_items")] == [{"price_minor": 2}]
    node.wire.fail(PUSH, before(price(3)))
    node.wire.fail(PULL, after(price(4)))
    node.sync()
    assert node.value("SELECT price_minor FROM menu_items WHERE id = :id", id=item) == 4
    node.sync()
    assert_agree(node)
    assert node.house.group.value("SELECT price_minor FROM menu_items WHERE id = %s", item) == 4
    assert node.house.group.conflicts() == []


def test_while_the_link_is_cut_work_goes_on_and_drains_when_it_returns(node: Node, menu: Menu, news: None) -> None:
    node.engine.start()
    wait_until(lambda: node.engine.current().pulled_at)
    node.wire.cut = True
    for _ in range(5):
        node.act(place, menu)
    wait_until(lambda: node.engine.current().push_error)
    assert node.engine.waiting == len(node.outbox())
    node.wire.cut = False
    wait_until(lambda: settled(node), "drained")
    node.engine.stop()
    assert_agree(node)


def test_news_of_either_end_reaches_the_other_without_asking(node: Node, menu: Menu, news: None) -> None:
    """The hub wakes a pull that it holds; nothing here waits for a poll."""
    node.engine.start()
    wait_until(lambda: any(r.url.path == PULL for r in node.wire.requests))
    node.house.act(edit_item, menu.items[0], {"price_minor": 4321})
    wait_until(lambda: node.value("SELECT price_minor FROM menu_items WHERE id = :id", id=menu.items[0]) == 4321)
    node.act(place, menu)
    wait_until(lambda: count(node.house, "orders") == 1)
    node.engine.stop()


def test_a_write_without_any_verb_at_head_office_reaches_the_node(node: Node, house: House, news: None) -> None:
    node.engine.start()
    house.group.rows("UPDATE properties SET name = 'Renamed by hand' WHERE id = %s", house.id)
    wait_until(lambda: node.value("SELECT name FROM properties") == "Renamed by hand")
    node.engine.stop()
    assert_agree(node)


def test_what_was_written_while_nobody_listened_reaches_a_node_that_waits(
    node: Node, house: House, head: Head, hub_loop: LoopThread
) -> None:
    node.engine.start()
    wait_until(lambda: node.engine.status.caught_up, "at the feeds' ends")
    wait_until(lambda: head.host.board._waiting, "asking, and held")
    house.group.rows("UPDATE properties SET name = 'Renamed unheard' WHERE id = %s", house.id)
    with listening(head, hub_loop):
        wait_until(lambda: node.value("SELECT name FROM properties") == "Renamed unheard", "told")
    node.engine.stop()


def test_a_failure_of_the_nodes_own_disk_ends_no_loop(
    node: Node, menu: Menu, news: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = node.engine.store.write
    broken = [0]

    def failing(job: Any) -> Any:
        if broken[0] < 6:
            broken[0] += 1
            raise OSError("disk I/O error")
        return write(job)

    monkeypatch.setattr(node.engine.store, "write", failing)
    node.act(place, menu)
    node.house.act(add_station, name="Bar")
    node.engine.start()
    wait_until(lambda: settled(node), "drained")
    node.engine.stop()
    assert broken[0] == 6
    assert_agree(node)


def test_stopping_cuts_off_a_question_that_the_hub_holds(node: Node) -> None:
    node.engine.start()
    wait_until(lambda: node.wire.requests and node.wire.requests[-1].url.path == PULL)
    node.engine.stop()
    assert not [thread for thread in node.engine._threads if thread.is_alive()]


def test_waiting_counts_what_the_hub_has_not_acknowledged(node: Node, menu: Menu) -> None:
    assert node.engine.waiting == 0
    node.act(place, menu)
    waiting = node.engine.waiting
    assert waiting == len(node.outbox()) > 0
    node.wire.fail(PUSH, answer_lost)
    with pytest.raises(LinkDown):
        node.push()
    assert node.engine.waiting == waiting
    node.again()
    assert node.engine.waiting == waiting, "also after a restart"
    node.push()
    assert node.engine.waiting == 0
    assert node.house.group.value("SELECT waiting FROM sync_nodes WHERE property_id = %s", node.property_id) == 0


def test_a_large_backlog_is_read_in_pages_and_applied_in_slices(node: Node, house: House) -> None:
    node.engine._arrivals.slice_entries = 3
    node.engine._pace.bytes = 500
    for n in range(20):
        house.act(add_station, name=f"S{n}")
    node.wire.requests.clear()
    node.pull()
    assert len(node.wire.requests) >= 3
    assert_agree(node)
