"""Taking a push: whole transactions, once in effect, acknowledged in the same database transaction as their effects.

The batch is tried as one; if anything in it can't be applied, each transaction is tried by itself and the bad one is
set aside and acknowledged (S5), so that it holds back nothing else.
"""

from itertools import groupby

import msgspec

from sync.clock import DRIFT_MS_MAX, at_ms, ms_of
from sync.hub.allowance import answer_wants, tell_answers
from sync.hub.application import Rules, Transaction, apply
from sync.hub.feed import write_feed
from sync.hub.put_back import is_recovering, life_seal, notice
from sync.hub.set_aside import LetGo, set_aside, tell_settled, tell_troubles, try_again
from sync.hub.store import Aside, HubStore, NodeState, Revoked, Said, SetAside
from sync.hub.taking import write_taken
from sync.hub.visits import is_over, note
from sync.schema import Schema
from sync.wire import TRANSACTION_CHARS_MAX, Batch, Change, PushAnswer, Trouble, UnreadableError

# a transaction's fields and what goes around them
STAGED_CHARS_MAX = 4 * TRANSACTION_CHARS_MAX


def receive(store: HubStore, schema: Schema, batch: Batch, now_ms: int) -> PushAnswer:
    """Applies a push inside the caller's transaction, which runs under the sender's tenant; the caller commits."""
    node = store.lock_node()
    if not node.active:
        raise Revoked
    if batch.incarnation > node.incarnation:  # the hub may have been put back: the node is to greet it
        return PushAnswer("gap", 0, now_ms)
    if batch.incarnation != node.incarnation:
        return PushAnswer("superseded", node.acked, now_ms)
    if notice(store, node, batch.cursors, batch.seals, batch.life, now_ms) or (
        batch.life and is_recovering(store, node)  # what it sends may lean on what it has yet to give
    ):
        return PushAnswer("gap", node.acked, now_ms)
    if batch.prev > node.acked:
        return PushAnswer("gap", node.acked, now_ms)
    if _is_another_history(batch, node):
        return PushAnswer("superseded", node.acked, now_ms)
    if is_over(node, batch.visit):
        return PushAnswer("gap", node.acked, now_ms)
    note(store, node, batch.visit, now_ms, writes=True)
    store.begin_applying(len(batch.changes))
    changes = [change for change in batch.changes if change.s > node.acked]
    answer = PushAnswer("ok", max(batch.last, node.acked), now_ms)
    if changes and batch.part:
        kept = store.stage(batch.incarnation, batch.last, msgspec.json.encode(changes).decode())
        if kept > STAGED_CHARS_MAX:  # an honest node refuses it before its own commit
            raise UnreadableError(f"parts of one transaction have at most {STAGED_CHARS_MAX} characters")
    elif changes:
        parts = [msgspec.json.decode(body, type=list[Change]) for body in store.unstage(batch.incarnation)]
        changes = [change for part in parts for change in part] + changes
        life = batch.incarnation
        transactions = [Transaction(h, list(part), life) for h, part in groupby(changes, key=lambda c: c.h)]
        is_first = batch.protocol < 2
        before = 0 if is_first or parts else node.stamp
        answer.ceiling = _clamp(transactions, now_ms, node.ceiling, before, is_first=is_first)
        rules = Rules(schema, batch.schema == schema.fingerprint, now_ms, node.born)
        applied, aside = _apply_all(store, rules, transactions)
        answer.troubles = [trouble for trouble, _ in aside]
        brought = any(change.o == "i" for transaction in applied for change in transaction.changes)
        let_go = try_again(store, schema, now_ms) if brought else LetGo([], [])
        answered = answer_wants(store, schema, [*applied, *let_go.transactions], now_ms)
        write_feed(store, [*applied, *let_go.transactions])
        write_taken(store, let_go.taken)
        tell_answers(store, answered)
        tell_troubles(store, aside, now_ms)
        tell_settled(store, let_go.ids, now_ms)
    waiting = max(0, batch.waiting - (answer.acked - batch.prev))
    answer.life = life_seal(store, batch.incarnation, answer.acked)
    last = changes[-1] if changes else None
    store.note_push(Said(batch.version[:40], batch.now_ms - now_ms), answer.acked, last, waiting, answer.ceiling)
    if batch.told is not None:
        told = msgspec.structs.replace(batch.told, waiting=waiting, oldest_ms=batch.told.oldest_ms if waiting else None)
        store.note_told(told, batch.now_ms - now_ms, batch.protocol)
    return answer


def _is_another_history(batch: Batch, node: NodeState) -> bool:
    """Whether this push goes on from another past than the one acknowledged: a copied disk, or a rolled back one.

    A push sent again (its answer was lost) brings what was acknowledged along, so it must have that number and mark;
    passing over what it has instead would lose it without a word.
    """
    if batch.prev >= node.acked:
        return False
    same = (change for change in batch.changes if change.s == node.acked)
    return not any(change.mark == node.mark if node.mark else change.h == node.stamp for change in same)


def _clamp(
    transactions: list[Transaction], now_ms: int, ceiling: int, before: int, *, is_first: bool = False
) -> int | None:
    """Lowers stamps from a clock that runs ahead to now, and lifts what was stamped before what its author had stamped
    already (`before`: the last of the push before), so that one author's stamps are in its order; answers the last
    one, if any was moved.

    Time that jumped back, or was handed back, leaves stamps in a node's outbox that come later than those of what it did
    next. Of a node of the first release (`is_first`) they are moved on only in one push, as it was told then.
    """
    last, is_moved = ceiling, False
    if ms_of(before) <= now_ms + DRIFT_MS_MAX:  # else it was lowered, to the ceiling
        last = max(last, before)
    for transaction in transactions:
        if ms_of(transaction.hlc) > now_ms + DRIFT_MS_MAX:
            last = max(at_ms(now_ms), last) + 1
        elif transaction.hlc <= last and (not is_first or last > ceiling or ms_of(transaction.hlc) == ms_of(last)):
            last += 1
        else:
            last = last if is_first else transaction.hlc
            continue
        transaction.hlc, transaction.differs, is_moved = last, True, True
    return last if is_moved else None


def _apply_all(
    store: HubStore, rules: Rules, transactions: list[Transaction]
) -> tuple[list[Transaction], list[tuple[Trouble, Aside]]]:
    """Together if they can be, else each by itself; answers those applied, and why the others were set aside."""
    try:
        apply(store, rules, transactions)
    except SetAside:
        pass
    else:
        return transactions, []
    applied: list[Transaction] = []
    aside: list[tuple[Trouble, Aside]] = []
    for transaction in transactions:
        try:
            apply(store, rules, [transaction])
            applied.append(transaction)
        except SetAside as error:
            aside.append(set_aside(store, transaction.incarnation, transaction, error))
    return applied, aside
