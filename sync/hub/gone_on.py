"""What its author went on from, of what was set aside.

Who edits a field says what it saw there. Where that is a value of a transaction that waits set aside, it is noted with
that: so, when it is let go late, an edit that its author replaced having seen it is told from one that gave way to another's
at the author's own disk, which is a loser like any other.
"""

from collections.abc import Iterable

import msgspec

from sync.hub.store import Aside, HubStore
from sync.schema import IN_SET
from sync.wire import Change

Place = tuple[str, str, str]
"""Table, row, and field or element of a set."""


def note(store: HubStore, seen: Iterable[tuple[Place, int]]) -> None:
    """Notes that the sender edited these places having seen what it set there itself under these stamps."""
    for place, hlc in seen:
        for aside in store.asides_naming(place[1]):
            known = places_of(aside)
            if place not in known and _is_set_in(aside, place, hlc):
                store.note_gone_on(aside.id, msgspec.json.encode(sorted({*known, place})).decode())


def places_of(aside: Aside) -> frozenset[Place]:
    """What is noted of it."""
    return frozenset(msgspec.json.decode(aside.gone_on, type=list[Place])) if aside.gone_on else frozenset()


def own_of(number: int, change: Change) -> Iterable[tuple[Place, int]]:
    """What a change's author saw that it had set itself."""
    stamps = (change.b or {}).items() if change.o == "u" else ()
    return (((change.t, change.k, name), stamp[0]) for name, stamp in stamps if stamp[1] == number)


def _is_set_in(aside: Aside, place: Place, hlc: int) -> bool:
    table, row, name = place
    for change in msgspec.json.decode(aside.body, type=list[Change]):
        if (change.t, change.k) == (table, row) and hlc in (change.h, aside.hlc):
            fields = msgspec.json.decode(change.f)
            if name in fields or (change.o == "i" and name.partition(IN_SET)[0] in fields):
                return True
    return False
