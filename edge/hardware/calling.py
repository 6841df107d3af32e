"""Who is called: the guest whose table is ready, by the pager that they hold; who carries plates, when a station bumps.

A pager or a buzzer hears of the station that it is set up for, and one of no station of all: it stands at the pass.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devices.heard import Buzz, Page, Wish
from hospitality.ground.statements import Reading
from hospitality.kitchen.tickets import ticket_views

BUMPED, MOVED_ON = "kitchen.ticket_bumped", "parties.party_moved_on"
KINDS = frozenset({BUMPED, MOVED_ON})
PAGER, BUZZER = "pager", "buzzer"


@dataclass(frozen=True, slots=True)
class Guest:
    """Their table is ready; they hold this pager."""

    pager: str
    name: str


@dataclass(frozen=True, slots=True)
class Ready:
    """Something stands at a station, to be carried."""

    station_id: str
    station: str
    number: str
    place: str


Call = Guest | Ready


def calls(reading: Reading, entries: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Call]:
    """Who is to be called for these entries of the journal, by kind and data."""
    bumped = [data["ticket_id"] for kind, data in entries if kind == BUMPED]
    tickets = {one["id"]: one for one in ticket_views(reading, bumped)}
    found: list[Call] = []
    for kind, data in entries:
        if kind == MOVED_ON and data["step"] == "told":
            sql = "SELECT pager, name FROM parties WHERE org_id = :org_id AND id = :id"
            found += [
                Guest(row["pager"], row["name"]) for row in reading.rows(sql, id=data["party_id"]) if row["pager"]
            ]
        if kind == BUMPED and (ticket := tickets.get(data["ticket_id"])) is not None:
            found.append(
                Ready(ticket["station_id"], ticket["station_name"], ticket["order_number"], ticket["table"] or "")
            )
    return found


def wish_of(
    call: Call, kind: str, station_id: str | None, settings: Mapping[str, Any], say: Callable[[str], str]
) -> Wish | None:
    """What a device of a kind and a station is asked to do for it; None where it is nothing to it."""
    if isinstance(call, Guest):
        return Page(call.pager, say("{name}, your table is ready.").format(name=call.name)) if kind == PAGER else None
    if station_id not in (None, call.station_id):
        return None
    if kind == BUZZER:
        return Buzz(settings.get("times", 1))
    runner = settings.get("runner", 0)
    return (
        Page(str(runner), f"{call.station}: {call.number} {call.place}".strip()) if kind == PAGER and runner else None
    )
