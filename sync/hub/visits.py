"""Noticing that two machines run with one node's identity, also where one of them only listens.

Each greeting is answered with the number of a new visit (the moment in ms, or more), which the node keeps on its disk
before it names it in what it asks and sends. So a disk that names an older visit than one that was in use is not the disk
that was here last: it is a copy, or was put back.
"""

from sync.hub.store import HubStore, NodeState
from sync.wire import Hello

HEARD_MS = 60_000  # longer than a machine that runs is ever silent while it can be heard
NOTED_MS = 10_000


def is_over(node: NodeState, visit: int) -> bool:
    """Whether a later visit is in use than the one that a request names: its sender is to greet, and hears what of it."""
    return 0 < visit < node.visit


def is_elsewhere(node: NodeState, said: Hello, now_ms: int) -> bool:
    """Whether another machine is here with the identity of the one that greets.

    Nobody is, when the later visit has been silent: the disk was put back, and goes on, in its next life where it knows
    less than it was acknowledged. And who has changes to send goes before one that only ever listened in its visit, so
    that a till is not kept out by a copy of its disk that somebody looks into.
    """
    if not is_over(node, said.visit) or now_ms - node.heard_ms >= HEARD_MS:
        return False
    return said.last <= node.acked or node.wrote == node.visit


def note(store: HubStore, node: NodeState, visit: int, now_ms: int, *, writes: bool = False) -> None:
    """The visit is in use, and brings changes or not."""
    wrote = visit if writes else node.wrote
    if visit and (visit > node.visit or wrote != node.wrote or now_ms - node.heard_ms >= NOTED_MS):
        store.note_visit(visit, wrote, now_ms)
