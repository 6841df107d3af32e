"""Taking a push: whole transactions, once in effect, acknowledged in the same database transaction as their effects.

The batch is tried as one; if anything in it can't be applied, each transaction is tried by itself and the bad one is
set aside and acknowledged (S5), so that it holds back nothing else.
"""

from collections.abc import Sequence
from itertools import groupby

import msgspec

from sync.clock import DRIFT_MS_MAX, at_ms, ms_of
from sync.hub.application import Application, Transaction
from sync.hub.feed import feed_rows
from sync.hub.store import HubStore, Said, SetAside
from sync.schema import Schema
from sync.wire import Batch, Change, EntryChange, PushAnswer, Trouble


def receive(store: HubStore, schema: Schema, batch: Batch, now_ms: int) -> PushAnswer:
    """Applies a push inside the caller's transaction, which runs under the sender's tenant; the caller commits."""
    node = store.lock_node()
    if batch.incarnation != node.incarnation:
        return PushAnswer("superseded", node.acked, now_ms)
    if batch.prev > node.acked:
        return PushAnswer("gap", node.acked, now_ms)
    if _is_another_history(batch, node.acked, node.stamp):
        return PushAnswer("superseded", node.acked, now_ms)
    store.begin_applying()
    changes = [change for change in batch.changes if change.s > node.acked]
    answer = PushAnswer("ok", max(batch.last, node.acked), now_ms)
    if changes and batch.part:
        store.stage(batch.incarnation, batch.last, msgspec.json.encode(changes).decode())
    elif changes:
        parts = [msgspec.json.decode(body, type=list[Change]) for body in store.unstage(batch.incarnation)]
        changes = [change for part in parts for change in part] + changes
        transactions = [Transaction(h, list(part)) for h, part in groupby(changes, key=lambda c: c.h)]
        answer.ceiling = _clamp(transactions, now_ms, node.ceiling)
        known = batch.schema == schema.fingerprint
        applied, answer.troubles = _apply_all(store, schema, transactions, known, now_ms, batch.incarnation)
        _write_feed(store, batch.incarnation, applied)
    waiting = max(0, batch.waiting - (answer.acked - batch.prev))
    stamp = changes[-1].h if changes else None
    store.note_push(Said(batch.version[:40], batch.now_ms - now_ms), answer.acked, stamp, waiting, answer.ceiling)
    return answer


def _is_another_history(batch: Batch, acked: int, stamp: int) -> bool:
    """Whether this push goes on from another past than the one acknowledged: a copied disk, or a rolled back one.

    A push sent again (its answer was lost) brings what was acknowledged along, so it must have that number and stamp;
    passing over what it has instead would lose it without a word.
    """
    return batch.prev < acked and all((change.s, change.h) != (acked, stamp) for change in batch.changes)


def _clamp(transactions: list[Transaction], now_ms: int, ceiling: int) -> int | None:
    """Lowers stamps from a clock that runs ahead to now, in their order; answers the last one handed out."""
    if all(ms_of(transaction.hlc) <= now_ms + DRIFT_MS_MAX for transaction in transactions):
        return None
    handed = max(at_ms(now_ms), ceiling)
    for transaction in transactions:
        if ms_of(transaction.hlc) > now_ms + DRIFT_MS_MAX:
            handed += 1
            transaction.hlc, transaction.differs = handed, True
    return handed


def _apply_all(
    store: HubStore, schema: Schema, transactions: list[Transaction], known: bool, now_ms: int, incarnation: int
) -> tuple[list[Transaction], list[Trouble]]:
    """Together if they can be, else each by itself; answers those applied, and why the others were set aside."""
    try:
        with store.attempt():
            Application(store, schema, known, now_ms).run(transactions)
    except SetAside:
        pass
    else:
        return transactions, []
    applied: list[Transaction] = []
    troubles: list[Trouble] = []
    for transaction in transactions:
        transaction.entries.clear()
        try:
            with store.attempt():
                Application(store, schema, known, now_ms).run([transaction])
            applied.append(transaction)
        except SetAside as error:
            trouble = Trouble(transaction.first, transaction.last, error.code, str(error))
            store.quarantine(incarnation, trouble, msgspec.json.encode(transaction.changes).decode())
            troubles.append(trouble)
    return applied, troubles


def _write_feed(store: HubStore, incarnation: int, transactions: Sequence[Transaction]) -> None:
    """One entry a transaction and scope; positions are drawn last, scopes in order so that none waits in a ring."""
    by_scope: dict[str, list[tuple[Transaction, list[EntryChange]]]] = {}
    for transaction in transactions:
        for scope, changes in transaction.entries.items():
            by_scope.setdefault(scope, []).append((transaction, changes))
    for scope in sorted(by_scope):
        entries = by_scope[scope]
        store.append(scope, incarnation, feed_rows((t.hlc, t.differs, changes) for t, changes in entries))
        # its author needs no waking for what it wrote itself, unless the hub changed something
        store.tell(scope, 0 if any(t.differs for t, _ in entries) else store.sender.number)
