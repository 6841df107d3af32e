"""What people ask of the queue: to see it, to have a slip once more, to let a held one go, to drop one."""

from collections.abc import Callable, Mapping
from typing import Any

from devices import spool
from devices.spool import LIVE, Job, SpoolRefused, State
from edge.printing.facts import ReprintAsked, SlipCancelled, SlipMoved, SlipReleased
from edge.printing.jobs import find_job, keep_step, next_sequence
from edge.tables import PrintJob
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.statements import Reading
from hospitality.ground.work import Work
from hospitality.orders.service import PLACE

_SHOWN = (
    "id",
    "printer_id",
    "printer_name",
    "kind",
    "title",
    "cause_id",
    "state",
    "attempts",
    "copies",
    "created_at",
    "changed_at",
    "next_attempt_at",
    "trouble",
    "detail",
    "home_name",
)
_JOBS = """
    SELECT j.id, j.printer_id, p.name AS printer_name, j.kind, j.title, j.cause_id, j.state, j.attempts, j.copies,
           j.created_at, j.changed_at, j.next_attempt_at, j.trouble, j.detail, j.sequence, h.name AS home_name
    FROM print_jobs j LEFT JOIN printers p ON p.org_id = j.org_id AND p.id = j.printer_id
    LEFT JOIN printers h ON h.org_id = j.org_id AND h.id = j.home_id
    WHERE j.org_id = :org_id AND j.property_id = :property_id
"""
_OF_ORDER = " UNION ".join(
    f"SELECT {id} FROM {table} WHERE org_id = :org_id AND {of} = :order_id"
    for table, id, of in (
        ("order_lines", "ticket_id", "order_id"),
        ("order_lines", "id", "order_id"),
        ("receipts", "id", "order_id"),
        ("receipt_withdrawals", "id", "order_id"),
        ("refunds", "id", "order_id"),
        ("invoices", "id", "order_id"),
        ("orders", "id", "id"),
    )
)
_BUSY = "This slip is being printed now. Wait until it is through."
_WAITS = "This slip waits to be printed already."
_OVER = "This slip is through already."


def jobs_page(
    reading: Reading,
    *,
    state: str | None = None,
    printer_id: str | None = None,
    order_id: str | None = None,
    limit: int = 100,
    cursor: str | None = None,
) -> dict[str, Any]:
    """{items, next_cursor}: print jobs, the last queued first. state is a `State` or `live`: not through yet.

    order_id: only its bills and the slips of its tickets, its receipts with their withdrawals, and its refunds.
    """
    conditions = ""
    parameters: dict[str, Any] = {"limit": limit + 1, "printer_id": printer_id, "order_id": order_id}
    if state is not None:
        conditions += " AND j.state IN (:states)"
        parameters["states"] = [found.value for found in LIVE] if state == "live" else [state]
    if printer_id is not None:
        conditions += " AND j.printer_id = :printer_id"
    if order_id is not None:
        conditions += f" AND j.cause_id IN ({_OF_ORDER})"
    if cursor is not None:
        if not cursor.isdecimal() or len(cursor) > 18:
            raise Invalid("CURSOR_INVALID", "Ask for the first page again; that cursor is none of ours.")
        conditions += " AND j.sequence < :cursor"
        parameters["cursor"] = int(cursor)
    rows = reading.rows(f"{_JOBS}{conditions} ORDER BY j.sequence DESC LIMIT :limit", **parameters)
    page = rows[:limit]
    return {
        "items": [_shown(row) for row in page],
        "next_cursor": str(page[-1]["sequence"]) if len(rows) > limit else None,
    }


def print_again(work: Work, job_id: str) -> dict[str, Any]:
    """Queues a slip that is through once more; what may be on paper already comes out marked REPRINT."""

    def step(job: Job) -> Job:
        return spool.print_again(job, work.now, sequence=next_sequence(work))

    return _move(work, job_id, step, refusal=_WAITS, to_paper=True)


def release(work: Work, job_id: str) -> dict[str, Any]:
    """Lets a held slip be printed after all, or has a waiting one tried at once."""
    found = _move(work, job_id, lambda job: spool.release(job, work.now), refusal=_OVER, to_paper=True)
    work.journal(SlipReleased(job_id, found["cause_id"], found["kind"], found["printer_id"]))
    return found


def cancel(work: Work, job_id: str) -> dict[str, Any]:
    """Has a slip not printed (again)."""
    found = _move(work, job_id, lambda job: spool.cancel(job, work.now), refusal=_OVER, to_paper=False)
    work.journal(SlipCancelled(job_id, found["cause_id"], found["kind"], found["printer_id"]))
    return found


def move(work: Work, job_id: str, printer_id: str) -> dict[str, Any]:
    """Has another printer print a waiting or held slip, which says so on paper."""
    if work.one("SELECT id FROM printers WHERE org_id = :org_id AND id = :id", id=printer_id) is None:
        raise NotFound.of("printer", printer_id)
    was = find_job(work, job_id)

    def step(job: Job) -> Job:
        return spool.moved(job, work.now, to=printer_id, sequence=next_sequence(work))

    shown = _move(work, job_id, step, refusal=_OVER, to_paper=True)
    assert was is not None, "it was moved a moment ago"
    work.journal(SlipMoved(job_id, was.printer, printer_id))
    return shown


def _move(work: Work, job_id: str, step: Callable[[Job], Job], *, refusal: str, to_paper: bool) -> dict[str, Any]:
    work.require(PLACE)
    job = find_job(work, job_id)
    if job is None:
        raise NotFound.of("print job", job_id)
    try:
        moved = step(job)
    except SpoolRefused as error:
        message = _BUSY if job.state is State.SENDING else refusal
        raise Refused("PRINT_JOB_STATE", message, state=job.state.value) from error
    keep_step(work, job, moved)
    if to_paper:
        work.edit(PrintJob, job_id, asked_by=work.caller.person_id)
    shown = shown_job(work, job_id)
    if to_paper and moved.reprint:
        work.journal(ReprintAsked(job_id, shown["cause_id"], shown["kind"], shown["printer_id"]))
    return shown


def shown_job(reading: Reading, job_id: str) -> dict[str, Any]:
    """A job as lists show it."""
    row = reading.one(f"{_JOBS} AND j.id = :id", id=job_id)
    assert row is not None, "it was kept a moment ago"
    return _shown(row)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: row[name] for name in _SHOWN}, "reprint": row["copies"] > 0}
