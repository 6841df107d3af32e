"""Head office is put back to an older copy of its database: it is noticed, and everything that a node was told is kept
and still holds comes back by itself, once, with its own stamps and authors."""

import threading
import time
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from cloud.chains import Chains
from hospitality.ground.clock import utc_now
from hospitality.ground.ids import new_id
from hospitality.ground.journal import verify_chain
from hospitality.menu.models import Station
from hospitality.menu.service import add_station, edit_item
from hospitality.orders.models import Order, OrderLine
from sync.allowance import AllowanceSpentError
from sync.hub.postgres import PostgresStore
from sync.hub.put_back import say_put_back
from sync.hub.store import head_office
from sync.node.allowance import spend, want_more
from sync.node.transport import LinkDown
from sync.wire import (
    PROTOCOL,
    Gift,
    GiftAnswer,
    RowImage,
    RowsAnswer,
    RowsRequest,
    Settled,
    SettledAnswer,
    pack,
)
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import NodeFactory
from tests.sync.ends import Group, Hand, Head, House, Node, wait_until
from tests.sync.faults import after, answer_lost, request_lost
from tests.sync.menus import Menu, add_menu, place
from tests.sync.put_back import Office, come
from tests.sync.test_allowance_at_both_ends import allow, do
from tests.sync.test_requests import answering, ask_for_an_order, told

GIVE, COMPARE, PUSH, ROWS, SETTLED = (f"/sync/v1/{name}" for name in ("give", "compare", "push", "rows", "settled"))


@pytest.fixture
def office(own_office: Office) -> Office:
    """Head office on a database of its own."""
    return own_office


@pytest.fixture
def head(office: Office) -> Head:
    """Head office, for the other fixtures."""
    return office.head


@pytest.fixture
def menu(node: Node) -> Menu:
    """A menu that both ends know."""
    menu = node.act(add_menu)
    node.sync()
    return menu


@pytest.fixture
def other(group: Group, make: NodeFactory) -> Node:
    """A node of another property of the group."""
    other = make(group.house("Camp"))
    other.sync()
    return other


def epochs(group: Group) -> set[int]:
    """The epochs of the group's scopes."""
    return {row["epoch"] for row in group.rows("SELECT epoch FROM sync_scopes")}


def assert_nothing_is_doubled(group: Group) -> None:
    """Positions without holes; no transaction stands in a feed twice."""
    for scope in group.rows("SELECT scope, head FROM sync_scopes"):
        feed = group.feed(scope["scope"])
        assert [entry["pos"] for entry in feed] == list(range(1, scope["head"] + 1))
        said = [
            (entry["node"], entry["hlc"], change["t"], change["o"], change["k"])
            for entry in feed
            for change in entry["changes"]
        ]
        assert len(said) == len(set(said))


def heard_out(group: Group) -> list[bool]:
    """Of each node, whether it was heard out since head office was put back."""
    found = group.rows("SELECT settled = (SELECT max(epoch) FROM sync_scopes) AS yes FROM sync_nodes ORDER BY number")
    return [row["yes"] for row in found]


def test_what_was_acknowledged_after_the_backup_comes_back_once(office: Office, node: Node, menu: Menu) -> None:
    kept = node.act(place, menu)
    node.sync()
    copy = office.back_up()
    lost = [node.act(place, menu) for _ in range(3)]
    node.sync()
    office.put_back(copy)
    group = node.house.group
    assert {row["id"] for row in group.rows("SELECT id FROM orders")} == {kept}
    come(node)
    assert {row["id"] for row in group.rows("SELECT id FROM orders")} == {kept, *lost}
    assert_agree(node)
    assert_nothing_is_doubled(group)
    assert node.outbox() == []
    assert heard_out(group) == [True]
    assert group.value("SELECT put_back_at IS NOT NULL FROM sync_scopes LIMIT 1")
    feed = group.feed(node.property_id)
    for id in lost:
        (entry,) = [one for one in feed if any(change["k"] == id for change in one["changes"])]
        assert len(entry["changes"]) > 2, "the order with its lines and its journal entry is one transaction still"


