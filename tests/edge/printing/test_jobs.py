"""The queue's rows: they keep a spool's job faithfully, and a step only on what it was decided on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from devices.documents import Cut, Document, Text, to_json
from devices.printer import Trouble
from devices.spool import Job, State, cancel, new_job
from edge.host import EdgeHost
from edge.printing.jobs import (
    HELD_LOADED_MAX,
    KEPT,
    WAITING_LOADED_MAX,
    Count,
    NewSlip,
    add_slips,
    begin_sending,
    find_job,
    forget_old,
    job_of,
    keep_step,
    live_counts,
    live_jobs,
    stored,
)
from edge.tables import PrintJob
from hospitality.ground.ids import derived_id, new_id
from hospitality.ground.work import Work
from tests.edge.node_fixture import SELMA, act, ask

PRINTER = new_id()
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
COUNTS = st.integers(0, 1_000)
JOBS = st.builds(
    Job,
    job_id=st.just(new_id()),
    printer=st.just(PRINTER),
    sequence=st.integers(1, 2**40),
    created_at=MOMENTS,
    fresh_since=MOMENTS,
    changed_at=MOMENTS,
    state=st.sampled_from(State),
    attempts=COUNTS,
    copies=COUNTS,
    unconfirmed=COUNTS,
    troubles=COUNTS,
    next_attempt_at=st.none() | MOMENTS,
    trouble=st.none() | st.sampled_from(Trouble),
    detail=st.text(),
)


def slip(cause: str, *, printer: str = PRINTER, since: datetime | None = None) -> NewSlip:
    document = Document((Text(cause), Cut()), title=f"Ticket {cause}")
    moment = since or datetime.now(UTC)
    cause_id = derived_id(PRINTER, cause)
    return NewSlip(
        printer, "ticket", cause_id, to_json(document).decode(), cause, moment, derived_id(cause_id, f"print:{printer}")
    )


def found(host: EdgeHost, job_id: str) -> Job:
    job = ask(host, find_job, job_id)
    assert job is not None
    return job


@given(JOBS)
def test_a_row_gives_back_the_job_that_it_keeps(job: Job) -> None:
    assert job_of(stored(job)) == job


def test_a_job_survives_the_database(host: EdgeHost) -> None:
    (job_id,) = act(host, add_slips, [slip("one")])
    was = found(host, job_id)
    job = replace(was, state=State.UNKNOWN, copies=2, trouble=Trouble.SLOW, next_attempt_at=was.created_at, detail="x")
    assert act(host, keep_step, was, job)
    assert found(host, job_id) == job


def test_the_same_cause_is_queued_once_for_each_printer(host: EdgeHost) -> None:
    other = new_id()
    slips = [slip("one"), slip("one"), slip("one", printer=other), slip("two")]
    assert len(act(host, add_slips, slips)) == 3
    assert act(host, add_slips, slips) == []
    assert [job.sequence for job in ask(host, live_jobs, PRINTER)] == [1, 3]


def test_a_step_on_what_has_changed_meanwhile_is_not_kept(host: EdgeHost) -> None:
    (job_id,) = act(host, add_slips, [slip("one")])
    was = found(host, job_id)
    cancelled = cancel(was, was.created_at)
    assert act(host, keep_step, was, cancelled)
    assert not act(host, keep_step, was, replace(was, state=State.SENDING))
    assert act(host, begin_sending, was, replace(was, state=State.SENDING)) is None
    assert found(host, job_id) == cancelled


def test_a_sending_hands_out_its_document_and_who_asked(host: EdgeHost) -> None:
    (job_id,) = act(host, add_slips, [slip("one")])
    act(host, lambda work: work.edit(PrintJob, job_id, asked_by=SELMA))
    was = found(host, job_id)
    copy = act(host, begin_sending, was, replace(was, state=State.SENDING))
    assert copy is not None
    assert copy.document == Document((Text("one"), Cut()), title="Ticket one")
    assert (copy.kind, copy.asked_by_name) == ("ticket", "Selma")


def test_held_jobs_never_crowd_out_those_that_can_be_printed(host: EdgeHost) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)

    def fill(work: Work) -> None:
        own = {"cause_id": new_id(), "kind": "ticket", "title": "", "document": "{}", "asked_by": None}
        jobs = [new_job(new_id(), printer=PRINTER, sequence=n, now=now) for n in range(1, 601)]
        held = [replace(job, state=State.HELD) if job.sequence <= 400 else job for job in jobs]
        work.add_all(PrintJob, [{**own, **stored(job)} for job in held])

    act(host, fill)
    jobs = ask(host, live_jobs, PRINTER)
    assert sum(job.state is State.HELD for job in jobs) == HELD_LOADED_MAX
    waiting = [job.sequence for job in jobs if job.state is State.QUEUED]
    assert waiting == list(range(401, 401 + WAITING_LOADED_MAX))
    assert ask(host, live_counts) == {PRINTER: Count(600, 400)}


def test_only_what_ended_long_ago_is_forgotten(host: EdgeHost) -> None:
    long_ago = datetime.now(UTC) - KEPT - timedelta(days=1)
    ids = act(host, add_slips, [slip(name, since=long_ago) for name in ("done", "waits")])
    done = found(host, ids[0])
    act(host, keep_step, done, replace(done, state=State.CONFIRMED))
    assert act(host, forget_old) == 1
    assert ask(host, find_job, ids[0]) is None
    assert found(host, ids[1]).state is State.QUEUED
