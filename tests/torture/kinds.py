"""Twelve kinds of printer faults, each so many times against one ticket (C-13): the queue's own decisions, the shipped
driver, and a printer with that fault until its trouble was told; then it is mended.
"""

import random
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from devices.conversation import Patience
from devices.documents import Cut, Document, Text, marked_reprint
from devices.line import Reach
from devices.printer import Verdict
from devices.receipt_printer import ReceiptPrinter
from devices.spool import Job, Policy, Send, State, Wait, choose, new_job, settle
from devices.virtual_printer import VirtualPrinter

POLICY = Policy(copies_max=1_000)
HASTY = Patience(connect_seconds=2.0, answer_seconds=0.25, write_seconds=0.25, finish_seconds=2.0, poll_seconds=0.02)
BEGUN = datetime(2026, 11, 27, 20, tzinfo=UTC)
LINES = 12
STEPS_MOST = 200


@dataclass(slots=True)
class Count:
    """What came of one kind of fault: tickets nowhere whole, second copies without a mark, marked copies, how often its
    trouble was told, and after how many seconds at most."""

    kind: str
    times: int = 0
    lost: int = 0
    unmarked: int = 0
    marked: int = 0
    told: int = 0
    seconds_most: float = 0.0

    @property
    def is_well(self) -> bool:
        """Nothing lost, nothing doubled unseen."""
        return self.lost == self.unmarked == 0


def suffered(kind: str, times: int, seed: int, patience: Patience = HASTY) -> Count:
    """Prints so many tickets, each through this fault."""
    count, chance = Count(kind), random.Random(f"{seed} {kind}")
    with VirtualPrinter(keeps_buffer=False) as virtual:
        for number in range(times):
            before = len(virtual.printed())
            with KINDS[kind](virtual, chance) as reach:
                job = _sent(_first(f"ticket-{number:04}"), reach, patience, count)
            _printed(job, Reach("tcp", virtual.host, virtual.port), patience, count)
            assert virtual.wait_idle(30), "the printer does not come to rest"
            _read(f"ticket-{number:04}", [slip.text for slip in virtual.printed()[before:]], count)
    return count


def _first(name: str) -> Job:
    choice = choose([new_job(name, printer="grill", sequence=1, now=BEGUN)], BEGUN, POLICY)
    assert isinstance(choice, Send)
    return choice.job


def _printed(job: Job, reach: Reach, patience: Patience, count: Count) -> None:
    """Sends a ticket until the printer says that it is out."""
    now = BEGUN
    for _ in range(STEPS_MOST):
        if job.state is State.CONFIRMED:
            count.times += 1
            return
        choice = choose([job], now, POLICY)
        if isinstance(choice, Send):
            job = _sent(choice.job, reach, patience, count)
        else:
            assert isinstance(choice, Wait), "it asks a person"
            now += timedelta(seconds=20)
    raise AssertionError(f"{job.job_id} never came out")


def _sent(job: Job, reach: Reach, patience: Patience, count: Count) -> Job:
    lines = (Text(f"{job.job_id} line {n}") for n in range(LINES))
    document = Document((Text(f"begin {job.job_id}"), *lines, Text(f"end {job.job_id}"), Cut()))
    if job.reprint:
        document = marked_reprint(document, f"Copy {job.copy_number}")
    begun = monotonic()
    outcome = ReceiptPrinter(reach, patience=patience).print(document, job=job.sending_name)
    if outcome.verdict is not Verdict.CONFIRMED:
        count.told += 1
        count.seconds_most = max(count.seconds_most, monotonic() - begun)
    return settle(job, outcome, BEGUN, POLICY)


def _read(name: str, slips: list[str], count: Count) -> None:
    whole = [slip for slip in slips if f"end {name}" in slip]
    unmarked = [slip for slip in slips if f"begin {name}" in slip and "REPRINT" not in slip]
    count.lost += not whole
    count.unmarked += max(0, len(unmarked) - 1)
    count.marked += sum("REPRINT" in slip for slip in whole)


Kind = Callable[[VirtualPrinter, random.Random], AbstractContextManager[Reach]]


def _until_told(ail: Callable[[VirtualPrinter, random.Random], None], mend: Callable[[VirtualPrinter], None]) -> Kind:
    """A fault that lasts for one sending."""

    @contextmanager
    def during(virtual: VirtualPrinter, chance: random.Random) -> Iterator[Reach]:
        ail(virtual, chance)
        yield Reach("tcp", virtual.host, virtual.port)
        mend(virtual)

    return during


@contextmanager
def _half_open(virtual: VirtualPrinter, chance: random.Random) -> Iterator[Reach]:
    """Somebody takes the connection, and neither reads nor answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield Reach("tcp", "127.0.0.1", listening.getsockname()[1])


def _in_the_middle(virtual: VirtualPrinter, chance: random.Random) -> None:
    virtual.paper_out(after_lines=chance.randrange(1, LINES))


def _flushed(virtual: VirtualPrinter) -> None:
    virtual.power_cycle()
    virtual.refill()


KINDS: dict[str, Kind] = {
    "paper out before": _until_told(lambda virtual, _: virtual.paper_out(), VirtualPrinter.refill),
    "paper out in the middle": _until_told(_in_the_middle, VirtualPrinter.refill),
    "cover open": _until_told(lambda virtual, _: virtual.open_cover(), VirtualPrinter.close_cover),
    "cutter stuck": _until_told(lambda virtual, _: virtual.jam_cutter(), lambda virtual: virtual.jam_cutter(on=False)),
    "too hot": _until_told(lambda virtual, _: virtual.overheat(), lambda virtual: virtual.overheat(on=False)),
    "slow": _until_told(lambda virtual, _: virtual.slow_down(0.005), lambda virtual: virtual.slow_down(0)),
    "line reset in the middle": _until_told(
        lambda virtual, chance: virtual.reset_after(chance.randrange(1_000)), VirtualPrinter.go_online
    ),
    "half-open line": _half_open,
    "wrong status bits": _until_told(lambda virtual, _: virtual.garble(), lambda virtual: virtual.garble(on=False)),
    "silent": _until_told(lambda virtual, _: virtual.mute(), lambda virtual: virtual.mute(on=False)),
    "power cycle that flushes": _until_told(_in_the_middle, _flushed),
    "unplugged": _until_told(lambda virtual, _: virtual.go_offline(), VirtualPrinter.go_online),
}
