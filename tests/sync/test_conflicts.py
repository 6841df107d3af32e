"""Edits made apart: fields merge by themselves, one field has one winner at both ends, and the loser is kept."""

from typing import Any

import msgspec
import pytest

from hospitality.menu.models import Station
from hospitality.menu.service import add_station, edit_item
from hospitality.properties.models import BusinessDay
from sync.node.transport import LinkDown
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import NodeFactory
from tests.sync.ends import Group, House, Node
from tests.sync.faults import answer_lost
from tests.sync.menus import Menu, add_menu


@pytest.fixture
def menu(node: Node) -> Menu:
    """A menu that both ends know."""
    menu = node.act(add_menu, items=2)
    node.sync()
    return menu


def at_both(node: Node, sql: str, id: str) -> tuple[Any, Any]:
    """A value at the node and at head office."""
    return node.value(sql.replace("%s", ":id"), id=id), node.house.group.value(sql, id)


PRICE = "SELECT price_minor FROM menu_items WHERE id = %s"


def node_first(node: Node, item: str) -> None:
    """The property sets 1111, and head office, not knowing, 2222 after it."""
    node.act(edit_item, item, {"price_minor": 1111})
    node.house.act(edit_item, item, {"price_minor": 2222})


def head_first(node: Node, item: str) -> None:
    """Head office sets 2222, and the property, not knowing, 1111 after it."""
    node.house.act(edit_item, item, {"price_minor": 2222})
    node.act(edit_item, item, {"price_minor": 1111})


def test_different_fields_edited_apart_both_stand_and_nobody_is_bothered(node: Node, menu: Menu) -> None:
    node.act(edit_item, menu.items[0], {"available": False})
    node.house.act(edit_item, menu.items[0], {"price_minor": 2222, "name": "Soup of the day"})
    node.sync()
    assert_agree(node)
    row = "SELECT name || price_minor || CASE WHEN available THEN 1 ELSE 0 END FROM menu_items WHERE id = %s"
    assert at_both(node, row, menu.items[0]) == ("Soup of the day22220",) * 2
    assert node.house.group.conflicts() == []


@pytest.mark.parametrize(("edits", "winner"), [(node_first, 2222), (head_first, 1111)])
@pytest.mark.parametrize("pulls_first", [False, True])
def test_the_later_edit_of_one_field_wins_at_both_ends_and_the_loser_is_kept(
    node: Node, menu: Menu, edits: Any, winner: int, pulls_first: bool
) -> None:
    edits(node, menu.items[0])
    (mine,) = node.outbox("menu_items")
    theirs = msgspec.json.decode(node.house.group.value("SELECT _fv FROM menu_items WHERE id = %s", menu.items[0]))[
        "price_minor"
    ]
    if pulls_first:
        node.pull()
    node.sync()
    assert_agree(node)
    assert at_both(node, PRICE, menu.items[0]) == (winner, winner)
    (logged,) = node.house.group.conflicts()
    sides = {1111: (mine["hlc"], node.number), 2222: tuple(theirs)}
    loser = 3333 - winner
    assert (logged["tbl"], logged["row_id"], logged["field"]) == ("menu_items", menu.items[0], "price_minor")
    assert logged["rule"] == "last_writer"
    assert (logged["won_value"], logged["lost_value"]) == (str(winner), str(loser))
    assert (logged["won_hlc"], logged["won_node"]) == sides[winner]
    assert (logged["lost_hlc"], logged["lost_node"]) == sides[loser]
    assert logged["property_id"] == node.property_id
    (at_the_property,) = node.rows("SELECT * FROM sync_conflicts")
    for name in ("id", "won_value", "lost_value", "won_hlc", "lost_hlc", "rule", "field", "row_id", "decided_at"):
        assert at_the_property[name] == logged[name]


@pytest.mark.parametrize("edits", [node_first, head_first])
def test_an_edit_by_somebody_who_saw_the_winner_is_no_conflict(node: Node, menu: Menu, edits: Any) -> None:
    edits(node, menu.items[0])
    node.sync()
    node.act(edit_item, menu.items[0], {"price_minor": 3333})
    node.sync()
    assert_agree(node)
    assert at_both(node, PRICE, menu.items[0]) == (3333, 3333)
    node.house.act(edit_item, menu.items[0], {"price_minor": 4444})
    node.sync()
    assert_agree(node)
    assert at_both(node, PRICE, menu.items[0]) == (4444, 4444)
    assert len(node.house.group.conflicts()) == 1


