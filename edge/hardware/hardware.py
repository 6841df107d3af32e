"""The node's devices together: a thread for each, what they say on its way, and how they are, told to head office."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic
from typing import Any

import structlog

from devices.finding import Candidate, discover, this_machine
from devices.heard import CancelCharge, CardSaid, Charge, Done, DrawerMoved, Heard, Pressed, Scanned, Wish
from devices.kicked_drawer import DrawerLine
from devices.line import CONNECT_SECONDS, Line, Open, Reach, SerialSettings, open_line
from devices.receipt_printer import ReceiptPrinter
from devices.standing import Standing, State, heard, lost
from devices.stripe_line import StripeAccount, open_reader
from edge.database import DATABASE_ERRORS
from edge.hardware import calling
from edge.hardware.calling import Call, calls, wish_of
from edge.hardware.cards import CARD_TERMINAL, Cards
from edge.hardware.devices import Setup, devices_of
from edge.hardware.following import Following, entries_after, following, journal_end
from edge.hardware.reports import Report, report
from edge.hardware.thread import DeviceThread
from edge.host import EdgeHost
from edge.writer import Committed
from hospitality.ground.clock import instant_text
from hospitality.ground.errors import NotFound, Refused, Unavailable
from hospitality.ground.statements import Reading
from hospitality.properties.service import property_view
from web.locales import money_text
from web.paper.paper import CATALOGUES
from web.texts import load_texts

LOOK_SECONDS = 5.0
AGAIN_SECONDS = 1.0
# kinds at which something follows what happens at their terminal
FOLLOWING = frozenset({"display", "drawer", CARD_TERMINAL})
CALLING = frozenset({calling.PAGER, calling.BUZZER})
STOP_SECONDS = 1.5
DATABASE_SECONDS = 30.0
PASSING: tuple[type[Exception], ...] = (Unavailable, TimeoutError, *DATABASE_ERRORS)
# what a printer says of itself while it does its work
AT_WORK = frozenset({"ready", "found", "printing", "paper_low", "jobs_held", "node_disk"})
log = structlog.get_logger(__name__)

Tell = Callable[[str, str, dict[str, Any]], None]
"""Tells a terminal, by its id, an event by its name with its data."""


class Hardware:
    """Drives the node's devices. Every method may be called from any thread.

    `tell` takes what devices say to the terminal that they are bound to; `on_change` is called when a device's state is
    another. `printers` answers the printers' states by id, which are reported with the devices'; `printer`, by its id,
    the driver of one as it is now, for what hangs on it. `stripe`: into which account card readers pay that are reached
    through Stripe.
    """

    def __init__(
        self,
        host: EdgeHost,
        *,
        tell: Tell = lambda terminal_id, name, data: None,
        on_change: Callable[[], None] = lambda: None,
        printers: Callable[[], dict[str, dict[str, Any]]] = dict,
        printer: Callable[[str], ReceiptPrinter | None] = lambda id: None,
        stripe: StripeAccount | None = None,
    ) -> None:
        self._host, self._tell, self._on_change, self._printers = host, tell, on_change, printers
        self._opened = _opening(stripe, printer)
        self.cards = Cards(host, tell)
        self.sight = this_machine()  # where `look` looks
        self._lock, self._looking = threading.Lock(), threading.Lock()
        self._devices: dict[str, DeviceThread] = {}
        self._of_printers: dict[str, Standing] = {}
        self._written: tuple[list[Report], list[str]] | None = None
        self._wake = threading.Event()
        self._nudged = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hardware", daemon=True)
        self._place = 0  # of the journal, after which things follow at the devices
        self._followed: frozenset[str] = frozenset()  # terminals with a display or a drawer
        self._calls = False  # there is a pager or a buzzer

    def start(self) -> None:
        """Begins, on a host that has started."""
        self._place = self._host.ask(journal_end).result(DATABASE_SECONDS)
        self._set_up()
        self._host.on_commit.append(self._committed)
        self._thread.start()

    def stop(self) -> None:
        """Closes all lines within about two seconds; to be called before the host stops."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._host.on_commit.remove(self._committed)
        self._wake.set()
        self._thread.join(STOP_SECONDS)
        self._end(self._threads())

    def nudge(self) -> None:
        """Devices were changed by a person."""
        self._nudged.set()
        self._wake.set()

    def printers_changed(self) -> None:
        """A printer is otherwise than before."""
        self._wake.set()

    def states(self) -> list[dict[str, Any]]:
        """Each device as `DeviceThread.shown` has it, by name."""
        return sorted((thread.shown() for thread in self._threads()), key=lambda shown: str(shown["name"]))

    def ask(self, device_id: str, wish: Wish) -> Future[Done]:
        """Has a device do something; NotFound, or Refused DEVICE_CANT where it is none that does such things."""
        with self._lock:
            thread = self._devices.get(device_id)
        if thread is None:
            raise NotFound.of("device", device_id)
        if not isinstance(wish, thread.setup.way.wish or ()):
            raise Refused("DEVICE_CANT", f"{thread.setup.name} is a {thread.setup.kind}: it can't do that.")
        return thread.ask(wish)

    def cancel_charge(self, attempt_id: str) -> Future[Done]:
        """Has a charge given up by the card terminal that was asked; Refused NO_CARD_TERMINAL where none was."""
        asked = self.cards.asked_of(attempt_id)
        if asked is None or not isinstance(asked.errand, Charge):
            raise Refused("NO_CARD_TERMINAL", "The node has asked no card terminal for this. Answer it by hand.")
        return asked.thread.ask(CancelCharge(asked.errand))

    def look(self) -> list[Candidate]:
        """What is plugged in and what listens; one look at a time, of some seconds."""
        with self._looking:
            return discover(self.sight)

    def _threads(self) -> list[DeviceThread]:
        with self._lock:
            return list(self._devices.values())

    def _committed(self, done: Committed) -> None:
        if (self._followed or self._calls) and done.journal > self._place:
            self._wake.set()

    # --- the thread that reports, and does what follows

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._nudged.is_set():
                    self._nudged.clear()
                    self._set_up()
                self._follow()
                self.cards.look(self._threads())
                self._report()
            except PASSING as error:
                self._later("devices_wait_for_database", error)
            except Exception as error:  # a mistake of ours must not end all devices: tell of it, and try again
                self._followed, self._calls = frozenset(), False  # begins anew behind what it fell over
                self._later("devices_failed", error)
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()

    def _later(self, event: str, error: Exception) -> None:
        log.error(event, error=str(error), exc_info=error)
        self._nudged.set()
        self._stopping.wait(AGAIN_SECONDS)

    def _set_up(self) -> None:
        """Starts a thread for each new device, tells the others how they are set up now, and ends those taken away."""
        code = self._host.identity.code
        setups = {
            setup.id: setup
            for setup in self._host.ask(lambda reading: devices_of(reading, code)).result(DATABASE_SECONDS)
        }
        with self._lock:
            gone = [self._devices.pop(id) for id in list(self._devices) if id not in setups]
            known = dict(self._devices)
        self._end(gone)
        for id, setup in setups.items():
            if id in known:
                known[id].set_up(setup)
                continue
            thread = DeviceThread(setup, self._opened, now=self._host.now, hear=self._hear, changed=self._changed)
            with self._lock:
                self._devices[id] = thread
            thread.start()
        following_now = frozenset(
            setup.terminal_id for setup in setups.values() if setup.kind in FOLLOWING and setup.terminal_id is not None
        )
        if not (self._followed or self._calls):  # what happened before anybody followed is over
            self._place = self._host.ask(journal_end).result(DATABASE_SECONDS)
        self._followed = following_now
        self._calls = any(setup.kind in CALLING for setup in setups.values())
        self._on_change()

    def _follow(self) -> None:
        if not (self._followed or self._calls):
            return
        before = -1
        while before != self._place and not self._stopping.is_set():
            before = self._place
            self._follow_some()

    def _follow_some(self) -> None:
        locale = self._locale()
        say = load_texts(locale, CATALOGUES).gettext

        def read(reading: Reading) -> tuple[list[Following], list[Call], int]:
            entries, place = entries_after(reading, self._place, node=self._host.identity.number)
            shown = following(
                reading,
                entries,
                terminals=self._followed,
                amount=lambda minor, currency: money_text(minor, currency, locale),
                say=say,
            )
            return shown, calls(reading, [(one.kind, one.data) for one in entries]) if self._calls else [], place

        shown, called, self._place = self._host.ask(read).result(DATABASE_SECONDS)
        # nobody waits for any of it, and a device that is away has missed it
        for thread in self._threads():
            setup = thread.setup
            for one in shown:
                if (setup.terminal_id, setup.kind) == (one.terminal_id, one.kind):
                    thread.ask(one.wish)
            for call in called:
                wish = wish_of(call, setup.kind, setup.station_id, setup.own_settings, say)
                if wish is not None:
                    thread.ask(wish)

    def _locale(self) -> str:
        return str(self._host.ask(property_view).result(DATABASE_SECONDS)["locale"])

    def _end(self, threads: list[DeviceThread]) -> None:
        for thread in threads:
            thread.ask_to_stop()
        until = monotonic() + STOP_SECONDS
        for thread in threads:
            if not thread.wait_stopped(max(0.0, until - monotonic())):
                log.warning("left_while_open", device=thread.setup.name)

    def _report(self) -> None:
        """Writes what is told of each device where it is another than what was written."""
        states = self.states()
        now = [
            Report(one["id"], one["name"], one["kind"], one["state"], one["detail"], one["since"])
            for one in states
            if one["state"] != State.CHECKING
        ]
        now += self._reports_of_printers()
        known = [one["id"] for one in states]
        if (now, known) == self._written:
            return
        self._host.writer.act(self._host.system(), lambda work: report(work, now, known)).result(DATABASE_SECONDS)
        self._written = (now, known)
        self._on_change()  # one that came to rest by itself told nobody yet

    def _reports_of_printers(self) -> list[Report]:
        found = []
        for id, shown in self._printers().items():
            was = self._of_printers.get(id) or Standing(self._host.now())
            if shown["state"] == "checking":
                continue
            step = heard(was, self._host.now())
            if shown["state"] not in AT_WORK:
                step = lost(was, str(shown["detail"]) or str(shown["state"]), self._host.now())
            self._of_printers[id] = step
            found.append(
                Report(id, str(shown["name"]), "printer", step.state.value, step.detail, instant_text(step.since))
            )
        return found

    # --- the devices' threads

    def _changed(self) -> None:
        self._on_change()
        self._wake.set()

    def _hear(self, setup: Setup, said: Heard) -> None:
        if setup.terminal_id is None:
            return
        about = {"device_id": setup.id, "at": instant_text(self._host.now())}
        if isinstance(said, Scanned):
            self._tell(setup.terminal_id, "barcode_scanned", {**about, "code": said.code})
        elif isinstance(said, Pressed):
            self._tell(setup.terminal_id, "key_pressed", {**about, "key": said.key})
        elif isinstance(said, CardSaid):
            self.cards.heard(setup, said)
        elif isinstance(said, DrawerMoved):
            self._tell(setup.terminal_id, "drawer_moved", {**about, "is_open": said.is_open})


def _opening(stripe: StripeAccount | None, printer: Callable[[str], ReceiptPrinter | None]) -> Open:
    """How lines are opened at this node."""

    def opened(reach: Reach, settings: SerialSettings, *, seconds: float = CONNECT_SECONDS) -> Line:
        match reach.way:
            case "stripe":
                return open_reader(reach, stripe)
            case "printer":
                return DrawerLine(lambda: printer(reach.path))
            case _:
                return open_line(reach, settings, seconds=seconds)

    return opened
