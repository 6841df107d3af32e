"""Print jobs as rows: `devices.spool.Job` kept faithfully beside its document, and the steps that move it on.

A step is kept only when the row still is what the step was decided on: a person may have cancelled meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from devices import spool
from devices.documents import Document, DocumentRefused, from_json
from devices.printer import Trouble
from devices.spool import ENDED, LIVE, Job, State
from edge.printing.facts import SlipsRerouted
from edge.tables import PrintJob
from hospitality.ground.clock import instant, instant_text
from hospitality.ground.statements import Reading
from hospitality.ground.work import Work

WAITING_LOADED_MAX = 20
HELD_LOADED_MAX = 200
OVERDUE_SHOWN_MAX = 20
KEPT = timedelta(days=30)
KITCHENS = ("ticket", "void", "rush", "changed")
_STATE = (
    "id, printer_id, sequence, created_at, fresh_since, changed_at, state, attempts, copies, unconfirmed, troubles,"
    " next_attempt_at, trouble, detail, home_id"
)
_OF_PRINTER = f"SELECT {_STATE} FROM print_jobs WHERE org_id = :org_id AND printer_id = :printer_id"


@dataclass(frozen=True, slots=True)
class NewSlip:
    """A document to print: its id follows from its cause and the printer, `since` is when it was caused."""

    printer_id: str
    kind: str
    cause_id: str
    document: str
    title: str
    since: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Copy:
    """What a sending puts on paper. `document` is None when what is stored can't be read. withdrawn: it is a receipt that
    counts no more by now."""

    kind: str
    document: Document | None
    asked_by_name: str | None
    home_name: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many jobs of a printer are not through yet, and how many of these wait for a person."""

    waiting: int = 0
    held: int = 0


def add_slips(work: Work, slips: Sequence[NewSlip], *, asked_by: str | None = None) -> list[str]:
    """Queues the slips that are not there yet, in their order; answers the ids of those added. asked_by: the person who
    wants them, where no fact does."""
    rows = work.rows("SELECT id FROM print_jobs WHERE org_id = :org_id AND id IN (:ids)", ids=[s.id for s in slips])
    known = {row["id"] for row in rows}
    sequence = next_sequence(work)
    added = []
    for slip in slips:
        if slip.id in known:
            continue
        known.add(slip.id)
        job = spool.new_job(slip.id, printer=slip.printer_id, sequence=sequence, now=min(slip.since, work.now))
        sequence += 1
        own = {"cause_id": slip.cause_id, "kind": slip.kind, "title": slip.title, "document": slip.document}
        added.append({**own, "asked_by": asked_by, **stored(job)})
    work.add_all(PrintJob, added)
    return [row["id"] for row in added]


def next_sequence(work: Work) -> int:
    """Behind all jobs there are."""
    last = work.value("SELECT max(sequence) FROM print_jobs WHERE org_id = :org_id")
    return int(last or 0) + 1


def live_jobs(reading: Reading, printer_id: str) -> list[Job]:
    """The printer's jobs that are not through: the first WAITING_LOADED_MAX in line and the oldest held ones."""
    line = [state for state in LIVE if state is not State.HELD]
    waiting = reading.rows(
        f"{_OF_PRINTER} AND state IN (:states) ORDER BY state = 'sending' DESC, sequence LIMIT :limit",
        printer_id=printer_id,
        states=line,
        limit=WAITING_LOADED_MAX,
    )
    held = reading.rows(
        f"{_OF_PRINTER} AND state = 'held' ORDER BY changed_at LIMIT :limit",
        printer_id=printer_id,
        limit=HELD_LOADED_MAX,
    )
    return [job_of(row) for row in (*waiting, *held)]


def live_counts(reading: Reading) -> dict[str, Count]:
    """Each printer's number of jobs that are not through."""
    rows = reading.rows(
        "SELECT printer_id, count(*) AS waiting, sum(state = 'held') AS held FROM print_jobs"
        " WHERE org_id = :org_id AND state IN (:states) GROUP BY printer_id",
        states=list(LIVE),
    )
    return {row["printer_id"]: Count(row["waiting"], row["held"]) for row in rows}


def find_job(reading: Reading, job_id: str) -> Job | None:
    """The job as it is now."""
    row = reading.one(f"SELECT {_STATE} FROM print_jobs WHERE org_id = :org_id AND id = :id", id=job_id)
    return None if row is None else job_of(row)


def keep_step(work: Work, was: Job, job: Job) -> bool:
    """Keeps the job's new state unless the row is no longer what it was; whether it was kept."""
    if find_job(work, was.job_id) != was:
        return False
    work.edit(PrintJob, job.job_id, **_changing(job))
    return True


