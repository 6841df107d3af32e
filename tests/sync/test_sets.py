"""Sets edited apart: each element merges by itself, the column stays a plain array, and an element lost is kept."""

from typing import Any

import msgspec
import psycopg
import pytest
import sqlcipher3.dbapi2 as sqlite

from hospitality.menu.models import MenuItem
from hospitality.menu.service import edit_item
from sync.merge import set_text
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import HandFactory, NodeFactory
from tests.sync.ends import Hand, House, Node
from tests.sync.menus import Menu, add_menu

ALLERGENS = "SELECT allergens FROM menu_items WHERE id = "


@pytest.fixture
def menu(node: Node) -> Menu:
    """A menu that both ends know; its first item has milk."""
    menu = node.act(add_menu, items=1)
    node.act(edit_item, menu.items[0], {"allergens": ["milk"]})
    node.sync()
    return menu


def here(node: Node, item: str) -> list[str]:
    """The item's allergens at the node."""
    return list(msgspec.json.decode(node.value(f"{ALLERGENS} :id", id=item)))


def there(house: House, item: str) -> list[str]:
    """The item's allergens at head office."""
    return list(msgspec.json.decode(house.group.value(f"{ALLERGENS} %s", item)))


def test_two_who_add_different_elements_while_apart_both_keep_theirs(node: Node, menu: Menu) -> None:
    (item,) = menu.items
    node.act(edit_item, item, {"allergens": ["milk", "nuts"]})
    node.house.act(edit_item, item, {"allergens": ["eggs", "milk"]})
    node.sync()
    assert_agree(node)
    assert here(node, item) == there(node.house, item) == ["eggs", "milk", "nuts"]
    assert node.house.group.conflicts() == []


def test_one_who_removes_and_one_who_adds_another_both_have_their_way(node: Node, menu: Menu) -> None:
    (item,) = menu.items
    node.act(edit_item, item, {"allergens": []})
    node.house.act(edit_item, item, {"allergens": ["eggs", "milk"]})
    node.sync()
    assert_agree(node)
    assert here(node, item) == there(node.house, item) == ["eggs"]
    assert node.house.group.conflicts() == []


def test_only_the_elements_that_changed_cross_the_wire_as_plain_values(node: Node, menu: Menu) -> None:
    (item,) = menu.items
    node.act(edit_item, item, {"allergens": ["nuts"]})
    (sent,) = node.outbox("menu_items")
    assert sent["f"] == {"allergens/milk": 0, "allergens/nuts": 1}
    milk = msgspec.json.decode(node.value("SELECT _fv FROM menu_items"))["allergens/milk"]
    assert milk == [sent["hlc"], node.number]
    assert sent["base"]["allergens/nuts"] == [0, 0], "nobody ever had it"
    node.sync()
    node.house.act(edit_item, item, {"allergens": ["milk", "nuts"]})
    (change,) = [c for c in node.house.group.feed(node.property_id)[-1]["changes"] if c["t"] == "menu_items"]
    assert change["f"] == {"allergens/milk": True}
    assert list(change["v"]) == ["allergens/milk"]


@pytest.mark.parametrize("node_is_later", [True, False])
def test_of_an_element_added_here_and_removed_there_the_later_counts_and_the_loser_is_kept(
    node: Node, menu: Menu, node_is_later: bool
) -> None:
    (item,) = menu.items

    def at_node() -> None:
        node.act(edit_item, item, {"allergens": ["milk", "nuts"]})

    def at_head_office() -> None:
        node.house.act(edit_item, item, {"allergens": ["milk", "nuts"]})
        node.house.act(edit_item, item, {"allergens": ["milk"]})

    for edit in (at_head_office, at_node) if node_is_later else (at_node, at_head_office):
        edit()
    node.sync()
    assert_agree(node)
    assert here(node, item) == there(node.house, item) == ["milk", *(["nuts"] if node_is_later else [])]
    (logged,) = node.house.group.conflicts()
    assert (logged["field"], logged["rule"]) == ("allergens/nuts", "set")
    assert (logged["won_value"], logged["lost_value"]) == (("true", "false") if node_is_later else ("false", "true"))
    assert node.value("SELECT count(*) FROM sync_conflicts WHERE field = 'allergens/nuts'") == 1


def test_an_add_by_somebody_who_saw_the_remove_stands_though_its_clock_is_behind(
    house: House, make: NodeFactory
) -> None:
    ahead, behind = make(house, skew_ms=40_000), make(house, skew_ms=-3_600_000)
    item = ahead.act(add_menu, items=1).items[0]
    ahead.act(edit_item, item, {"allergens": ["milk"]})
    ahead.act(edit_item, item, {"allergens": []})
    for each in (ahead, behind):
        each.sync()
    behind.act(edit_item, item, {"allergens": ["milk"]})
    for each in (behind, ahead):
        each.sync()
        assert_agree(each)
    assert here(ahead, item) == here(behind, item) == there(house, item) == ["milk"]
    assert house.group.conflicts() == []


