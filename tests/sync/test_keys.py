"""One business key given twice while apart: both rows stay, nothing is held up, and a person sees the pair once."""

from collections.abc import Sequence
from typing import Any

import msgspec

from cloud.schema import SCHEMA
from hospitality.conflicts.loading import open_conflicts
from hospitality.menu.models import Station
from hospitality.menu.service import add_category, add_station
from hospitality.tables.service.layout import add_area, add_table, edit_table
from sync.clock import at_ms
from sync.hub.postgres import PostgresStore
from sync.hub.receive import receive
from sync.hub.store import Sender
from sync.schema import TableSpec
from sync.wire import Change
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import HandFactory, NodeFactory
from tests.sync.ends import Group, Hand, House, Node, wall_ms
from tests.sync.menus import add_menu, place


def pairs(house: House) -> list[tuple[str, str]]:
    """(who keeps the key, who has it too) of the log."""
    found = [row for row in house.group.conflicts() if row["rule"] == "business_key"]
    assert all(row["row_id"] == msgspec.json.decode(row["lost_value"]) for row in found)
    return [(msgspec.json.decode(row["won_value"]), msgspec.json.decode(row["lost_value"])) for row in found]


def test_a_name_given_twice_while_apart_is_told_once_and_holds_up_nothing(house: House, make: NodeFactory) -> None:
    one, other = make(house), make(house)
    for each in (one, other):
        each.sync()
    first = one.act(add_station, name="Bar")["id"]
    second = other.act(add_station, name="Bar")["id"]
    other.act(add_station, name="Grill")
    for each in (other, one, other):
        each.sync()
    assert house.group.quarantine() == []
    assert pairs(house) == [(first, second)], "who took it first keeps it, whoever was heard first"
    for each in (one, other):
        assert_agree(each)
        (told,) = each.rows("SELECT tbl, row_id, field, rule FROM sync_conflicts")
        assert told == {"tbl": "stations", "row_id": second, "field": "name", "rule": "business_key"}
    other.act(lambda work: work.edit(Station, second, sort=4))
    other.sync()
    assert pairs(house) == [(first, second)]


def test_two_tables_12_drawn_while_apart_are_a_conflict_that_a_human_sees_at_both_ends_until_one_is_another(
    house: House, make: NodeFactory
) -> None:
    nodes = one, other = make(house), make(house)
    area = house.act(add_area, name="Terrace")["id"]
    for node in nodes:
        node.sync()
    drawn = {"area_id": area, "label": "12", "seats": 4, "shape": "round"}
    plan = {"x": 0, "y": 0, "w": 80, "h": 80, "rotation": 0}
    first, second = (node.act(add_table, **drawn, plan=plan)["id"] for node in nodes)
    one.act(place, one.act(add_menu))
    for node in (*nodes, *nodes):
        node.sync()
    assert pairs(house) == [(first, second)]
    assert house.group.quarantine() == []
    assert house.group.value("SELECT count(*) FROM orders") == 1, "nothing waits for it"
    assert [node.value("SELECT count(*) FROM dining_tables WHERE label = '12'") for node in nodes] == [2, 2]
    assert open_at(house, *nodes) == [1, 1, 1]
    other.act(edit_table, second, {"label": "12a", "x": 160})
    for node in (other, one):
        node.sync()
    assert open_at(house, *nodes) == [0, 0, 0]


def open_at(house: House, *nodes: Node) -> list[int]:
    """How many conflicts wait for a human at head office and at each node."""
    return [house.act(open_conflicts), *(node.host.ask(open_conflicts).result(10) for node in nodes)]


def test_a_node_and_head_office_who_give_one_name_are_told_whichever_comes_first(node: Node) -> None:
    there = node.house.act(add_station, name="Bar")["id"]
    here = node.act(add_station, name="Bar")["id"]
    node.sync()
    assert pairs(node.house) == [(there, here)]
    mine = node.act(add_category, name="Mains")["id"]
    node.push()
    theirs = node.house.act(add_category, name="Mains")["id"]
    node.sync()
    assert pairs(node.house) == [(there, here), (mine, theirs)]
    assert node.value("SELECT count(*) FROM sync_conflicts") == 2
    assert_agree(node)


def test_the_trigger_and_the_hubs_rules_write_the_very_same_entry(node: Node) -> None:
    node.act(add_station, name="Bar")
    node.act(add_station, name="Bar")
    node.sync()
    (by_rules,) = node.house.group.conflicts()
    with node.house.group.head.superuser() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM sync_conflicts WHERE org_id = %s", (node.org_id,))
    node.house.group.rows("UPDATE stations SET sort = sort + 1")
    (by_trigger,) = node.house.group.conflicts()
    apart = {"decided_at", "_hlc", "_node"}
    assert {k: v for k, v in by_trigger.items() if k not in apart} == {
        k: v for k, v in by_rules.items() if k not in apart
    }


