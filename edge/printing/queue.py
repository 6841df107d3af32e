"""One thread a printer: takes its jobs in order, keeps each step before doing it, and knows how the printer is.

`devices.spool` decides; what is here asks, keeps and does. A job is `sending` in the database before its first byte
leaves, so that whatever happens then, the next copy says REPRINT.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple, TypeVar

import structlog

from devices import spool
from devices.conversation import Patience
from devices.documents import Document, marked_reprint, marked_rerouted, marked_withdrawn
from devices.finding import Sight
from devices.line import Open
from devices.printer import Outcome, Trouble, Verdict
from devices.receipt_printer import ReceiptPrinter
from devices.spool import Job, Policy, Send, State, Store, Wait
from edge.database import DATABASE_ERRORS
from edge.host import EdgeHost
from edge.printing import jobs
from edge.printing.jobs import Copy, Count
from edge.printing.printers import Setup
from edge.printing.seeking import recognising
from edge.printing.state import PrinterState
from edge.printing.words import reprint_words
from hospitality.ground.errors import Unavailable
from hospitality.ground.work import Work
from web.paper.paper import Paper, papers_of

T = TypeVar("T")
DATABASE_SECONDS = 30.0
AGAIN_SECONDS = 1.0
FOUND_SECONDS = 900.0
# What ails the node's own disk or is over in a moment; anything else is a mistake of ours, and is logged as one.
PASSING: tuple[type[Exception], ...] = (Unavailable, TimeoutError, *DATABASE_ERRORS)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Terms:
    """How all printers are driven, how their lines are opened, and where to see who answers there."""

    policy: Policy
    patience: Patience
    status_seconds: float
    opened: Open
    sight: Sight


class Sending(NamedTuple):
    """A slip that is `sending` from here on; `paper` has the words of its marks, where it has any."""

    job: Job
    copy: Copy
    paper: Paper | None


class PrinterThread:
    """Prints one printer's jobs until it is stopped; `changed` is called, from any thread, when its state changes,
    and `handed_on` when slips of its went to its backup."""

    def __init__(
        self, host: EdgeHost, setup: Setup, terms: Terms, changed: Callable[[], None], handed_on: Callable[[], None]
    ) -> None:
        self._host, self._terms, self._changed, self._handed_on = host, terms, changed, handed_on
        self._lock = threading.Lock()
        self._setup = setup
        self._printer = self._driver(setup)
        self._state = PrinterState(setup.name)
        self._ask_again_at = self._found_until = 0.0
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._abandoned = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"printer {setup.name}", daemon=True)

    # --- for others' threads

    @property
    def state(self) -> PrinterState:
        """How the printer is."""
        with self._lock:
            return self._state

    @property
    def setup(self) -> Setup:
        """As it is set up."""
        return self._setup

    @property
    def driver(self) -> ReceiptPrinter:
        """What drives it where it is now."""
        return self._printer

    def moved_to(self, address: str) -> None:
        """It was found at another address, which people are told for a while."""
        self._found_until = monotonic() + FOUND_SECONDS
        self._show(found_at=address)

    def start(self) -> None:
        """Begins to print."""
        self._thread.start()

    def set_up(self, setup: Setup) -> None:
        """Takes a changed setup; a sending under way is finished at the old address."""
        if setup == self._setup:
            return
        moved = _of_driver(setup) != _of_driver(self._setup)
        self._setup = setup
        if moved:
            self._printer = self._driver(setup)
            self._ask_again_at = 0.0
        self._show(name=setup.name)
        self.wake()

    def count(self, count: Count) -> None:
        """Notes how many jobs wait."""
        self._show(count=count)

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def ask_to_stop(self) -> None:
        """Takes no further job."""
        self._stopping.set()
        self._wake.set()

    def wait_stopped(self, seconds: float) -> bool:
        """Waits for the end; a sending that takes longer is left alone, and its job stays `sending`."""
        self._thread.join(seconds)
        if self._thread.is_alive():
            self._abandoned.set()
        return not self._thread.is_alive()

    # --- the printer's own thread

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause = self._step()
                self._show(unkept="")
            except PASSING as error:
                log.warning("printing_waits_for_database", printer=self._setup.name, error=str(error))
                self._show(unkept=_why(error))
                pause = AGAIN_SECONDS
            except Exception:  # a mistake of ours must not end the printer; the job it was about is found as `sending`
                log.exception("printing_failed", printer=self._setup.name)
                pause = AGAIN_SECONDS
            if pause > 0:
                self._wake.wait(pause)
                self._wake.clear()

    def _step(self) -> float:
        """Does the next thing; answers for how many seconds there is nothing more to do."""
        found = self._host.ask(lambda reading: jobs.live_jobs(reading, self._setup.id)).result(DATABASE_SECONDS)
        now, policy = self._host.now(), self._terms.policy
        # Nothing of this thread's is under way here, so this one was, when the node or the thread stopped.
        lost = next((job for job in found if job.state is State.SENDING), None)
        if lost is not None:
            self._printer.expect_remains()
            self._keep(lost, spool.found_after_stop(lost, now, policy))
            return 0.0
        if self._hand_on(found, now):
            return 0.0
        by_id = {job.job_id: job for job in found}
        match spool.choose(found, now, policy):
            case Store(job):
                self._keep(by_id[job.job_id], job)
                self._recount()
                return 0.0
            case Send(job):
                sending = self._act(lambda work: self._begun(work, by_id[job.job_id], job)).result(DATABASE_SECONDS)
                while sending is not None:
                    sending = self._send(sending)
                    if not self._abandoned.is_set():
                        self._recount()
                return 0.0
            case Wait(until):
                return self._idle(until, now)

    def _hand_on(self, found: list[Job], now: datetime) -> bool:
        """Sends what has waited too long to the backup, in an order that holds there; whether anything went."""
        to, after = self._setup.backup_id, timedelta(seconds=self._setup.backup_after_seconds)
        late = spool.to_backup(found, now, after=after) if to else []
        if to is None or not late:
            return False
        gone = self._act(lambda work: jobs.reroute(work, late, to=to)).result(DATABASE_SECONDS)
        if gone:
            log.warning("slips_rerouted", printer=self._setup.name, to=to, slips=len(gone))
            self._recount()
            self._handed_on()
        return bool(gone)

    def _idle(self, until: datetime | None, now: datetime) -> float:
        if monotonic() >= self._ask_again_at:
            self._show(status=self._printer.status())
            if monotonic() >= self._found_until:
                self._show(found_at="")
            self._ask_again_at = monotonic() + self._terms.status_seconds
        pause = max(0.001, self._ask_again_at - monotonic())
        return pause if until is None else min(pause, max(0.001, (until - now).total_seconds()))

    def _send(self, sending: Sending) -> Sending | None:
        """Sends one, and keeps what became of it; the next, begun in the same act, where all is well and one waits."""
        job, copy, paper = sending
        if copy.document is None:
            self._settled(job, jobs.unreadable(job, self._host.now()))
            return None
        self._show(printing=True)
        document = copy.document if paper is None else self._marked(copy.document, copy, job, paper)
        outcome = self._print(document, job)
        with self._lock:
            was, state = self._state, self._state.told(outcome)
        self._show(printing=False, status=state.status)
        self._ask_again_at = monotonic() + self._terms.status_seconds
        if outcome.trouble is not None:
            tell = log.debug if state.status == was.status else log.warning  # a slip is tried for hours
            about = {"job": job.job_id, "verdict": outcome.verdict.value, "why": outcome.detail}
            tell("not_printed", printer=self._setup.name, address=self._setup.address, **about)
        return self._settled(job, spool.settle(job, outcome, self._host.now(), self._terms.policy))

    def _print(self, document: Document, job: Job) -> Outcome:
        try:
            return self._printer.print(document, job=job.sending_name)
        except Exception:  # a mistake of ours: nobody knows what came out, and after a few copies a person is asked
            log.exception("sending_failed", printer=self._setup.name, job=job.job_id)
            return Outcome(Verdict.UNKNOWN, Trouble.INTERRUPTED, "The node could not send this: look at its log.")

    def _begun(self, work: Work, was: Job, job: Job) -> Sending | None:
        """What is to be sent, and in whose words it is marked where it is; None where a person was quicker."""
        copy = jobs.begin_sending(work, was, job)
        if copy is None:
            return None
        if not (copy.withdrawn or copy.home_name or job.reprint):
            return Sending(job, copy, None)
        papers = papers_of(work, self._host.place.zone)
        return Sending(job, copy, papers.kitchen if copy.kind in jobs.KITCHENS else papers.guests)

    def _kept_and_begun(self, work: Work, was: Job, job: Job) -> Sending | None:
        """One transaction, and so one wait for the disk, for what became of a slip and for the next one's beginning."""
        if not jobs.keep_step(work, was, job):
            log.info("print_job_changed_meanwhile", job=job.job_id)
        if job.state is not State.CONFIRMED or self._stopping.is_set():
            return None
        found = {one.job_id: one for one in jobs.live_jobs(work, self._setup.id)}
        if any(one.state is State.SENDING for one in found.values()):  # of an act that took too long to answer
            return None
        choice = spool.choose(list(found.values()), self._host.now(), self._terms.policy)
        return self._begun(work, found[choice.job.job_id], choice.job) if isinstance(choice, Send) else None

    def _marked(self, document: Document, copy: Copy, job: Job, paper: Paper) -> Document:
        if copy.withdrawn:
            document = marked_withdrawn(document)
        if copy.home_name:
            document = marked_rerouted(document, paper.say("INSTEAD OF {name}").format(name=copy.home_name.upper()))
        if not job.reprint:
            return document
        words = reprint_words(job, self._host.now(), paper, kind=copy.kind, asked_by=copy.asked_by_name)
        return marked_reprint(document, words)

    def _settled(self, sending: Job, job: Job) -> Sending | None:
        """Keeps what became of a sending, however long the database takes, unless the node stops; the next, if begun."""
        while not self._abandoned.is_set():
            try:
                return self._act(lambda work: self._kept_and_begun(work, sending, job)).result(DATABASE_SECONDS)
            except PASSING as error:
                log.warning("outcome_waits_for_database", job=job.job_id, error=str(error))
                self._show(unkept=_why(error))
                self._abandoned.wait(AGAIN_SECONDS)
        return None

    def _keep(self, was: Job, job: Job) -> None:
        if not self._act(lambda work: jobs.keep_step(work, was, job)).result(DATABASE_SECONDS):
            log.info("print_job_changed_meanwhile", job=job.job_id)

    def _recount(self) -> None:
        counts = self._host.ask(jobs.live_counts).result(DATABASE_SECONDS)
        self._show(count=counts.get(self._setup.id, Count()))

    def _act(self, verb: Callable[[Work], T]) -> Future[T]:
        return self._host.writer.act(self._host.system(), verb)

    def _show(self, **changes: Any) -> None:
        with self._lock:
            before, self._state = self._state, replace(self._state, **changes)
            is_other = self._state.shown() != before.shown()
        if is_other:
            self._changed()

    def _driver(self, setup: Setup) -> ReceiptPrinter:
        return ReceiptPrinter(
            setup.reach,
            serial=setup.serial,
            profile=setup.abilities,
            patience=self._terms.patience,
            opened=recognising(self._terms.opened, setup, self._terms.sight),
        )


def _of_driver(setup: Setup) -> tuple[object, ...]:
    return setup.address, setup.settings, setup.abilities, setup.known_by


def _why(error: Exception) -> str:
    """What staff are told when the disk keeps nothing; empty where it is over in a moment."""
    code = error.code if isinstance(error, Unavailable) else ""
    return {
        "DISK_FULL": "The node's disk is full: slips wait, and are printed once there is space.",
        "NODE_STORAGE_FAILED": "The node can't write to its disk: slips wait until it can.",
    }.get(code, "")
