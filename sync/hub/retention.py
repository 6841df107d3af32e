"""How long the hub keeps what, in one rule, and the sweep that holds to it in many short transactions.

What a node may still need is kept for it while it is heard of; what it missed beyond that it gets as a copy of what
there is, not as history (see `feed.answer`).
"""

from dataclasses import dataclass

from sync.clock import at_ms
from sync.hub.bodies import feed_rows
from sync.hub.interest import forget
from sync.hub.store import Deleted, HubStore
from sync.schema import Schema

DAY_MS = 86_400_000
DROPPED_AT_ONCE = 2_000
REMOVED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Retention:
    """The rule. feed_days: entries of a feed are kept so long at least. unseen_days: a node that was not heard of for
    longer holds nothing back any more. tombstone_days: a deleted record is taken out for good after so long, once no
    feed holds anything from before it was noted. settled_days: what was set aside and is settled, codes, and parts of a
    revoked node's transaction. removed_days: so long it is known which records were taken out."""

    feed_days: int = 14
    unseen_days: int = 30
    tombstone_days: int = 90
    settled_days: int = 90
    removed_days: int = 730


def sweep(store: HubStore, schema: Schema, rule: Retention, now_ms: int) -> bool:
    """Drops some of what the rule no longer keeps for the sender's group; False when nothing of it is left.

    For one transaction of the caller's, who calls again, so that nobody waits for a long one.
    """
    return (
        any(store.drop_entries(scope, _upto(store, rule, scope, now_ms), DROPPED_AT_ONCE) for scope in store.scopes())
        or any(store.note_deleted(t, now_ms, DROPPED_AT_ONCE) for t in schema.tables.values() if t.kind == "record")
        or _remove(store, schema, rule, now_ms)
        or store.drop_settled(now_ms - rule.settled_days * DAY_MS, now_ms - rule.removed_days * DAY_MS, DROPPED_AT_ONCE)
        > 0
    )


def _upto(store: HubStore, rule: Retention, scope: str, now_ms: int) -> int:
    """The last position that may go: old enough, and known to every node that is still heard of."""
    old = store.last_before(scope, now_ms - rule.feed_days * DAY_MS)
    needed = store.lowest_cursor(scope, now_ms - rule.unseen_days * DAY_MS)
    return old if needed is None else min(old, needed)


def _remove(store: HubStore, schema: Schema, rule: Retention, now_ms: int) -> bool:
    """Takes out some records that are long deleted; each is tried once a sweep, which is the moment it is told by."""
    day_ms = now_ms - now_ms % DAY_MS
    found = store.long_deleted(now_ms - rule.tombstone_days * DAY_MS, day_ms, REMOVED_AT_ONCE)
    for deleted in found:
        _remove_one(store, schema, deleted, now_ms)
    return bool(found)


def _remove_one(store: HubStore, schema: Schema, deleted: Deleted, now_ms: int) -> None:
    table = schema.tables.get(deleted.table)
    row = store.records(table, [deleted.id]).get(deleted.id) if table is not None else None
    if table is None or row is None:
        return
    scopes = [row["property_id"] or store.sender.org_id]
    if table.interest is not None and row["property_id"] is None:
        scopes = sorted(store.told(table.name, [deleted.id]).get(deleted.id, ()))
    # as long as a feed holds what came before that, a node may not have heard that the row is deleted
    if any(store.last_before(scope, deleted.noted_ms) for scope in scopes):
        return
    if store.remove(table, deleted.id, now_ms):
        for scope in scopes:
            store.append_own(scope, feed_rows([(at_ms(now_ms), False, [forget(table.name, deleted.id)])]))
            store.tell(scope, 0)
