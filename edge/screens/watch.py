"""Which stations receive their tickets: pure, fed with what screens say and with seconds of a clock that nobody sets.

A screen says every few seconds what it shows, and goodbye when somebody closes it; one that falls silent is cut off.
A station receives nothing while it has screens and none of them is heard (R6).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

SILENT_SECONDS = 4.4  # told within five
ELSEWHERE_SECONDS = 8.0  # its tickets are elsewhere within ten
FORGOTTEN_SECONDS = 36 * 3600.0  # a screen that was silent for so long was taken away
SCREENS_MAX = 200
EVERY_STATION = "all"
Screen = tuple[str, str]
"""A terminal, and what it shows: a station's id, `EVERY_STATION`, or something else that is no station's."""


@dataclass(frozen=True, slots=True)
class Backup:
    """Who stands in for a station: another one's screens, else a printer."""

    station_id: str | None = None
    printer_id: str | None = None


NOBODY = Backup()


class Watch:
    """The screens that there should be, each with the second at which it was heard last."""

    def __init__(self) -> None:
        self._heard: dict[Screen, float] = {}

    @property
    def screens(self) -> frozenset[Screen]:
        """All that are expected to be heard."""
        return frozenset(self._heard)

    def told(self, terminal_id: str, shows: str, at: float) -> bool:
        """A terminal says what it shows; whether it was not heard before. What it showed before it fell silent it shows
        no more."""
        silent = [screen for screen, heard in self._heard.items() if at - heard > SILENT_SECONDS]
        back = [screen for screen in silent if screen[0] == terminal_id]
        for screen in back:
            del self._heard[screen]
        is_new = (terminal_id, shows) not in self._heard
        if not is_new or len(self._heard) < SCREENS_MAX:
            self._heard[terminal_id, shows] = at
        return is_new

    def left(self, terminal_id: str, shows: str) -> None:
        """Somebody closed it, or had it show something else."""
        self._heard.pop((terminal_id, shows), None)

    def forget(self, at: float, *, terminals: Collection[str] = ()) -> None:
        """Expects nothing more of these terminals, nor of screens that were silent for long."""
        for screen, heard in list(self._heard.items()):
            if screen[0] in terminals or at - heard > FORGOTTEN_SECONDS:
                del self._heard[screen]

    def silent(self, station_ids: Iterable[str], at: float) -> dict[str, float]:
        """For how many seconds each station's screens were silent; stations that have none are left out.

        A screen of all stations is one of each that has none of its own.
        """
        last: dict[str, float] = {}
        for (_, shows), heard in self._heard.items():
            last[shows] = max(heard, last.get(shows, heard))
        every = last.get(EVERY_STATION)
        found = {id: last.get(id, every) for id in station_ids}
        return {id: at - heard for id, heard in found.items() if heard is not None}

    def is_quiet(self, at: float) -> bool:
        """Whether some screen is not heard."""
        return any(at - heard > SILENT_SECONDS for heard in self._heard.values())

    def rest(self, at: float) -> float | None:
        """In how many seconds the next screen may be cut off or its tickets have to go elsewhere."""
        limits = (SILENT_SECONDS, ELSEWHERE_SECONDS, FORGOTTEN_SECONDS)
        due = [heard + limit - at for heard in self._heard.values() for limit in limits if heard + limit >= at]
        return min(due, default=None)


def stand_in(station_id: str, backups: Mapping[str, Backup], silent: Mapping[str, float]) -> Backup:
    """Who takes a silent station's tickets: the first station along its backups that is heard, else its printer."""
    seen, at = {station_id}, backups.get(station_id, NOBODY).station_id
    while at is not None and at not in seen:
        if silent.get(at, ELSEWHERE_SECONDS) < SILENT_SECONDS:
            return Backup(station_id=at)
        seen.add(at)
        at = backups.get(at, NOBODY).station_id
    return Backup(printer_id=backups.get(station_id, NOBODY).printer_id)