def begin_sending(work: Work, was: Job, job: Job) -> Copy | None:
    """Keeps a job that is `sending` from here on, and hands out what to send; None when the row has changed."""
    if not keep_step(work, was, job):
        return None
    row = work.one(
        "SELECT j.kind, j.document, p.display_name AS asked_by_name, h.name AS home_name,"
        " EXISTS (SELECT 1 FROM receipt_withdrawals w WHERE w.org_id = j.org_id AND w.receipt_id = j.cause_id) AS withdrawn"
        " FROM print_jobs j"
        " LEFT JOIN people p ON p.org_id = j.org_id AND p.id = j.asked_by"
        " LEFT JOIN printers h ON h.org_id = j.org_id AND h.id = j.home_id"
        " WHERE j.org_id = :org_id AND j.id = :id",
        id=job.job_id,
    )
    assert row is not None, "it was found a moment ago"
    try:
        document = from_json(row["document"])
    except DocumentRefused:
        document = None
    return Copy(row["kind"], document, row["asked_by_name"], row["home_name"], bool(row["withdrawn"]))


def reroute(work: Work, jobs: Sequence[Job], *, to: str) -> list[str]:
    """Has another printer print jobs that still are as they were found, behind what it has; the ids of those moved."""
    sequence, gone = next_sequence(work), []
    for job in jobs:
        if keep_step(work, job, spool.rerouted(job, work.now, to=to, sequence=sequence)):
            gone.append(job.job_id)
            sequence += 1
    if gone:
        work.journal(SlipsRerouted(tuple(gone), jobs[0].printer, to))
    return gone


def overdue(reading: Reading, since: datetime) -> list[dict[str, Any]]:
    """What a kitchen should have had on paper and did not get since then, the oldest first, OVERDUE_SHOWN_MAX at most:
    {id, title, printer, since, state}."""
    rows = reading.rows(
        "SELECT j.id, j.title, coalesce(p.name, '') AS printer, j.fresh_since AS since, j.state FROM print_jobs j"
        " LEFT JOIN printers p ON p.org_id = j.org_id AND p.id = j.printer_id"
        " WHERE j.org_id = :org_id AND j.state IN (:states) AND j.kind IN (:kinds) AND j.fresh_since <= :since"
        " ORDER BY j.fresh_since, j.sequence LIMIT :limit",
        states=list(LIVE),
        kinds=KITCHENS,
        since=instant_text(since),
        limit=OVERDUE_SHOWN_MAX,
    )
    return [dict(row) for row in rows]


def hold_all(work: Work) -> None:
    """After a restore: what waited in the backup may have been printed since; people are asked, copies are marked."""
    rows = work.rows(
        f"SELECT {_STATE} FROM print_jobs WHERE org_id = :org_id AND state IN (:states)", states=list(LIVE)
    )
    for job in map(job_of, rows):
        held = replace(
            job,
            state=State.HELD,
            changed_at=work.now,
            copies=job.copies + 1,
            next_attempt_at=None,
            trouble=Trouble.NODE_STOPPED,
            detail="The node was restored from a backup: look whether this was printed.",
        )
        work.edit(PrintJob, job.job_id, **_changing(held))


def forget_old(work: Work) -> int:
    """Deletes jobs that ended KEPT ago; how many."""
    return work.run(
        "DELETE FROM print_jobs WHERE org_id = :org_id AND state IN (:states) AND changed_at < :before",
        states=list(ENDED),
        before=instant_text(work.now - KEPT),
    )


def unreadable(job: Job, now: datetime) -> Job:
    """A job whose stored document can't be read: nothing to send, so it must not hold up the others."""
    detail = "What was to be printed can't be read any more: look at the screen."
    return replace(job, state=State.HELD, changed_at=now, next_attempt_at=None, detail=detail)


def job_of(row: Mapping[str, Any]) -> Job:
    """The job that a row keeps."""
    next_attempt_at, trouble = row["next_attempt_at"], row["trouble"]
    return Job(
        job_id=row["id"],
        printer=row["printer_id"],
        sequence=row["sequence"],
        created_at=instant(row["created_at"]),
        fresh_since=instant(row["fresh_since"]),
        changed_at=instant(row["changed_at"]),
        state=State(row["state"]),
        attempts=row["attempts"],
        copies=row["copies"],
        unconfirmed=row["unconfirmed"],
        troubles=row["troubles"],
        next_attempt_at=instant(next_attempt_at) if next_attempt_at else None,
        trouble=Trouble(trouble) if trouble else None,
        detail=row["detail"],
        home=row["home_id"],
    )


def stored(job: Job) -> dict[str, Any]:
    """The row that keeps a job."""
    return {
        "id": job.job_id,
        "created_at": instant_text(job.created_at),
        **_changing(job),
    }


def _changing(job: Job) -> dict[str, Any]:
    return {
        "printer_id": job.printer,
        "home_id": job.home,
        "sequence": job.sequence,
        "fresh_since": instant_text(job.fresh_since),
        "changed_at": instant_text(job.changed_at),
        "state": job.state.value,
        "attempts": job.attempts,
        "copies": job.copies,
        "unconfirmed": job.unconfirmed,
        "troubles": job.troubles,
        "next_attempt_at": instant_text(job.next_attempt_at) if job.next_attempt_at else None,
        "trouble": job.trouble.value if job.trouble else None,
        "detail": job.detail,
    }
