"""Greeting a node: which life of its database it is in, and whether another has taken its place."""

from sync.hub.feed import scopes_of
from sync.hub.store import HubStore, Said
from sync.wire import Hello, HelloAnswer


def hello(store: HubStore, said: Hello, now_ms: int) -> HelloAnswer:
    """Greets a node: tells a rolled back database to go on as a new incarnation, and an old one that it is over."""
    node = store.lock_node()
    scopes = scopes_of(store.sender)
    if said.incarnation < node.incarnation:
        return HelloAnswer("superseded", node.incarnation, node.acked, scopes, now_ms)
    if said.incarnation > node.incarnation:
        # its numbers begin anew after what it had acknowledged; what it sends again is the same by id and stamp. Of a
        # transaction that was under way in parts it still knows those that it knows to be acknowledged
        store.begin_life(said.incarnation, said.acked, said.version[:40])
        return HelloAnswer("new_incarnation", said.incarnation, said.acked, scopes, now_ms)
    if said.last < node.acked:
        # only told: a greeting from long ago, on the way till now, must not end the life that sent it
        return HelloAnswer("new_incarnation", node.incarnation + 1, said.acked, scopes, now_ms)
    store.note_hello(Said(said.version[:40], said.now_ms - now_ms))
    return HelloAnswer("ok", said.incarnation, node.acked, scopes, now_ms, stamp=node.stamp)
