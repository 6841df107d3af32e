"""What follows from rows that a node gives back to head office, which was put back to an older copy, as it does from rows
that are pushed: one name given twice, allowances, dealings."""

import pytest

from hospitality.menu.service import add_station, edit_item
from sync.node.allowance import give_back, spend, want_more
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import NodeFactory
from tests.sync.ends import Group, Head, Node
from tests.sync.menus import Menu, add_menu
from tests.sync.put_back import Office, come
from tests.sync.test_allowance_at_both_ends import allow, do


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


def test_one_name_given_twice_across_the_loss_is_seen_and_what_was_seen_before_comes_back_once(
    office: Office, node: Node, menu: Menu
) -> None:
    copy = office.back_up()
    node.act(add_station, name="Braai")
    node.house.act(add_station, name="Smoker")
    node.act(add_station, name="Smoker")
    node.sync()
    (known,) = node.house.group.conflicts()
    node.sync()
    office.put_back(copy)
    node.house.act(add_station, name="Braai")
    come(node)
    assert_agree(node)
    found = node.house.group.conflicts()
    assert [(one["rule"], one["field"]) for one in found] == [("business_key", "name")] * 2
    assert known in found
    assert node.house.group.quarantine() == []


def test_a_conflict_that_is_decided_anew_before_it_is_given_back_is_no_trouble(
    office: Office, node: Node, menu: Menu
) -> None:
    copy = office.back_up()
    node.act(edit_item, menu.items[0], {"price_minor": 1111})
    node.house.act(edit_item, menu.items[0], {"price_minor": 2222})
    come(node)
    (known,) = node.house.group.conflicts()
    office.put_back(copy)
    # the same edits under the same stamps, as another node's gift before would have brought them
    fact = {name: value for name, value in known.items() if not name.startswith("_")}
    names = ", ".join([*fact, "_hlc", "_node"])
    values = (*{**fact, "decided_at": "2026-01-01T00:00:00.000000Z"}.values(), known["_hlc"] + 1, 0)
    node.house.group.rows(f"INSERT INTO sync_conflicts ({names}) VALUES ({', '.join(['%s'] * len(values))})", *values)
    come(node)
    assert_agree(node)
    (found,) = node.house.group.conflicts()
    assert (found["id"], found["decided_at"]) == (known["id"], "2026-01-01T00:00:00.000000Z")
    assert node.house.group.quarantine() == []


def test_no_more_of_an_allowance_is_granted_than_there_is_after_grants_were_forgotten(
    office: Office, node: Node, other: Node
) -> None:
    allowance = allow(node.house, 100)
    come(node, other)
    copy = office.back_up()
    do(other, want_more, allowance, 70)
    other.sync()
    do(other, spend, allowance, 70, cause="a room")
    do(node, want_more, allowance, 5)
    node.sync()
    office.put_back(copy)
    come(node)
    do(node, want_more, allowance, 100)
    come(node)
    assert do(node, give_back, allowance, 5).left == 0, "nothing more while the other may hold all of it"
    come(other)
    do(node, want_more, allowance, 100)
    come(node, other)
    assert do(node, spend, allowance, 30, cause="a meal").left == 0
    come(node)
    total = "SELECT (SELECT sum(amount) FROM sync_earnings) - (SELECT sum(amount) FROM sync_spends)"
    assert node.house.group.value(total) == 0
    assert node.house.group.conflicts() == []
    for each in (node, other):
        assert_agree(each)


def test_what_a_node_wants_and_whose_answer_was_lost_with_head_office_is_answered(office: Office, node: Node) -> None:
    allowance = allow(node.house, 100, risk=9)
    node.sync()
    copy = office.back_up()
    do(node, want_more, allowance, 40)
    do(node, spend, allowance, 9, cause="a meal")
    node.push()
    assert do(node, want_more, allowance, 1) is False, "the answer did not come here"
    office.put_back(copy)
    come(node)
    assert_agree(node)
    assert do(node, give_back, allowance, 31).left == 0
    assert node.house.group.value("SELECT count(*) FROM sync_grants") == 1
    (beyond,) = node.house.group.conflicts()
    assert (beyond["rule"], beyond["won_value"], beyond["lost_value"]) == ("allowance", "9", "-9")