def test_one_row_made_at_two_nodes_has_the_elements_of_both(house: House, make: NodeFactory) -> None:
    one, other = make(house), make(house)
    menu = one.act(add_menu, items=0)
    for each in (one, other):
        each.sync()
    row = rows.item(house, menu.station, menu.category)
    for each, allergens in ((one, ["fish", "milk"]), (other, ["eggs", "milk"])):
        each.act(lambda work, a=allergens: work.add(MenuItem, {**row, "allergens": set_text(a)}))  # type: ignore[misc]
    other.act(edit_item, row["id"], {"allergens": ["milk"]})
    for each in (one, other, one):
        each.sync()
    for each in (one, other):
        assert_agree(each)
    assert here(one, row["id"]) == ["fish", "milk"]
    assert [c["field"] for c in house.group.conflicts()] == []


def test_a_remove_reaches_a_node_that_was_away(node: Node, menu: Menu, make: NodeFactory) -> None:
    (item,) = menu.items
    other = make(node.house)
    other.sync()
    node.act(edit_item, item, {"allergens": ["eggs", "milk"]})
    node.act(edit_item, item, {"allergens": ["eggs"]})
    node.sync()
    other.sync()
    for each in (node, other):
        assert_agree(each)
        assert here(each, item) == ["eggs"]


NO_SETS = ['["b","a"]', '["a","a"]', '["a", "b"]', "[1]", "[null]", '[["a"]]', '[""]', '["a\\n"]', "{}", "null", "x"]


@pytest.mark.parametrize("text", NO_SETS)
def test_what_is_no_set_is_refused_at_both_ends(node: Node, menu: Menu, text: str) -> None:
    for statement in (
        "UPDATE menu_items SET allergens = {}",
        "INSERT INTO menu_items (org_id, id, property_id, name, category_id, price_minor, station_id, available,"
        " prep_seconds, allergens) SELECT org_id, category_id, property_id, name, category_id, price_minor, station_id,"
        " available, prep_seconds, {} FROM menu_items",
    ):
        with pytest.raises(sqlite.Error):
            node.run_sql(statement.format(":text"), text=text)
        with pytest.raises(psycopg.Error):
            node.house.group.rows(statement.format("%s"), text)
    assert here(node, menu.items[0]) == there(node.house, menu.items[0]) == ["milk"]
    assert node.outbox() == []


@pytest.mark.parametrize(
    "element", ["a", 'quo"te', "back\\slash", "naïve", "\U0001f95c", "\x7f", "~", "/", "a/b", "[]"]
)
def test_any_printable_element_is_the_same_set_at_both_ends(node: Node, menu: Menu, element: str) -> None:
    (item,) = menu.items
    text = set_text(["milk", "zz", element])
    node.run_sql("UPDATE menu_items SET allergens = :text", text=text)
    node.sync()
    assert_agree(node)
    assert there(node.house, item) == sorted({"milk", "zz", element})
    node.house.group.rows("UPDATE menu_items SET allergens = %s", set_text([element, "\uffff", "\U00010000"]))
    node.sync()
    assert_agree(node)
    assert here(node, item) == sorted({element, "\uffff", "\U00010000"})


@pytest.mark.parametrize("text", NO_SETS)
def test_what_a_node_may_not_write_as_a_set_is_set_aside(hand: Hand, house: House, text: str) -> None:
    station, category = rows.station(house), rows.category(house)
    item = rows.item(house, station["id"], category["id"])
    before = [hand.insert("stations", station), hand.insert("menu_categories", category)]
    (trouble,) = hand.push(before, [hand.insert("menu_items", {**item, "allergens": text})]).troubles
    assert trouble.code == "UNACCEPTABLE"
    assert hand.push([hand.insert("menu_items", item)]).troubles == []
    (trouble,) = hand.push([hand.edit("menu_items", item["id"], {"allergens/a\n": 1})]).troubles
    assert trouble.code == "UNACCEPTABLE"
    assert there(house, item["id"]) == []


def test_a_release_that_does_not_know_the_set_makes_rows_without_it(make_hand: HandFactory, house: House) -> None:
    older = make_hand(house)
    station, category = rows.station(house), rows.category(house)
    item: dict[str, Any] = rows.item(house, station["id"], category["id"])
    del item["allergens"]
    made = [
        older.insert("stations", station),
        older.insert("menu_categories", category),
        older.insert("menu_items", item),
    ]
    assert older.send(older.batch(made, schema="older")).troubles == []
    assert there(house, item["id"]) == []
