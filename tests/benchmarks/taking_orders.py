"""Durable orders a second over HTTP, for one terminal and for eight at once, beside a bare loop on the same disk."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from time import perf_counter

import uvloop

from tests.benchmarks.bare_loop import BareLoop, Capture
from tests.benchmarks.figures import Figure, Goal, Round
from tests.benchmarks.plan import Plan
from tests.benchmarks.processes import Process, wait_until_quiet
from tests.benchmarks.raw_http import RawTerminal
from tests.benchmarks.seeded_node import SeededNode, order_of_two_stations, seed_node

GOALS = {1: Goal(0.4), 8: Goal(0.75)}


def measure(plan: Plan, folder: Path, say: Callable[[str], None]) -> list[Figure]:
    """Rounds of: the loop, then the node with so many terminals; either's file grows by as many orders."""
    say("Taking orders: a node without its cloud")
    node = seed_node(folder / "orders-node")
    rounds: dict[int, list[Round]] = {terminals: [] for terminals in GOALS}
    with ExitStack() as stack:
        process = stack.enter_context(node.process(folder=folder))
        loop = stack.enter_context(closing(_bare_loop(process, node, folder)))
        say(f"One order is {loop.told}")
        uvloop.run(_place(process, node, 8, plan.warming_orders))
        for n in range(plan.rounds):
            for terminals in GOALS:
                orders = plan.orders_of(terminals)
                wait_until_quiet()
                yardstick = loop.orders_per_second(orders)
                value = uvloop.run(_place(process, node, terminals, orders))
                rounds[terminals].append(Round(value, yardstick))
                say(f"round {n + 1}, {terminals} terminals: {value:,.0f} orders/s beside {yardstick:,.0f}")
        say(f"The node's peak memory: {process.peak_megabytes():,.0f} MB")
    return [
        Figure(
            f"durable orders over HTTP, {terminals} terminal{'s' if terminals > 1 else ''}",
            "orders/s",
            "bare SQLite loop that commits the same rows",
            found,
            GOALS[terminals],
        )
        for terminals, found in rounds.items()
    ]


def _bare_loop(process: Process, node: SeededNode, folder: Path) -> BareLoop:
    uvloop.run(_place(process, node, 1, 1))  # the first order of a day opens the day
    with closing(Capture(node.folder)) as capture:
        uvloop.run(_place(process, node, 1, 1))
        return BareLoop(node.folder, folder / "bare-loop", capture.written())


async def _place(process: Process, node: SeededNode, terminals: int, orders: int) -> float:
    """Places so many orders from so many terminals, each waiting for its answer; answers orders a second."""
    body = order_of_two_stations()
    left = iter(range(orders))

    async def serve(terminal: RawTerminal) -> None:
        for _ in left:
            await terminal.post(body)

    async with AsyncTerminals(process.port, node, terminals) as opened:
        begun = perf_counter()
        await asyncio.gather(*(serve(terminal) for terminal in opened))
        return orders / (perf_counter() - begun)


class AsyncTerminals:
    """So many terminals, connected; they leave together."""

    def __init__(self, port: int, node: SeededNode, count: int) -> None:
        self._terminals = [RawTerminal(port, node.orders_path, node.token) for _ in range(count)]

    async def __aenter__(self) -> list[RawTerminal]:
        return list(await asyncio.gather(*(terminal.__aenter__() for terminal in self._terminals)))

    async def __aexit__(self, *error: object) -> None:
        await asyncio.gather(*(terminal.__aexit__(*error) for terminal in self._terminals))
