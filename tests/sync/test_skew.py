"""S20: ends of neighbouring releases keep syncing; what one doesn't know it keeps and passes on unharmed."""

from collections.abc import Callable

import msgspec
import pytest

from edge.schema import SCHEMA
from hospitality.ground.ids import new_id
from sync.schema import Schema
from sync.wire import PushAnswer, pack_json
from tests.sync import rows
from tests.sync.conftest import HandFactory, NodeFactory
from tests.sync.ends import Hand, Head, House, Node
from tests.sync.later import later, update_head, update_node


def test_a_field_of_a_later_release_is_kept_at_the_hub_and_reaches_other_nodes(
    hand: Hand, node: Node, house: House
) -> None:
    made = rows.station(house, "Grill", colour="red", heat=3)
    answer = hand.send(hand.batch([hand.insert("stations", made)], schema="a later release's"))
    assert answer.troubles == []
    assert msgspec.json.decode(house.group.value("SELECT _x FROM stations")) == {"colour": "red", "heat": 3}
    node.pull()
    (row,) = node.rows("SELECT name, _x FROM stations")
    assert (row["name"], msgspec.json.decode(row["_x"])) == ("Grill", {"colour": "red", "heat": 3})


def test_an_edit_of_a_field_of_a_later_release_is_kept_and_passed_on_as_well(
    hand: Hand, node: Node, house: House
) -> None:
    made = rows.station(house, "Grill", colour="red", heat=3)
    hand.send(hand.batch([hand.insert("stations", made)], schema="later"))
    edit = hand.edit("stations", made["id"], {"name": "Fire", "heat": 4})
    only_unknown = hand.edit("stations", made["id"], {"colour": "blue"})
    answer = hand.send(hand.batch([edit], [only_unknown], schema="later"))
    assert answer.troubles == []
    (row,) = house.group.rows("SELECT name, _x FROM stations")
    assert (row["name"], msgspec.json.decode(row["_x"])) == ("Fire", {"colour": "blue", "heat": 4})
    node.pull()
    (row,) = node.rows("SELECT name, _x FROM stations")
    assert (row["name"], msgspec.json.decode(row["_x"])) == ("Fire", {"colour": "blue", "heat": 4})


def test_an_edit_by_an_end_that_does_not_know_a_field_leaves_it_alone(hand: Hand, node: Node, house: House) -> None:
    made = rows.station(house, "Grill", colour="red")
    hand.send(hand.batch([hand.insert("stations", made)], schema="later"))
    node.pull()
    node.run_sql("UPDATE stations SET name = 'Fire'")
    house.group.rows("UPDATE stations SET sort = 9")
    node.sync()
    assert msgspec.json.decode(house.group.value("SELECT _x FROM stations")) == {"colour": "red"}
    (row,) = node.rows("SELECT name, sort, _x FROM stations")
    assert (row["name"], row["sort"], msgspec.json.decode(row["_x"])) == ("Fire", 9, {"colour": "red"})


def test_a_field_missing_from_an_earlier_release_is_empty_and_overwrites_nothing(hand: Hand, house: House) -> None:
    made = rows.station(house, "Grill", printer="grill")
    hand.push([hand.insert("stations", made)])
    without = {name: value for name, value in rows.station(house, "Old").items() if name != "printer"}
    edit = hand.edit("stations", made["id"], {"name": "Fire"})
    answer = hand.send(hand.batch([hand.insert("stations", without)], [edit], schema="earlier"))
    assert answer.troubles == []
    found = {row["name"]: row["printer"] for row in house.group.rows("SELECT name, printer FROM stations")}
    assert found == {"Old": None, "Fire": "grill"}


def test_who_makes_a_row_a_second_time_hears_of_the_fields_that_its_release_does_not_know(
    hand: Hand, house: House
) -> None:
    made = rows.station(house, printer="grill")
    hand.push([hand.insert("stations", made)])
    without = {name: value for name, value in made.items() if name != "printer"}
    hand.send(hand.batch([hand.insert("stations", {**without, "name": "Again"})], schema="earlier"))
    entry = house.group.feed(house.id)[-1]
    assert entry["differs"]
    assert entry["changes"][0]["f"]["printer"] == "grill"


