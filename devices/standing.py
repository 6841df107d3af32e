"""How a device is, as people are told: what comes and goes ten times a minute is told once.

Pure values: each function answers the next standing. The first loss is told at once (R8). A device that was lost or came
back more than CHANGES_MAX times within CHANGES_WITHIN is `unsteady` until it has stayed as it is for STEADY_AFTER.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

CHANGES_MAX = 4
CHANGES_WITHIN = timedelta(minutes=2)
STEADY_AFTER = timedelta(minutes=1)


class State(StrEnum):
    """One word for screens."""

    CHECKING = "checking"
    LIVE = "live"
    GARBLED = "garbled"
    LOST = "lost"
    UNSTEADY = "unsteady"
    LEFT_OPEN = "left_open"


# it answers as it should, whatever else is to be said of it
THERE = frozenset({State.LIVE, State.LEFT_OPEN})


@dataclass(frozen=True, slots=True)
class Standing:
    """A device as last heard of.

    state, since, detail: what is told. now_state, now_since: how it is in truth, which an unsteady device changes without
    telling. changes: when it was lost or came back of late. lost_count: how often since the start.
    """

    since: datetime
    state: State = State.CHECKING
    detail: str = ""
    now_state: State = State.CHECKING
    now_since: datetime | None = None
    now_detail: str = ""
    heard_at: datetime | None = None
    changes: tuple[datetime, ...] = ()
    lost_count: int = 0

    @property
    def told(self) -> tuple[State, str]:
        """What a report holds: another one is another report."""
        return self.state, self.detail


def heard(standing: Standing, now: datetime) -> Standing:
    """It said something that makes sense."""
    return replace(_is(standing, State.LIVE, "", now), heard_at=now)


def left_open(standing: Standing, detail: str, now: datetime) -> Standing:
    """It is well, and somebody left it open."""
    return replace(_is(standing, State.LEFT_OPEN, detail, now), heard_at=now)


def garbled(standing: Standing, detail: str, now: datetime) -> Standing:
    """It is there and can't be understood."""
    return _is(standing, State.GARBLED, detail, now)


def lost(standing: Standing, detail: str, now: datetime) -> Standing:
    """It is not there, or does not answer."""
    return _is(standing, State.LOST, detail, now)


def settled(standing: Standing, now: datetime) -> Standing:
    """Time has passed: what was unsteady and has stayed as it is for long is told as that."""
    since = standing.now_since
    if standing.state is not State.UNSTEADY or since is None or now - since < STEADY_AFTER:
        return standing
    return replace(standing, state=standing.now_state, detail=standing.now_detail, since=since, changes=())


def _is(standing: Standing, state: State, detail: str, now: datetime) -> Standing:
    if state is standing.now_state:
        return settled(standing, now)
    standing = settled(standing, now)  # until now it stayed as it was
    was_there = standing.now_state in THERE | {State.GARBLED}
    crosses = standing.now_state is not State.CHECKING and was_there is (state is State.LOST)
    recent = tuple(at for at in standing.changes if now - at < CHANGES_WITHIN)
    changes = (*recent, now)[-CHANGES_MAX - 1 :] if crosses else recent
    count = standing.lost_count + (state is State.LOST)
    found = replace(standing, now_state=state, now_since=now, now_detail=detail, changes=changes, lost_count=count)
    if len(changes) > CHANGES_MAX or standing.state is State.UNSTEADY:
        words = "It comes and goes: look at its plug and cable."
        since = standing.since if standing.state is State.UNSTEADY else now
        return replace(found, state=State.UNSTEADY, detail=words, since=since)
    return replace(found, state=state, detail=detail, since=now)
