"""S2: a database put back from a backup, or copied to a second machine, is noticed; no row is lost and no number reused."""

import shutil
from pathlib import Path

import pytest

from edge.identity import incarnation
from edge.keys import open_keys
from hospitality.menu.models import Station
from hospitality.menu.service import add_station
from sync.hub.visits import HEARD_MS
from sync.node.transport import LinkDown, TurnedAway
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import NodeFactory
from tests.sync.ends import Edge, Hand, House, Node
from tests.sync.faults import answer_lost
from tests.sync.menus import add_menu, place


def names(node: Node) -> set[str]:
    """The stations that head office knows."""
    return {row["name"] for row in node.house.group.rows("SELECT name FROM stations")}


def numbers(node: Node) -> list[str]:
    """The numbers of the orders that head office knows."""
    return [row["number"] for row in node.house.group.rows("SELECT number FROM orders ORDER BY number")]


def test_a_restored_node_goes_on_as_a_new_life_and_everything_after_the_backup_is_on_both_ends(node: Node) -> None:
    menu = node.act(add_menu)
    node.act(place, menu)
    node.close()
    backup = node.back_up()
    node.open()
    node.act(place, menu)
    node.act(add_station, name="Before the disk died")
    node.push()
    node.close()
    node.restore(backup)
    node.open()
    assert node.rolled_back
    assert node.engine.incarnation == 2
    node.act(place, menu)
    node.act(add_station, name="After the restore")
    node.sync()
    assert node.engine.current().stopped is None
    assert_agree(node)
    assert numbers(node) == ["A1-1", "A1-2", "A2-1"], "each number given once, in a series of each life's own"
    assert names(node) >= {"Before the disk died", "After the restore"}
    assert node.house.group.quarantine() == []
    assert node.house.group.conflicts() == []


def test_nodes_of_one_property_that_are_apart_number_by_themselves_and_so_does_each_life(
    node: Node, house: House, make: NodeFactory
) -> None:
    """S26: no sequence is shared."""
    menu = node.act(add_menu)
    node.sync()
    other = make(house)
    other.sync()
    other.close()
    backup = other.back_up()
    other.open()
    for each in (node, other, other):
        each.act(place, menu)
    other.push()
    other.close()
    other.restore(backup)
    other.open()
    other.act(place, menu)
    for each in (node, other):
        each.sync()
    assert numbers(node) == ["A1-1", "B1-1", "B1-2", "B2-1"]


def test_what_waited_in_the_backup_and_was_sent_since_counts_once(node: Node) -> None:
    menu = node.act(add_menu)
    node.act(place, menu)
    node.close()
    backup = node.back_up()
    node.open()
    node.push()
    node.close()
    node.restore(backup)
    node.open()
    node.sync()
    assert_agree(node)
    assert numbers(node) == ["A1-1"]
    assert node.house.group.conflicts() == []


def whole_disk(node: Node, backup: Path) -> None:
    """Puts back the file together with the note of its lives, which stood on the same disk."""
    lives = node.keys.lives()
    node.restore(backup)
    node.keys.keep_lives(lives - 1)
    is_silent(node)


def is_silent(node: Node) -> None:
    """The machine that was here last has not been heard for a while."""
    node.house.group.rows("UPDATE sync_nodes SET heard_ms = heard_ms - %s", HEARD_MS)


def is_refused(node: Node) -> None:
    """At its next question it is told to greet, and when it greets, that another goes on in its place."""
    if node.engine._greeted.is_set():
        node.sync()
    with pytest.raises(TurnedAway) as refused:
        node.sync()
    assert refused.value.code == "SUPERSEDED"


@pytest.mark.parametrize("fails", ["edge.identity.put", "edge.keys.Keys.keep_lives"])
def test_a_crash_while_a_start_is_being_counted_is_no_rollback(
    node: Node, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    node.close()

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fails, crash)
        with pytest.raises(KeyboardInterrupt):
            node.open()
    node.open()
    assert not node.rolled_back
    assert node.engine.incarnation == 1


def test_a_whole_disk_put_back_is_noticed_by_the_hub(node: Node) -> None:
    node.close()
    backup = node.back_up()
    node.open()
    for n in range(5):
        node.act(add_station, name=f"Forgotten {n}")
    node.push()
    node.close()
    whole_disk(node, backup)
    node.open()
    assert not node.rolled_back
    node.act(add_station, name="Later")
    node.sync()
    assert node.engine.incarnation == 2
    assert node.note("incarnation") == "2"
    assert_agree(node)
    assert names(node) == {*(f"Forgotten {n}" for n in range(5)), "Later"}


