"""How long a kitchen screen waits for an order, beside a bare WebSocket relay; orders paced, one screen, one terminal.

Three stretches of the same journey, all on the machine's monotonic clock:
- acknowledged: from the moment the order is sure at the server and is about to be answered (the node: its commit is
  durable; the relay: it has the body) to the screen's receipt. The answer and the event then race each other.
- answered: from the terminal's having the whole 201 to the screen's receipt; may be negative.
- sent: from the terminal's sending to the screen's receipt; the node's holds the commit, which the relay lacks.
"""

import asyncio
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import uvloop
import websockets

from tests.benchmarks.figures import Figure, Goal, Round, percentile
from tests.benchmarks.plan import Plan
from tests.benchmarks.processes import Process, wait_until_quiet
from tests.benchmarks.raw_http import RawTerminal
from tests.benchmarks.seeded_node import SeededNode, order_of_one_station, seed_node

LAST_SECONDS = 30.0
RELAY_YARDSTICK = "bare WebSocket relay, the same stretch"


@dataclass(frozen=True, slots=True)
class Journey:
    """One order's moments, in monotonic nanoseconds."""

    sent: int
    answered: int
    sure: int
    received: int


@dataclass(frozen=True, slots=True)
class Delays:
    """p50 and p99 in milliseconds by stretch."""

    found: dict[tuple[str, int], float]


def measure(plan: Plan, folder: Path, say: Callable[[str], None]) -> list[Figure]:
    """Rounds of: the relay, then the node."""
    say("Kitchen screen: from the acknowledgement to the screen's WebSocket")
    node = seed_node(folder / "screen-node")
    rounds: dict[tuple[str, int], list[Round]] = {}
    for n in range(plan.rounds):
        beside_it = _of(relayed(plan, folder))
        found = _of(_through_the_node(plan, node, folder))
        for key, value in found.found.items():
            rounds.setdefault(key, []).append(Round(value, beside_it.found[key]))
        beside = beside_it.found
        told = [f"{s} p{p} {v:.2f} ms beside {beside[s, p]:.2f}" for (s, p), v in found.found.items()]
        say(f"round {n + 1}: " + "; ".join(told))
    return [
        Figure(
            f"kitchen screen p{percent}, from {stretch}",
            "ms",
            RELAY_YARDSTICK,
            rounds[stretch, percent],
            Goal(2, at_most=True) if (stretch, percent) == ("acknowledgement", 99) else None,
        )
        for stretch, percent in rounds
        if stretch != "answer"
    ]


def _of(journeys: list[Journey]) -> Delays:
    stretches = {
        "acknowledgement": [one.received - one.sure for one in journeys],
        "answer": [one.received - one.answered for one in journeys],
        "sending": [one.received - one.sent for one in journeys],
    }
    return Delays(
        {(name, percent): percentile(of, percent) / 1e6 for name, of in stretches.items() for percent in (50, 99)}
    )


def relayed(plan: Plan, folder: Path) -> list[Journey]:
    """Orders through the bare relay, at their pace."""
    with Process("relay", "tests.benchmarks.relay", folder=folder) as relay:
        wait_until_quiet()
        terminal = RawTerminal(relay.port, "/orders")
        screen = Screen(relay.port, "{}", lambda message: message.get("sure_at"))
        told = uvloop.run(_play(plan, terminal, screen))
    return [Journey(sent, answered, sure, received) for (sent, answered), (sure, received) in told]


def _through_the_node(plan: Plan, node: SeededNode, folder: Path) -> list[Journey]:
    times = folder / "commits.json"
    with node.process("tests.benchmarks.timed_node", str(times), folder=folder) as process:
        wait_until_quiet()
        terminal = RawTerminal(process.port, node.orders_path, node.token)
        greeting = msgspec.json.encode({"subscribe": ["ticket_updated"], "resume": None}).decode()
        screen = Screen(process.port, greeting, journal_row, node.screen_token)
        told = uvloop.run(_play(plan, terminal, screen))
    commits = msgspec.json.decode(times.read_bytes(), type=list[tuple[int, int]])
    ends = [row for row, _ in commits]
    return [
        Journey(sent, answered, commits[bisect_left(ends, row)][1], received)
        for (sent, answered), (row, received) in told
    ]


def journal_row(message: dict[str, Any]) -> int | None:
    """Which entry of the journal an event comes from: its position is `incarnation:row:n`."""
    if message["event"] != "ticket_updated":
        return None
    return int(message["position"].split(":")[1])


class Screen:
    """One kitchen screen: notes when each order's message came. `mark` reads what tells the order apart, or None."""

    def __init__(self, port: int, greeting: str, mark: Callable[[dict[str, Any]], int | None], token: str = "") -> None:
        self._url = f"ws://127.0.0.1:{port}/ws"
        self._greeting = greeting
        self._mark = mark
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.ready = asyncio.Event()

    async def see(self, orders: int) -> list[tuple[int, int]]:
        """(mark, moment) of so many orders, in the order of their coming."""
        arrived: list[tuple[str, int]] = []
        seen = 0
        async with websockets.connect(self._url, compression=None, additional_headers=self._headers) as connection:
            await connection.send(self._greeting)
            await connection.recv()
            self.ready.set()
            while seen < orders:
                text = str(await connection.recv())
                now = time.monotonic_ns()
                if '"heartbeat"' not in text:
                    arrived.append((text, now))
                    seen += 1
        marks = [(self._mark(msgspec.json.decode(text)), now) for text, now in arrived]
        return [(mark, now) for mark, now in marks if mark is not None]


async def _play(plan: Plan, terminal: RawTerminal, screen: Screen) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Places orders at their pace; answers ((sent, answered), (mark, received)) of each."""
    warming = plan.paced_per_second
    seeing = asyncio.create_task(screen.see(plan.paced_orders + warming))
    await asyncio.wait_for(screen.ready.wait(), LAST_SECONDS)
    placed: list[tuple[int, int]] = []
    async with terminal:
        begun = time.monotonic()
        for n in range(plan.paced_orders + warming):
            await asyncio.sleep(max(0.0, begun + n / plan.paced_per_second - time.monotonic()))
            sent = time.monotonic_ns()
            await terminal.post(order_of_one_station())
            placed.append((sent, time.monotonic_ns()))
        seen = await asyncio.wait_for(seeing, LAST_SECONDS)
    return list(zip(placed, seen, strict=True))[warming:]
