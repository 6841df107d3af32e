"""Paper: from the acknowledgement of an order to its ticket's first byte at the printer, with eight terminals ordering, and
how many slips a second go through one printer's queue; beside the driver alone, with the same slip and the same printer.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import uvloop

from devices.documents import Cut, Document, Rule, Size, Text, pair
from devices.line import Reach
from devices.receipt_printer import ReceiptPrinter
from edge.printing.printers import add_printer
from tests.benchmarks.figures import Figure, Round, percentile
from tests.benchmarks.plan import Plan
from tests.benchmarks.processes import BenchFailed, wait_until_quiet
from tests.benchmarks.quick_paper import QuickPaper
from tests.benchmarks.raw_http import RawTerminal
from tests.benchmarks.seeded_node import order_of_one_station, seed_node
from tests.edge.node_fixture import KITCHEN, act, node

TERMINALS = 8
PER_SECOND = 20
LAST_SECONDS = 120.0
YARDSTICK = "the driver alone"


def measure(plan: Plan, folder: Path, say: Callable[[str], None]) -> list[Figure]:
    """Rounds of the driver, then the node with orders at a pace, then with orders as fast as they go."""
    say(f"Paper: {TERMINALS} terminals, one printer")
    delays: dict[int, list[Round]] = {50: [], 99: []}
    slips: list[Round] = []
    for n in range(plan.rounds):
        bytes_after, alone = _driver(plan)
        waited = _through_the_node(plan, folder / f"paper-paced-{n}", per_second=PER_SECOND)[0]
        rate = _through_the_node(plan, folder / f"paper-busy-{n}", per_second=None)[1]
        for percent, of in delays.items():
            of.append(Round(percentile(waited, percent), percentile(bytes_after, percent)))
        slips.append(Round(rate, alone))
        told = ", ".join(f"p{percent} {of[-1].value:.1f} ms" for percent, of in delays.items())
        say(f"round {n + 1}: first byte {told}; {rate:.0f} slips a second beside {alone:.0f}")
    figures = [
        Figure(f"acknowledgement to the first byte at the printer, p{percent}", "ms", YARDSTICK, of)
        for percent, of in delays.items()
    ]
    return [*figures, Figure("slips through one printer's queue", "/s", YARDSTICK, slips)]


def _driver(plan: Plan) -> tuple[list[float], float]:
    """From the call to the first byte, in milliseconds, and slips a second, without a node."""
    waited: list[float] = []
    with QuickPaper() as paper:
        printer = ReceiptPrinter(Reach("tcp", "127.0.0.1", paper.port))
        begun = time.monotonic()
        for n in range(plan.slips):
            called = time.monotonic_ns()
            printer.print(_ticket(f"A1-{n}"), job=f"{n}/1")
            waited.append((paper.first[f"A1-{n}"] - called) / 1e6)
        return waited, plan.slips / (time.monotonic() - begun)


def _ticket(number: str) -> Document:
    return Document(
        (
            Text("KITCHEN", bold=True, size=Size.TALL),
            Text(number, bold=True, size=Size.HUGE),
            Text("Table 12", bold=True, size=Size.HUGE),
            Rule(double=True),
            Text("1 Butternut soup", bold=True, size=Size.BIG),
            Rule(),
            pair("Selma", "Fri 6 Mar, 20:42"),
            Cut(),
        )
    )


def _through_the_node(plan: Plan, folder: Path, *, per_second: int | None) -> tuple[list[float], float]:
    """Milliseconds from each 201 to its ticket's first byte, and slips a second from the first to the last."""
    seeded = seed_node(folder)
    with QuickPaper() as paper:
        with node(folder) as host:
            address = f"127.0.0.1:{paper.port}"
            act(host, add_printer, name="Grill", address=address, station_ids=(KITCHEN,))
        with seeded.process(folder=folder.parent) as process:
            wait_until_quiet()
            terminals = [RawTerminal(process.port, seeded.orders_path, seeded.token) for _ in range(TERMINALS)]
            answered = uvloop.run(_play(plan.slips, terminals, per_second))
            deadline = time.monotonic() + LAST_SECONDS
            while not answered.keys() <= paper.ended.keys():
                if time.monotonic() > deadline:
                    raise BenchFailed(f"{len(paper.ended)} of {len(answered)} slips came out")
                time.sleep(0.05)
        waited = [(paper.first[number] - moment) / 1e6 for number, moment in answered.items()]
        took = (max(paper.ended.values()) - min(paper.first.values())) / 1e9
        return waited, len(answered) / took


async def _play(orders: int, terminals: list[RawTerminal], per_second: int | None) -> dict[str, int]:
    """Places orders from the terminals in turn; when each was answered, by its number."""
    answered: dict[str, int] = {}
    begun = time.monotonic()

    async def serve(nth: int, terminal: RawTerminal) -> None:
        async with terminal:
            for n in range(nth, orders, len(terminals)):
                if per_second:
                    await asyncio.sleep(max(0.0, begun + n / per_second - time.monotonic()))
                body = await terminal.post(order_of_one_station())
                moment = time.monotonic_ns()
                answered[msgspec.json.decode(body)["number"]] = moment

    await asyncio.gather(*(serve(nth, terminal) for nth, terminal in enumerate(terminals)))
    return answered