def test_a_whole_disk_put_back_that_wrote_more_than_it_lost_is_noticed_too(node: Node) -> None:
    """Its numbers reach beyond what the hub acknowledged, but they mean other changes."""
    node.close()
    backup = node.back_up()
    node.open()
    node.act(add_station, name="Forgotten")
    node.push()
    node.close()
    whole_disk(node, backup)
    node.open()
    for n in range(5):
        node.act(add_station, name=f"Later {n}")
    node.sync()
    assert node.engine.incarnation == 2
    assert_agree(node)
    assert names(node) == {"Forgotten", *(f"Later {n}" for n in range(5))}


def test_an_acknowledgement_that_was_lost_is_learnt_at_the_next_start_without_sending_again(node: Node) -> None:
    node.act(add_station, name="Grill")
    outbox = node.rows("SELECT * FROM sync_outbox")
    node.push()
    columns = list(outbox[0])
    node.host.write(
        lambda c: c.executemany(
            f"INSERT INTO sync_outbox ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            [tuple(row.values()) for row in outbox],
        )
    )
    node.host.write(lambda c: c.execute("UPDATE sync_meta SET v = '0' WHERE k = 'acked'"))
    node.again()
    node.wire.requests.clear()
    node.sync()
    assert node.engine.incarnation == 1
    assert not [r for r in node.wire.requests if r.url.path.endswith("push")]
    assert_agree(node)


@pytest.fixture
def copied(node: Node, make: NodeFactory, house: House, tmp_path: Path) -> Node:
    """A second machine with a copy of the first one's disk, keys and all; both run."""
    node.act(add_station, name="Common")
    node.sync()
    node.close()
    shutil.copytree(node.folder, tmp_path / "copy")
    node.open()
    return Node(tmp_path / "copy", open_keys(tmp_path / "copy" / "keys"), house=house)


@pytest.mark.parametrize("more", [1, 9])
def test_a_second_machine_with_the_same_identity_is_refused_and_nothing_of_the_first_is_lost(
    node: Node, copied: Node, more: int
) -> None:
    copied.open()
    try:
        for n in range(5):
            node.act(add_station, name=f"First {n}")
        node.sync()
        for n in range(more):
            copied.act(add_station, name=f"Second {n}")
        with pytest.raises(TurnedAway) as refused:
            copied.push()
        assert refused.value.code == "SUPERSEDED"
        assert len(copied.outbox("stations")) == more, "what it wrote waits, and was not taken for acknowledged"
        node.act(add_station, name="Last")
        node.sync()
        assert_agree(node)
        assert names(node) == {"Common", "Last", *(f"First {n}" for n in range(5))}
    finally:
        copied.close()


@pytest.mark.parametrize("writes", [False, True])
def test_a_copy_is_refused_while_the_first_is_heard_also_when_it_only_listens(
    node: Node, copied: Node, writes: bool
) -> None:
    copied.open()
    try:
        if writes:
            node.act(add_station, name="First")
        node.sync()
        is_refused(copied)
        assert copied.engine.incarnation == 1
        node.act(add_station, name="Last")
        node.sync()
        assert_agree(node)
        assert not copied.rows("SELECT id FROM stations WHERE name = 'Last'")
    finally:
        copied.close()


def test_a_copy_that_listened_first_gives_way_to_the_machine_that_has_something_to_send(
    node: Node, copied: Node
) -> None:
    copied.open()
    try:
        copied.sync()
        node.act(add_station, name="First")
        node.sync()
        is_refused(copied)
        assert names(node) == {"Common", "First"}
    finally:
        copied.close()


def test_a_disk_put_back_that_lost_nothing_goes_on_once_nobody_else_is_heard(node: Node, copied: Node) -> None:
    node.sync()
    copied.open()
    try:
        is_refused(copied)
        is_silent(node)
        copied.act(add_station, name="Later")
        copied.sync()
        assert copied.engine.incarnation == 1
        assert names(node) == {"Common", "Later"}
        is_refused(node)
    finally:
        copied.close()


def test_an_older_life_is_refused_once_a_newer_one_has_greeted(house: House, hand: Hand) -> None:
    hand.push([hand.insert("stations", rows.station(house))])
    assert hand.hello(incarnation=2).status == "new_incarnation"
    answer = hand.push([hand.insert("stations", rows.station(house))])
    assert answer.status == "superseded"
    assert hand.hello(incarnation=1).status == "superseded"
    assert hand.pull().status == "superseded"
    assert house.group.value("SELECT count(*) FROM stations") == 1


def test_a_node_that_has_less_than_it_was_acknowledged_begins_a_new_life(house: House, hand: Hand) -> None:
    hand.push(*[[hand.insert("stations", rows.station(house))] for _ in range(5)])
    hand.acked = 2
    answer = hand.hello(last=3)
    assert (answer.status, answer.incarnation, answer.acked) == ("new_incarnation", 2, 2)
    assert hand.hello(last=3, incarnation=2).status == "new_incarnation"
    assert hand.hello(last=3, incarnation=2).status == "ok"


