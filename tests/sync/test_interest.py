"""A node gets the group's rows and its own property's, and nothing else; and it writes nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from edge.schema import SCHEMA
from hospitality.menu.models import Station
from hospitality.menu.service import add_station
from hospitality.people.service.accounts import add_person
from sync.hub.feed import pages, scopes_of
from sync.hub.postgres import PostgresStore
from sync.hub.store import Sender
from sync.wire import LIMITS
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import HandFactory, NodeFactory
from tests.sync.ends import Group, Hand, Head, House, Node
from tests.sync.menus import add_menu, place


@pytest.fixture
def two(group: Group, make: NodeFactory) -> tuple[Node, Node]:
    """Nodes of two properties of one group, which know what head office knows."""
    nodes = make(group.house("Dune House")), make(group.house("Harbour Inn"))
    for node in nodes:
        node.sync()
    return nodes


def properties_known(node: Node) -> set[str | None]:
    """The properties of all rows that the node holds."""
    found: set[str | None] = set()
    for table in SCHEMA.tables:
        found |= {row["property_id"] for row in node.rows(f'SELECT DISTINCT property_id FROM "{table}"')}
    return found


def test_two_properties_of_a_group_get_each_its_own_and_both_the_groups(
    two: tuple[Node, Node], head: Head, make: NodeFactory
) -> None:
    for node in two:
        menu = node.act(add_menu)
        node.act(place, menu)
        node.house.act(add_person, display_name="Selma", role="owner")
    stranger = make(head.group("Other group").house("Elsewhere"))
    stranger.act(place, stranger.act(add_menu))
    stranger.sync()
    two[0].house.group.rows(
        "INSERT INTO stations (org_id, id, property_id, name, sort)"
        " VALUES (%s, gen_random_uuid(), NULL, 'Of the group', 0)",
        two[0].org_id,
    )
    for node in (*two, *two):
        node.sync()
    for node in two:
        assert_agree(node)
        assert properties_known(node) == {None, node.property_id}
        assert node.value("SELECT count(*) FROM orders") == 1
        assert node.value("SELECT name FROM stations WHERE property_id IS NULL") == "Of the group"
        assert node.value("SELECT count(*) FROM properties") == 1
    assert properties_known(stranger) == {None, stranger.property_id}
    assert stranger.value("SELECT count(*) FROM stations") == 1


def test_a_group_row_edited_at_one_property_reaches_the_others(two: tuple[Node, Node]) -> None:
    one, other = two
    shared = {"property_id": None, "name": "Shared", "sort": 0, "printer": None}
    id = one.act(lambda work: work.add(Station, shared))["id"]
    one.sync()
    other.sync()
    assert other.value("SELECT name FROM stations WHERE id = :id", id=id) == "Shared"
    other.act(lambda work: work.edit(Station, id, name="Renamed by the other"))
    other.sync()
    one.sync()
    for node in two:
        assert_agree(node)
        assert node.value("SELECT name FROM stations WHERE id = :id", id=id) == "Renamed by the other"


def test_a_conflict_over_a_group_row_is_seen_at_the_property_that_took_part(two: tuple[Node, Node]) -> None:
    one, other = two
    id = one.act(lambda work: work.add(Station, {"property_id": None, "name": "S", "sort": 0, "printer": None}))["id"]
    one.sync()
    other.sync()
    one.act(lambda work: work.edit(Station, id, name="One"))
    other.act(lambda work: work.edit(Station, id, name="Other"))
    for node in (one, other, one):
        node.sync()
    for node in two:
        assert_agree(node)
        assert node.value("SELECT name FROM stations WHERE id = :id", id=id) == "Other"
    assert other.value("SELECT lost_value FROM sync_conflicts") == '"One"'


def test_a_node_is_refused_what_its_property_may_not_write_and_keeps_syncing(two: tuple[Node, Node]) -> None:
    one, other = two
    theirs = other.act(add_station, name="Theirs")["id"]
    other.sync()

    def trespass(work: Any) -> None:
        work.run(
            "INSERT INTO stations (org_id, id, property_id, name, sort) VALUES (:org_id, :id, :other, 'Mine?', 0)",
            id=theirs,
            other=other.property_id,
        )

    one.act(trespass)
    one.run_sql("UPDATE properties SET currency = 'EUR'")
    one.act(add_station, name="Fine")
    one.sync()
    assert [row["code"] for row in one.house.group.quarantine()] == ["NOT_PERMITTED", "NOT_PERMITTED"]
    assert one.house.group.value("SELECT name FROM stations WHERE id = %s", theirs) == "Theirs"
    assert one.house.group.value("SELECT count(*) FROM properties WHERE currency = 'EUR'") == 0
    assert one.house.group.value("SELECT count(*) FROM stations WHERE name = 'Fine'") == 1


def test_a_node_cannot_ask_for_scopes_of_others(group: Group, head: Head, make_hand: HandFactory) -> None:
    mine, theirs, strange = group.house("Mine"), group.house("Theirs"), head.group("Other").house("Strange")
    theirs.act(add_station, name="Secret")
    strange.act(add_station, name="Secret")
    hand = make_hand(mine)
    answer = hand.pull(**{theirs.id: 0, strange.id: 0, strange.group.org_id: 0})
    assert {page.scope for page in answer.pages} == {group.org_id, mine.id}
    assert b"Secret" not in b"".join(bytes(c.f) for page in answer.pages for e in page.entries for c in e.changes)


def test_tenants_share_nothing_even_with_equal_ids(head: Head, make_hand: HandFactory) -> None:
    one, other = make_hand(head.group("One").house()), make_hand(head.group("Other").house())
    same = rows.station(one.house, "One's")
    one.push([one.insert("stations", same)])
    other.push([other.insert("stations", {**same, "property_id": other.house.id, "name": "Other's"})])
    assert one.house.group.value("SELECT name FROM stations") == "One's"
    assert other.house.group.value("SELECT name FROM stations") == "Other's"


def test_pages_join_on_to_each_other_and_pass_over_what_the_reader_wrote_itself(hand: Hand, house: House) -> None:
    """Whatever the page's size, every entry comes once, and the last page ends at the feed's head."""
    for n in range(6):
        hand.push([hand.insert("stations", rows.station(house, f"Mine {n}"))])
        house.act(add_station, name=f"Theirs {n}")
    head = len(house.group.feed(house.id))
    reader = Sender(house.group.org_id, hand.node_id, hand.number, house.id)
    for limit in (1, 2, 3, 100):
        at, seen = 0, []
        while at < head:
            with house.group.head.database.transaction(house.group.org_id) as connection:
                few = replace(LIMITS, entries=limit)
                page = pages(PostgresStore(connection, reader), 1, {house.id: (at, 1)}, few)[1]
            assert (page.after, page.head) == (at, head)
            assert page.to > at
            seen += page.entries
            at = page.to
        assert [e.p for e in seen] == sorted({e.p for e in seen})
        assert not [e for e in seen if e.n == hand.number]
        assert len([e for e in seen if any(c.t == "stations" for c in e.changes)]) == 6


def test_a_page_is_bounded_in_bytes_but_never_empty(hand: Hand, house: House) -> None:
    for n in range(4):
        house.act(add_station, name=f"S{n}")
    reader = Sender(house.group.org_id, hand.node_id, hand.number, house.id)
    with house.group.head.database.transaction(house.group.org_id) as connection:
        page = pages(PostgresStore(connection, reader), 1, {}, replace(LIMITS, page_bytes=10))[1]
    assert len(page.entries) == 1
    assert page.to == page.entries[0].p < page.head


def test_the_groups_rows_come_before_the_propertys_that_lean_on_them(hand: Hand) -> None:
    group, house = hand.house.group, hand.house
    assert scopes_of(Sender(group.org_id, hand.node_id, hand.number, house.id)) == [group.org_id, house.id]
    assert [page.scope for page in hand.pull().pages] == [group.org_id, house.id]
