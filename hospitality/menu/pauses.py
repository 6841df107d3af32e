"""A station that drowns takes no more orders for a while: paused by hand with a reason, until it is lifted or its time is
over. Without a time it is over after PAUSE_MAX, so that no pause is forgotten into the next service.
"""

from datetime import datetime, timedelta
from typing import Any

from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Invalid, NotFound
from hospitality.ground.ids import derived_id
from hospitality.ground.statements import Reading
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Work
from hospitality.menu.facts import StationPaused, StationResumed
from hospitality.menu.models import StationPause, StationPauseEnd
from hospitality.menu.reading import stations_list
from hospitality.properties.service import acted

PAUSE = "kitchen.pause"
PAUSE_MAX = timedelta(hours=12)
REASON_LENGTH_MAX = 200
_STANDING = """
    SELECT p.id, p.station_id, p.reason, p.at, p.until, s.name AS station_name
    FROM station_pauses p JOIN stations s ON s.org_id = p.org_id AND s.id = p.station_id
    WHERE p.org_id = :org_id AND p.property_id = :property_id AND p.until > :now
      AND NOT EXISTS (SELECT 1 FROM station_pause_ends e WHERE e.org_id = p.org_id AND e.pause_id = p.id)
    ORDER BY p.at, p.id
"""


def pauses_at(reading: Reading, now: datetime) -> dict[str, dict[str, Any]]:
    """Station id → the pause that it has at that moment: {id, station_name, reason, at, until}."""
    return {row["station_id"]: dict(row) for row in reading.rows(_STANDING, now=instant_text(now))}


def stations_now(reading: Reading, now: datetime) -> list[dict[str, Any]]:
    """The stations in the order of work, each with `pause`: {reason, since, until}, or None."""
    pauses = pauses_at(reading, now)
    return [{**station, "pause": _shown(pauses.get(station["id"]))} for station in stations_list(reading)]


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
    standing = [row for row in work.rows(_STANDING, now=work.now_text) if row["station_id"] == station_id]
    by = acted(work)
    work.add_all(
        StationPauseEnd, [{"id": derived_id(row["id"], "end"), "pause_id": row["id"], **by} for row in standing]
    )
    return bool(standing)


def _station(work: Work, station_id: str) -> dict[str, Any]:
    found = next((one for one in stations_now(work, work.now) if one["id"] == station_id), None)
    if found is None:
        raise NotFound.of("station", station_id)
    return found


def _shown(pause: dict[str, Any] | None) -> dict[str, Any] | None:
    return pause and {"reason": pause["reason"], "since": pause["at"], "until": pause["until"]}
