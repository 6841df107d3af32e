"""Under which stamps a node's edits went in where the hub changed them: lowered, lifted, or put after what they replace.

Its newest entries of the feed tell of it, and the node hears it there. Until it has, it goes by the stamps that it gave.
"""

import msgspec

from sync.clock import Stamp
from sync.hub.bodies import body_json
from sync.hub.store import HubStore
from sync.wire import EntryChange

HANDED_MAX = 1_000
Given = tuple[str, str, int]
"""Table, row, and the stamp that its author gave."""


def handed_back(store: HubStore, scope: str) -> dict[Given, tuple[int, dict[str, Stamp]]]:
    """The sender's edits that were changed: the stamp of each, and those of single fields that differ from it."""
    return {
        (change.t, change.k, change.w): (hlc, {name: (one[0], one[1]) for name, one in (change.v or {}).items()})
        for hlc, body in store.changed_entries(scope, HANDED_MAX)
        for change in msgspec.json.decode(body_json(body), type=list[EntryChange])
        if change.w is not None
    }
