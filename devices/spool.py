"""What happens next to a print job: pure decisions, without a table, a clock or a thread.

The owner (at the edge) keeps the jobs in a durable table, one row a job, asks `choose` for each printer
what to do now, stores what it is given *before* it does anything, and puts each outcome through `settle`.
The table of states is in DESIGN.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from devices.printer import Outcome, Trouble, Verdict


class State(StrEnum):
    """Where a job stands. The last three are ends; a person can bring any end back with `print_again`."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    FAILED = "failed"
    HELD = "held"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


WAITING = frozenset({State.QUEUED, State.UNKNOWN, State.FAILED})
LIVE = WAITING | {State.SENDING, State.HELD}
ENDED = frozenset({State.CONFIRMED, State.CANCELLED, State.EXPIRED})


class SpoolRefused(ValueError):
    """The job's state does not allow that step; the message says which state it is in."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits of a queue.

    A job older than `expires_after` asks a person before it prints (R8), and so does one that was sent
    `copies_max` times without a word from the printer; who is not answered within `answer_within` expires.
    """

    retry_first: timedelta = timedelta(seconds=1)
    retry_most: timedelta = timedelta(seconds=15)
    expires_after: timedelta = timedelta(hours=8)
    answer_within: timedelta = timedelta(hours=72)
    copies_max: int = 5


DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Job:
    """One slip for one printer. All instants are aware UTC.

    `sequence` orders the jobs of a printer. `attempts` counts sendings begun, `copies` those that may have
    left something on paper, `unconfirmed` and `troubles` the same and all misfortunes since a person last
    said "print". `fresh_since` is when the job was made or last released: its age counts from there. `home` is the
    printer that it was meant for, when it goes to another.
    """

    job_id: str
    printer: str
    sequence: int
    created_at: datetime
    fresh_since: datetime
    changed_at: datetime
    state: State = State.QUEUED
    attempts: int = 0
    copies: int = 0
    unconfirmed: int = 0
    troubles: int = 0
    next_attempt_at: datetime | None = None
    trouble: Trouble | None = None
    detail: str = ""
    home: str | None = None

    @property
    def reprint(self) -> bool:
        """Whether the copy being sent, or sent next, must say REPRINT."""
        return self.copies > 0

    @property
    def copy_number(self) -> int:
        """Which copy is being sent, or sent next: 1 for the first."""
        return self.copies + 1

    @property
    def sending_name(self) -> str:
        """A name for this sending and no other, to hand to the printer as `job`."""
        return f"{self.job_id}/{self.attempts}"


@dataclass(frozen=True, slots=True)
class Store:
    """Store this job's new state (it is held or has expired, tell people), then choose again."""

    job: Job


