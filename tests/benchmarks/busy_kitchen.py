"""A kitchen on a busy evening: twenty screens and eight terminals at once, a screen with two hundred open tickets, and
the node's memory after a day of five thousand orders.
"""

import asyncio
import time
from bisect import bisect_left
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import uvloop
from playwright.sync_api import Page

from tests.benchmarks.figures import Figure, Goal, Round, percentile
from tests.benchmarks.plan import Plan
from tests.benchmarks.processes import Process, wait_until_quiet
from tests.benchmarks.raw_http import RawTerminal
from tests.benchmarks.screen_delay import RELAY_YARDSTICK, Screen, journal_row
from tests.benchmarks.seeded_node import SeededNode, order_of_one_station, order_of_two_stations, seed_node
from tests.benchmarks.taking_orders import AsyncTerminals
from tests.browser_fixture import CHROMIUM, open_browser, open_page
from tests.edge.node_fixture import KITCHEN

SCREENS, TERMINALS = 20, 8
FEW_TICKETS, MANY_TICKETS = 10, 200
UPDATES = 60
UPDATE_GOAL_MS = 100.0
LAST_SECONDS = 60.0
# from the browser's receipt of a message until what it changed is painted: the second frame after it
_WATCH = """
(() => {
  window.updates = [];
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", (message) => {
        if (!String(message.data).includes('"ticket_updated"')) return;
        const begun = performance.now();
        requestAnimationFrame(() => requestAnimationFrame(() => window.updates.push(performance.now() - begun)));
      });
    }
  };
})();
"""


def measure(plan: Plan, folder: Path, say: Callable[[str], None]) -> list[Figure]:
    """Rounds of the screens beside the relay's; one round each of the browser and of the day."""
    say(f"A busy kitchen: {SCREENS} screens, {TERMINALS} terminals")
    node = seed_node(folder / "busy-node")
    rounds: dict[int, list[Round]] = {50: [], 99: []}
    for n in range(plan.rounds):
        beside, found = _relayed(plan, folder), _through_the_node(plan, node, folder)
        for percent, of in rounds.items():
            of.append(Round(percentile(found, percent) / 1e6, percentile(beside, percent) / 1e6))
        told = (f"p{percent} {of[-1].value:.2f} ms beside {of[-1].yardstick:.2f}" for percent, of in rounds.items())
        say(f"round {n + 1}: " + ", ".join(told))
    name = f"{SCREENS} kitchen screens, {TERMINALS} terminals busy, from acknowledgement"
    figures = [Figure(f"{name}, p{percent}", "ms", RELAY_YARDSTICK, of) for percent, of in rounds.items()]
    if CHROMIUM.exists():
        figures.append(_pages(folder, say))
    else:
        say(f"no browser at {CHROMIUM}: a screen with {MANY_TICKETS} tickets is not measured")
    return [*figures, _day(plan, folder, say)]


# --- many screens


def _relayed(plan: Plan, folder: Path) -> list[int]:
    with Process("busy-relay", "tests.benchmarks.relay", folder=folder) as relay:
        wait_until_quiet()
        screens = [Screen(relay.port, "{}", lambda message: message.get("sure_at")) for _ in range(SCREENS)]
        terminals = [RawTerminal(relay.port, "/orders") for _ in range(TERMINALS)]
        told = uvloop.run(_play(plan, terminals, screens))
    return [received - sure for of_one in told for sure, received in of_one]


def _through_the_node(plan: Plan, node: SeededNode, folder: Path) -> list[int]:
    times = folder / "busy-commits.json"
    with node.process("tests.benchmarks.timed_node", str(times), folder=folder) as process:
        wait_until_quiet()
        greeting = msgspec.json.encode({"subscribe": ["ticket_updated"], "resume": None}).decode()
        screens = [Screen(process.port, greeting, journal_row, node.screen_token) for _ in range(SCREENS)]
        terminals = [RawTerminal(process.port, node.orders_path, node.token) for _ in range(TERMINALS)]
        told = uvloop.run(_play(plan, terminals, screens))
    commits = msgspec.json.decode(times.read_bytes(), type=list[tuple[int, int]])
    ends = [row for row, _ in commits]
    return [received - commits[bisect_left(ends, row)][1] for of_one in told for row, received in of_one]


