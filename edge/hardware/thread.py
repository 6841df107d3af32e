"""One thread a device: opens its line, listens, and opens it again when it was lost, for ever."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, cast

import structlog

from devices import standing
from devices.heard import Done, DrawerMoved, Garbled, Heard, LeftOpen, Well, Wish
from devices.line import Line, LineBroken, Open
from devices.standing import Standing
from edge.hardware.devices import Setup
from edge.hardware.kinds import Driver, Obedient
from hospitality.ground.clock import Clock, instant_text
from hospitality.ground.errors import Unavailable

Hear = Callable[[Setup, Heard], None]
TURN_SECONDS = 5.0
AGAIN_SECONDS_LEAST, AGAIN_SECONDS_MOST = 0.5, 10.0
# A line that held for so long was a good one: the next loss is tried again at once.
HELD_SECONDS = 5.0
# What floods us with nonsense is not listened to without a pause.
GARBLED_SECONDS = 0.1
WISHES_MAX = 8
# A person can't scan or press faster; what comes beyond it is a device gone mad, and would drown the terminal.
HEARD_MAX, HEARD_WITHIN = 30, timedelta(seconds=1)
MAD = "It sends more than anybody can scan or press: switch it off and on."
log = structlog.get_logger(__name__)


class DeviceThread:
    """Drives one device until it is stopped.

    `hear` gets what it says; `changed` is called when what is told of it is another. Both from this device's thread.
    """

    def __init__(self, setup: Setup, open_line: Open, *, now: Clock, hear: Hear, changed: Callable[[], None]) -> None:
        self._open, self._now, self._hear, self._changed = open_line, now, hear, changed
        self._lock = threading.Lock()
        self._setup = setup
        self._standing = Standing(now())
        self._line: Line | None = None
        self._wishes: deque[tuple[Wish, Future[Done]]] = deque()
        self._is_open: bool | None = None
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._moved = threading.Event()
        self._second = (now(), 0)
        self._thread = threading.Thread(target=self._run, name=f"device {setup.name}", daemon=True)

    # --- for others' threads

    @property
    def setup(self) -> Setup:
        """As it is set up."""
        return self._setup

    @property
    def standing(self) -> Standing:
        """How it is; what was unsteady and held is told as that."""
        with self._lock:
            self._standing = standing.settled(self._standing, self._now())
            return self._standing

    def shown(self) -> dict[str, Any]:
        """{id, name, kind, state, detail, since, heard_at, lost_count, terminal_id, station_id, is_open}; `is_open` is of a
        drawer that says so."""
        found, setup = self.standing, self._setup
        return {
            "id": setup.id,
            "name": setup.name,
            "kind": setup.kind,
            "state": found.state.value,
            "detail": found.detail,
            "since": instant_text(found.since),
            "heard_at": None if found.heard_at is None else instant_text(found.heard_at),
            "lost_count": found.lost_count,
            "terminal_id": setup.terminal_id,
            "station_id": setup.station_id,
            "is_open": self._is_open,
        }

    def ask(self, wish: Wish) -> Future[Done]:
        """Has the device do something; the answer comes within a few seconds, or Unavailable where it is not there."""
        answer: Future[Done] = Future()
        with self._lock:
            if self._line is None or len(self._wishes) >= WISHES_MAX:
                answer.set_exception(self._away(sent=False))
            else:
                self._wishes.append((wish, answer))
                self._line.wake()
        return answer

    def _away(self, *, sent: bool) -> Unavailable:
        """`sent`: whether a part of what was asked may have reached it."""
        words = f"{self._setup.name} can't be asked now. {self._standing.now_detail}".strip()
        return Unavailable("DEVICE_AWAY", words, sent=sent)

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()

    def set_up(self, setup: Setup) -> None:
        """Takes a changed setup; where the device is another one or elsewhere, its line is opened anew."""
        was, self._setup = self._setup, setup
        if (was.kind, was.driver, was.address, was.settings) != (
            setup.kind,
            setup.driver,
            setup.address,
            setup.settings,
        ):
            self._moved.set()
            self._rouse()
        if was != setup:
            self._changed()

    def ask_to_stop(self) -> None:
        """Closes the line soon."""
        self._stopping.set()
        self._moved.set()
        self._rouse()

    def wait_stopped(self, seconds: float) -> bool:
        """Whether it ended in time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _rouse(self) -> None:
        self._wake.set()
        with self._lock:
            if self._line is not None:
                self._line.wake()

    # --- the device's own thread

    def _run(self) -> None:
        again = AGAIN_SECONDS_LEAST
        while not self._stopping.is_set():
            self._moved.clear()
            began = monotonic()
            try:
                self._converse(self._setup)
            except LineBroken as why:
                self._stand(standing.lost, f"{_sentence(str(why))}")
            except LookupError:
                self._stand(standing.lost, "This release of the node does not know such a device.")
            except Exception:  # a mistake of ours must not end the others' devices, nor this one's next try
                log.exception("device_failed", device=self._setup.name)
                self._stand(standing.lost, "The node could not drive it: look at its log.")
            held = monotonic() - began > HELD_SECONDS
            again = AGAIN_SECONDS_LEAST if held or self._moved.is_set() else min(2 * again, AGAIN_SECONDS_MOST)
            if not self._moved.is_set():
                self._wake.wait(again)
            self._wake.clear()

    def _converse(self, setup: Setup) -> None:
        driver = setup.way.make(setup.own_settings)
        with self._open(setup.reach, setup.serial) as line:
            try:
                with self._lock:
                    self._line = line
                self._take(driver.begin(line))
                while not self._moved.is_set():
                    self._serve(driver, line)
                    self._take(driver.turn(line, TURN_SECONDS))
            finally:
                with self._lock:  # whoever wakes it holds the lock, so that nobody wakes a closed one
                    self._line, left = None, list(self._wishes)
                    self._wishes.clear()
                    self._is_open = None
                for answer in (answer for _, answer in left if answer.set_running_or_notify_cancel()):
                    answer.set_exception(self._away(sent=False))

    def _serve(self, driver: Driver, line: Line) -> None:
        """Does what was asked meanwhile."""
        while self._wishes:
            wish, answer = self._wishes.popleft()
            if not answer.set_running_or_notify_cancel():
                continue  # nobody waits any more
            try:
                done = cast(Obedient, driver).do(line, wish)
            except BaseException:  # whatever it was, who asked must not wait for ever
                answer.set_exception(self._away(sent=True))
                raise
            if isinstance(done, Garbled):
                self._stand(standing.garbled, done.detail)
            answer.set_result(done)

    def _take(self, said: list[Heard]) -> None:
        for one in said:
            if isinstance(one, Garbled):
                self._stand(standing.garbled, one.detail)
                self._moved.wait(GARBLED_SECONDS)
                continue
            if isinstance(one, LeftOpen):
                self._stand(standing.left_open, one.detail)
                continue
            if not isinstance(one, Well) and self._is_mad():
                self._stand(standing.garbled, MAD)
                continue
            self._stand(lambda was, _, now: standing.heard(was, now), "")
            if isinstance(one, DrawerMoved):
                self._is_open = one.is_open
                self._changed()
            if not isinstance(one, Well):
                self._hear(self._setup, one)

    def _is_mad(self) -> bool:
        (since, count), now = self._second, self._now()
        self._second = (since, count + 1) if now - since < HEARD_WITHIN else (now, 1)
        return self._second[1] > HEARD_MAX

    def _stand(self, step: Callable[[Standing, str, datetime], Standing], detail: str) -> None:
        with self._lock:
            was, self._standing = self._standing, step(self._standing, detail, self._now())
            told = self._standing.told
        if told != was.told:
            log.warning("device_state", device=self._setup.name, state=told[0].value, why=told[1])
            self._changed()


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")
