"""What the hub keeps of its feeds, and for whom: nothing that a node may still need, and not for ever."""

from typing import Any

import pytest

from cloud.schema import SCHEMA
from cloud.sweeping import Sweeper
from hospitality.ground.clock import utc_now
from hospitality.menu.service import add_station
from sync.hub.postgres import PostgresStore
from sync.hub.retention import DAY_MS, Retention, sweep
from sync.hub.store import head_office
from sync.node.transport import LinkDown
from sync.wire import Batch
from tests.simulation.statements import NORTH, SOUTH, Insert, Update
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.apart import HEAD_OFFICE, Apart
from tests.sync.conftest import HandFactory, NodeFactory
from tests.sync.ends import Group, Hand, House, wall_ms
from tests.sync.menus import add_menu

RULE = Retention(feed_days=14, unseen_days=30)


def sweep_all(group: Group, rule: Retention = RULE, *, days: int = 0) -> int:
    """Sweeps until nothing is left to do, so many days from now; answers how many transactions that took."""
    steps = 0
    while True:
        with group.head.database.transaction(group.org_id) as connection:
            if not sweep(PostgresStore(connection, head_office(group.org_id)), SCHEMA, rule, wall_ms() + days * DAY_MS):
                return steps
        steps += 1


def age(house: House, days: int) -> None:
    """All that was told of the property so far is so many days older."""
    house.group.rows("UPDATE sync_feed SET at = at - make_interval(days => %s) WHERE scope = %s", days, house.id)


def stations(house: House, count: int) -> None:
    for n in range(count):
        house.act(add_station, name=f"S{n}")


def kept(house: House) -> tuple[list[int], int]:
    """The positions that are kept of the property's feed, and from where on by the hub's own word."""
    positions = [entry["pos"] for entry in house.group.feed(house.id)]
    return positions, house.group.value("SELECT kept_from FROM sync_scopes WHERE scope = %s", house.id)


def test_what_is_old_and_known_to_every_node_goes_and_the_rest_stays_without_a_gap(
    house: House, make_hand: HandFactory
) -> None:
    one, other = make_hand(house), make_hand(house)
    stations(house, 5)
    age(house, 15)
    stations(house, 2)
    head = len(house.group.feed(house.id))
    one.pull(**{house.id: head})
    other.pull(**{house.id: head - 4})
    assert sweep_all(house.group) > 0
    assert kept(house) == (list(range(head - 3, head + 1)), head - 3), "the slower node needs these"
    other.pull(**{house.id: head})
    sweep_all(house.group)
    assert kept(house) == ([head - 1, head], head - 1), "these are younger than the rule's days"
    assert [page.status for page in (one.pull(**{house.id: head - 2}), one.pull(**{house.id: head - 3}))] == [
        "ok",
        "bootstrap",
    ]


def test_a_node_that_was_not_heard_of_for_long_holds_nothing_back_and_one_that_never_asked_holds_all(
    house: House, make_hand: HandFactory
) -> None:
    stations(house, 3)
    age(house, 15)
    make_hand(house)
    assert sweep_all(house.group) == 0
    house.group.rows("UPDATE sync_nodes SET enrolled_at = enrolled_at - interval '31 days'")
    assert sweep_all(house.group) > 0
    assert kept(house)[0] == []
    stations(house, 1)
    assert house.group.feed(house.id)[0]["pos"] == kept(house)[1], "positions go on where they were"


def test_a_revoked_node_holds_nothing_back(hand: Hand, house: House) -> None:
    stations(house, 3)
    age(house, 15)
    hand.pull()
    assert sweep_all(house.group) == 0
    house.revoke()
    sweep_all(house.group)
    assert kept(house)[0] == []


def test_the_sweep_goes_in_short_transactions(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.hub.retention.DROPPED_AT_ONCE", 2)
    stations(house, 6)
    age(house, 15)
    before = len(house.group.feed(house.id))
    assert sweep_all(house.group) == (before + 1) // 2
    assert kept(house) == ([], before + 1)


def test_a_node_that_missed_what_is_gone_takes_a_copy_of_what_there_is_and_keeps_what_waits(
    house: House, make: NodeFactory
) -> None:
    """S11."""
    node = make(house)
    node.sync()
    stations(house, 2)
    age(house, 15)
    house.group.rows("UPDATE sync_nodes SET seen_at = seen_at - interval '31 days'")
    sweep_all(house.group)
    made = node.act(add_station, name="Made meanwhile")["id"]
    node.engine.push_next(node.link)  # greets
    node.pull()
    assert node.engine.status.taking == "nothing"
    assert house.group.value("SELECT name FROM stations WHERE id = %s", made) == "Made meanwhile"
    node.sync()
    assert_agree(node)


def test_the_hosts_sweep_reaches_every_group_and_two_processes_do_not_meet(group: Group, make: NodeFactory) -> None:
    houses = [group.house(), group.head.group("Other").house()]
    for house in houses:
        node = make(house)
        stations(house, 3)
        age(house, 15)
        node.sync()
        node.pull()  # how far it got is told with the next question
    sweeper = Sweeper(group.head.database, RULE, utc_now)
    with group.head.superuser() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (0x73776570,))
        sweeper.sweep_all()
        assert [kept(house)[1] for house in houses] == [1, 1], "another process was at it"
    sweeper.sweep_all()
    for house in houses:
        assert kept(house)[0] == []
        stations(house, 1)
        assert kept(house)[0] == [kept(house)[1]]