def test_the_same_value_set_on_both_sides_is_no_conflict(node: Node, menu: Menu) -> None:
    node.act(edit_item, menu.items[0], {"price_minor": 5555})
    node.house.act(edit_item, menu.items[0], {"price_minor": 5555})
    node.sync()
    assert_agree(node)
    assert node.house.group.conflicts() == []


def test_a_second_edit_after_a_conflict_stands_though_its_answer_needs_no_word(node: Node, menu: Menu) -> None:
    """The hub's answer to the first edit must not undo the second, which it accepted as sent."""
    head_first(node, menu.items[0])
    node.act(edit_item, menu.items[0], {"price_minor": 1222})
    node.sync()
    assert_agree(node)
    assert at_both(node, PRICE, menu.items[0]) == (1222, 1222)
    (logged,) = node.house.group.conflicts()
    assert (logged["won_value"], logged["lost_value"]) == ("1111", "2222")


def test_an_edit_made_between_a_push_and_its_news_stands(node: Node, menu: Menu) -> None:
    head_first(node, menu.items[0])
    node.push()
    node.act(edit_item, menu.items[0], {"price_minor": 1222})
    node.pull()
    assert node.value("SELECT price_minor FROM menu_items WHERE id = :id", id=menu.items[0]) == 1222
    node.sync()
    assert_agree(node)
    assert at_both(node, PRICE, menu.items[0]) == (1222, 1222)


def test_an_edit_after_a_lost_one_that_nobody_told_of_is_a_conflict_as_well(node: Node, menu: Menu) -> None:
    node_first(node, menu.items[0])
    node.push()
    node.act(edit_item, menu.items[0], {"price_minor": 1333})
    node.push()
    node.pull()
    assert_agree(node)
    assert at_both(node, PRICE, menu.items[0]) == (1333, 1333)
    assert [(c["won_value"], c["lost_value"]) for c in node.house.group.conflicts()] == [
        ("2222", "1111"),
        ("1333", "2222"),
    ]


def test_two_edits_of_one_field_in_one_act_arrive_in_their_order(node: Node, house: House, make: NodeFactory) -> None:
    (id,) = [node.act(add_station, name="Grill")["id"]]

    def verb(work: Any) -> None:
        work.edit(Station, id, name="Zebra")
        work.edit(Station, id, name="Aardvark")

    def made_and_renamed(work: Any) -> None:
        made = add_station(work, name="Zebra")
        work.edit(Station, made["id"], name="Aardvark")

    node.act(verb)
    node.act(made_and_renamed)
    node.sync()
    other = make(house)
    other.sync()
    for each in (node, other):
        assert_agree(each)
        assert [row["name"] for row in each.rows("SELECT name FROM stations")] == ["Aardvark", "Aardvark"]


def test_a_deleted_row_reaches_the_other_end_and_an_edit_made_meanwhile_is_kept_with_it(node: Node) -> None:
    id = node.act(add_station, name="Grill")["id"]
    node.sync()
    node.house.group.rows("UPDATE stations SET _deleted = TRUE WHERE id = %s", id)
    node.act(lambda work: work.edit(Station, id, name="Renamed"))
    node.sync()
    assert_agree(node)
    (row,) = node.rows("SELECT name, _deleted FROM stations")
    assert (row["name"], bool(row["_deleted"])) == ("Renamed", True)
    (logged,) = node.house.group.conflicts()
    assert (logged["field"], logged["rule"]) == ("_deleted", "delete")
    assert (logged["won_value"], logged["won_node"]) == ("true", 0)
    assert (logged["lost_value"], logged["lost_node"]) == ("false", node.number)


def test_head_offices_edit_and_a_delete_that_had_not_seen_it_are_told_too(node: Node) -> None:
    id = node.act(add_station, name="Grill")["id"]
    node.sync()
    node.house.group.rows("UPDATE stations SET name = 'Renamed' WHERE id = %s", id)
    node.run_sql("UPDATE stations SET _deleted = TRUE WHERE id = :id", id=id)
    node.sync()
    assert_agree(node)
    (row,) = node.rows("SELECT name, _deleted FROM stations")
    assert (row["name"], bool(row["_deleted"])) == ("Renamed", True)
    (logged,) = node.house.group.conflicts()
    assert (logged["field"], logged["rule"], logged["won_node"]) == ("_deleted", "delete", node.number)
    assert node.value("SELECT lost_node FROM sync_conflicts") == 0