def test_a_greeting_that_comes_late_ends_no_life(house: House, hand: Hand) -> None:
    hand.hello()
    hand.push(*[[hand.insert("stations", rows.station(house))] for _ in range(5)])
    assert hand.hello(last=0).status == "new_incarnation", "told, to whoever asked"
    assert hand.push([hand.insert("stations", rows.station(house))]).status == "ok"
    assert hand.hello().status == "ok"


def test_a_new_life_whose_greeting_was_never_answered_is_still_its_own(node: Node) -> None:
    node.close()
    backup = node.back_up()
    node.open()
    node.act(add_station, name="Forgotten")
    node.push()
    node.close()
    whole_disk(node, backup)
    node.open()
    node.act(add_station, name="Later")
    node.act(add_station, name="Later still")
    node.wire.fail("/sync/v1/hello", *[answer_lost] * 4)
    for _ in range(4):
        with pytest.raises(LinkDown):
            node.push()
    node.sync()
    assert node.engine.incarnation == 2
    assert_agree(node)
    assert names(node) == {"Forgotten", "Later", "Later still"}


def test_a_life_that_begins_amid_a_transaction_in_parts_keeps_the_parts_that_it_knows_of(
    house: House, hand: Hand
) -> None:
    changes = [hand.insert("stations", rows.station(house, f"S{n}")) for n in range(6)]
    for change in changes:
        change.h = hand.high + 1

    def part(these: slice, *, more: bool) -> None:
        batch = hand.batch(changes[these], hlc=changes[0].h)
        batch.part = more
        hand.send(batch)

    part(slice(0, 2), more=True)
    part(slice(2, 4), more=True)
    assert house.group.value("SELECT count(*) FROM stations") == 0
    hand.acked = 2  # the backup knows of the first part only
    hand.incarnation = hand.hello(last=3).incarnation
    assert hand.incarnation == 2
    hand.hello()
    part(slice(2, 6), more=False)
    assert house.group.value("SELECT count(*) FROM stations") == 6
    assert house.group.value("SELECT count(*) FROM sync_stage") == 0
    feed = house.group.feed(house.id)[-1]
    assert len(feed["changes"]) == 6, "one transaction still"


def test_an_older_lifes_own_rows_come_back_to_the_node_that_forgot_them(node: Node) -> None:
    node.close()
    backup = node.back_up()
    node.open()
    id = node.act(add_station, name="One")["id"]
    node.act(lambda work: work.edit(Station, id, name="Two"))
    node.push()
    node.close()
    node.restore(backup)
    node.open()
    node.sync()
    assert [row["name"] for row in node.rows("SELECT name FROM stations")] == ["Two"]
    assert_agree(node)


def test_what_a_restored_node_sends_again_undoes_no_edit_made_since(node: Node) -> None:
    id = node.act(add_station, name="Grill")["id"]
    node.close()
    backup = node.back_up()
    node.open()
    node.act(lambda work: work.edit(Station, id, name="Fire"))
    node.push()
    node.close()
    node.restore(backup)
    node.open()
    node.sync()
    assert names(node) == {"Fire"}
    assert_agree(node)
    assert node.house.group.conflicts() == []


def test_an_edit_that_had_not_seen_what_an_earlier_life_wrote_stands_in_the_conflict_log(node: Node) -> None:
    id = node.act(add_station, name="Grill")["id"]
    node.sync()
    node.close()
    backup = node.back_up()
    node.open()
    node.act(lambda work: work.edit(Station, id, name="Forgotten"))
    node.push()
    node.close()
    node.restore(backup)
    node.open()
    node.act(lambda work: work.edit(Station, id, name="Later"))
    node.act(lambda work: work.edit(Station, id, name="Last"))
    node.sync()
    assert names(node) == {"Last"}
    assert_agree(node)
    assert [(row["lost_value"], row["won_value"]) for row in node.house.group.conflicts()] == [
        ('"Forgotten"', '"Later"')
    ], "and of its own two edits the second had seen the first"


def test_a_second_machine_is_told_apart_also_when_both_give_equal_stamps(house: House, hand: Hand) -> None:
    one = hand.insert("stations", rows.station(house, "One"))
    hand.push([one])
    other, more = (hand.insert("stations", rows.station(house, name)) for name in ("Two", "Three"))
    batch = hand.batch([more])
    other.s, other.h = one.s, one.h
    batch.prev, batch.changes = 0, [other, *batch.changes]
    assert hand.send(batch).status == "superseded", "nothing of it is taken for what was acknowledged"
    assert house.group.value("SELECT count(*) FROM stations") == 1


def test_a_copy_from_before_a_new_incarnation_of_the_same_life_is_noticed(edge: Edge) -> None:
    """Head office had the node begin a new incarnation; a copy from just before comes back, with as many starts."""
    edge.close()
    edge.keys.keep_incarnation(edge.keys.incarnation() + 3)
    known = edge.keys.incarnation()
    edge.open()
    assert edge.rolled_back
    assert edge.host.read_raw(incarnation) == known + 1
    edge.again()
    assert not edge.rolled_back