def test_renaming_into_a_name_that_is_taken_is_told_and_the_later_taker_gives_way(node: Node) -> None:
    first = node.act(add_station, name="Bar")["id"]
    second = node.act(add_station, name="Grill")["id"]
    node.sync()
    assert pairs(node.house) == []
    node.act(lambda work: work.edit(Station, first, name="Grill"))
    node.sync()
    assert pairs(node.house) == [(second, first)]


def test_what_is_deleted_has_no_name_and_takes_it_again_when_it_comes_back(node: Node) -> None:
    first = node.act(add_station, name="Bar")["id"]
    node.run_sql("UPDATE stations SET _deleted = TRUE")
    second = node.act(add_station, name="Bar")["id"]
    node.sync()
    assert pairs(node.house) == []
    node.run_sql("UPDATE stations SET _deleted = FALSE WHERE id = :id", id=first)
    node.sync()
    assert pairs(node.house) == [(first, second)]


def test_a_transaction_that_leaves_one_holder_is_no_conflict(node: Node) -> None:
    def swapped(work: Any) -> None:
        made = add_station(work, name="Bar")
        work.edit(Station, made["id"], name="Grill")
        add_station(work, name="Bar")

    node.act(swapped)
    node.sync()
    node.house.group.house("Two").act(swapped)
    assert pairs(node.house) == []


def test_one_name_at_two_properties_or_of_two_kinds_is_no_conflict(group: Group, make: NodeFactory) -> None:
    one, other = make(group.house("One")), make(group.house("Two"))
    for each in (one, other):
        each.act(add_station, name="Bar")
        each.act(add_category, name="Bar")
        each.sync()
    assert pairs(one.house) == []


def test_rows_of_the_group_share_a_name_with_each_other_only(house: House, make_hand: HandFactory) -> None:
    one, other = make_hand(house), make_hand(house)
    made = [rows.station(house, "Bar", property_id=None) for _ in range(2)]
    one.push([one.insert("stations", made[0])], [one.insert("stations", rows.station(house, "Bar"))])
    other.push([other.insert("stations", made[1])])
    assert pairs(house) == [(made[0]["id"], made[1]["id"])]
    (logged,) = house.group.conflicts()
    assert logged["property_id"] is None
    assert [c["t"] for c in house.group.feed(house.group.org_id)[-1]["changes"]] == ["stations", "sync_conflicts"]


def test_three_who_took_one_name_are_told_pair_by_pair(hand: Hand, house: House) -> None:
    made = [rows.station(house, "Bar") for _ in range(3)]
    for row in made:
        hand.push([hand.insert("stations", row)])
    one, two, three = (row["id"] for row in made)
    assert sorted(pairs(house)) == sorted([(one, two), (one, three), (two, three)])


def test_equal_stamps_are_told_apart_by_the_row(hand: Hand, house: House) -> None:
    made = sorted((rows.station(house, "Bar") for _ in range(2)), key=lambda row: str(row["id"]))
    stamp = at_ms(wall_ms())
    hand.send(hand.batch([hand.insert("stations", row) for row in reversed(made)], hlc=stamp))
    assert pairs(house) == [(made[0]["id"], made[1]["id"])]


class Counting(PostgresStore):
    """The hub's store, which notes of which tables it was asked for rows that share a key."""

    asked: list[str]

    def sharing(self, table: TableSpec, fields: Sequence[str], ids: Sequence[str]) -> list[dict[str, Any]]:
        self.asked.append(table.name)
        return super().sharing(table, fields, ids)


def asked_for(hand: Hand, *transactions: list[Change]) -> list[str]:
    """The questions that a push costs."""
    batch, group = hand.batch(*transactions), hand.house.group
    with group.head.database.transaction(group.org_id) as connection:
        store = Counting(connection, Sender(group.org_id, hand.node_id, hand.number, hand.house.id))
        store.asked = []
        answer = receive(store, SCHEMA, batch, wall_ms())
    hand.acked = answer.acked
    assert (answer.status, answer.troubles) == ("ok", [])
    return store.asked


def test_a_push_asks_once_for_a_table_with_keys_and_orders_ask_nothing(hand: Hand, house: House) -> None:
    made, heading = [rows.station(house, f"Station {n}") for n in range(5)], rows.category(house)
    inserts = [*(hand.insert("stations", row) for row in made), hand.insert("menu_categories", heading)]
    edit = hand.edit("stations", made[0]["id"], {"name": "Bar"})
    assert sorted(asked_for(hand, inserts, [edit])) == ["menu_categories", "stations"]
    order = rows.order(house)
    placed = [hand.insert("orders", order), hand.insert("order_lines", rows.line(house, order["id"]))]
    assert asked_for(hand, placed, [hand.edit("stations", made[0]["id"], {"sort": 9})]) == []