def test_no_number_of_head_offices_journal_is_given_twice(office: Office, node: Node, menu: Menu) -> None:
    house, group = node.house, node.house.group
    seen: dict[str, dict[str, Any]] = {}

    def look() -> None:
        seen.update({row["id"]: row for row in group.rows("SELECT * FROM journal WHERE node = 0")})

    def add_some(name: str) -> None:
        for n in range(2):
            house.act(add_station, name=f"{name} {n}")
        look()

    add_some("Before")
    copy = office.back_up()
    add_some("Lost")
    node.sync()
    office.put_back(copy)
    add_some("Put back beneath the running process")
    office.put_back(copy)
    office.head.host._chains = Chains(lambda: utc_now() + timedelta(hours=1))
    add_some("Started anew")
    come(node)
    look()
    assert_agree(node)
    chains: dict[int, list[dict[str, Any]]] = {}
    for entry in sorted(seen.values(), key=lambda row: row["number"]):
        chains.setdefault(entry["incarnation"], []).append(entry)
    assert len(chains) == 3
    for entries in chains.values():
        verify_chain(entries)


def test_it_is_noticed_once_and_for_all_nodes_of_the_group(office: Office, node: Node, other: Node, menu: Menu) -> None:
    copy = office.back_up()
    node.act(place, menu)
    other.act(add_station, name="Camp fire")
    come(node, other)
    office.put_back(copy)
    come(node)
    first = epochs(node.house.group)
    assert len(first) == 1
    assert heard_out(node.house.group) == [True, False]
    node.act(place, menu)
    come(node)
    come(other)
    assert epochs(node.house.group) == first
    assert heard_out(node.house.group) == [True, True]
    for each in (node, other):
        assert_agree(each)
    assert_nothing_is_doubled(node.house.group)


def test_what_waits_and_leans_on_what_was_lost_is_not_set_aside(office: Office, node: Node, menu: Menu) -> None:
    copy = office.back_up()
    order = node.act(lambda work: work.add(Order, rows.order(node.house)))
    node.sync()
    station = node.act(add_station, name="Smoker")["id"]
    node.sync()
    office.put_back(copy)
    node.act(lambda work: work.add(OrderLine, rows.line(node.house, order["id"])))
    node.act(lambda work: work.edit(Station, station, name="Smoker and bar"))
    come(node)
    assert_agree(node)
    assert node.house.group.quarantine() == []
    assert node.house.group.conflicts() == []
    assert node.house.group.value("SELECT count(*) FROM order_lines") == 1
    assert node.house.group.value("SELECT name FROM stations WHERE id = %s", station) == "Smoker and bar"
    assert_nothing_is_doubled(node.house.group)


def test_head_offices_own_edits_that_reached_a_node_come_back_under_its_own_name(
    office: Office, node: Node, menu: Menu
) -> None:
    house, group = node.house, node.house.group
    copy = office.back_up()
    house.act(edit_item, menu.items[0], {"price_minor": 4711})
    group.rows("UPDATE properties SET name = 'Dune House by the sea' WHERE id = %s", house.id)
    request = ask_for_an_order(house, menu)
    node.sync()
    answering(node).step()
    node.sync()
    stamps = group.value("SELECT _fv::jsonb FROM menu_items WHERE id = %s", menu.items[0])
    office.put_back(copy)
    come(node)
    assert_agree(node)
    assert group.value("SELECT name FROM properties WHERE id = %s", house.id) == "Dune House by the sea"
    assert group.value("SELECT price_minor FROM menu_items WHERE id = %s", menu.items[0]) == 4711
    assert group.value("SELECT _fv::jsonb FROM menu_items WHERE id = %s", menu.items[0]) == stamps
    assert told(house, request)["state"] == "accepted"
    assert group.conflicts() == []


def test_what_head_office_gets_back_reaches_the_other_nodes_that_lack_it(
    office: Office, group: Group, node: Node, other: Node, menu: Menu
) -> None:
    copy = office.back_up()
    person = group.rows(
        "INSERT INTO people (org_id, id, property_id, display_name, role, active) VALUES"
        " (%s, gen_random_uuid(), NULL, 'Ada', 'manager', true) RETURNING id",
        group.org_id,
    )[0]["id"]
    node.sync()
    office.put_back(copy)
    come(node)
    come(other)
    for each in (node, other):
        assert_agree(each)
        assert each.value("SELECT display_name FROM people WHERE id = :id", id=person) == "Ada"


def test_it_is_noticed_although_head_office_went_on_until_its_feeds_were_as_long_as_before(
    office: Office, node: Node, menu: Menu
) -> None:
    """Nothing of the node's own was lost, and its cursor points at a position that exists: only the seal tells."""
    copy = office.back_up()
    for name in ("One", "Two"):
        node.house.act(add_station, name=name)
    node.sync()
    office.put_back(copy)
    for name in ("Three", "Four", "Five"):
        node.house.act(add_station, name=name)
    come(node)
    assert_agree(node)
    names = {row["name"] for row in node.house.group.rows("SELECT name FROM stations")}
    assert names >= {"One", "Two", "Three", "Four", "Five"}


