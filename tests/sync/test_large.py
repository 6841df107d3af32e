"""A transaction larger than a batch travels in parts and arrives whole, whatever happens between the parts."""

import pytest

from hospitality.menu.service import add_station
from sync.hub import application
from sync.node.transport import LinkDown
from sync.wire import CHANGES_MAX
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import NodeFactory
from tests.sync.ends import Hand, House, Node
from tests.sync.faults import answer_lost, at_once, busy, repeated

PUSH = "/sync/v1/push"
MANY = 2 * CHANGES_MAX + 500
INSERT_MANY = (
    "INSERT INTO stations (org_id, id, property_id, name, sort)"
    " WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :many)"
    " SELECT :org_id, printf('018f0000-0000-7000-8000-%012x', n), :property_id, 'S' || n, n FROM n"
)


def stations(house: House) -> int:
    """How many head office has."""
    return int(house.group.value("SELECT count(*) FROM stations"))


def test_no_part_shows_before_the_whole_is_there(node: Node, house: House, make: NodeFactory) -> None:
    other = make(house)
    node.run_sql(INSERT_MANY, many=MANY)
    before = len(house.group.feed(house.id))
    seen = []
    while node.engine.push_next(node.link):
        other.sync()
        seen.append((stations(house), other.value("SELECT count(*) FROM stations")))
    assert seen == [(0, 0), (0, 0), (MANY, MANY)]
    (entry,) = house.group.feed(house.id)[before:]
    assert len(entry["changes"]) == MANY
    for each in (node, other):
        each.sync()
        assert_agree(each)


def test_answers_lost_and_parts_repeated_change_nothing(node: Node, house: House) -> None:
    node.run_sql(INSERT_MANY, many=MANY)
    node.act(add_station, name="After it")
    node.wire.fail(PUSH, answer_lost, repeated, busy, at_once, answer_lost)
    failures = 0
    while node.outbox():
        try:
            node.push()
        except LinkDown:
            failures += 1
    assert failures == 3
    node.sync()
    assert_agree(node)
    assert stations(house) == MANY + 1


def test_a_restart_between_two_parts_goes_on_with_the_next(node: Node, house: House) -> None:
    node.run_sql(INSERT_MANY, many=MANY)
    assert node.engine.push_next(node.link)
    node.again()
    node.sync()
    assert_agree(node)
    assert stations(house) == MANY


def test_a_backup_put_back_between_two_parts_still_brings_the_whole(node: Node, house: House) -> None:
    node.run_sql(INSERT_MANY, many=MANY)
    assert node.engine.push_next(node.link)
    node.close()
    backup = node.back_up()
    node.open()
    assert node.engine.push_next(node.link)
    node.close()
    node.restore(backup)
    node.open()
    node.sync()
    assert node.engine.incarnation == 2
    assert_agree(node)
    assert stations(house) == MANY


def test_a_transaction_larger_than_any_node_may_make_is_set_aside(
    hand: Hand, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "TRANSACTION_CHANGES_MAX", 5)
    answer = hand.push(
        [hand.insert("stations", rows.station(house)) for _ in range(6)],
        [hand.insert("stations", rows.station(house)) for _ in range(5)],
    )
    assert [trouble.code for trouble in answer.troubles] == ["TOO_LARGE"]
    assert stations(house) == 5


@pytest.mark.parametrize("part_of_it_is_bad", [0, MANY - 1])
def test_a_large_transaction_that_cannot_be_applied_is_set_aside_whole(
    node: Node, house: House, part_of_it_is_bad: int
) -> None:
    def verb(work: object) -> None:
        work.run(INSERT_MANY, many=MANY)  # type: ignore[attr-defined]
        work.run(  # type: ignore[attr-defined]
            "UPDATE stations SET name = 'a' || char(0) WHERE sort = :n", n=part_of_it_is_bad + 1
        )

    node.act(verb)
    node.act(add_station, name="After it")
    node.push()
    assert stations(house) == 1
    (aside,) = house.group.quarantine()
    assert aside["last"] - aside["first"] == MANY