def test_a_node_that_pulls_daily_agrees_through_all_sweeps(house: House, make: NodeFactory) -> None:
    node = make(house)
    for _ in range(4):
        stations(house, 2)
        node.act(add_station, name="Mine")
        node.sync()
        age(house, 15)
        sweep_all(house.group)
    node.sync()
    assert_agree(node)


class Trade(Apart):
    """Two nodes of each of two properties, day by day."""

    def __init__(self) -> None:
        super().__init__(places=(NORTH, NORTH, SOUTH, SOUTH))
        self.made = 0

    def insert(self, who: int, table: str, **values: object) -> str:
        """A new row of a node's; answers its id."""
        self.made += 1
        id, node = f"00000000-0000-4000-8000-{self.made:012x}", self.nodes[who - 1]
        node.act([Insert(table, id, {"property_id": node.property_id, **values})])
        return id

    def deed(self, who: int) -> None:
        """A fact."""
        self.insert(who, "deeds", what="done", parts=0)

    def card(self, who: int) -> str:
        """A record."""
        return self.insert(who, "cards", name="x", note="y", stage="new")

    def edit(self, who: int, card: str, **values: object) -> None:
        """An edit of it."""
        self.nodes[who - 1].act([Update("cards", card, values)])

    def sweep(self) -> None:
        """Head office's daily sweep."""
        while self.hub.sweep(RULE):
            pass

    def cards(self, who: int) -> set[str]:
        """The cards that are there."""
        return {row["id"] for row in self.rows(who, "SELECT id FROM cards WHERE NOT _deleted")}


def test_a_season_of_trade_leaves_no_more_than_the_rules_days() -> None:
    """Four nodes of two properties; three trade daily, and one is away for longer than the rule waits for it."""
    group, away = Trade(), range(20, 60)
    cards = [group.card(who) for who in (1, 1, 3)]
    largest: dict[str, int] = {}
    for day in range(100):
        group.now_ms += DAY_MS
        for who, card in enumerate(cards, start=1):
            for _ in range(2):
                group.deed(who)
            group.edit(who, card, note=f"{day}")
            group.push(who)
            group.pull(who)
        if day not in away:
            group.talk(4)
        group.sweep()
        for row in group.rows(HEAD_OFFICE, "SELECT scope, count(*) AS n FROM sync_feed GROUP BY scope"):
            largest[row["scope"]] = max(largest.get(row["scope"], 0), row["n"])
    assert 2 * 3 * 14 <= largest[NORTH] <= 2 * 3 * 16, "two nodes, three acts a day, fourteen days and today"
    assert 3 * 30 <= largest[SOUTH] <= 3 * 32, "and thirty for the node that is away"
    group.talk_all()
    for table in ("cards", "deeds"):
        there = group.held(HEAD_OFFICE, table)
        for node in group.nodes:
            ours = group.rows(HEAD_OFFICE, f"SELECT id FROM {table} WHERE property_id = '{node.property_id}'")
            assert group.held(node.number, table) == {row["id"]: there[row["id"]] for row in ours}, (
                "it took a copy of what there is"
            )
    assert len(group.rows(HEAD_OFFICE, "SELECT id FROM deeds")) == 3 * 2 * 100


# --- what is deleted


def gone_notes(house: House) -> list[dict[str, Any]]:
    return house.group.rows("SELECT row_id, removed_ms IS NOT NULL AS removed FROM sync_tombstones ORDER BY row_id")


def test_what_was_deleted_long_ago_is_taken_out_at_both_ends_and_never_comes_back(
    house: House, make: NodeFactory, make_hand: HandFactory
) -> None:
    node, hand = make(house), make_hand(house)
    gone, stays = rows.station(house, "Gone"), rows.station(house, "Stays")
    hand.push([hand.insert("stations", gone), hand.insert("stations", stays)])
    node.sync()
    house.group.rows("UPDATE stations SET _deleted = TRUE WHERE id = %s", gone["id"])
    node.sync()
    sweep_all(house.group)
    age(house, 120)
    node.pull()
    hand.pull(**{house.id: len(house.group.feed(house.id))})
    sweep_all(house.group, days=80)
    assert house.group.value("SELECT count(*) FROM stations") == 2, "not yet"
    sweep_all(house.group, days=91)
    assert [row["name"] for row in house.group.rows("SELECT name FROM stations")] == ["Stays"]
    node.sync()
    assert node.rows("SELECT name FROM stations") == [{"name": "Stays"}]
    assert_agree(node)
    late = hand.push([hand.edit("stations", gone["id"], {"name": "Late"})], [hand.insert("stations", gone)])
    assert [trouble.code for trouble in late.troubles] == ["ROW_GONE", "ROW_GONE"]
    assert house.group.value("SELECT count(*) FROM stations") == 1
    sweep_all(house.group, days=1000)
    assert gone_notes(house) == []


