"""What a node gives of somebody with whom its property has no dealings, and what it is granted of what such a one earned."""

import msgspec
import pytest

from sync.node.allowance import share_of, spend, want_more
from sync.wire import PROTOCOL, Gift, GiftAnswer, RowImage, pack
from tests.simulation.counters import who
from tests.simulation.node import Node
from tests.simulation.statements import SOUTH, Insert, Verb
from tests.sync.apart import HEAD_OFFICE
from tests.sync.dealings import Company


@pytest.fixture
def group() -> Company:
    """Two nodes of one property, one of another, and head office."""
    group = Company()
    group.talk_all()
    return group


def test_who_is_given_back_by_a_node_that_missed_the_end_goes_from_its_disk(group: Company) -> None:
    """After head office was put back it follows its feeds from their ends, and would never hear of it."""
    one, beside, elsewhere = group.nodes
    patron = group.met(one)
    visit = group.bring(patron, SOUTH)
    group.talk_all()
    group.end(visit, patron, SOUTH)
    copy = group.hub.back_up()
    group.rename(one, patron, f"<{patron[:8]}> since the backup")
    group.talk(1)
    group.hub.put_back(copy)
    assert group.name_at(elsewhere, patron) == f"<{patron[:8]}>"
    group.talk_all()
    assert group.name_at(elsewhere, patron) is None
    assert f"<{patron[:8]}>".encode() not in elsewhere.connection.serialize()
    for each in (one, beside):
        assert group.name_at(each, patron) == group.name_there(patron) == f"<{patron[:8]}> since the backup"
    assert group.hub.waiting() == []
    group.check()


def given(group: Company, node: Node, patron: str, name: str) -> GiftAnswer:
    """What is answered to a gift of the patron under this name, as the node's own."""
    fields = msgspec.Raw(
        msgspec.json.encode({"id": patron, "property_id": None, "name": name, "note": "", "tags": "[]"})
    )
    image = RowImage("patrons", patron, node.clock.stamp(), node.number, fields)
    answer = group.hub.handle(node.sender, "/sync/v1/give", pack(Gift(PROTOCOL, 1, [image], epoch=1)))
    assert isinstance(answer, GiftAnswer)
    return answer


def test_in_quiet_times_a_gift_of_a_stranger_changes_nothing_and_learns_nothing(group: Company) -> None:
    one, _, elsewhere = group.nodes
    known, unknown = group.met(one), group.id()
    before = group.held(HEAD_OFFICE, "patrons")
    for patron in (known, unknown):
        answer = given(group, elsewhere, patron, "Mine")
        assert [(trouble.k, trouble.code) for trouble in answer.troubles] == [(patron, "NO_DEALINGS")]
        assert answer.images == []
    assert [row["code"] for row in group.hub.waiting()] == ["NO_DEALINGS"] * 2
    assert group.held(HEAD_OFFICE, "patrons") == before
    group.talk_all()
    group.check()


@pytest.mark.parametrize("is_put_back", [False, True])
def test_what_a_stranger_earned_is_spent_by_whoever_was_granted_it_and_tells_nobody_who_that_is(
    group: Company, is_put_back: bool
) -> None:
    """An allowance is the group's; what is granted of it and spent is told to the property alone."""
    one, beside, elsewhere = group.nodes
    patron, allowance = group.met(one), group.id()
    group.do_there(
        Insert("sync_allowances", allowance, {"property_id": None, "subject": patron, "unit": "points"}),
        Insert(
            *("sync_earnings", group.id()),
            {"property_id": None, "allowance_id": allowance, "amount": 10, "cause": "a stay"},
        ),
    )
    group.talk_all()
    copy = group.hub.back_up()
    group.do(elsewhere, Verb(lambda c: want_more(c, who(elsewhere), allowance, 7)))
    group.talk_all()
    group.do(elsewhere, Verb(lambda c: spend(c, who(elsewhere), allowance, 5, cause="a meal")))
    group.talk_all()
    if is_put_back:
        group.rename(one, patron, f"<{patron[:8]}> since the backup")  # which proves it to head office
        group.talk(1)
        group.hub.put_back(copy)
    group.do(one, Verb(lambda c: want_more(c, who(one), allowance, 10)))
    group.talk_all()
    if is_put_back:  # while the other had not been heard out it was granted nothing
        assert share_of(one.connection, who(one), allowance).left == 0
        group.do(one, Verb(lambda c: want_more(c, who(one), allowance, 10)))
        group.talk_all()
    assert share_of(elsewhere.connection, who(elsewhere), allowance).left == 2
    assert share_of(one.connection, who(one), allowance).left == 3
    for node, grants in (
        (elsewhere, {7}),
        (one, {0, 3} if is_put_back else {3}),
        (beside, {0, 3} if is_put_back else {3}),
    ):
        assert {row["amount"] for row in node.rows("SELECT amount FROM sync_grants")} == grants
    assert group.rows(HEAD_OFFICE, "SELECT sum(amount) AS n FROM sync_grants") == [{"n": 10}]
    assert group.name_at(elsewhere, patron) is None
    assert group.hub.waiting() == []
    group.check()
