"""Greeting a node: which life of its database it is in, whether another has taken its place, and whether it knows more
than the hub, which then was put back to an older copy."""

from msgspec.structs import replace

from sync.clock import DRIFT_MS_MAX, at_ms
from sync.hub.feed import scopes_of
from sync.hub.put_back import is_recovering, life_seal, notice, place_of, place_seal
from sync.hub.store import HubStore, Revoked, Said
from sync.hub.visits import is_elsewhere
from sync.wire import PROTOCOL, PROTOCOL_MIN, Hello, HelloAnswer, PullAnswer, agreed

UNKNOWN_TO_THE_FIRST = {
    "bootstrap": "What this node missed is not kept any more, and its release can't take a copy of what there is. Update it.",
    "greet": "Head office was put back to an older copy, which this node's release can't heal. Update it.",
}


class NoSharedProtocol(Exception):
    """The two ends have no protocol in common; the sentence says which one to update."""


def hello(store: HubStore, said: Hello, now_ms: int) -> HelloAnswer:
    """Greets a node: tells a rolled back database to go on as a new incarnation, and an old one that it is over."""
    protocol = spoken(said.protocol, max(said.protocol, said.protocol_max))
    answer = _life(store, said, now_ms, is_only_told=protocol >= 2)
    if said.told is not None and answer.status == "ok":
        waiting = max(0, said.last - answer.acked)  # of what it thinks to wait, the hub may have some
        told = replace(said.told, waiting=waiting, oldest_ms=said.told.oldest_ms if waiting else None)
        store.note_told(told, told.now_ms - now_ms, protocol)
    answer.protocol = protocol
    return answer


def spoken(low: int, high: int) -> int:
    """What to speak with a node that speaks from `low` to `high`; raises NoSharedProtocol."""
    protocol = agreed(low, high)
    if protocol is None:
        older = "Update head office." if low > PROTOCOL else "Update the node."
        raise NoSharedProtocol(
            f"Head office speaks protocol {PROTOCOL_MIN} to {PROTOCOL}, this node {low} to {high}. {older}"
        )
    return protocol


def understood(answer: PullAnswer, protocol: int) -> PullAnswer:
    """The answer, if whoever speaks this protocol knows such; else raises NoSharedProtocol, which the first release says in
    its status, and goes on sending."""
    if protocol < 2 and answer.status in UNKNOWN_TO_THE_FIRST:
        raise NoSharedProtocol(UNKNOWN_TO_THE_FIRST[answer.status])
    return answer


def _life(store: HubStore, said: Hello, now_ms: int, *, is_only_told: bool) -> HelloAnswer:
    node = store.lock_node()
    if not node.active:
        raise Revoked
    scopes = scopes_of(store.sender)
    if said.incarnation < node.incarnation:
        return HelloAnswer("superseded", node.incarnation, node.acked, scopes, now_ms)
    if said.incarnation == node.incarnation and is_elsewhere(node, said, now_ms):
        return HelloAnswer("superseded", node.incarnation, node.acked, scopes, now_ms)
    rolled_back = said.incarnation == node.incarnation and said.last < node.acked
    incarnation = node.incarnation + 1 if rolled_back else said.incarnation
    if rolled_back and is_only_told:
        # a greeting from long ago, on the way till now, must not end the life that sent it
        return HelloAnswer("new_incarnation", incarnation, said.acked, scopes, now_ms)
    notice(store, node, said.cursors, said.seals, said.life, now_ms)
    answer = HelloAnswer("ok", incarnation, node.acked, scopes, now_ms)
    answer.places = {scope: place_of(store, scope) for scope in scopes}
    answer.seals = {scope: place_seal(store, scope, epoch, at) for scope, (at, epoch) in answer.places.items()}
    answer.recovering = is_recovering(store, node)
    if answer.recovering:
        _note_how_far(store, said, answer.places)
    if incarnation > node.incarnation:
        # its numbers begin anew after what it had acknowledged; what it sends again is the same by id and stamp. Of a
        # transaction that was under way in parts it still knows those that it knows to be acknowledged
        store.begin_life(incarnation, said.acked, _born(node.ceiling, now_ms), said.version[:40])
        answer.status, answer.acked = "new_incarnation", said.acked
    elif answer.recovering and said.acked > node.acked:
        store.resume(said.acked)
        answer.acked = said.acked
    else:
        answer.stamp, answer.mark = node.stamp, node.mark
    # later than any that was given, also by a hub that was put back since
    answer.visit = max(node.visits + 1, said.visit + 1, now_ms)
    store.note_hello(Said(said.version[:40], said.now_ms - now_ms), answer.visit)
    answer.life = life_seal(store, answer.incarnation, answer.acked)
    return answer


def _note_how_far(store: HubStore, said: Hello, places: dict[str, tuple[int, int]]) -> None:
    """Of a node that comes after the hub was put back: what it had heard of that the hub still knows."""
    for scope, (_, epoch) in places.items():
        position, of_epoch = said.cursors.get(scope, (0, epoch))
        stamp = said.seals.get(scope, "").partition(".")[0]
        if of_epoch != epoch and stamp.isdigit() and store.stamp_at(scope, position) == int(stamp):
            store.note_cursors({scope: position})


def _born(ceiling: int, now_ms: int) -> int:
    """Later than any stamp that the hub let an edit of the node's have so far."""
    return max(ceiling, at_ms(now_ms + DRIFT_MS_MAX)) + 1
