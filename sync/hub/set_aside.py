"""What can't be applied is set aside whole, and let go when it can: by a person, or once what it leans on is there.

Each has a fact in `sync_troubles`, so that the property sees it too, and a resolution when it is settled. Its content
stays at the hub.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import msgspec

from sync.clock import at_ms
from sync.hub.allowance import answer_wants, tell_answers
from sync.hub.application import Rules, Transaction, apply, instant_of
from sync.hub.bodies import feed_rows
from sync.hub.feed import write_feed
from sync.hub.gone_on import changes_of, gone_on_from
from sync.hub.store import Aside, HubStore, NodeState, SetAside
from sync.hub.taking import Rules as GivenRules
from sync.hub.taking import Taking, take, write_taken
from sync.schema import Schema
from sync.wire import Change, EntryChange, GivenChange, RowImage, Trouble

# what another row's coming can mend
LEANING = ("PARENT_MISSING", "ROW_MISSING", "NO_DEALINGS")
# how many are tried again, and how long each may be, after a push that brought rows, and after a person let one go
TRIED_MAX = 20
RELEASED_MAX = 500
TRIED_CHARS_MAX = 200_000


@dataclass(frozen=True, slots=True)
class LetGo:
    """Transactions that could be applied after all, the ids under which they were set aside, and what was taken where they
    were given."""

    transactions: list[Transaction]
    ids: list[str]
    taken: list[Taking] = field(default_factory=list)


@dataclass(slots=True)
class Attempt:
    """What came of trying one again: the transaction for the feed, or, of what was given, what was taken (the transaction
    then has nothing for the feed), or why it waits on."""

    transaction: Transaction
    taking: Taking | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """What came of trying one again: why it waits on (None: it is applied), and how many more could follow it."""

    trouble: Trouble | None
    followed: int = 0


def set_aside(store: HubStore, incarnation: int, transaction: Transaction, error: SetAside) -> tuple[Trouble, Aside]:
    """Keeps a transaction of the sender's with its reason."""
    first, last = transaction.first, transaction.last
    body = msgspec.json.encode(transaction.changes).decode()
    id = str(uuid5(NAMESPACE_OID, f"{store.sender.node_id}/{incarnation}/{first}"))
    aside = Aside(id, incarnation, max(0, transaction.hlc), first, last, body)
    trouble = Trouble(first, last, error.code, str(error))
    store.quarantine(aside, trouble)
    return trouble, aside


def tell_troubles(store: HubStore, found: Sequence[tuple[Trouble, Aside]], now_ms: int) -> None:
    """Tells both ends what was set aside."""
    one = store.sender
    facts = []
    for trouble, aside in found:
        facts.append(
            {
                "id": aside.id,
                "property_id": one.property_id,
                "node": one.number,
                "incarnation": aside.incarnation,
                "first": aside.first,
                "last": aside.last,
                "code": trouble.code,
                "reason": trouble.reason,
                **contents(aside.body),
                "at": instant_of(now_ms),
            }
        )
    _tell(store, "sync_troubles", facts, now_ms)


def tell_settled(store: HubStore, ids: Sequence[str], now_ms: int) -> None:
    """Tells both ends what was let go by itself; after its rows, which the feed brings first."""
    _tell(store, "sync_resolutions", [_resolution(store, id, now_ms) for id in ids], now_ms)


def contents(body: str) -> dict[str, str]:
    """What is told of a transaction's content: how many changes of each table as a JSON object, and their SHA-256."""
    tables = Counter(change.t for change in msgspec.json.decode(body, type=list[Change]))
    return {"tables": msgspec.json.encode(tables).decode(), "hash": sha256(body.encode()).hexdigest()}