def test_an_edit_that_was_lost_and_then_made_otherwise_is_a_conflict(office: Office, node: Node, menu: Menu) -> None:
    copy = office.back_up()
    node.act(edit_item, menu.items[0], {"price_minor": 1111})
    node.act(edit_item, menu.items[1], {"price_minor": 5000})
    node.sync()
    office.put_back(copy)
    node.house.act(edit_item, menu.items[0], {"price_minor": 2222})
    come(node)
    assert_agree(node)
    (conflict,) = node.house.group.conflicts()
    assert (conflict["field"], conflict["won_value"], conflict["lost_value"]) == ("price_minor", "2222", "1111")
    assert node.value("SELECT price_minor FROM menu_items WHERE id = :id", id=menu.items[1]) == 5000


def test_a_node_that_was_only_behind_makes_no_conflicts(office: Office, node: Node, other: Node, menu: Menu) -> None:
    for price in (2222, 3333):
        node.house.act(edit_item, menu.items[0], {"price_minor": price})
    copy = office.back_up()
    other.act(add_station, name="Camp fire")
    come(other)
    office.put_back(copy)
    come(other)
    come(node)
    assert node.house.group.conflicts() == []
    assert_agree(node)
    assert_agree(other)


def test_what_was_set_aside_after_the_backup_is_set_aside_again_once(office: Office, node: Node, menu: Menu) -> None:
    copy = office.back_up()
    order = node.act(lambda work: work.add(Order, rows.order(node.house, note="a\0b")))
    node.act(place, menu)
    node.sync()
    before_it = node.house.group.quarantine()
    assert len(before_it) == 1
    for _ in range(2):
        office.put_back(copy)
        come(node)
        (aside,) = node.house.group.quarantine()
        assert aside["code"] == before_it[0]["code"]
        (change,) = msgspec.json.decode(aside["body"])
        assert change["k"] == order["id"]
        copy = office.back_up()


@pytest.mark.parametrize("path", [COMPARE, GIVE, SETTLED])
@pytest.mark.parametrize("fault", [request_lost, answer_lost])
def test_a_node_that_is_cut_off_or_dies_meanwhile_goes_on_where_it_was(
    office: Office, node: Node, menu: Menu, path: str, fault: Any
) -> None:
    copy = office.back_up()
    orders = {node.act(place, menu) for _ in range(2)}
    node.sync()
    waits = node.act(place, menu)
    office.put_back(copy)
    node.wire.fail(path, fault)
    with pytest.raises(LinkDown):
        come(node)
    node.again()
    come(node)
    assert_agree(node)
    found = node.house.group.rows("SELECT id FROM orders")
    assert sorted(row["id"] for row in found) == sorted({*orders, waits})
    assert_nothing_is_doubled(node.house.group)
    assert heard_out(node.house.group) == [True]


def test_it_is_put_back_while_a_push_is_under_way_and_its_loops_run(office: Office, node: Node, menu: Menu) -> None:
    copy = office.back_up()
    first = node.act(place, menu)
    node.sync()
    node.engine.start()
    wait_until(lambda: node.engine.current().caught_up)
    is_back = threading.Event()

    def put_back() -> None:
        office.put_back(copy)
        is_back.set()

    node.wire.fail(PUSH, after(put_back))
    second = node.act(place, menu)
    group = node.house.group
    wait_until(is_back.is_set)
    wait_until(lambda: heard_out(group) == [True] and not node.engine.waiting, "the healing")
    third = node.act(place, menu)
    wait_until(lambda: not node.engine.waiting)
    assert {row["id"] for row in group.rows("SELECT id FROM orders")} == {first, second, third}
    wait_until(lambda: not node.outbox())
    assert_agree(node)
    assert_nothing_is_doubled(group)


def test_a_node_in_a_later_life_than_head_office_remembers(office: Office, node: Node, menu: Menu) -> None:
    copy = office.back_up()
    node.close()
    backup = node.back_up()
    node.open()
    node.act(place, menu)
    node.sync()
    node.close()
    node.restore(backup)
    node.open()
    node.sync()
    node.act(place, menu)
    node.sync()
    assert node.engine.incarnation == 2
    office.put_back(copy)
    come(node)
    assert node.engine.incarnation == 2
    assert_agree(node)
    numbers = [row["number"] for row in node.house.group.rows("SELECT number FROM orders ORDER BY number")]
    assert numbers == ["A1-1", "A2-1"]


