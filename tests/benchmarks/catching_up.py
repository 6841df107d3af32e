"""A till that writes while its node catches up with a hundred thousand rows of head office's, beside the same till
before (S21)."""

import asyncio
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import uvloop

from buffr.link import LinkProxy
from edge.database import connect
from hospitality.ground.ids import new_id
from tests.benchmarks.enrolled_node import EnrolledNode, add_group, enrol_node
from tests.benchmarks.figures import Figure, Goal, Round, percentile
from tests.benchmarks.hub_file import HubFile
from tests.benchmarks.plan import Plan
from tests.benchmarks.processes import BenchFailed, Process, wait_until_quiet
from tests.benchmarks.raw_http import RawTerminal

ROWS_A_TRANSACTION = 100
ORDERS_A_SECOND = 20
CATCH_UP_SECONDS = 600.0
WARMING_SECONDS, IDLE_SECONDS, MENU_SECONDS = 2, 10, 60
NAME = "Catching up"


def measure(plan: Plan, folder: Path, say: Callable[[str], None]) -> list[Figure]:
    """One round: a till on a node that has everything, then while it catches up."""
    say("A till while its node catches up")
    data = folder / "catch-cloud"
    with ExitStack() as stack:
        cloud = stack.enter_context(Process("catch-cloud", "buffr.main", "cloud", "run", "--data", data, folder=folder))
        office = add_group(cloud, data)
        node = enrol_node(office, folder / "catch-node")
        token = node.till_token()
        hub = stack.enter_context(HubFile(office))
        link = stack.enter_context(LinkProxy("127.0.0.1", cloud.port))
        with node.process(link.url, folder) as process:
            _wait_for_the_menu(hub)
            link.refuse()
            _write_rows(hub, node, plan.catching_up_rows)
            uvloop.run(till(node, token, process, lambda seconds: seconds > WARMING_SECONDS))
            wait_until_quiet()
            idle = uvloop.run(till(node, token, process, lambda seconds: seconds > IDLE_SECONDS))
            link.open()
            begun = time.monotonic()
            busy = uvloop.run(till(node, token, process, lambda _: _there(node) >= plan.catching_up_rows))
            seconds = time.monotonic() - begun
    say(
        f"{plan.catching_up_rows:,} rows in {seconds:.1f} s, {len(busy)} orders meanwhile, none refused;"
        f" p50 {percentile(busy, 50):.1f} ms, p99 {percentile(busy, 99):.1f} ms, worst {max(busy):.1f} ms"
    )
    yardstick = "the same till while nothing comes"
    return [
        Figure(
            f"a till's order while {plan.catching_up_rows:,} rows come, p{percent}",
            "ms",
            yardstick,
            [Round(percentile(busy, percent), percentile(idle, percent))],
            Goal(100 / percentile(idle, 99), at_most=True) if percent == 99 else None,
        )
        for percent in (50, 99)
    ]


def _wait_for_the_menu(hub: HubFile) -> None:
    ends = time.monotonic() + MENU_SECONDS
    while not hub.run("SELECT 1 FROM menu_items LIMIT 1"):
        if time.monotonic() > ends:
            raise BenchFailed("The menu did not reach head office.")
        time.sleep(0.05)


def _write_rows(hub: HubFile, node: EnrolledNode, count: int) -> None:
    """Head office writes so many rows for the property, a hundred a transaction."""
    [(category, station)] = hub.run("SELECT category_id, station_id FROM menu_items LIMIT 1")
    org, place = node.caller.org_id, node.caller.property_id
    for start in range(0, count, ROWS_A_TRANSACTION):
        hub.run_many(
            "INSERT INTO menu_items (org_id, id, property_id, name, category_id, station_id, price_minor, available,"
            " prep_seconds) VALUES (%s, %s, %s, %s, %s, %s, %s, true, 600)",
            [
                (org, new_id(), place, f"{NAME} {start + n}", category, station, 1_000 + n)
                for n in range(min(ROWS_A_TRANSACTION, count - start))
            ],
        )


def _there(node: EnrolledNode) -> int:
    with closing(connect(node.folder / "node.db", (node.folder / "database.key").read_text(), readonly=True)) as file:
        return int(file.execute(f"SELECT count(*) FROM menu_items WHERE name LIKE '{NAME} %'").fetchone()[0])


async def till(node: EnrolledNode, token: str, process: Process, enough: Callable[[float], bool]) -> list[float]:
    """Twenty orders a second until it is enough; how long each took, in milliseconds. A refusal ends the bench."""
    path = f"/api/v1/properties/{node.caller.property_id}/orders"
    body, taken = node.order_body(), list[float]()
    begun = time.monotonic()
    async with RawTerminal(process.port, path, token) as terminal:
        for n in range(int(CATCH_UP_SECONDS) * ORDERS_A_SECOND):
            await asyncio.sleep(max(0.0, begun + n / ORDERS_A_SECOND - time.monotonic()))
            asked = time.perf_counter()
            await terminal.post(body)
            taken.append((time.perf_counter() - asked) * 1000)
            if n % ORDERS_A_SECOND == 0 and await asyncio.to_thread(enough, time.monotonic() - begun):
                return taken
    raise BenchFailed(f"The node did not catch up within {CATCH_UP_SECONDS:.0f} seconds.")
