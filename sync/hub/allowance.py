"""Head office's side of allowances: it answers what nodes want when it hears of it, in the push's own transaction.

An allowance's row is locked before its sums are read, so two that ask at once get no more than there is. What an earlier
life of a node left of its share is taken back when a later life asks: it can't be spent any more. While another node has yet to
give back what head office lost, nobody gets more: what that node was granted may be among it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from sync.allowance import RULE, Ledger, derived_id, granted
from sync.clock import at_ms
from sync.hub.application import Transaction, instant_of
from sync.hub.bodies import feed_rows
from sync.hub.store import HubStore
from sync.schema import Schema
from sync.wire import EntryChange

TABLE = "sync_allowances"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """Facts of the hub's own, added already and not yet told: (table, stamp, fact)."""

    facts: list[tuple[str, int, Row]]


def answer_wants(store: HubStore, schema: Schema, transactions: Iterable[Transaction], now_ms: int) -> Answered:
    """Grants what these transactions want, and logs what they spent beyond a share. The caller then writes the feed of
    the transactions, and tells of the answers (`tell_answers`)."""
    found: dict[str, list[tuple[str, Row]]] = {}
    for transaction in transactions:
        for change in transaction.changes:
            if change.o == "i" and change.t in ("sync_wants", "sync_spends"):
                row = msgspec.json.decode(change.f)
                found.setdefault(row["allowance_id"], []).append(
                    (change.t, {**row, "hlc": transaction.hlc, "now": transaction.incarnation})
                )
    return _answered(store, schema, found, now_ms)


def answer_given(store: HubStore, schema: Schema, incarnation: int, now_ms: int) -> None:
    """The same for what the sender, in this life, gave back, once it has given all: answers to it may have been among
    that."""
    if TABLE not in schema.tables:
        return
    found: dict[str, list[tuple[str, Row]]] = {}
    for row in store.unanswered():
        found.setdefault(row["allowance_id"], []).append((row["tbl"], {**row, "now": incarnation}))
    tell_answers(store, _answered(store, schema, found, now_ms))


def _answered(store: HubStore, schema: Schema, found: Mapping[str, Sequence[tuple[str, Row]]], now_ms: int) -> Answered:
    if not found:
        return Answered([])
    told = _Telling(store, now_ms)
    store.records(schema.tables[TABLE], sorted(found))
    sums = store.ledgers(sorted(found))
    for id in sorted(found):
        _answer(told, id, sums.get(id, Ledger(0, {})), found[id])
    return Answered(told.facts)


def tell_answers(store: HubStore, answered: Answered) -> None:
    """Each an entry of the property's feed."""
    entries = [
        (hlc, False, [EntryChange(table, "i", fact["id"], msgspec.Raw(msgspec.json.encode(fact)))])
        for table, hlc, fact in answered.facts
    ]
    if entries:
        store.append_own(store.sender.property_id, feed_rows(entries))
        store.tell(store.sender.property_id, 0)


class _Telling:
    def __init__(self, store: HubStore, now_ms: int) -> None:
        self.store = store
        self.sender = store.sender
        self.now_ms = now_ms
        self.facts: list[tuple[str, int, Row]] = []

    def add(self, table: str, fact: Row) -> bool:
        """False when it is there already."""
        hlc = at_ms(self.now_ms) + len(self.facts)
        added = self.store.log_fact(table, fact, hlc)
        if added:
            self.facts.append((table, hlc, fact))
        return added

    def grant(self, allowance_id: str, incarnation: int, amount: int, rest: int, cause: str) -> bool:
        """Of what was left of the total."""
        fact = {
            "id": derived_id(allowance_id, "grant", cause),
            "property_id": self.sender.property_id,
            "allowance_id": allowance_id,
            "node": self.sender.number,
            "incarnation": incarnation,
            "rest": rest - amount,
            "cause": cause,
            "amount": amount,
        }
        return self.add("sync_grants", fact)


def _answer(told: _Telling, id: str, ledger: Ledger, rows: Sequence[tuple[str, Row]]) -> None:
    rest, mine = ledger.rest, told.sender.number
    asking = [row for table, row in rows if table == "sync_wants" and row["amount"] > 0]
    is_held = bool(asking) and told.store.awaits_others()
    for (node, life), share in sorted(ledger.shares.items()):
        is_over = asking and node == mine and life < asking[-1]["now"]
        if is_over and share.left > 0 and told.grant(id, life, -share.left, rest, f"{asking[-1]['id']}/{life}"):
            rest += share.left
    for row in asking:
        is_over = row["incarnation"] != row["now"]
        amount = 0 if is_over or is_held else granted(row["amount"], rest)
        if told.grant(id, row["incarnation"], amount, rest, row["id"]):
            rest -= amount
    left = {life: share.left for (node, life), share in ledger.shares.items() if node == mine}
    for table, row in reversed(rows):  # from the last back to the one that crossed the line
        if table == "sync_spends" and left.get(row["incarnation"], 0) < 0:
            _log_overdraft(told, row, left[row["incarnation"]])
            left[row["incarnation"]] += row["amount"]


def _log_overdraft(told: _Telling, spend: Row, left: int) -> None:
    """A work item: what was spent beyond the share. The spending stands; `left` is what the share was down to."""
    fact = {
        "id": derived_id("overdraft", spend["id"]),
        "property_id": told.sender.property_id,
        "tbl": "sync_spends",
        "row_id": spend["id"],
        "field": "amount",
        "rule": RULE,
        "won_value": str(spend["amount"]),
        "won_hlc": spend["hlc"],
        "won_node": told.sender.number,
        "lost_value": str(left),
        "lost_hlc": spend["hlc"],
        "lost_node": told.sender.number,
        "decided_at": instant_of(told.now_ms),
    }
    told.add("sync_conflicts", fact)