def test_a_table_of_a_later_release_is_set_aside_whole_and_holds_back_nothing(hand: Hand, house: House) -> None:
    sauna = hand.insert("saunas", {**rows.station(house), "heat": 90})
    with_it = hand.insert("stations", rows.station(house, "Same act"))
    answer = hand.send(
        hand.batch([sauna, with_it], [hand.insert("stations", rows.station(house, "Next act"))], schema="later")
    )
    assert [trouble.code for trouble in answer.troubles] == ["UNKNOWN_TABLE"]
    assert [row["name"] for row in house.group.rows("SELECT name FROM stations")] == ["Next act"]
    (aside,) = house.group.quarantine()
    kept = msgspec.json.decode(aside["body"])
    assert [change["t"] for change in kept] == ["saunas", "stations"], "whole, for when the hub knows it"
    assert kept[0]["f"]["heat"] == 90


def test_a_message_with_more_in_it_than_this_release_knows_is_read(house: House, make_hand: HandFactory) -> None:
    hand = make_hand(house)
    batch = hand.batch([hand.insert("stations", rows.station(house))])
    plain = msgspec.json.decode(msgspec.json.encode(batch))
    plain["mood"], plain["changes"][0]["later"] = "good", 1
    body = pack_json(msgspec.json.encode(plain))
    assert hand.link.call("/sync/v1/push", body, PushAnswer).troubles == []
    assert house.group.value("SELECT count(*) FROM stations") == 1


@pytest.fixture
def later_house(head_of: Callable[[Schema], Head]) -> House:
    """A property at a head office that was brought to the next release."""
    house = head_of(SCHEMA).group().house()
    update_head(house.group.head)
    return house


def add_station(house: House, **fields: object) -> str:
    """A station as head office of the next release makes it."""
    row = {"org_id": house.group.org_id, **rows.station(house), **fields}
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    house.group.rows(f"INSERT INTO stations ({names}) VALUES ({marks})", *row.values())
    return str(row["id"])


def add_sauna(house: House) -> None:
    """A row of a table that only the next release has."""
    house.group.rows(
        "INSERT INTO saunas (org_id, id, property_id, name, heat) VALUES (%s, %s, %s, 'Cedar', 90)",
        *(house.group.org_id, new_id(), house.id),
    )


WIDE = "SELECT name, colour, heat, _x, _hlc, _fv FROM stations ORDER BY name"


def test_what_a_node_kept_moves_into_its_columns_when_it_is_updated(later_house: House, make: NodeFactory) -> None:
    """S20."""
    node, other = make(later_house), make(later_house)
    id = add_station(later_house, name="Grill", colour="red", heat=3)
    add_sauna(later_house)
    node.sync()
    later_house.group.rows("UPDATE stations SET colour = 'blue' WHERE id = %s", id)
    for each in (node, other):
        each.sync()
        assert msgspec.json.decode(each.value("SELECT _x FROM stations")) == {"colour": "blue", "heat": 3, "tags": "[]"}
        assert len(each.kept()) == 1
        each.run_sql("UPDATE stations SET sort = 4")
        before = each.outbox()
        update_node(each)
        assert each.outbox() == before, "what waited still waits, and moving was captured by nobody"
        (row,) = each.rows(WIDE)
        assert (row["colour"], row["heat"], row["_x"]) == ("blue", 3, None)
        each.sync()
        assert each.kept() == []
        assert each.value("SELECT heat FROM saunas") == 90
    (there,) = later_house.group.rows(WIDE)
    for each in (node, other):
        (row,) = each.rows(WIDE)
        mine, theirs = (msgspec.json.decode(found["_fv"])["colour"] for found in (row, there))
        assert (row["_hlc"], mine) == (there["_hlc"], theirs), "the stamps of what was kept are those of its author"


def test_an_edit_after_the_update_is_no_conflict_with_what_was_kept(later_house: House, make: NodeFactory) -> None:
    node = make(later_house)
    id = add_station(later_house, colour="red")
    later_house.group.rows("UPDATE stations SET colour = 'blue' WHERE id = %s", id)
    node.sync()
    update_node(node)
    node.run_sql("UPDATE stations SET colour = 'green'")
    node.sync()
    assert later_house.group.value("SELECT colour FROM stations") == "green"
    assert later_house.group.conflicts() == []


