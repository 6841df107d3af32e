"""A printer, a node that stops at any instant and people, in any order: nothing lost, second ones marked."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from devices.printer import Outcome, Trouble, Verdict
from devices.spool import (
    LIVE,
    WAITING,
    Job,
    Policy,
    Send,
    State,
    Store,
    Wait,
    cancel,
    choose,
    found_after_stop,
    new_job,
    print_again,
    release,
    settle,
)

POLICY = Policy(copies_max=3)
STEPS_MAX = 2_000


@dataclass(frozen=True)
class Slip:
    """What lies in the tray: a whole copy of a job."""

    job_id: str
    marked: bool


class PrintQueue(RuleBasedStateMachine):
    """One printer's queue. `table` is durable; `in_hand` is lost when the node stops."""

    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)
        self.table: dict[str, Job] = {}
        self.in_hand: Job | None = None
        self.tray: list[Slip] = []
        self.people_moved: set[str] = set()
        self.last_sequence = 0

    def next_sequence(self) -> int:
        self.last_sequence += 1
        return self.last_sequence

    def store(self, job: Job) -> None:
        self.table[job.job_id] = job

    @rule(target=names)
    def an_order_is_placed(self) -> str:
        sequence = self.next_sequence()
        self.store(new_job(f"job-{sequence}", printer="grill", sequence=sequence, now=self.now))
        return f"job-{sequence}"

    @rule(seconds=st.sampled_from((1, 4, 20, 3_600, 30_000, 300_000)))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def the_spool_looks(self) -> None:
        if self.in_hand:
            return
        match choose(self.table.values(), self.now, POLICY):
            case Store(job):
                self.store(job)
            case Send(job):
                self.store(job)
                self.in_hand = job
            case Wait(until):
                assert until is None or until > self.now

    @rule(printed=st.booleans(), verdict=st.sampled_from(Verdict))
    def the_printer_does_something(self, printed: bool, verdict: Verdict) -> None:
        if not (job := self.in_hand):
            return
        # The driver's promise: confirmed means printed, failed means that nothing was.
        if verdict is Verdict.CONFIRMED or (printed and verdict is Verdict.UNKNOWN):
            self.comes_out(job)
        trouble = None if verdict is Verdict.CONFIRMED else Trouble.SILENT
        self.store(settle(job, Outcome(verdict, trouble), self.now, POLICY))
        self.in_hand = None

    @rule(printed=st.booleans())
    def the_node_stops(self, printed: bool) -> None:
        if self.in_hand and printed:
            self.comes_out(self.in_hand)
        self.in_hand = None
        for job in list(self.table.values()):
            if job.state is State.SENDING:
                self.store(found_after_stop(job, self.now, POLICY))

    @rule(name=names)
    def a_person_lets_it_print(self, name: str) -> None:
        if self.table[name].state in WAITING | {State.HELD}:
            self.people_moved.add(name)
            self.store(release(self.table[name], self.now))

    @rule(name=names)
    def a_person_prints_it_again(self, name: str) -> None:
        if self.table[name].state not in LIVE:
            self.people_moved.add(name)
            self.store(print_again(self.table[name], self.now, sequence=self.next_sequence()))

    @rule(name=consumes(names))
    def a_person_cancels_it(self, name: str) -> None:
        if self.table[name].state in WAITING | {State.HELD}:
            self.store(cancel(self.table[name], self.now))

    def comes_out(self, job: Job) -> None:
        self.tray.append(Slip(job.job_id, job.reprint))

    @invariant()
    def every_second_copy_is_marked(self) -> None:
        seen: set[str] = set()
        for slip in self.tray:
            assert slip.marked or slip.job_id not in seen
            seen.add(slip.job_id)

    @invariant()
    def confirmed_jobs_are_on_paper(self) -> None:
        printed = {slip.job_id for slip in self.tray}
        assert all(job.job_id in printed for job in self.table.values() if job.state is State.CONFIRMED)

    @invariant()
    def at_most_one_job_is_sending(self) -> None:
        sending = [job for job in self.table.values() if job.state is State.SENDING]
        assert sending == ([self.in_hand] if self.in_hand else [])

    @invariant()
    def first_copies_are_in_order_unless_a_job_had_to_ask(self) -> None:
        asked = self.people_moved | {job.job_id for job in self.table.values() if job.state is State.HELD}
        first = [slip.job_id for slip in self.tray if not slip.marked and slip.job_id not in asked]
        assert first == sorted(first, key=lambda name: int(name.split("-")[1]))

    def teardown(self) -> None:
        """With the printer mended and every question answered, each job that nobody cancelled comes out."""
        self.the_node_stops(printed=False)
        for _ in range(STEPS_MAX):
            self.every_second_copy_is_marked()
            for job in list(self.table.values()):
                if job.state is State.HELD:
                    self.store(release(job, self.now))
                elif job.state is State.EXPIRED:
                    self.store(print_again(job, self.now, sequence=self.next_sequence()))
            match choose(self.table.values(), self.now, POLICY):
                case Store(job):
                    self.store(job)
                case Send(job):
                    self.comes_out(job)
                    self.store(settle(job, Outcome(Verdict.CONFIRMED), self.now, POLICY))
                case Wait(None):
                    break
                case Wait(until):
                    assert until is not None
                    self.now = until
        printed = {slip.job_id for slip in self.tray}
        for job in self.table.values():
            assert job.state in (State.CONFIRMED, State.CANCELLED)
            assert job.job_id in printed or job.state is State.CANCELLED
        self.every_second_copy_is_marked()


PrintQueue.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestPrintQueue = PrintQueue.TestCase