@dataclass(frozen=True, slots=True)
class Send:
    """Store this job durably (it is `sending` now), then send it once, then `settle` it."""

    job: Job


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before `until`, or before something changes when that is None."""

    until: datetime | None


Choice = Store | Send | Wait


def new_job(job_id: str, *, printer: str, sequence: int, now: datetime) -> Job:
    """A job that waits for its turn."""
    return Job(job_id, printer, sequence, created_at=now, fresh_since=now, changed_at=now)


def choose(jobs: Iterable[Job], now: datetime, policy: Policy = DEFAULT_POLICY) -> Choice:
    """What to do now for ONE printer, whose live jobs are given in any order.

    The jobs of a printer stay in order: while the first one waits for its next attempt, the others wait
    behind it. Only a held job is passed by.
    """
    live = sorted((job for job in jobs if job.state in LIVE), key=lambda job: job.sequence)
    if any(job.state is State.SENDING for job in live):
        return Wait(None)
    for job in live:
        if job.state is State.HELD:
            if now - job.changed_at >= policy.answer_within:
                return Store(replace(job, state=State.EXPIRED, changed_at=now))
            continue
        if (reason := _must_ask(job, now, policy)) is not None:
            return Store(replace(job, state=State.HELD, changed_at=now, next_attempt_at=None, detail=reason))
        if job.next_attempt_at is None or not now < job.next_attempt_at <= now + policy.retry_most:
            return Send(_begun(job, now))
        return Wait(job.next_attempt_at)
    return Wait(None)


def settle(job: Job, outcome: Outcome, now: datetime, policy: Policy = DEFAULT_POLICY) -> Job:
    """The job after its sending came to this outcome."""
    _require(job, {State.SENDING})
    if outcome.verdict is Verdict.CONFIRMED:
        return replace(
            job,
            state=State.CONFIRMED,
            changed_at=now,
            copies=job.copies + 1,
            next_attempt_at=None,
            trouble=None,
            detail="",
        )
    maybe_printed = outcome.verdict is Verdict.UNKNOWN
    return replace(
        job,
        state=State.UNKNOWN if maybe_printed else State.FAILED,
        changed_at=now,
        copies=job.copies + maybe_printed,
        unconfirmed=job.unconfirmed + maybe_printed,
        troubles=job.troubles + 1,
        next_attempt_at=now + _pause(job.troubles, policy),
        trouble=outcome.trouble,
        detail=outcome.detail,
    )


def found_after_stop(job: Job, now: datetime, policy: Policy = DEFAULT_POLICY) -> Job:
    """At start-up, for every job found `sending`: nobody knows what came out, so the next copy is marked."""
    stopped = Outcome(Verdict.UNKNOWN, Trouble.NODE_STOPPED, "The node stopped while this was being printed.")
    return settle(job, stopped, now, policy)


def release(job: Job, now: datetime) -> Job:
    """A person says that a held job shall print after all, or that a waiting one shall be tried at once."""
    _require(job, {State.HELD} | WAITING)
    return _fresh(job, now)


def cancel(job: Job, now: datetime) -> Job:
    """A person says that a job shall not be printed (again). A sending job must come to its outcome first."""
    _require(job, {State.HELD} | WAITING)
    return replace(job, state=State.CANCELLED, changed_at=now, next_attempt_at=None)


def to_backup(jobs: Iterable[Job], now: datetime, *, after: timedelta) -> list[Job]:
    """Those of ONE printer's live jobs that have waited too long while it is in trouble, in their order.

    It is in trouble while the first in line did not come out. A job goes on to a backup once: what waits there as well
    is for people to see.
    """
    line = sorted((job for job in jobs if job.state in WAITING | {State.SENDING}), key=lambda job: job.sequence)
    if not line or line[0].state is State.SENDING or not line[0].troubles:
        return []
    return [job for job in line if job.home is None and now - job.fresh_since >= after]


def rerouted(job: Job, now: datetime, *, to: str, sequence: int) -> Job:
    """A job that another printer shall print instead, in line there; as old as it was, and marked when it was."""
    _require(job, WAITING)
    detail = "Another printer prints this."
    moved = replace(_fresh(job, now), fresh_since=job.fresh_since, printer=to, sequence=sequence, detail=detail)
    return replace(moved, home=job.home or job.printer)


def moved(job: Job, now: datetime, *, to: str, sequence: int) -> Job:
    """A person says that another printer shall print a held or waiting job; back at home it is as any other."""
    _require(job, {State.HELD} | WAITING)
    home = job.home or job.printer
    return replace(_fresh(job, now), printer=to, sequence=sequence, home=None if home == to else home)


def print_again(job: Job, now: datetime, *, sequence: int) -> Job:
    """A person wants an ended job on paper: a marked copy if there may be one already, else a first one."""
    _require(job, ENDED)
    return replace(_fresh(job, now), sequence=sequence)


def _begun(job: Job, now: datetime) -> Job:
    return replace(job, state=State.SENDING, changed_at=now, attempts=job.attempts + 1, next_attempt_at=None)


def _fresh(job: Job, now: datetime) -> Job:
    return replace(
        job,
        state=State.QUEUED,
        changed_at=now,
        fresh_since=now,
        unconfirmed=0,
        troubles=0,
        next_attempt_at=None,
    )


def _must_ask(job: Job, now: datetime, policy: Policy) -> str | None:
    if now - job.fresh_since >= policy.expires_after:
        return "It has waited too long: ask whether it is still wanted."
    if job.unconfirmed >= policy.copies_max:
        return f"Sent {job.unconfirmed} times and never confirmed: look at the printer and its paper."
    return None


def _pause(troubles: int, policy: Policy) -> timedelta:
    """Doubles with every misfortune up to the most; the exponent is bounded so that it can't overflow."""
    doublings: int = 1 << min(troubles, 16)
    return min(policy.retry_first * doublings, policy.retry_most)


def _require(job: Job, states: Iterable[State]) -> None:
    if job.state not in states:
        raise SpoolRefused(f"Job {job.job_id} is {job.state}.")