def test_a_set_that_a_node_kept_is_whole_when_it_is_updated(later_house: House, make: NodeFactory) -> None:
    node = make(later_house)
    id = add_station(later_house, tags='["hot","low"]')
    later_house.group.rows("UPDATE stations SET tags = %s WHERE id = %s", '["hot","new"]', id)
    node.sync()
    update_node(node)
    assert node.value("SELECT tags FROM stations") == '["hot","new"]'
    assert node.value("SELECT _x FROM stations") is None
    node.run_sql("""UPDATE stations SET tags = '["low","new"]'""")
    node.sync()
    assert later_house.group.value("SELECT tags FROM stations") == '["low","new"]'
    assert later_house.group.conflicts() == []


def test_a_set_that_head_office_kept_is_whole_when_it_is_updated(
    head_of: Callable[[Schema], Head], make: NodeFactory
) -> None:
    house = head_of(SCHEMA).group().house()
    node = make(house)
    node.sync()
    update_node(node)
    node.run_sql(
        "INSERT INTO stations (org_id, id, property_id, name, sort, tags)"
        " VALUES (:org_id, :id, :property_id, 'Grill', 0, :tags)",
        id=new_id(),
        tags='["hot","low"]',
    )
    node.sync()
    node.run_sql("""UPDATE stations SET tags = '["hot","new"]'""")
    node.sync()
    update_head(house.group.head)
    (row,) = house.group.rows("SELECT tags, _x FROM stations")
    assert row == {"tags": '["hot","new"]', "_x": None}
    house.group.rows("UPDATE stations SET tags = %s", '["low","new"]')
    node.sync()
    assert node.value("SELECT tags FROM stations") == '["low","new"]'
    assert house.group.conflicts() == []


def test_a_value_that_its_column_refuses_stays_where_it_was_kept(later_house: House, make: NodeFactory) -> None:
    node = make(later_house)
    add_station(later_house, name="Grill", colour="red")
    node.sync()
    strange = msgspec.json.encode({"colour": "red", "sort": None, "mood": "good"}).decode()
    node.host.write(lambda c: c.execute("UPDATE stations SET _x = ?", (strange,)))
    update_node(node)
    (row,) = node.rows("SELECT colour, sort, _x FROM stations")
    assert (row["colour"], row["sort"]) == (None, 0)
    assert msgspec.json.decode(row["_x"]) == {"colour": "red", "sort": None, "mood": "good"}


def test_what_head_office_kept_moves_into_its_columns_when_it_is_updated(
    head_of: Callable[[Schema], Head], make: NodeFactory, make_hand: HandFactory
) -> None:
    house = head_of(SCHEMA).group().house()
    node = make(house)
    node.sync()
    update_node(node)
    node.run_sql(
        "INSERT INTO stations (org_id, id, property_id, name, sort, colour, heat)"
        " VALUES (:org_id, :id, :property_id, 'Grill', 0, 'red', 3)",
        id=new_id(),
    )
    node.sync()
    node.run_sql("UPDATE stations SET colour = 'blue'")
    node.sync()
    heads = {scope: len(house.group.feed(scope)) for scope in (house.group.org_id, house.id)}
    update_head(house.group.head)
    (row,) = house.group.rows(WIDE)
    assert (row["colour"], row["heat"], row["_x"]) == ("blue", 3, None)
    assert {scope: len(house.group.feed(scope)) for scope in heads} == heads, "it is nobody's edit"
    house.group.rows("UPDATE stations SET colour = 'green'")
    node.sync()
    assert node.value("SELECT colour FROM stations") == "green"
    assert house.group.conflicts() == []


def test_the_later_edit_of_a_field_that_head_office_does_not_know_stays(hand: Hand, house: House) -> None:
    made = rows.station(house, "Grill", colour="red")
    hand.send(hand.batch([hand.insert("stations", made)], schema="later"))
    early, late = hand.high + 10, hand.high + 20
    hand.send(hand.batch([hand.edit("stations", made["id"], {"colour": "late"})], hlc=late, schema="later"))
    other = Hand(house)
    other.send(other.batch([other.edit("stations", made["id"], {"colour": "early"})], hlc=early, schema="later"))
    other.close()
    assert msgspec.json.decode(house.group.value("SELECT _x FROM stations")) == {"colour": "late"}
    assert [row["lost_value"] for row in house.group.conflicts()] == ['"early"']


def test_the_next_releases_ends_know_more_tables_and_fields() -> None:
    wider = later(SCHEMA)
    assert wider.fingerprint != SCHEMA.fingerprint
    assert set(wider.tables) - set(SCHEMA.tables) == {"saunas"}
