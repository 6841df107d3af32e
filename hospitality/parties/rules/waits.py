"""How long a party will wait: those before it are given tables as they come free, one after the other.

Turn times by party size, measured at the place, are what Kimes, Barrash and Alexander base a restaurant's capacity on
("Developing a restaurant revenue-management strategy", Cornell Hotel and Restaurant Administration Quarterly 40/5, 1999).
Giving whoever is next the table that is free first is list scheduling (Graham, "Bounds on multiprocessing timing
anomalies", SIAM Journal on Applied Mathematics 17/2, 1969). A quote is rounded up to STEP_MINUTES: guests forgive a wait
that was shorter than they were told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hospitality.parties.rules import Booking
from hospitality.parties.rules.fitting import Fit, Spot, fits

STEP_MINUTES = 5
CLEANING = timedelta(minutes=5)
AFTER_BILL = timedelta(minutes=10)
AT_LEAST = timedelta(minutes=5)  # who has stayed too long goes any moment, and not now
QUEUE_MAX = 200
BANDS = 4
MEASURED_MIN = 20
PLACED_LATE_MAX = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who is before: how many, how long they stay, where they wish to sit."""

    party_id: str
    covers: int
    stay: timedelta
    area_id: str | None = None
    table_ids: frozenset[str] = frozenset()


def band(covers: int) -> int:
    """Parties that stay alike: of one or two, three or four, five or six, and larger ones."""
    return min((covers + 1) // 2, BANDS)


def turns(stays: Iterable[tuple[int, float]], *, usual: int) -> dict[int, int]:
    """Band → minutes of a turn, of (covers, minutes) of those who have gone: the median where there were enough of them, else
    what is usual."""
    by_band: dict[int, list[float]] = {}
    for covers, minutes in stays:
        by_band.setdefault(band(covers), []).append(minutes)
    measured = {one: sorted(found) for one, found in by_band.items() if len(found) >= MEASURED_MIN}
    return {
        one: round(measured[one][len(measured[one]) // 2]) if one in measured else usual for one in range(1, BANDS + 1)
    }


def free_at(state: str, since: datetime | None, stay: timedelta, *, now: datetime) -> datetime:
    """When a table in this state can be had, clean. since: as the floor has it; stay: what is usual for who sits there."""
    if state == "free" or since is None:
        return now
    if state == "dirty":
        return max(now, since + CLEANING)
    if state == "paid":
        return now + CLEANING
    if state == "bill_asked":
        return max(now, since + AFTER_BILL) + CLEANING
    return max(now + AT_LEAST, since + stay) + CLEANING


def after_the_queue(spots: Sequence[Spot], ahead: Sequence[Waiting], kept: Sequence[Booking]) -> list[Spot]:
    """The tables once those who are before have got theirs: when each is free again."""
    left = {spot.id: spot for spot in spots}
    for one in ahead[:QUEUE_MAX]:
        others = [booking for booking in kept if booking.party_id != one.party_id]
        found = fits(list(left.values()), one.covers, stay=one.stay, kept=others, area_id=one.area_id)
        if found:
            taken = found[0]
            for spot in taken.spots:
                left[spot.id] = replace(spot, free_at=taken.at + one.stay + CLEANING)
    return list(left.values())


def placed(spots: Sequence[Spot], hour: datetime, one: Waiting, kept: Sequence[Booking]) -> Booking | None:
    """Where a party that has reserved without a table will sit: the best that is free at its hour, else nowhere yet."""
    then = [replace(spot, free_at=max(spot.free_at, hour)) for spot in spots]
    found = fits(then, one.covers, stay=one.stay, kept=kept, area_id=one.area_id)
    if not found or found[0].at > hour + PLACED_LATE_MAX:
        return None
    return Booking(one.party_id, frozenset(found[0].table_ids), found[0].at, found[0].at + one.stay)


def quoted_minutes(fit: Fit | None, *, now: datetime) -> int | None:
    """The wait until a way to seat them opens, rounded up; None where none ever does."""
    if fit is None:
        return None
    seconds = max(0, (fit.at - now).total_seconds())
    return -int(-seconds // 60 // STEP_MINUTES) * STEP_MINUTES if seconds else 0