def try_again(store: HubStore, schema: Schema, now_ms: int, limit: int = TRIED_MAX) -> LetGo:
    """Tries those again that lean on something, in their order and as often as one helps the next. The caller tells the
    feed of them."""
    waiting = store.asides(LEANING, limit, TRIED_CHARS_MAX)
    waiting.sort(key=lambda aside: (aside.incarnation, aside.first))
    node = store.lock_node()
    released: list[Attempt] = []
    settled: list[str] = []
    troubles: dict[str, Trouble] = {}
    helped = True
    while waiting and helped:
        tried = [(aside, _attempt(store, schema, node, aside, now_ms)) for aside in waiting]
        released += [attempt for _, attempt in tried if attempt.trouble is None]
        settled += [aside.id for aside, attempt in tried if attempt.trouble is None]
        troubles = {aside.id: attempt.trouble for aside, attempt in tried if attempt.trouble is not None}
        helped = len(troubles) < len(waiting)
        waiting = [aside for aside in waiting if aside.id in troubles]
    for id in (*settled, *troubles):
        store.tried(id, troubles.get(id))
    taken = [attempt.taking for attempt in released if attempt.taking is not None]
    return LetGo([attempt.transaction for attempt in released], settled, taken)


def release(store: HubStore, schema: Schema, id: str, now_ms: int) -> Released | None:
    """A person has one tried again, inside the caller's transaction; None when it does not wait any more.

    When it is applied, so is what leans on it. The caller writes that it was settled, and by whom.
    """
    node = store.lock_node()
    aside = store.aside(id)
    if aside is None:
        return None
    attempt = _attempt(store, schema, node, aside, now_ms)
    store.tried(id, attempt.trouble)
    if attempt.trouble is not None:
        return Released(attempt.trouble)
    following = try_again(store, schema, now_ms, RELEASED_MAX)
    answered = answer_wants(store, schema, [attempt.transaction, *following.transactions], now_ms)
    write_feed(store, [attempt.transaction, *following.transactions])
    write_taken(store, [*([attempt.taking] if attempt.taking else ()), *following.taken])
    tell_answers(store, answered)
    tell_settled(store, following.ids, now_ms)
    return Released(None, len(following.ids))


def given_of(aside: Aside) -> list[GivenChange]:
    """What was set aside, with what only what was given has."""
    return msgspec.json.decode(aside.body, type=list[GivenChange])


def _attempt(store: HubStore, schema: Schema, node: NodeState, aside: Aside, now_ms: int) -> Attempt:
    changes = changes_of(aside)
    # its author hears of it too: its stamp may have been lowered when it came, and what is there may have been taken anew
    # by the author meanwhile
    attempt = Attempt(Transaction(aside.hlc or changes[0].h, changes, incarnation=aside.incarnation, differs=True))
    try:
        if aside.first:
            has_ended = aside.incarnation != node.incarnation
            gone_on = gone_on_from(store, aside)
            # whether its schema was ours is not known any more, so its fields are looked at one by one
            rules = Rules(schema, False, now_ms, node.born, has_ended, late=True, gone_on=gone_on)
            apply(store, rules, [attempt.transaction])
        else:
            given = given_of(aside)
            images = [RowImage(one.t, one.k, one.h, one.n, one.f, one.v, one.d, one.x) for one in given]
            attempt.taking = take(store, GivenRules(schema, node, given[0].recovering, now_ms), images)
    except SetAside as error:
        attempt.trouble = Trouble(aside.first, aside.last, error.code, str(error))
    return attempt


def _resolution(store: HubStore, subject_id: str, now_ms: int) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_OID, f"{subject_id}/retried")),
        "property_id": store.sender.property_id,
        "subject_id": subject_id,
        "subject": "trouble",
        "action": "retried",
        "note": None,
        "resolved_by": None,
        "resolved_at": instant_of(now_ms),
    }


def _tell(store: HubStore, table: str, facts: Iterable[dict[str, Any]], now_ms: int) -> None:
    """Adds facts of the hub's own, each an entry of the property's feed."""
    entries = []
    for n, fact in enumerate(facts):
        hlc = at_ms(now_ms) + n
        if store.log_fact(table, fact, hlc):
            change = EntryChange(table, "i", fact["id"], msgspec.Raw(msgspec.json.encode(fact)))
            entries.append((hlc, False, [change]))
    if entries:
        store.append_own(store.sender.property_id, feed_rows(entries))
        store.tell(store.sender.property_id, 0)