def test_a_row_deleted_at_the_property_and_called_back_at_head_office_is_there_again(node: Node) -> None:
    id = node.act(add_station, name="Grill")["id"]
    node.run_sql("UPDATE stations SET _deleted = TRUE WHERE id = :id", id=id)
    node.sync()
    assert node.house.group.value("SELECT _deleted FROM stations WHERE id = %s", id) is True
    node.house.group.rows("UPDATE stations SET _deleted = FALSE WHERE id = %s", id)
    node.sync()
    assert_agree(node)
    assert not node.value("SELECT _deleted FROM stations")


def test_a_stage_never_goes_back_though_the_other_edit_is_later(node: Node, house: House) -> None:
    day = {"date": "2026-03-01", "opened_at": "2026-03-01T05:00:00.000000Z", "closed_at": None, "status": "open"}
    id = node.act(lambda work: work.add(BusinessDay, day))["id"]
    node.sync()
    house.group.rows("UPDATE business_days SET status = 'closed' WHERE id = %s", id)
    node.run_sql("UPDATE business_days SET closed_at = :at WHERE id = :id", at=day["opened_at"], id=id)
    # what no verb does: a later edit by somebody who had not seen the closing
    node.run_sql("UPDATE business_days SET status = 'reopened' WHERE id = :id", id=id)
    node.run_sql("UPDATE business_days SET status = 'open' WHERE id = :id", id=id)
    node.sync()
    assert_agree(node)
    assert at_both(node, "SELECT status FROM business_days WHERE id = %s", id) == ("closed", "closed")
    logged = house.group.conflicts()
    assert {(c["rule"], c["won_value"]) for c in logged} == {("furthest_stage", '"closed"')}
    assert {c["lost_value"] for c in logged} == {'"open"', '"reopened"'}


def test_a_stage_that_goes_forward_is_no_conflict(node: Node, house: House) -> None:
    day = {"date": "2026-03-01", "opened_at": "2026-03-01T05:00:00.000000Z", "closed_at": None, "status": "open"}
    id = node.act(lambda work: work.add(BusinessDay, day))["id"]
    node.sync()
    node.act(lambda work: work.edit(BusinessDay, id, status="closed", closed_at=day["opened_at"]))
    node.sync()
    assert_agree(node)
    assert house.group.value("SELECT status FROM business_days WHERE id = %s", id) == "closed"
    assert house.group.conflicts() == []


def test_one_record_made_on_two_nodes_is_merged_field_by_field(house: House, make: NodeFactory) -> None:
    """Its id follows from what it describes, as a business day's does."""
    one, other = make(house), make(house)
    id = "018f0000-0000-7000-8000-00000000000a"
    one.act(lambda work: work.add(Station, {"id": id, "name": "Grill", "sort": 1, "printer": None}))
    other.act(lambda work: work.add(Station, {"id": id, "name": "Fire", "sort": 1, "printer": None}))
    for each in (one, other, one):
        each.sync()
    for each in (one, other):
        assert_agree(each)
    assert one.value("SELECT name FROM stations") == "Fire"
    assert [(c["field"], c["won_value"], c["lost_value"]) for c in house.group.conflicts()] == [
        ("name", '"Fire"', '"Grill"')
    ]


def test_own_rows_come_back_neither_as_changes_nor_as_conflicts(node: Node, menu: Menu) -> None:
    """S17."""
    applied: list[str] = []
    node.engine.changed = lambda tables: applied.extend(tables)
    for n in range(20):
        node.act(edit_item, menu.items[0], {"price_minor": 100 + n})
    node.sync()
    assert applied == []
    assert node.house.group.conflicts() == []
    assert_agree(node)


def test_conflicts_of_one_group_are_not_seen_by_another(node: Node, menu: Menu, group: Group) -> None:
    node_first(node, menu.items[0])
    node.sync()
    assert len(group.conflicts()) == 1
    assert group.head.group("Other").conflicts() == []


def test_the_hubs_answer_counts_though_its_acknowledgement_was_lost(node: Node, menu: Menu) -> None:
    """What waits is then what the hub has answered already, and the answer comes only once."""
    node_first(node, menu.items[0])
    node.wire.fail("/sync/v1/push", answer_lost)
    with pytest.raises(LinkDown):
        node.push()
    node.pull()
    assert node.value("SELECT price_minor FROM menu_items WHERE id = :id", id=menu.items[0]) == 2222
    node.sync()
    assert_agree(node)
    assert at_both(node, PRICE, menu.items[0]) == (2222, 2222)
