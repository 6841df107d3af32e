"""Which tables, or tables put together, are for a party. Values in, a decision out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hospitality.parties.rules import Booking

NEAR_UNITS = 112  # of the plan: a gap that two tables are pushed together over
TOGETHER_MAX = 4
CANDIDATES_MAX = 2_000
SUGGESTIONS_MAX = 8


@dataclass(frozen=True, slots=True)
class Spot:
    """A table as it stands (with what was put to it): its place on the plan, seats, and from when it can be had.

    busy: it is taken or dirty now. alone: nothing was put to it, so that others can be.
    """

    id: str
    label: str
    area_id: str
    seats: int
    x: int
    y: int
    w: int
    h: int
    free_at: datetime
    busy: bool = False
    alone: bool = True

    def gap(self, other: "Spot") -> int:
        """How far apart two tables stand on the plan; edges of those that are turned count as they were drawn."""
        across = max(self.x - other.x - other.w, other.x - self.x - self.w, 0)
        down = max(self.y - other.y - other.h, other.y - self.y - self.h, 0)
        return max(across, down)


@dataclass(frozen=True, slots=True)
class Fit:
    """Tables that seat a party from `at` on; `until` is when somebody else has reserved one of them."""

    spots: tuple[Spot, ...]
    at: datetime
    until: datetime | None = None

    @property
    def table_ids(self) -> tuple[str, ...]:
        """The tables, the one that the others are put to first."""
        return tuple(spot.id for spot in self.spots)

    @property
    def seats(self) -> int:
        """How many can sit there."""
        return sum(spot.seats for spot in self.spots)


def candidates(spots: Sequence[Spot], covers: int) -> Iterator[tuple[Spot, ...]]:
    """Single tables that are large enough, then neighbours of one area put together, none of them for nothing."""
    yield from ((spot,) for spot in spots if spot.seats >= covers)
    small = [spot for spot in spots if spot.alone and spot.seats < covers]
    near: dict[str, list[Spot]] = {
        spot.id: [
            other
            for other in small
            if other.id != spot.id and other.area_id == spot.area_id and spot.gap(other) <= NEAR_UNITS
        ]
        for spot in small
    }
    seen: set[frozenset[str]] = set()
    edge: list[tuple[Spot, ...]] = [(spot,) for spot in small]
    for _ in range(TOGETHER_MAX - 1):
        grown: list[tuple[Spot, ...]] = []
        for group in edge:
            for other in (other for spot in group for other in near[spot.id] if other not in group):
                bigger = (*group, other)
                key = frozenset(spot.id for spot in bigger)
                if key in seen or len(seen) >= CANDIDATES_MAX:
                    continue
                seen.add(key)
                seats = sum(spot.seats for spot in bigger)
                if seats < covers:
                    grown.append(bigger)
                elif all(seats - spot.seats < covers for spot in bigger):
                    yield tuple(sorted(bigger, key=lambda spot: -spot.seats))
        edge = grown


def opening(free_at: datetime, stay: timedelta, kept: Sequence[Booking], ids: frozenset[str]) -> datetime:
    """The first moment from `free_at` on at which tables stay free for so long between what is kept for others."""
    at = free_at
    for one in sorted((one for one in kept if one.table_ids & ids), key=lambda one: one.begins):
        if at < one.ends and one.begins < at + stay:
            at = one.ends
    return at


def fits(
    spots: Sequence[Spot], covers: int, *, stay: timedelta, kept: Sequence[Booking], area_id: str | None
) -> list[Fit]:
    """Every way to seat a party, the soonest first; among equals in the area that it wishes, with few tables put together
    and few seats left over."""
    found: list[Fit] = []
    for group in candidates(spots, covers):
        ids = frozenset(spot.id for spot in group)
        at = opening(max(spot.free_at for spot in group), stay, kept, ids)
        later = [one.begins for one in kept if one.table_ids & ids and one.begins >= at]
        found.append(Fit(group, at, min(later, default=None)))
    return sorted(found, key=lambda fit: (fit.at, *_preference(fit, covers, area_id)))


def _preference(fit: Fit, covers: int, area_id: str | None) -> tuple[bool, int, int, str]:
    elsewhere = area_id is not None and fit.spots[0].area_id != area_id
    return (elsewhere, len(fit.spots), fit.seats - covers, fit.spots[0].label)


def suggestions(found: Sequence[Fit], covers: int, *, at: datetime, area_id: str | None) -> list[Fit]:
    """Those that can be had at `at`, the best of them."""
    ready = [fit for fit in found if fit.at <= at]
    return sorted(ready, key=lambda fit: _preference(fit, covers, area_id))[:SUGGESTIONS_MAX]
