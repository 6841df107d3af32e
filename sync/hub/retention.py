"""How long the hub keeps what, in one rule, and the sweep that holds to it in many short transactions.

What a node may still need is kept for it while it is heard of; what it missed beyond that it gets as a copy of what
there is, not as history (see `feed.answer`).
"""

from dataclasses import dataclass

from sync.hub.store import HubStore

DAY_MS = 86_400_000
DROPPED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Retention:
    """The rule. feed_days: entries of a feed are kept so long at least. unseen_days: a node that was not heard of for
    longer holds nothing back any more."""

    feed_days: int = 14
    unseen_days: int = 30


def sweep(store: HubStore, rule: Retention, now_ms: int) -> bool:
    """Drops some of what the rule no longer keeps for the sender's group; False when nothing of it is left.

    For one transaction of the caller's, who calls again, so that nobody waits for a long one.
    """
    return any(
        store.drop_entries(scope, _upto(store, rule, scope, now_ms), DROPPED_AT_ONCE) for scope in store.scopes()
    )


def _upto(store: HubStore, rule: Retention, scope: str, now_ms: int) -> int:
    """The last position that may go: old enough, and known to every node that is still heard of."""
    old = store.last_before(scope, now_ms - rule.feed_days * DAY_MS)
    needed = store.lowest_cursor(scope, now_ms - rule.unseen_days * DAY_MS)
    return old if needed is None else min(old, needed)
