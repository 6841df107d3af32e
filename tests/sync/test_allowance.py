"""An allowance spent from while apart never goes below zero, but for the risk budget that it declares (S8, R18)."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from edge.identity import incarnation
from sync.allowance import AllowanceSpentError, Ledger, granted
from sync.node.allowance import earn, give_back, share_of, spend, want_more
from tests.simulation.counters import who
from tests.simulation.node import Backup
from tests.simulation.office import HEAD_OFFICE as OFFICE
from tests.simulation.statements import NORTH, Insert
from tests.sync.apart import HEAD_OFFICE, Apart

ID = str(UUID(int=7))


class Group(Apart):
    """Three nodes that know one allowance."""

    def __init__(self, risk: int = 0, earned: int = 0) -> None:
        super().__init__()
        self.risk = risk
        self.causes = 0
        made = {"property_id": None, "subject": "somebody", "unit": "points", "risk_budget": risk}
        self.hub.act([Insert("sync_allowances", ID, made)])
        if earned:
            self.earn_at_head_office(earned)
        self.talk_all()

    def earn_at_head_office(self, amount: int) -> None:
        self.now_ms += 1_000
        self.causes += 1
        earned = {"property_id": None, "allowance_id": ID, "amount": amount, "cause": f"{self.causes}"}
        self.hub.act([Insert("sync_earnings", str(UUID(int=self.causes)), earned)])

    def do(self, number: int, verb: Any, *args: Any, **kwargs: Any) -> Any:
        """A verb in an act of a node."""
        self.now_ms += 1_000
        node = self.nodes[number - 1]
        return node.do(lambda connection: verb(connection, who(node), ID, *args, **kwargs))[1]

    def talk(self, who: int, *_: object) -> None:
        self.now_ms += 1_000
        super().talk(who)

    def cause(self) -> str:
        self.causes += 1
        return f"{self.causes}"

    def left(self, number: int) -> int:
        node = self.nodes[number - 1]
        return share_of(node.connection, who(node), ID).left

    @property
    def ledger(self) -> Ledger:
        with self.hub.office.transaction(OFFICE, self.now_ms) as store:
            found: dict[str, Ledger] = store.ledgers([ID])
        return found.get(ID, Ledger(0, {}))

    def spent(self) -> int:
        """What was spent anywhere, each once."""
        found: dict[str, int] = {}
        for end in (HEAD_OFFICE, *(node.number for node in self.nodes)):
            found |= {row["id"]: row["amount"] for row in self.rows(end, "SELECT id, amount FROM sync_spends")}
        return sum(found.values())

    def overdrafts(self) -> list[tuple[str, str]]:
        told = "SELECT won_value, lost_value FROM sync_conflicts WHERE rule = 'allowance' ORDER BY decided_at, won_hlc"
        return [(row["won_value"], row["lost_value"]) for row in self.rows(HEAD_OFFICE, told)]


numbers, amounts = st.integers(1, 3), st.integers(1, 12)


class Spending(RuleBasedStateMachine):
    """Anybody does anything in any order, with messages lost, late and repeated, and disks put back."""

    group: Group

    @initialize(risk=st.sampled_from([0, 0, 5]))
    def begin(self, risk: int) -> None:
        self.group = Group(risk)
        self.last: dict[int, tuple[int, str]] = {}
        self.backups: dict[int, Backup] = {}

    @rule(amount=amounts)
    def head_office_earns(self, amount: int) -> None:
        self.group.earn_at_head_office(amount)

    @rule(who=numbers, amount=amounts)
    def earns(self, who: int, amount: int) -> None:
        self.group.do(who, earn, amount, cause=self.group.cause())

    @rule(who=numbers, amount=amounts)
    def spends(self, who: int, amount: int) -> None:
        left, cause = self.group.left(who), self.group.cause()
        if amount > left + self.group.risk:
            with pytest.raises(AllowanceSpentError) as refused:
                self.group.do(who, spend, amount, cause=cause)
            assert refused.value.left == max(0, left + self.group.risk)
            assert self.group.left(who) == left, "a refusal writes nothing"
        else:
            assert self.group.do(who, spend, amount, cause=cause).left == left - amount
            self.last[who] = (amount, cause)

    @rule(who=numbers)
    def spends_for_the_same_cause_again(self, who: int) -> None:
        if who in self.last:
            amount, cause = self.last[who]
            left = self.group.left(who)
            try:
                assert self.group.do(who, spend, amount, cause=cause).left in (left, left - amount)
            except AllowanceSpentError:
                assert who in self.backups, "only a disk that forgot it asks anew"

    @rule(who=numbers, amount=amounts)
    def wants(self, who: int, amount: int) -> None:
        self.group.do(who, want_more, amount)

    @rule(who=numbers, amount=amounts)
    def gives_back(self, who: int, amount: int) -> None:
        left = self.group.left(who)
        try:
            assert self.group.do(who, give_back, amount).left == left - amount
        except AllowanceSpentError:
            assert amount > left

    @rule(who=numbers)
    def talks(self, who: int) -> None:
        self.group.talk(who)

    @rule(who=numbers)
    def sends(self, who: int) -> None:
        self.group.push(who)

    @precondition(lambda self: self.group.sent)
    @rule(data=st.data())
    def a_request_arrives_again(self, data: st.DataObject) -> None:
        sender, path, body = data.draw(st.sampled_from(self.group.sent))
        self.group.hub.handle(sender, path, body)

    @rule(who=numbers)
    def is_backed_up(self, who: int) -> None:
        self.backups[who] = self.group.nodes[who - 1].back_up()
        self.group.nodes[who - 1].start()  # so that the count outside tells when this copy is put back

    @rule(who=numbers)
    def is_put_back(self, who: int) -> None:
        if who in self.backups:
            self.group.nodes[who - 1].restore(self.backups[who], whole=False)

    @invariant()
    def nobody_is_below_zero(self) -> None:
        if not hasattr(self, "group"):
            return
        ledger, risk = self.group.ledger, self.group.risk
        assert ledger.rest >= 0
        assert all(share.left >= -risk for share in ledger.shares.values())
        assert all(self.group.left(node.number) >= -risk for node in self.group.nodes)
        lives = sum(incarnation(node.connection) for node in self.group.nodes)
        assert self.group.spent() <= ledger.earned + lives * risk

    def teardown(self) -> None:
        if not hasattr(self, "group"):
            return
        self.group.talk_all()
        ledger = self.group.ledger
        assert self.group.hub.waiting() == []
        assert self.group.spent() == ledger.spent
        assert ledger.rest + sum(share.left for share in ledger.shares.values()) + ledger.spent == ledger.earned
        for node in self.group.nodes:
            mine = ledger.shares.get((node.number, incarnation(node.connection)))
            assert self.group.left(node.number) == (mine.left if mine else 0)
        if not self.group.risk:
            assert self.group.overdrafts() == []
        if any(share.left < 0 for share in ledger.shares.values()):
            assert self.group.overdrafts()


TestAnAllowance = Spending.TestCase
TestAnAllowance.settings = settings(deadline=None, max_examples=25, stateful_step_count=40)


def test_a_node_spends_its_share_while_apart_and_no_more() -> None:
    """S8, R18."""
    group = Group(earned=10)
    group.do(1, want_more, 6)
    group.do(2, want_more, 6)
    group.talk_all()
    assert (group.left(1), group.left(2), group.ledger.rest) == (6, 4, 0)
    assert group.do(1, spend, 5, cause="a meal").left == 1
    with pytest.raises(AllowanceSpentError) as refused:
        group.do(1, spend, 2, cause="a drink")
    assert (refused.value.code, refused.value.asked, refused.value.left) == ("ALLOWANCE_SPENT", 2, 1)
    assert not refused.value.online_would_help, "head office had nothing left when it last answered"
    assert group.do(2, spend, 4, cause="a room").left == 0
    group.talk_all()
    assert (group.ledger.spent, group.ledger.earned) == (9, 10)
    assert group.overdrafts() == []


def test_who_never_asked_is_told_that_being_online_would_help() -> None:
    with pytest.raises(AllowanceSpentError) as refused:
        Group(earned=10).do(3, spend, 1, cause="a meal")
    assert refused.value.online_would_help


def test_what_is_given_back_another_gets() -> None:
    group = Group(earned=10)
    group.do(1, want_more, 10)
    group.talk_all()
    group.do(1, give_back, 7)
    group.do(2, want_more, 9)
    group.talk_all()
    assert (group.left(1), group.left(2), group.ledger.rest) == (3, 7, 0)


def test_one_asks_once_until_it_is_answered_and_nothing_is_an_answer_too() -> None:
    group = Group()
    assert group.do(1, want_more, 5)
    assert not group.do(1, want_more, 5)
    group.talk_all()
    assert group.left(1) == 0
    group.earn_at_head_office(8)
    assert group.do(1, want_more, 5)
    group.talk_all()
    assert group.left(1) == 5


def test_spending_twice_for_one_cause_is_spending_once() -> None:
    group = Group(earned=10)
    group.do(1, want_more, 10)
    group.talk_all()
    for _ in range(3):
        assert group.do(1, spend, 4, cause="a meal").left == 6
    with pytest.raises(ValueError, match="4 was counted for the same cause"):
        group.do(1, spend, 5, cause="a meal")
    group.do(1, earn, 4, cause="the meal was sent back")
    group.talk_all()
    assert (group.ledger.spent, group.ledger.earned) == (4, 14)


def test_the_risk_budget_is_spent_with_a_work_item_for_a_person() -> None:
    group = Group(risk=3, earned=5)
    group.do(1, want_more, 5)
    group.talk_all()
    group.do(1, spend, 4, cause="a meal")
    group.do(1, spend, 3, cause="a drink")
    with pytest.raises(AllowanceSpentError):
        group.do(1, spend, 2, cause="another")
    group.talk_all()
    assert group.overdrafts() == [("3", "-2")]
    told = group.nodes[0].connection.execute("SELECT tbl, field, rule FROM sync_conflicts").fetchall()
    assert [tuple(row) for row in told] == [("sync_spends", "amount", "allowance")]


def test_a_restored_node_has_no_share_until_it_is_granted_one_and_the_old_one_is_taken_back() -> None:
    group = Group(earned=10)
    group.do(1, want_more, 8)
    group.talk_all()
    backup = group.nodes[0].back_up()
    group.nodes[0].start()
    group.do(1, spend, 5, cause="a meal")
    group.talk_all()
    group.nodes[0].restore(backup, whole=False)
    assert group.left(1) == 0, "it forgot what it spent of the eight"
    group.do(1, want_more, 10)
    group.talk_all()
    assert (group.left(1), group.ledger.rest, group.ledger.spent) == (5, 0, 5)


def test_what_a_disk_spends_twice_that_only_head_office_knows_to_be_an_old_one_is_a_work_item() -> None:
    group = Group(earned=10)
    group.do(1, want_more, 8)
    group.talk_all()
    backup = group.nodes[0].back_up()
    group.do(1, spend, 5, cause="a meal")
    group.talk_all()
    group.nodes[0].restore(backup, whole=True)
    group.do(1, spend, 6, cause="a room")
    group.talk_all()
    assert group.ledger.spent == 11
    assert group.overdrafts() == [("6", "-3")]
    assert group.left(1) == 0, "its new life has no share"


def test_what_can_not_be_counted_is_set_aside() -> None:
    group = Group(earned=10)
    spent = {"property_id": NORTH, "allowance_id": ID, "incarnation": 1, "cause": "x", "amount": -100}
    group.nodes[0].act([Insert("sync_spends", str(UUID(int=9)), spent)])
    group.talk_all()
    assert [row["code"] for row in group.hub.waiting()] == ["UNACCEPTABLE"]
    assert group.ledger.spent == 0


@pytest.mark.parametrize(("asked", "rest", "given"), [(5, 9, 5), (9, 5, 5), (5, 0, 0), (5, -3, 0)])
def test_a_want_is_answered_as_far_as_what_is_left_reaches(asked: int, rest: int, given: int) -> None:
    assert granted(asked, rest) == given
