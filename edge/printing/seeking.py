"""Printers on the network whose address changed are found again by themselves (R20), and others never taken for them.

What a printer is known by is learned while it answers, and kept. One that can't be reached is looked for on the node's own
networks, less and less often; one at whose address another device answers gets nothing until it was looked for. Its address
is a person's word: what nobody else is known to be, and stands there when ours is nowhere else, was put in its place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from time import monotonic
from typing import Protocol

import structlog

from devices.finding import Listener, Sight, hardware_addresses, lan_listeners
from devices.line import CONNECT_SECONDS, Line, LineBroken, Open, Reach, SerialSettings
from devices.recognising import Identity, found_again, identity_of
from edge.errand import Errand
from edge.host import EdgeHost
from edge.printing.printers import Setup, keep_identity, relocate
from edge.printing.state import PrinterState

DATABASE_SECONDS = 30.0
AGAIN_SECONDS_LEAST, AGAIN_SECONDS_MOST = 10.0, 300.0
STRANGER = "another device answers there"
log = structlog.get_logger(__name__)


class Standing(Protocol):
    """A printer's thread, as far as it matters here."""

    @property
    def setup(self) -> Setup:
        """As it is set up."""

    @property
    def state(self) -> PrinterState:
        """How it is."""

    def moved_to(self, address: str) -> None:
        """It was found there."""


def recognising(opened: Open, setup: Setup, sight: Sight) -> Open:
    """Opens lines to this printer alone: not to another device at its address."""
    if not setup.known_by.hardware:
        return opened

    def recognised(reach: Reach, settings: SerialSettings, *, seconds: float = CONNECT_SECONDS) -> Line:
        line = opened(reach, settings, seconds=seconds)
        there = hardware_addresses(sight).get(reach.path, "")
        if there in ("", setup.known_by.hardware):
            return line
        line.close()
        raise LineBroken("unreachable", f"{STRANGER} ({there})")

    return recognised


@dataclass(frozen=True, slots=True)
class Missing:
    """Which printers are missing, since when they are looked for, and when they are the next time."""

    ids: frozenset[str] = frozenset()
    pause: float = 0.0
    again_at: float = 0.0


class Seeking:
    """Looks for printers on a thread of its own; `moved` is called when addresses were changed. `nudge` may be called from
    any thread, as often as a printer is otherwise than before."""

    def __init__(
        self, host: EdgeHost, sight: Sight, printers: Callable[[], Mapping[str, Standing]], moved: Callable[[], None]
    ) -> None:
        self._host, self._sight, self._printers, self._moved = host, sight, printers, moved
        self._learned: dict[str, str] = {}  # at which address each printer's identity was looked at by this life
        self._missing = Missing()
        self._errand = Errand("seeking printers", self._turn)

    def start(self) -> None:
        """Begins."""
        self._errand.start()

    def stop(self) -> None:
        """Ends after the look that is under way."""
        self._errand.stop()

    def nudge(self) -> None:
        """A printer is otherwise than before."""
        self._errand.nudge()

    def _turn(self) -> float | None:
        there = {id: one for id, one in self._printers().items() if is_seekable(one.setup)}
        fresh = {
            id: one for id, one in there.items() if one.state.answered and self._learned.get(id) != one.setup.address
        }
        lost = {id: one for id, one in there.items() if one.state.is_lost and one.setup.known_by != Identity()}
        is_news = frozenset(lost) != self._missing.ids
        if is_news:
            self._missing = Missing(frozenset(lost))
        is_due = bool(lost) and monotonic() >= self._missing.again_at
        if fresh or is_due:
            seen = self._look([one.setup.reach.port for one in there.values()])
            self._learn(fresh, seen)
            if is_due:
                self._seek(lost, there, seen)
        return max(0.0, self._missing.again_at - monotonic()) if lost else None

    def _look(self, ports: Sequence[int]) -> list[Listener]:
        return lan_listeners(replace(self._sight, ports=tuple(dict.fromkeys(ports))))

    def _learn(self, fresh: Mapping[str, Standing], seen: Sequence[Listener]) -> None:
        for id, one in fresh.items():
            reach, address = one.setup.reach, one.setup.address
            now, known = identity_of(reach.path, reach.port, seen), one.setup.known_by
            self._keep(id, address, Identity(now.hardware or known.hardware, now.name or known.name), one.setup)
            self._learned[id] = address

    def _keep(self, id: str, address: str, identity: Identity, setup: Setup) -> None:
        if identity not in (Identity(), setup.known_by):
            act = self._host.writer.act(
                self._host.system(), lambda work: keep_identity(work, id, identity, address=address)
            )
            act.result(DATABASE_SECONDS)
            self._moved()

    def _seek(self, lost: Mapping[str, Standing], there: Mapping[str, Standing], seen: Sequence[Listener]) -> None:
        known = {one.setup.known_by.hardware for one in there.values()} - {""}
        places = {}
        for id, one in lost.items():
            setup = one.setup
            found = found_again(setup.known_by, setup.reach.port, seen)
            if found is not None and found.host != setup.reach.path:
                places[id] = (setup.address, replace(setup.reach, path=found.host).at)
            at_its_place = identity_of(setup.reach.path, setup.reach.port, seen)
            if found is None and at_its_place.hardware and at_its_place.hardware not in known:
                log.warning("printer_replaced", printer=setup.name, address=setup.address)
                self._keep(id, setup.address, at_its_place, setup)
        if places:
            act = self._host.writer.act(self._host.system(), lambda work: relocate(work, places))
            for id in act.result(DATABASE_SECONDS):
                log.warning("printer_found", printer=there[id].setup.name, address=places[id][1])
                there[id].moved_to(places[id][1])
            self._moved()
        pause = min(AGAIN_SECONDS_MOST, max(AGAIN_SECONDS_LEAST, 2 * self._missing.pause))
        self._missing = Missing(frozenset(lost), pause, monotonic() + pause)


def is_seekable(setup: Setup) -> bool:
    """Whether a printer is at an address of the network that may change: no name, and not this machine."""
    if setup.reach.way != "tcp":
        return False
    try:
        return not ip_address(setup.reach.path).is_loopback
    except ValueError:  # a name, which whoever gives addresses keeps
        return False