def test_what_others_lean_on_and_what_came_back_stays(house: House) -> None:
    menu = house.act(add_menu, items=1)
    back = house.act(add_station, name="Back")["id"]
    house.group.rows("UPDATE stations SET _deleted = TRUE WHERE id = ANY(%s::uuid[])", [menu.station, back])
    sweep_all(house.group)
    house.group.rows("UPDATE stations SET _deleted = FALSE WHERE id = %s", back)
    age(house, 120)
    sweep_all(house.group, days=91)
    assert house.group.value("SELECT count(*) FROM stations") == 2
    assert gone_notes(house) == [{"row_id": menu.station, "removed": False}]
    house.group.rows("UPDATE menu_items SET _deleted = TRUE")
    sweep_all(house.group, days=92)
    age(house, 120)
    sweep_all(house.group, days=183)
    sweep_all(house.group, days=184)
    assert house.group.value("SELECT count(*) FROM menu_items") == 0
    assert [row["name"] for row in house.group.rows("SELECT name FROM stations")] == ["Back"]


def test_what_a_node_that_is_heard_of_may_not_know_is_deleted_stays(house: House, make_hand: HandFactory) -> None:
    hand = make_hand(house)
    one = rows.station(house)
    hand.push([hand.insert("stations", one)])
    house.group.rows("UPDATE stations SET _deleted = TRUE")
    sweep_all(house.group)
    age(house, 120)
    house.group.rows("UPDATE sync_nodes SET seen_at = now() + interval '91 days'")
    sweep_all(house.group, days=91)
    assert house.group.value("SELECT count(*) FROM stations") == 1


def test_a_node_away_for_longer_than_anything_is_kept_brings_its_new_rows_and_revives_nothing() -> None:
    """S11, in virtual time: 100 days away, an edit of what was deleted and is gone, and what it made itself."""
    group = Trade()
    gone, stays = group.card(2), group.card(2)
    group.deed(1)
    group.talk_all()
    group.edit(1, gone, name="Edited while away")
    made = group.card(1)
    group.edit(1, stays, note="Edited while away")
    group.edit(2, gone, _deleted=True)
    for _ in range(25):
        group.now_ms += 5 * DAY_MS
        for who in (2, 3):
            group.deed(who)
            group.talk(who)
        group.sweep()
    assert group.cards(HEAD_OFFICE) == group.cards(2) == {stays}
    assert group.cards(1) == {gone, stays, made}
    group.talk(1)
    group.talk_all()
    assert group.cards(1) == group.cards(2) == {stays, made}
    assert [row["code"] for row in group.hub.waiting()] == ["ROW_GONE"]
    assert group.rows(HEAD_OFFICE, "SELECT id FROM cards WHERE note = 'Edited while away'") == [{"id": stays}]
    assert len(group.rows(HEAD_OFFICE, "SELECT id FROM deeds")) == 1 + 2 * 25


def test_what_is_settled_goes_and_what_waits_stays(hand: Hand, house: House) -> None:
    strange = rows.station(house)
    for n in range(2):
        hand.push([hand.edit("stations", strange["id"], {"sort": n})])
    group = house.group
    first, second = (row["id"] for row in group.quarantine())
    group.rows("UPDATE sync_quarantine SET state = 'discarded' WHERE id = %s", first)
    sweep_all(group, days=89)
    assert len(group.quarantine()) == 2
    sweep_all(group, days=91)
    assert [row["id"] for row in group.quarantine()] == [second]
    assert group.value("SELECT count(*) FROM sync_codes") == 0


def test_parts_of_a_transaction_without_end_are_refused(hand: Hand, house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr("sync.hub.receive.STAGED_CHARS_MAX", 2_600)

    def part() -> Batch:
        batch = hand.batch([hand.insert("stations", rows.station(house, "x" * 500))], hlc=hand.high)
        batch.part = True
        return batch

    for _ in range(3):
        hand.send(part())
    acked, more = hand.acked, part()
    with pytest.raises(LinkDown, match="UNREADABLE"):
        hand.send(more)
    assert house.group.value("SELECT acked FROM sync_nodes") == acked
