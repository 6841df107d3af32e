"""A kitchen whose printers fail at random bytes, while its node is killed: every ticket comes out, every second copy marked.

The node (its writer, its journal's reader, its printers' threads) runs in a process of its own that is sent SIGKILL; the
two printers, the one the other's backup, stay here with their paper.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

import structlog

from devices.conversation import Patience
from devices.spool import LIVE, Policy
from devices.virtual_printer import VirtualPrinter
from edge.host import EdgeHost
from edge.printing import Printing
from edge.printing.printers import add_printer
from edge.tables import Printer
from hospitality.ground.statements import Reading
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from tests.edge.node_fixture import KITCHEN, SOUP, STEAK, act, ask, node
from tests.forked import forking
from tests.torture.paper import Paper, judged

EAGER = Policy(retry_first=timedelta(milliseconds=10), retry_most=timedelta(milliseconds=50), copies_max=100_000)
HASTY = Patience(connect_seconds=1.0, answer_seconds=0.5, write_seconds=0.5, finish_seconds=5.0, poll_seconds=0.02)
WAITING_MOST = 20
START_SECONDS = 60.0
# On a busy machine at the lowest priority minutes may pass without a turn.
QUIET_SECONDS = 1_800.0
# A ticket of ours has about so many bytes; a line breaks somewhere in one, or in the next.
BYTES_MOST = 1_200
# So many faults without a slip between them, and the weather rests until one has come out.
VAIN_MOST = 20


@dataclass(slots=True)
class Run:
    """One run of the kitchen: how much is ordered, how often the node is killed, and what came of it."""

    tickets: int
    kills: int
    seed: int
    killed: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    rerouted: int = 0
    paper: Paper | None = None


def tortured(run: Run, folder: Path) -> Paper:
    """Orders all tickets, kills the node so often, waits until it is quiet, and reads the paper."""
    with ExitStack() as stack:
        grill, backup = (stack.enter_context(VirtualPrinter(keeps_buffer=keeps)) for keeps in (True, False))
        with node(folder) as host:
            _set_up(host, grill, backup)
        _until_done(run, folder, (grill, backup))
        for printer in (grill, backup):
            _mend(printer)
            assert printer.wait_idle(30), "a printer does not come to rest"
        strips = [slip.text for printer in (grill, backup) for slip in printer.printed()]
        strips += [printer.unfinished() for printer in (grill, backup)]
    with node(folder) as host:
        numbers = ask(host, lambda r: [row["number"] for row in r.rows("SELECT number FROM orders ORDER BY id")])
        run.rerouted = ask(host, lambda r: r.value("SELECT count(*) FROM print_jobs WHERE home_id IS NOT NULL"))
    assert len(numbers) == run.tickets
    run.paper = judged(numbers, strips)
    return run.paper


def _set_up(host: EdgeHost, grill: VirtualPrinter, backup: VirtualPrinter) -> None:
    ids = [
        act(host, add_printer, name=name, address=f"127.0.0.1:{printer.port}", station_ids=stations)["id"]
        for name, printer, stations in (("Grill", grill, (KITCHEN,)), ("Pass", backup, ()))
    ]
    act(host, lambda work: work.edit(Printer, ids[0], backup_id=ids[1], backup_after_seconds=1))


def _until_done(run: Run, folder: Path, printers: tuple[VirtualPrinter, VirtualPrinter]) -> None:
    chance = random.Random(run.seed)
    deaths = sorted(chance.sample(range(1, run.tickets), run.kills), reverse=True)
    with _weather(run, printers) as calm:
        done = False
        while not done:
            with _kitchen(folder, run.tickets) as (told, kill):
                done = _one_life(told, kill, deaths, run, chance, calm)


def _one_life(
    told: Connection,
    kill: Callable[[], None],
    deaths: list[int],
    run: Run,
    chance: random.Random,
    calm: Callable[[], None],
) -> bool:
    """Follows the node until it is killed or done; whether it is done."""
    deadline = monotonic() + QUIET_SECONDS + START_SECONDS
    while monotonic() < deadline:
        if not told.poll(1.0):
            continue
        placed = told.recv()
        deadline = monotonic() + QUIET_SECONDS
        if placed is None:
            return True
        if placed >= run.tickets:
            calm()
        if deaths and placed >= deaths[-1]:
            deaths.pop()
            run.killed += 1
            threading.Event().wait(chance.uniform(0, 0.05))  # anywhere in what follows
            kill()
            return False
    raise AssertionError("the kitchen came to no end")


@contextmanager
def _kitchen(folder: Path, tickets: int) -> Iterator[tuple[Connection, Callable[[], None]]]:
    context = forking()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=cook, args=(folder, tickets, theirs), daemon=True)
    process.start()
    theirs.close()

    def kill() -> None:
        process.kill()
        process.join(START_SECONDS)
        assert process.exitcode is not None, "it is not dead"

    try:
        yield ours, kill
    finally:
        kill()
        process.close()
        ours.close()


def cook(folder: Path, tickets: int, told: Connection) -> None:
    """In the child: orders what is left to order, tells how much there is, and None once all of it is on paper."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with node(folder) as host:
        printing = Printing(host, policy=EAGER, patience=HASTY, status_seconds=0.5)
        printing.start()
        try:
            placed = ask(host, lambda r: int(r.value("SELECT count(*) FROM orders")))
            while placed < tickets:
                if printing.waiting() >= WAITING_MOST:
                    threading.Event().wait(0.005)
                    continue
                act(
                    host,
                    place_order,
                    NewOrder("dine_in", (NewLine(STEAK, 1), NewLine(SOUP, 1)), table=str(placed % 40)),
                )
                placed += 1
                told.send(placed)
            told.send(placed)
            while ask(host, _left) > 0:
                threading.Event().wait(0.02)
            told.send(None)
            threading.Event().wait(START_SECONDS)  # to be killed
        finally:
            printing.stop()


