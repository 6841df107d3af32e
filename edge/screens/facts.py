"""What can happen to a station's screens."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("screens.station_unheard")
@dataclass(frozen=True, slots=True)
class StationUnheard:
    """No screen of a station was heard since then: another station's screens show its tickets, or a printer prints them;
    neither when there is none."""

    station_id: str
    since: str
    to_station_id: str | None = None
    printer_id: str | None = None


@journal_kind("screens.station_heard")
@dataclass(frozen=True, slots=True)
class StationHeard:
    """A screen of the station is heard again, or none is expected any more."""

    station_id: str
