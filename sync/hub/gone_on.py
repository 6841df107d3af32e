"""What its author went on from, of what was set aside.

Who edits a field says what it saw there. Where that is a value of a transaction that waits set aside, it is noted with
that: so, when it is let go late, an edit that its author replaced having seen it is told from one that gave way to another's
at the author's own disk, which is a loser like any other. An edit that went on from it and waits set aside itself counts
only once something that is here went on from that in its turn: else nothing of either is here.
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
            known = _noted(aside)
            if place not in known and _is_set_in(aside, place, hlc):
                store.note_gone_on(aside.id, msgspec.json.encode(sorted({*known, place})).decode())


def gone_on_from(store: HubStore, aside: Aside) -> frozenset[Place]:
    """What of it its author went on from, by edits that are here, or by what led to such."""
    found = set(_noted(aside))
    for change in changes_of(aside):
        for later in store.asides_naming(change.k):
            if later.id == aside.id:  # what was noted since it was read
                found |= _noted(later)
            if (later.incarnation, later.first) <= (aside.incarnation, aside.first):
                continue
            went_on = {
                place
                for one in changes_of(later)
                for place, hlc in own_of(store.sender.number, one)
                if place not in found and _is_set_in(aside, place, hlc)
            }
            if went_on:
                found |= went_on & gone_on_from(store, later)
    return frozenset(found)


def own_of(number: int, change: Change) -> Iterable[tuple[Place, int]]:
    """What a change's author saw that it had set itself."""
    stamps = (change.b or {}).items() if change.o == "u" else ()
    return (((change.t, change.k, name), stamp[0]) for name, stamp in stamps if stamp[1] == number)


def _noted(aside: Aside) -> frozenset[Place]:
    return frozenset(msgspec.json.decode(aside.gone_on, type=list[Place])) if aside.gone_on else frozenset()


def changes_of(aside: Aside) -> list[Change]:
    """What was set aside, as it came."""
    return msgspec.json.decode(aside.body, type=list[Change])


def _is_set_in(aside: Aside, place: Place, hlc: int) -> bool:
    table, row, name = place
    for change in changes_of(aside):
        if (change.t, change.k) == (table, row) and hlc in (change.h, aside.hlc):
            fields = msgspec.json.decode(change.f)
            if name in fields or (change.o == "i" and name.partition(IN_SET)[0] in fields):
                return True
    return False
