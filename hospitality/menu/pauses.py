"""A station that drowns takes no more orders for a while: paused by hand with a reason, until it is lifted or its time is
over. Without a time it is over after PAUSE_MAX, so that no pause is forgotten into the next service.
"""

from datetime import timedelta
from typing import Any

from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Invalid, NotFound
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Work
from hospitality.menu.facts import StationPaused, StationResumed
from hospitality.menu.models import StationPause, StationPauseEnd
from hospitality.menu.reading import STANDING_PAUSES, stations_now
from hospitality.properties.service import acted

PAUSE = "kitchen.pause"
PAUSE_MAX = timedelta(hours=12)
REASON_LENGTH_MAX = 200


def pause_station(work: Work, station_id: str, *, reason: str, minutes: int | None = None) -> dict[str, Any]:
    """Takes no more orders for a station; another pause takes the place of the one that stands. Answers the station."""
    work.require(PAUSE)
    why = kept_text(reason, what="reason", length_max=REASON_LENGTH_MAX)
    if why is None:
        raise Invalid("REASON_MISSING", "Say why the station is paused.")
    if minutes is not None and not 0 < minutes <= PAUSE_MAX // timedelta(minutes=1):
        raise Invalid("PAUSE_INVALID", f"Pause for 1 to {PAUSE_MAX // timedelta(minutes=1)} minutes.", minutes=minutes)
    _station(work, station_id)
    _end(work, station_id)
    until = instant_text(work.now + (timedelta(minutes=minutes) if minutes else PAUSE_MAX))
    work.add(StationPause, {"station_id": station_id, "reason": why, "until": until, **acted(work)})
    work.journal(StationPaused(station_id, until), reason=why)
    return _station(work, station_id)


def resume_station(work: Work, station_id: str) -> dict[str, Any]:
    """Takes orders again; where it is not paused nothing changes. Answers the station."""
    work.require(PAUSE)
    _station(work, station_id)
    if _end(work, station_id):
        work.journal(StationResumed(station_id))
    return _station(work, station_id)


def _end(work: Work, station_id: str) -> bool:
    standing = [row for row in work.rows(STANDING_PAUSES, now=work.now_text) if row["station_id"] == station_id]
    by = acted(work)
    work.add_all(StationPauseEnd, [{"pause_id": row["id"], **by} for row in standing])
    return bool(standing)


def _station(work: Work, station_id: str) -> dict[str, Any]:
    found = next((one for one in stations_now(work, work.now) if one["id"] == station_id), None)
    if found is None:
        raise NotFound.of("station", station_id)
    return found
