"""Spool, driver and virtual printer together, with a printer that fails all the time."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from devices.conversation import Patience
from devices.documents import Blank, Cut, Document, Size, Text, marked_reprint
from devices.escpos import EndMarker
from devices.line import Reach
from devices.receipt_printer import ReceiptPrinter
from devices.spool import Job, Policy, Send, Store, Wait, choose, new_job, settle
from devices.virtual_printer import VirtualPrinter

TICKETS = 40
ROUNDS_MAX = 2_000
POLICY = Policy(copies_max=50)


def ticket(name: str) -> Document:
    return Document(
        (
            Text(f"begin {name}", bold=True, size=Size.BIG),
            *(Text(f"2 Żurek für Tisch {number}") for number in range(8)),
            Blank(2),
            Text(f"end {name}"),
            Cut(),
        )
    )


@pytest.mark.parametrize("keeps_buffer", [True, False])
@pytest.mark.parametrize("marker", list(EndMarker))
def test_a_printer_that_keeps_failing_loses_no_ticket_and_doubles_none_unmarked(
    keeps_buffer: bool, marker: EndMarker, hasty: Patience
) -> None:
    chance = random.Random(20_261_112)
    now = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)
    jobs: dict[str, Job] = {}
    for sequence in range(TICKETS):
        name = f"ticket-{sequence:03}"
        jobs[name] = new_job(name, printer="grill", sequence=sequence, now=now)
    with VirtualPrinter(keeps_buffer=keeps_buffer) as virtual:
        printer = ReceiptPrinter(Reach("tcp", virtual.host, virtual.port), marker=marker, patience=hasty)
        for _ in range(ROUNDS_MAX):
            match choose(jobs.values(), now, POLICY):
                case Wait(None):
                    break
                case Wait(until):
                    assert until is not None
                    now = until
                case Store(job):
                    jobs[job.job_id] = job
                case Send(job):
                    jobs[job.job_id] = job
                    _something_happens(virtual, chance)
                    document = ticket(job.job_id)
                    if job.reprint:
                        document = marked_reprint(document, f"Copy {job.copy_number}")
                    outcome = printer.print(document, job=job.sending_name)
                    jobs[job.job_id] = settle(job, outcome, now, POLICY)
        assert virtual.wait_idle()
        slips = [printed.text for printed in virtual.printed()]
    whole = {name: [slip for slip in slips if f"end {name}" in slip] for name in jobs}
    assert [name for name, copies in whole.items() if not copies] == []
    unmarked = {name: [slip for slip in copies if "REPRINT" not in slip] for name, copies in whole.items()}
    assert [name for name, copies in unmarked.items() if len(copies) > 1] == []
    assert any(len(copies) > len(unmarked[name]) for name, copies in whole.items()), "nothing ever failed"
    assert now < datetime(2026, 11, 12, 12, 0, tzinfo=UTC) + timedelta(hours=8)


def _something_happens(virtual: VirtualPrinter, chance: random.Random) -> None:
    virtual.refill()
    match chance.randrange(6):
        case 0:
            virtual.paper_out(after_lines=chance.randrange(1, 14))
        case 1:
            virtual.reset_after(chance.randrange(13, 24_000))
        case 2:
            virtual.power_cycle()
        case 3:
            virtual.paper_out()
        case _:
            pass