def test_it_is_put_back_twice(office: Office, node: Node, menu: Menu) -> None:
    copy = office.back_up()
    seen = set[int]()
    for _ in range(3):
        node.act(place, menu)
        come(node)
        office.put_back(copy)
        come(node)
        seen |= epochs(node.house.group)
    assert len(seen) == 3
    assert node.house.group.value("SELECT count(*) FROM orders") == 3
    assert_agree(node)
    assert_nothing_is_doubled(node.house.group)


def test_whoever_says_that_it_was_put_back_has_nothing_granted_that_another_may_hold(
    office: Office, node: Node, other: Node
) -> None:
    allowance = allow(node.house, 10)
    come(node, other)
    copy = office.back_up()
    do(node, want_more, allowance, 8)
    come(node)
    office.put_back(copy)
    group = node.house.group
    with office.head.database.transaction(group.org_id) as connection:
        say_put_back(PostgresStore(connection, head_office(group.org_id)), int(time.time() * 1000))
    do(other, want_more, allowance, 9)
    come(other)
    with pytest.raises(AllowanceSpentError):
        do(other, spend, allowance, 1, cause="a meal")
    come(node, other)
    do(other, want_more, allowance, 9)
    come(other)
    assert do(node, spend, allowance, 8, cause="a room").left == 0
    assert do(other, spend, allowance, 2, cause="a meal").left == 0


# --- what nobody may do


def gift(hand: Hand, *images: RowImage) -> GiftAnswer:
    """Gives rows by hand."""
    return hand.link.call(GIVE, pack(Gift(PROTOCOL, hand.incarnation, list(images))), GiftAnswer)


def image(table: str, row: dict[str, Any], hand: Hand, node: int) -> RowImage:
    """A row by this author."""
    hand.high += 1
    return RowImage(table, row["id"], hand.high, node, msgspec.Raw(msgspec.json.encode(row)))


def test_a_node_cannot_forge_another_authors_rows_in_quiet_times(house: House, hand: Hand) -> None:
    row = rows.station(house)
    answer = gift(hand, image("stations", row, hand, 0))
    assert [trouble.code for trouble in answer.troubles] == ["NOT_PERMITTED"]
    name = {"id": house.id, "property_id": house.id, "name": "Mine now"}
    answer = gift(hand, image("properties", name, hand, 0))
    assert house.group.value("SELECT name FROM properties WHERE id = %s", house.id) == "Dune House"
    elsewhere = rows.station(house.group.house("Camp"))
    answer = gift(hand, image("stations", elsewhere, hand, hand.number))
    assert [trouble.code for trouble in answer.troubles] == ["NOT_PERMITTED"]
    assert house.group.value("SELECT count(*) FROM stations") == 0
    assert house.group.quarantine() == []


def test_what_only_the_group_edits_is_not_edited_by_a_gift(house: House, hand: Hand) -> None:
    rate = {"id": new_id(), "property_id": house.id, "name": "VAT", "rate_bp": 1500, "included": True}
    hand.push([hand.insert("tax_rates", rate)])
    made = house.group.rows("SELECT _hlc, _node FROM tax_rates")[0]
    fields = msgspec.Raw(msgspec.json.encode({**rate, "rate_bp": 0}))
    row = RowImage("tax_rates", str(rate["id"]), made["_hlc"], made["_node"], fields)
    hand.high += 1
    row.v = {"rate_bp": (hand.high, hand.number)}
    (answer,) = gift(hand, row).images
    assert msgspec.json.decode(answer.f)["rate_bp"] == 1500
    assert house.group.value("SELECT rate_bp FROM tax_rates") == 1500


def test_what_is_given_or_asked_in_an_epoch_that_is_over_begins_anew(house: House, hand: Hand) -> None:
    row = rows.station(house)
    said = Gift(PROTOCOL, hand.incarnation, [image("stations", row, hand, hand.number)], epoch=7)
    assert hand.link.call(GIVE, pack(said), GiftAnswer).status == "superseded"
    asked = RowsRequest(PROTOCOL, hand.incarnation, "stations", [str(row["id"])], epoch=7)
    assert hand.link.call(ROWS, pack(asked), RowsAnswer).status == "superseded"
    over = Settled(PROTOCOL, hand.incarnation, 7, 0, 0)
    assert hand.link.call(SETTLED, pack(over), SettledAnswer).status == "superseded"
    assert house.group.value("SELECT count(*) FROM stations") == 0


def test_a_node_cannot_talk_head_office_into_having_been_put_back(house: House, hand: Hand) -> None:
    hand.push([hand.insert("stations", rows.station(house))])
    hand.acked, hand.seq = 500, 600
    answer = hand.hello()
    assert not answer.recovering
    assert answer.acked == 1
    assert epochs(house.group) == {1}
