"""Watches the kitchen screens: tells which stations are not heard, and has another screen or printer stand in.

What staff are told does not wait for the disk: first it is said, then it is kept. A node that starts again expects the
screens that it knew, and gives them a moment to come back.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog

from edge.errand import Errand
from edge.host import EdgeHost
from edge.screens.keeping import Standing, Station, keep_screens, keep_standing, kept_screens, standing, stations_of
from edge.screens.watch import ELSEWHERE_SECONDS, SILENT_SECONDS, Backup, Screen, Watch, stand_in
from hospitality.ground.clock import instant, instant_text
from hospitality.ground.statements import Reading
from hospitality.ground.work import Work

DATABASE_SECONDS = 30.0
COMING_BACK_SECONDS = 10.0  # so long may a screen take to find a node that started again
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Unheard:
    """A station whose screens are not heard; `to` is None until its tickets go elsewhere, which may be to nobody."""

    station_id: str
    name: str
    since: str
    to: Backup | None = None
    to_name: str | None = None

    def shown(self) -> dict[str, Any]:
        """As screens are told."""
        return {
            "station_id": self.station_id,
            "name": self.name,
            "since": self.since,
            "elsewhere": self.to is not None,
            "to_station_id": self.to and self.to.station_id,
            "to_station": self.to_name if self.to and self.to.station_id else None,
            "to_printer": self.to_name if self.to and self.to.printer_id else None,
        }


class Screens:
    """Every method may be called from any thread. `on_change` is called, from its own, when another station is unheard or
    another stands in; `steady` gives seconds that nobody sets."""

    def __init__(
        self, host: EdgeHost, *, on_change: Callable[[], None] = lambda: None, steady: Callable[[], float] = monotonic
    ) -> None:
        self._host, self._on_change, self._steady = host, on_change, steady
        self._lock = threading.Lock()
        self._watch = Watch()
        self._kept: frozenset[Screen] = frozenset()
        self._standing: dict[str, Standing] = {}
        self._unheard: tuple[Unheard, ...] = ()
        self._revoked: set[str] = set()  # whose connection may outlive them
        self._errand = Errand("screens", self.turn)

    def start(self) -> None:
        """Begins, on a host that has started."""
        self.begin()
        self._errand.start()

    def begin(self) -> None:
        """Expects the screens that there were."""
        self._kept, self._standing = self._ask(lambda reading: (kept_screens(reading), standing(reading)))
        now, at = self._host.now(), self._steady()
        for terminal_id, shows in self._kept:
            was = self._standing.get(shows)
            heard = COMING_BACK_SECONDS if was is None else (instant(was.since) - now).total_seconds()
            self._watch.told(terminal_id, shows, at + heard)

    def stop(self) -> None:
        """To be called before the host stops."""
        self._errand.stop()

    def told(self, terminal_id: str, shows: str) -> None:
        """A terminal's screen says what it shows."""
        with self._lock:
            is_news = terminal_id not in self._revoked and self._watch.told(terminal_id, shows, self._steady())
        if is_news:
            self._errand.nudge()

    def left(self, terminal_id: str, shows: str) -> None:
        """Somebody closed that screen, or had it show something else."""
        with self._lock:
            self._watch.left(terminal_id, shows)
        self._errand.nudge()

    def unheard(self) -> list[dict[str, Any]]:
        """[{station_id, name, since, elsewhere, to_station_id, to_station, to_printer}] by name: stations of which no
        screen is heard; `elsewhere` once others are to show or print their tickets, if there are any."""
        with self._lock:
            return [one.shown() for one in self._unheard]

    def receiving(self) -> dict[str, bool]:
        """Whether each station that has screens is heard, by the station's name."""
        stations = self._ask(stations_of)
        with self._lock:
            silent = self._watch.silent(stations, self._steady())
        return {stations[id].name: seconds <= SILENT_SECONDS for id, seconds in silent.items()}

    def turn(self) -> float | None:
        """Looks who is heard, tells and keeps what is different; answers in how many seconds to look again."""
        at = self._steady()
        with self._lock:
            self._watch.forget(at)
            is_calm = not (self._watch.is_quiet(at) or self._unheard) and self._watch.screens == self._kept
            if is_calm:
                return self._watch.rest(at)
        stations, known = self._ask(lambda reading: (stations_of(reading), kept_screens(reading)))
        with self._lock:
            self._revoked |= {terminal for terminal, _ in self._kept - known}
            self._watch.forget(at, terminals=self._revoked)
            screens, silent = self._watch.screens, self._watch.silent(stations, at)
        found = tuple(self._found(stations, silent))
        with self._lock:
            is_other = found != self._unheard
            self._unheard = found
        if is_other:
            log.warning("stations_unheard", stations=[one.name for one in found])
            self._on_change()
        self._keep(screens, {one.station_id: Standing(one.since, one.to) for one in found if one.to is not None})
        with self._lock:
            return self._watch.rest(self._steady())

    def _found(self, stations: Mapping[str, Station], silent: Mapping[str, float]) -> list[Unheard]:
        backups, now = {id: station.backup for id, station in stations.items()}, self._host.now()
        found = []
        for id, seconds in silent.items():
            if seconds <= SILENT_SECONDS:
                continue
            told = next((one for one in self._unheard if one.station_id == id), None) or self._standing.get(id)
            since = told.since if told else instant_text(now - timedelta(seconds=seconds))
            to = stand_in(id, backups, silent) if seconds >= ELSEWHERE_SECONDS else None
            found.append(Unheard(id, stations[id].name, since, to, _name_of(to, stations, id)))
        return sorted(found, key=lambda one: (one.name, one.station_id))

    def _keep(self, screens: frozenset[Screen], standing: dict[str, Standing]) -> None:
        if (screens, standing) == (self._kept, self._standing):
            return

        def verb(work: Work) -> None:
            keep_screens(work, screens)
            keep_standing(work, standing)

        self._host.writer.act(self._host.system(), verb).result(DATABASE_SECONDS)
        self._kept, self._standing = screens, standing

    def _ask(self, question: Callable[[Reading], Any]) -> Any:
        return self._host.ask(question).result(DATABASE_SECONDS)


def _name_of(to: Backup | None, stations: Mapping[str, Station], station_id: str) -> str | None:
    if to is None or to.station_id is None:
        return stations[station_id].printer if to and to.printer_id else None
    return stations[to.station_id].name