async def _play(plan: Plan, terminals: list[RawTerminal], screens: list[Screen]) -> list[list[tuple[int, int]]]:
    """Orders at their pace from the terminals in turn; answers what each screen saw after the warming up."""
    warming = plan.paced_per_second
    orders = plan.paced_orders + warming
    seeing = [asyncio.create_task(screen.see(orders)) for screen in screens]
    await asyncio.wait_for(asyncio.gather(*(screen.ready.wait() for screen in screens)), LAST_SECONDS)
    begun = time.monotonic()

    async def serve(nth: int, terminal: RawTerminal) -> None:
        async with terminal:
            for n in range(nth, orders, len(terminals)):
                await asyncio.sleep(max(0.0, begun + n / plan.paced_per_second - time.monotonic()))
                await terminal.post(order_of_one_station())

    await asyncio.gather(*(serve(nth, terminal) for nth, terminal in enumerate(terminals)))
    seen = await asyncio.wait_for(asyncio.gather(*seeing), LAST_SECONDS)
    return [of_one[warming:] for of_one in seen]


# --- one screen with many tickets


def _pages(folder: Path, say: Callable[[str], None]) -> Figure:
    found: dict[int, float] = {}
    with open_browser() as browser:
        for tickets in (FEW_TICKETS, MANY_TICKETS):
            node = seed_node(folder / f"page-node-{tickets}")
            with node.process(folder=folder) as process:
                _orders_aside(process, node, tickets)
                page = open_page(browser)
                try:
                    found[tickets] = percentile(_updates(page, process, node), 99)
                finally:
                    page.context.close()
            say(f"a screen with {tickets} open tickets shows a change within {found[tickets]:.1f} ms (p99)")
    few, many = found[FEW_TICKETS], found[MANY_TICKETS]
    return Figure(
        f"a kitchen screen with {MANY_TICKETS} open tickets: from a message to its painting, p99",
        "ms",
        f"the same with {FEW_TICKETS} tickets",
        [Round(many, few)],
        Goal(UPDATE_GOAL_MS / few, at_most=True),
    )


def _updates(page: Page, process: Process, node: SeededNode) -> list[float]:
    """Milliseconds of each update, while new orders come one at a time."""
    page.add_init_script(_WATCH)
    page.context.add_cookies([{"name": "buffr_terminal", "value": node.screen_token, "url": process.url}])
    page.goto(f"{process.url}/kds?station={KITCHEN}")
    page.locator(".card").first.wait_for()
    for n in range(1, UPDATES + 1):
        _orders_aside(process, node, 1)
        page.wait_for_function("n => window.updates.length >= n", arg=n)
    return [float(one) for one in page.evaluate("window.updates")]


def _orders_aside(process: Process, node: SeededNode, count: int) -> None:
    """In a thread of its own, since the browser's driver keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: uvloop.run(_orders(process, node, count, order_of_one_station()))).result()


async def _orders(process: Process, node: SeededNode, count: int, body: bytes) -> None:
    async with RawTerminal(process.port, node.orders_path, node.token) as terminal:
        for _ in range(count):
            await terminal.post(body)


# --- a day


def _day(plan: Plan, folder: Path, say: Callable[[str], None]) -> Figure:
    node = seed_node(folder / "day-node")
    with node.process(folder=folder) as process:
        uvloop.run(_orders(process, node, plan.warming_orders, order_of_two_stations()))
        before = process.resident_megabytes()
        uvloop.run(_many(process, node, plan.day_orders))
        after = process.resident_megabytes()
    say(f"after {plan.day_orders:,} orders the node holds {after:,.0f} MB, before {before:,.0f} MB")
    return Figure(
        f"the node's memory after a day of {plan.day_orders:,} orders",
        "MB",
        f"the same process after {plan.warming_orders:,}",
        [Round(after, before)],
    )


async def _many(process: Process, node: SeededNode, orders: int) -> None:
    left = iter(range(orders))

    async def serve(terminal: RawTerminal) -> None:
        for _ in left:
            await terminal.post(order_of_two_stations())

    async with AsyncTerminals(process.port, node, TERMINALS) as opened:
        await asyncio.gather(*(serve(terminal) for terminal in opened))
