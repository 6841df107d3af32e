"""The printing house: one reader of the journal, one thread a printer, one state to tell."""

import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog

from devices.conversation import Patience
from devices.finding import Sight, this_machine
from devices.line import Open, open_line
from devices.receipt_printer import ReceiptPrinter
from devices.spool import DEFAULT_POLICY, Policy
from edge.host import EdgeHost
from edge.printing.jobs import Count, forget_old, live_counts, overdue
from edge.printing.printers import printers_of
from edge.printing.queue import AGAIN_SECONDS, DATABASE_SECONDS, PASSING, PrinterThread, Terms
from edge.printing.reader import Reader
from edge.printing.seeking import Seeking
from edge.printing.state import PrinterState
from edge.writer import Committed
from hospitality.ground.statements import Reading
from hospitality.paper.service import alarm_after_seconds

STATUS_SECONDS = 8.0
STOP_SECONDS = 1.5
PLACE_SECONDS = 1.0
FORGET_SECONDS = 6 * 3600.0
# Facts that come within so little are read and queued together, so that a rush costs the writer few acts.
GATHER_SECONDS = 0.02
# While something waits, it is looked so often whether a ticket is on no paper for too long.
LOOK_SECONDS = 5.0
log = structlog.get_logger(__name__)


class Printing:
    """Prints what the node's journal asks for. Every method may be called from any thread.

    `on_change` is called, from any thread, when a printer's state or its number of waiting jobs is another. `policy`
    says when a slip is tried again, expires or asks; `patience` bounds each step of a conversation with a printer;
    `status_seconds` is how often an idle printer is asked how it is; a kitchen's slip that is on no paper `alarm_after` it was
    caused (the property's own time unless given) is among the `alarms`. Times on paper are in the property's zone, as
    `host.place` has it. `opened` is how printers' lines are opened, and
    `sight` where those are looked for whose address changed. `guests_url` is head office as guests reach it.
    """

    def __init__(
        self,
        host: EdgeHost,
        *,
        on_change: Callable[[], None] = lambda: None,
        policy: Policy = DEFAULT_POLICY,
        patience: Patience | None = None,
        status_seconds: float = STATUS_SECONDS,
        alarm_after: timedelta | None = None,
        opened: Open = open_line,
        sight: Sight | None = None,
        guests_url: str = "",
    ) -> None:
        self._host = host
        self._on_change = on_change
        self._terms = Terms(policy, patience or Patience(), status_seconds, opened, sight or this_machine())
        self._seeking = Seeking(host, self._terms.sight, self._threads, self.nudge)
        self._reader = Reader(host, guests_url=guests_url)
        self._alarm_after = alarm_after
        self._alarms: list[dict[str, Any]] = []
        self._printers: dict[str, PrinterThread] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._nudged = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="printing", daemon=True)

    def start(self) -> None:
        """Begins, on a host that has started. Raises what the database raises when the reader's place can't be kept."""
        self._reader.begin()
        self._set_up()
        self._recount()
        self._host.on_commit.append(self._committed)
        self._wake.set()
        self._thread.start()
        self._seeking.start()

    def stop(self) -> None:
        """Stops within about two seconds, or once a look for lost printers is over; to be called before the host stops.

        What a printer is in the middle of then is found at the next start, and its next copy is marked.
        """
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._host.on_commit.remove(self._committed)
        self._wake.set()
        self._thread.join(STOP_SECONDS)
        printers = list(self._threads().values())
        for printer in printers:
            printer.ask_to_stop()
        until = monotonic() + STOP_SECONDS
        for printer in printers:
            if not printer.wait_stopped(max(0.0, until - monotonic())):
                log.warning("left_while_printing", printer=printer.state.name)
        self._seeking.stop()

    def nudge(self) -> None:
        """Printers or jobs were changed by a person."""
        self._nudged.set()
        self._wake.set()

    @property
    def zone(self) -> str:
        """The property's time zone, in which paper tells times."""
        return self._host.place.zone

    def states(self) -> list[dict[str, Any]]:
        """[{name, state, jobs_waiting, detail, found_at}] by name.

        state is `ready`, `found` (at a new address, a while ago), `printing`, `paper_low`, `jobs_held` (someone must say
        whether to print), `checking` (not asked yet), or what ails it: `unreachable`, `silent`, `garbled`, `offline`,
        `paper_out`, `cover_open`, `cutter`, `overheated`, `broken`, `interrupted`, `slow`; or the node's own disk
        (`node_disk`).
        """
        return sorted((state.shown() for state in self.by_id().values()), key=lambda shown: str(shown["name"]))

    def by_id(self) -> dict[str, PrinterState]:
        """Each printer's state by its id."""
        return {id: printer.state for id, printer in self._threads().items()}

    def driver(self, printer_id: str) -> ReceiptPrinter | None:
        """What drives the printer of that id now, for others who need it between two slips; None where there is none."""
        thread = self._threads().get(printer_id)
        return None if thread is None else thread.driver

    def alarms(self) -> list[dict[str, Any]]:
        """Tickets that should be on paper for long and are not: [{id, title, printer, since, state}], oldest first."""
        with self._lock:
            return list(self._alarms)

    def waiting(self) -> int:
        """How many slips are not through yet, held ones included."""
        return sum(state.count.waiting for state in self.by_id().values())

    def _committed(self, done: Committed) -> None:
        if done.journal > self._reader.place:
            self._wake.set()

    def _threads(self) -> dict[str, PrinterThread]:
        with self._lock:
            return dict(self._printers)

    def _changed(self) -> None:
        self._seeking.nudge()
        self._on_change()

    # --- the thread that reads the journal

    def _run(self) -> None:
        forget_at = monotonic() + FORGET_SECONDS
        while not self._stopping.is_set():
            pause = PLACE_SECONDS if self._reader.unsaved else LOOK_SECONDS if self.waiting() else FORGET_SECONDS
            came = self._wake.wait(pause)
            if came:
                self._stopping.wait(GATHER_SECONDS)
            self._wake.clear()
            try:
                self._follow(idle=not came)
                self._look_for_alarms()
                if monotonic() >= forget_at:
                    forget_at = monotonic() + FORGET_SECONDS
                    self._host.writer.act(self._host.system(), forget_old).result(DATABASE_SECONDS)
            except PASSING as error:
                self._later("reading_waits_for_database", error)
            except Exception as error:  # a mistake of ours must not end all printing: tell of it, and try again
                self._later("reading_failed", error)

    def _later(self, event: str, error: Exception) -> None:
        log.error(event, error=str(error), exc_info=error)
        self._nudged.set()
        self._stopping.wait(AGAIN_SECONDS)
        self._wake.set()

    def _follow(self, *, idle: bool) -> None:
        if self._nudged.is_set():
            self._nudged.clear()
            self._set_up()
            self._recount()
        more = True
        while more and not self._stopping.is_set():
            added, more = self._reader.step()
            if added:
                self._recount()
        if self._reader.unsaved and (idle or self._stopping.is_set()):
            self._reader.save()

    def _look_for_alarms(self) -> None:
        late = self._host.ask(self._overdue).result(DATABASE_SECONDS) if self.waiting() else []
        with self._lock:
            is_other, self._alarms = late != self._alarms, late
        if is_other:
            log.warning("tickets_not_on_paper", tickets=len(late))
            self._on_change()

    def _overdue(self, reading: Reading) -> list[dict[str, Any]]:
        after = self._alarm_after
        if after is None:
            after = timedelta(seconds=alarm_after_seconds(reading))
        return overdue(reading, self._host.now() - after)

    def _set_up(self) -> None:
        """Starts a thread for each new printer, and tells the others how they are set up now."""
        for setup in self._host.ask(printers_of).result(DATABASE_SECONDS):
            known = self._printers.get(setup.id)
            if known is not None:
                known.set_up(setup)
                continue
            printer = PrinterThread(self._host, setup, self._terms, self._changed, self.nudge)
            with self._lock:
                self._printers[setup.id] = printer
            printer.start()
            self._on_change()

    def _recount(self) -> None:
        counts = self._host.ask(live_counts).result(DATABASE_SECONDS)
        for id, printer in list(self._printers.items()):
            printer.count(counts.get(id, Count()))
            printer.wake()
