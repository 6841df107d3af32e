"""How long news takes: from the commit at one end until the row can be read at the other, in both directions.

Up: an order at the node. Down: a price at head office. One at a time, over a link that is online; beside it the same
machine's bare WebSocket relay, which has neither rows nor commits.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec
import uvloop

from edge.database import connect
from sync.hub.capture import NEWS_CHANNEL
from tests.benchmarks.enrolled_node import EnrolledNode, add_group, enrol_node
from tests.benchmarks.figures import Figure, Round, percentile
from tests.benchmarks.hub_file import HubFile
from tests.benchmarks.plan import Plan
from tests.benchmarks.processes import BenchFailed, Process, wait_until_quiet
from tests.benchmarks.raw_http import RawTerminal
from tests.benchmarks.screen_delay import relayed

PAUSE_SECONDS = 0.05
LAST_SECONDS = 60.0
LOOK_SECONDS = 0.0005


def measure(plan: Plan, folder: Path, say: Callable[[str], None]) -> list[Figure]:
    """Rounds of: the relay, orders up, prices down."""
    say("News: from a commit at one end to the row at the other")
    data = folder / "news-cloud"
    rounds: dict[tuple[str, int], list[Round]] = {}
    with ExitStack() as stack:
        cloud = stack.enter_context(Process("news-cloud", "buffr.main", "cloud", "run", "--data", data, folder=folder))
        office = add_group(cloud, data)
        node = enrol_node(office, folder / "news-node")
        token = node.till_token()
        hub = stack.enter_context(HubFile(office))
        for _ in range(plan.rounds):
            beside = [one.received - one.sure for one in relayed(plan, folder)]
            found = _round(plan, node, token, cloud, hub, folder)
            for way, delays in found.items():
                for percent in (50, 99):
                    one = Round(percentile(delays, percent) / 1e6, percentile(beside, percent) / 1e6)
                    rounds.setdefault((way, percent), []).append(one)
            told = (
                f"{way} p50 {percentile(of, 50) / 1e6:.1f} p99 {percentile(of, 99) / 1e6:.1f} ms"
                for way, of in found.items()
            )
            say("; ".join(told))
    return [
        Figure(f"news {way}, p{percent}", "ms", "bare WebSocket relay, no rows", found)
        for (way, percent), found in rounds.items()
    ]


def _round(
    plan: Plan, node: EnrolledNode, token: str, cloud: Process, hub: HubFile, folder: Path
) -> dict[str, list[int]]:
    times = folder / "news-commits.json"
    timed = ("tests.benchmarks.timed_node", str(times))
    with node.process(cloud.url, folder, module=timed) as process:
        _wait_until_quiet_link(node, hub)
        wait_until_quiet()
        down = _prices_down(plan, node, hub)
        arrivals = _orders_up(plan, node, token, process, hub)
    commits = msgspec.json.decode(times.read_bytes(), type=list[tuple[int, int]])
    first: dict[int, int] = {}
    for row, moment in commits:
        first.setdefault(row, moment)
    sure = [first[row] for row in sorted(first)][-plan.news :]
    return {"up to head office": [a - b for a, b in zip(arrivals, sure, strict=True)], "down to a property": down}


def _wait_until_quiet_link(node: EnrolledNode, hub: HubFile) -> None:
    """Until the menu is up and a price has gone down: then both ends have heard of each other."""
    ends = time.monotonic() + LAST_SECONDS
    while not hub.run("SELECT 1 FROM menu_items WHERE id = %s", node.order.lines[0].menu_item_id):
        if time.monotonic() > ends:
            raise BenchFailed("The menu did not reach head office.")
        time.sleep(PAUSE_SECONDS)
    _price(node, hub, 1)


def _prices_down(plan: Plan, node: EnrolledNode, hub: HubFile) -> list[int]:
    delays = []
    for n in range(plan.news):
        time.sleep(PAUSE_SECONDS)
        delays.append(_price(node, hub, 1_000 + n))
    return delays


def _price(node: EnrolledNode, hub: HubFile, price: int) -> int:
    """Sets a price at head office; nanoseconds from there until the node's file has it."""
    item = node.order.lines[0].menu_item_id
    with closing(connect(node.folder / "node.db", (node.folder / "database.key").read_text(), readonly=True)) as file:
        hub.run("UPDATE menu_items SET price_minor = %s WHERE id = %s", price, item)
        sure = time.monotonic_ns()
        ends = time.monotonic() + LAST_SECONDS
        while file.execute("SELECT price_minor FROM menu_items WHERE id = ?", (item,)).fetchone()[0] != price:
            if time.monotonic() > ends:
                raise BenchFailed("A price did not arrive at the node.")
            time.sleep(LOOK_SECONDS)
        return time.monotonic_ns() - sure


def _orders_up(plan: Plan, node: EnrolledNode, token: str, process: Process, hub: HubFile) -> list[int]:
    """Places orders at their pace; the moments at which head office could read each."""
    arrivals: list[int] = []
    before = _orders(hub)
    with hub.hearing(NEWS_CHANNEL) as heard:

        def watch() -> None:
            ends = time.monotonic() + LAST_SECONDS + plan.news * PAUSE_SECONDS * 2
            while len(arrivals) < plan.news and time.monotonic() < ends:
                if heard(1.0):
                    there = _orders(hub) - before
                    arrivals.extend([time.monotonic_ns()] * (there - len(arrivals)))

        watching = threading.Thread(target=watch, name="watching")
        watching.start()
        uvloop.run(_place(plan, node, token, process))
        watching.join()
    if len(arrivals) != plan.news:
        raise BenchFailed(f"Head office saw {len(arrivals)} of {plan.news} orders.")
    return arrivals


def _orders(hub: HubFile) -> int:
    return int(hub.run("SELECT count(*) FROM orders")[0][0])


async def _place(plan: Plan, node: EnrolledNode, token: str, process: Process) -> None:
    path = f"/api/v1/properties/{node.caller.property_id}/orders"
    async with RawTerminal(process.port, path, token) as terminal:
        for _ in range(plan.news):
            await terminal.post(node.order_body())
            await asyncio.sleep(PAUSE_SECONDS)
