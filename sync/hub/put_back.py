"""Noticing that head office itself was put back to an older copy.

Whatever a node is told of how far things are, it is told under the hub's seal, and shows again when it comes. A seal
that speaks of more than the hub knows proves that the hub once knew it. Then the epoch of all the group's scopes is
raised, once, and each node is heard out (see `giving`) before the hub goes by what it says again.
"""

from collections.abc import Mapping

from sync.hub.store import HubStore, NodeState, ScopeState
from sync.wire import AHEAD

EPOCH_MS = 60_000  # epochs are named by the minute, so that two copies of one history never begin the same


def life_seal(store: HubStore, incarnation: int, acked: int) -> str:
    """Says that this life of the sender's database was acknowledged up to here."""
    return f"{incarnation}.{acked}.{store.seal(f'{store.sender.node_id}/{incarnation}/{acked}')}"


def place_seal(store: HubStore, scope: str, epoch: int, position: int) -> str:
    """Says which entry a scope's feed has at a position (none before the first); empty where it has none any more."""
    stamp = store.stamp_at(scope, position) if position else 0
    return "" if stamp is None else _place_seal(store, scope, epoch, position, stamp)


def _place_seal(store: HubStore, scope: str, epoch: int, position: int, stamp: int) -> str:
    return f"{stamp}.{store.seal(f'{scope}/{epoch}/{position}/{stamp}')}"


def is_recovering(store: HubStore, node: NodeState) -> bool:
    """Whether the hub was put back and has not heard this node out since."""
    return node.settled < epoch_of(store)


def place_of(store: HubStore, scope: str) -> tuple[int, int]:
    """Where a scope's feed ends, and its epoch."""
    state = store.scope(scope)
    return (state.head, state.epoch) if state else (0, 1)


def is_over(store: HubStore, epoch: int) -> bool:
    """Whether the hub is not in this epoch (0: none), since it was put back once more to an older copy: what was asked or
    given in it is to begin anew."""
    return bool(epoch) and epoch != epoch_of(store)


def epoch_of(store: HubStore) -> int:
    """The group's epoch."""
    state = store.scope(store.sender.org_id)
    return state.epoch if state else 1


def notice(
    store: HubStore,
    node: NodeState,
    cursors: Mapping[str, tuple[int, int]],
    seals: Mapping[str, str],
    life: str,
    now_ms: int,
) -> bool:
    """Begins a new epoch when the node proves that the hub forgot something; whether it did."""
    if is_recovering(store, node):
        return False
    forgot = _forgot_life(store, node, life) or any(
        _forgot_place(store, scope, *cursors[name], seals.get(name, ""))
        for scope in store.sender.scopes
        for name in (scope, AHEAD + scope)
        if name in cursors
    )
    if forgot:
        latest = max((epoch for _, epoch in cursors.values()), default=0)
        store.begin_epoch(store.sender.scopes, max(now_ms // EPOCH_MS, latest + 1))
    return forgot


def say_put_back(store: HubStore, now_ms: int) -> None:
    """Begins a new epoch of the sender's group by a person's word, before any node comes: nobody is granted anything that
    another may hold of what was forgotten, and nodes are believed although none can prove it."""
    store.begin_epoch(store.sender.scopes, now_ms // EPOCH_MS)


def _forgot_life(store: HubStore, node: NodeState, seal: str) -> bool:
    incarnation, _, rest = seal.partition(".")
    acked, _, _ = rest.partition(".")
    if not (incarnation.isdigit() and acked.isdigit()) or seal != life_seal(store, int(incarnation), int(acked)):
        return False
    return (int(incarnation), int(acked)) > (node.incarnation, node.acked)


def _forgot_place(store: HubStore, scope: str, position: int, epoch: int, seal: str) -> bool:
    stamp, _, _ = seal.partition(".")
    if not stamp.isdigit() or seal != _place_seal(store, scope, epoch, position, int(stamp)):
        return False
    state = store.scope(scope) or ScopeState(0, 1, 1)
    if epoch != state.epoch:
        return epoch > state.epoch
    there = store.stamp_at(scope, position) if position else 0
    return position > state.head or (there is not None and there != int(stamp))
