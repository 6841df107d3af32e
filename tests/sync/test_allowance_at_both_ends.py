"""Allowances on the databases that ship: granted within the push that asks, by one at a time, and told by the feed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hospitality.ground.ids import new_id
from hospitality.ground.work import Work
from sync.allowance import AllowanceSpentError
from sync.node.allowance import Spender, give_back, spend, want_more
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import HandFactory
from tests.sync.ends import House, Node

ONE = "SELECT coalesce(sum(amount), 0) FROM sync_grants WHERE allowance_id = "


def allow(house: House, earned: int, *, risk: int = 0) -> str:
    """An allowance of the group, made at head office."""
    id, org = new_id(), house.group.org_id
    house.group.rows(
        "INSERT INTO sync_allowances (org_id, id, property_id, subject, unit, risk_budget)"
        " VALUES (%s, %s, NULL, 'somebody', 'points', %s)",
        *(org, id, risk),
    )
    house.group.rows(
        "INSERT INTO sync_earnings (org_id, id, property_id, allowance_id, amount, cause)"
        " VALUES (%s, %s, NULL, %s, %s, 'a stay')",
        *(org, new_id(), id, earned),
    )
    return id


def do(node: Node, verb: Any, allowance: str, amount: int, **more: str) -> Any:
    """A verb in an act of a node."""

    def run(work: Work) -> Any:
        who = Spender(work.org_id, work.property_id, work.place.node, work.place.incarnation)
        return verb(work._connection, who, allowance, amount, **more)

    return node.act(run)


def test_a_node_gets_its_share_spends_it_and_gives_the_rest_back(node: Node) -> None:
    allowance = allow(node.house, 100)
    node.sync()
    with pytest.raises(AllowanceSpentError):
        do(node, spend, allowance, 1, cause="a meal")
    do(node, want_more, allowance, 60)
    node.sync()
    assert do(node, spend, allowance, 45, cause="a meal").left == 15
    do(node, give_back, allowance, 10)
    node.sync()
    do(node, want_more, allowance, 1_000)
    node.sync()
    assert_agree(node)
    assert node.house.group.quarantine() == []
    assert do(node, spend, allowance, 55, cause="a room").left == 0
    assert node.value(f"{ONE}:id", id=allowance) == node.house.group.value(f"{ONE}%s", allowance) == 110
    assert node.house.group.conflicts() == []


def test_what_is_spent_into_the_risk_budget_stands_in_the_conflict_log_at_both_ends(node: Node) -> None:
    allowance = allow(node.house, 10, risk=5)
    node.sync()
    do(node, spend, allowance, 4, cause="a meal")
    node.sync()
    assert_agree(node)
    (logged,) = node.house.group.conflicts()
    assert (logged["tbl"], logged["rule"], logged["won_value"], logged["lost_value"]) == (
        *("sync_spends", "allowance"),
        *("4", "-4"),
    )
    assert node.value("SELECT count(*) FROM sync_conflicts") == 1


def test_those_who_ask_at_once_get_no_more_than_there_is(house: House, make_hand: HandFactory) -> None:
    allowance = allow(house, 20)
    hands = [make_hand(house.group.house(f"House {n}")) for n in range(4)]

    def ask(hand: Any) -> None:
        for _ in range(5):
            want = {
                "id": new_id(),
                "property_id": hand.house.id,
                "allowance_id": allowance,
                "incarnation": 1,
                "amount": 3,
            }
            answer = hand.push([hand.insert("sync_wants", want)])
            assert (answer.status, answer.troubles) == ("ok", [])

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(ask, hand) for hand in hands]:
            done.result(60)
    rows = house.group.rows("SELECT amount, rest FROM sync_grants ORDER BY rest DESC")
    assert sum(row["amount"] for row in rows) == 20
    assert len(rows) == 20, "each was answered"
    assert min(row["rest"] for row in rows) == 0


def test_head_office_alone_grants(house: House, make_hand: HandFactory) -> None:
    allowance, hand = allow(house, 20), make_hand(house)
    grant = {"id": new_id(), "property_id": house.id, "allowance_id": allowance, "node": hand.number, "incarnation": 1}
    answer = hand.push([hand.insert("sync_grants", {**grant, "rest": 0, "cause": "mine", "amount": 20})])
    assert [trouble.code for trouble in answer.troubles] == ["NOT_PERMITTED"]
