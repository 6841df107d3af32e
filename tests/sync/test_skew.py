"""S20: ends of neighbouring releases keep syncing; what one doesn't know it keeps and passes on unharmed."""

import msgspec

from sync.wire import PushAnswer, pack_json
from tests.sync import rows
from tests.sync.conftest import HandFactory
from tests.sync.ends import Hand, House, Node


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
