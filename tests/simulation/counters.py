"""What happens with allowances, and what must hold of them: no more is ever spent than was earned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from edge.identity import incarnation
from sync.allowance import AllowanceSpentError, Ledger
from sync.node.allowance import Spender, earn, give_back, share_of, spend, want_more
from tests.simulation.node import Node
from tests.simulation.office import HEAD_OFFICE
from tests.simulation.statements import ORG, PLACES, Verb

if TYPE_CHECKING:
    from tests.simulation.world import World

ALLOWANCES_MAX = 2
KNOWN = "SELECT id, risk_budget FROM sync_allowances ORDER BY id"


def allow(world: World, node: Node) -> None:
    """Head office makes an allowance."""
    if len(world.earned) < ALLOWANCES_MAX:
        risk = world.luck.choice([0, 0, 3])
        made = world.insert("sync_allowances", None, subject=world.word(), unit="points", risk_budget=risk)
        world.earned[made.id] = 0
        also = f", of which each may overdraw {risk}" if risk else ""
        world.act_at_head_office([made], [], f"makes allowance {made.id[:4]}{also}")


def earn_there(world: World, node: Node) -> None:
    """Head office adds to one."""
    for row in _one(world, world.hub.office.rows(KNOWN)):
        amount, cause = world.luck.randint(4, 20), world.word()
        world.earned[row["id"]] += amount
        more = {"allowance_id": row["id"], "amount": amount, "cause": cause}
        told = f"adds {amount} to allowance {row['id'][:4]}"
        world.act_at_head_office([world.insert("sync_earnings", None, **more)], [], told)


def earn_here(world: World, node: Node) -> None:
    """A machine adds to one."""
    for row in _one(world, node.rows(KNOWN)):
        amount, cause = world.luck.randint(1, 6), world.word()
        world.earned[row["id"]] += amount
        verb = _verb(node, row, earn, amount, cause=cause)
        world.act(node, [verb], what=f"adds {amount} to allowance {row['id'][:4]}")


def want(world: World, node: Node) -> None:
    """A machine asks for a larger share."""
    for row in _one(world, node.rows(KNOWN)):
        amount = world.luck.randint(1, 12)
        verb = _verb(node, row, want_more, amount)
        world.act(node, [verb], what=f"asks for {amount} of allowance {row['id'][:4]}")


def spend_some(world: World, node: Node) -> None:
    """A machine spends from its share, and is refused what goes beyond."""
    for row in _one(world, node.rows(KNOWN)):
        amount, cause = world.luck.randint(1, 8), world.word()
        left = share_of(node.connection, who(node), row["id"]).left
        verb = _verb(node, row, spend, amount, cause=cause)
        if amount <= left + row["risk_budget"]:
            world.act(node, [verb], what=f"spends {amount} of {left} of allowance {row['id'][:4]}")
            continue
        try:
            node.act([verb])
        except AllowanceSpentError:
            continue
        world.wrong.append(f"spent: {node.name} was let spend {amount} of {left} of allowance {row['id'][:4]}")


def give_some_back(world: World, node: Node) -> None:
    """A machine gives back of its share."""
    for row in _one(world, node.rows(KNOWN)):
        left = share_of(node.connection, who(node), row["id"]).left
        if left > 0:
            amount = world.luck.randint(1, left)
            world.act(
                node,
                [_verb(node, row, give_back, amount)],
                what=f"gives back {amount} of {left} of allowance {row['id'][:4]}",
            )


def hear_all(world: World, node: Node) -> None:
    """A machine has a good line for a while: what it asks for and what it is granted gets through."""
    world.tell(f"{node.name} has a good line, and says and hears everything")
    world.network.good = True
    world.talk_out(node)
    world.network.good = False


def _verb(node: Node, row: dict[str, Any], verb: Callable[..., object], amount: int, **more: str) -> Verb:
    return Verb(lambda connection: verb(connection, who(node), row["id"], amount, **more))


def who(node: Node) -> Spender:
    """Who spends at a machine."""
    return Spender(ORG, node.property_id, node.number, incarnation(node.connection))


# --- what must hold


def overspent(world: World, node: Node) -> Iterator[str]:
    """At every moment: a machine's share, by its own rows."""
    for row in node.rows(KNOWN) if world.earned else ():
        left = share_of(node.connection, who(node), row["id"]).left
        if left < -row["risk_budget"]:
            yield f"spent: {node.name} has spent {-left} beyond its share of allowance {row['id'][:4]}"


def uncounted(world: World) -> Iterator[str]:
    """In the end: the group's sums, that every want was answered, and that a person is told of what went beyond."""
    hub = world.hub.office
    found = ledgers_of(world)
    for row in hub.rows(KNOWN):
        id, ledger = row["id"], found.get(row["id"], Ledger(0, {}))
        lost = world.earned[id] - ledger.earned
        if ledger.rest + lost < 0:
            yield f"spent: {-ledger.rest} more of allowance {id[:4]} is granted than was ever earned"
        beyond = 0
        for (number, life), share in ledger.shares.items():
            if share.left < -row["risk_budget"] and number not in world.twice:
                yield f"spent: node {number} overdrew allowance {id[:4]} in its life {life} by {-share.left}"
            if share.left < 0 and number:
                beyond -= share.left
                spends = hub.rows(f"SELECT id FROM sync_spends WHERE _node = {number} AND incarnation = {life}")
                told = {conflict["row_id"] for conflict in hub.rows(_OVERDRAFTS)}
                if told.isdisjoint(spent["id"] for spent in spends):
                    yield f"spent: node {number} went beyond its share of allowance {id[:4]}, and nobody is told"
        if ledger.spent > world.earned[id] + beyond:
            yield f"spent: {ledger.spent} of allowance {id[:4]} is spent, and {world.earned[id]} was earned"
    for row in hub.rows(_UNANSWERED):
        yield f"answered: what {PLACES[row['property_id']]} asked for of allowance {row['allowance_id'][:4]} got no answer"


def ledgers_of(world: World) -> dict[str, Ledger]:
    """All sums of all allowances, as head office has them."""
    with world.hub.office.transaction(HEAD_OFFICE, world.now_ms) as store:
        found: dict[str, Ledger] = store.ledgers(sorted(world.earned))
        return found


_OVERDRAFTS = "SELECT row_id FROM sync_conflicts WHERE rule = 'allowance'"
_UNANSWERED = (
    "SELECT w.id, w.property_id, w.allowance_id FROM sync_wants AS w WHERE w.amount > 0"
    " AND NOT EXISTS (SELECT 1 FROM sync_grants AS g WHERE g.cause = CAST(w.id AS TEXT)) ORDER BY w.id"
)


def _one(world: World, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [world.luck.choice(rows)] if rows else []