def _left(reading: Reading) -> int:
    """How many tickets are not confirmed: those without a job, and jobs that are not through."""
    queued = reading.value("SELECT count(*) FROM print_jobs WHERE kind = 'ticket'")
    live = reading.value("SELECT count(*) FROM print_jobs WHERE state IN (:states)", states=list(LIVE))
    return int(reading.value("SELECT count(*) FROM orders") - queued + live)


@contextmanager
def _weather(run: Run, printers: tuple[VirtualPrinter, VirtualPrinter]) -> Iterator[Callable[[], None]]:
    """Faults at both printers, one after the other, until it is told to calm down."""
    calm = threading.Event()
    chance = random.Random(run.seed + 1)

    def blow() -> None:
        vain = printed = 0
        while not calm.wait(chance.uniform(0.005, 0.08)):
            if vain >= VAIN_MOST:
                _rest(printers, printed, calm)
            vain, printed = (0, _slips(printers)) if _slips(printers) > printed else (vain + 1, printed)
            printer = printers[0] if chance.random() < 0.75 else printers[1]
            _mend(printer)
            name = chance.choices(list(FAULTS), [weight for weight, _ in FAULTS.values()])[0]
            run.faults[name] = run.faults.get(name, 0) + 1
            FAULTS[name][1](printer, chance)
        for printer in printers:
            _mend(printer)

    thread = threading.Thread(target=blow, daemon=True)
    thread.start()
    try:
        yield calm.set
    finally:
        calm.set()
        thread.join()


def _rest(printers: tuple[VirtualPrinter, VirtualPrinter], printed: int, calm: threading.Event) -> None:
    """Good weather until a slip has come out: on a busy machine none would get through between two faults."""
    for printer in printers:
        _mend(printer)
    while _slips(printers) == printed and not calm.wait(0.005):
        pass


def _slips(printers: tuple[VirtualPrinter, VirtualPrinter]) -> int:
    return sum(printer.counts()["cuts"] for printer in printers)


def _mend(printer: VirtualPrinter) -> None:
    printer.refill()
    printer.close_cover()
    printer.jam_cutter(on=False)
    printer.overheat(on=False)
    printer.mute(on=False)
    printer.go_online()


Fault = Callable[[VirtualPrinter, random.Random], None]
FAULTS: dict[str, tuple[float, Fault]] = {
    "line cut at a random byte": (55, lambda printer, chance: printer.reset_after(chance.randrange(BYTES_MOST))),
    "paper out after some lines": (10, lambda printer, chance: printer.paper_out(chance.randrange(14))),
    "power cycle": (8, lambda printer, chance: printer.power_cycle()),
    "cover open": (5, lambda printer, chance: printer.open_cover()),
    "unplugged": (5, lambda printer, chance: printer.go_offline()),
    "cutter stuck": (3, lambda printer, chance: printer.jam_cutter()),
    "too hot": (3, lambda printer, chance: printer.overheat()),
    "silent": (1, lambda printer, chance: printer.mute()),
    "none": (10, lambda printer, chance: None),
}
