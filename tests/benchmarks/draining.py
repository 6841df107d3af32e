"""A node's backlog of orders until head office has acknowledged all of it, beside a bare COPY of the same rows."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from buffr.link import LinkProxy
from tests.benchmarks.enrolled_node import EnrolledNode, add_group, enrol_node
from tests.benchmarks.figures import Figure, Goal, Round
from tests.benchmarks.hub_file import HubFile, Rows
from tests.benchmarks.plan import Plan
from tests.benchmarks.processes import BenchFailed, Process, wait_until_quiet

DRAIN_SECONDS = 300.0
BEGIN_SECONDS = 60.0
POLL_SECONDS = 0.005
ROWS_AN_ORDER = 5
OF_RECORD = (
    "Of record for 50,000 rows of orders, not measured here: CouchDB replication 15,500 rows/s (an order a document) and"
    " 5,900 (a row a document), cr-sqlite file to file 12,400."
)


@dataclass(frozen=True, slots=True)
class Drain:
    """What one backlog took."""

    rows: int
    seconds: float
    bytes_up: int
    node_megabytes: tuple[float, float]
    cloud_megabytes: tuple[float, float]
    """Before and at the most."""


def measure(plan: Plan, folder: Path, say: Callable[[str], None]) -> list[Figure]:
    """Rounds of: a backlog drained, the same rows by COPY."""
    say("Sync: a backlog of orders to head office")
    data = folder / "cloud"
    drains: list[tuple[Drain, Rows, float]] = []
    with ExitStack() as stack:
        cloud = stack.enter_context(Process("cloud", "buffr.main", "cloud", "run", "--data", data, folder=folder))
        office = add_group(cloud, data)
        node = enrol_node(office, folder / "sync-node")
        hub = stack.enter_context(HubFile(office))
        link = stack.enter_context(LinkProxy("127.0.0.1", cloud.port))
        _drain(node, plan.warming_orders, cloud, hub, link, folder)
        for n in range(plan.rounds):
            stamp = hub.newest_stamp()
            drain = _drain(node, plan.waiting_orders, cloud, hub, link, folder)
            rows = hub.rows_after(stamp)
            if len(rows) != ROWS_AN_ORDER * plan.waiting_orders:
                raise BenchFailed(f"Head office got {len(rows)} rows of {plan.waiting_orders} orders.")
            seconds = hub.copy_seconds(rows)
            drains.append((drain, rows, seconds))
            say(
                f"round {n + 1}: {drain.rows / drain.seconds:,.0f} rows/s beside {len(rows) / seconds:,.0f},"
                f" {drain.bytes_up / drain.rows:.1f} bytes a row"
            )
    return _figures(drains)


def measure_week(plan: Plan, folder: Path, say: Callable[[str], None]) -> list[Figure]:
    """A week's backlog, and a tenth of one before it: memory must not grow with what waits."""
    say("A week's backlog: memory at both ends")
    data = folder / "week-cloud"
    with ExitStack() as stack:
        cloud = stack.enter_context(Process("week-cloud", "buffr.main", "cloud", "run", "--data", data, folder=folder))
        office = add_group(cloud, data)
        node = enrol_node(office, folder / "week-node")
        hub = stack.enter_context(HubFile(office))
        link = stack.enter_context(LinkProxy("127.0.0.1", cloud.port))
        tenth, week = (
            _drain(node, orders, cloud, hub, link, folder) for orders in (plan.week_orders // 10, plan.week_orders)
        )
    say(f"{week.rows:,} changes in {week.seconds:.1f} s, {week.bytes_up / 1e6:.1f} MB on the wire")
    yardstick = "the same with a tenth of it waiting"
    return [
        Figure(f"peak memory {where}, a week waiting", "MB", yardstick, [Round(most[1], less[1])])
        for where, most, less in (
            ("of the node", week.node_megabytes, tenth.node_megabytes),
            ("of head office without PostgreSQL", week.cloud_megabytes, tenth.cloud_megabytes),
        )
    ]


def _drain(node: EnrolledNode, orders: int, cloud: Process, hub: HubFile, link: LinkProxy, folder: Path) -> Drain:
    """Fills the outbox, starts the node without its cloud, and clocks from the first byte to the last row's
    acknowledgement."""
    before = hub.acknowledged(node)
    last = node.place(orders)
    link.refuse()
    with node.process(link.url, folder) as process:
        wait_until_quiet()
        resident = process.resident_megabytes(), cloud.resident_megabytes()
        sent = link.bytes_up
        link.open()
        _wait(lambda: link.bytes_up > sent, BEGIN_SECONDS, "The node did not call")
        begun = time.perf_counter()
        _wait(lambda: hub.acknowledged(node) >= last, DRAIN_SECONDS, "The backlog did not drain")
        seconds = time.perf_counter() - begun
        peak = process.peak_megabytes(), cloud.peak_megabytes()
        up = link.bytes_up - sent
    return Drain(last - before, seconds, up, (resident[0], peak[0]), (resident[1], peak[1]))


def _wait(condition: Callable[[], bool], seconds: float, what: str) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            raise BenchFailed(f"{what} within {seconds:.0f} seconds.")
        time.sleep(POLL_SECONDS)


def _figures(drains: list[tuple[Drain, Rows, float]]) -> list[Figure]:
    def of(found: Callable[[Drain, Rows, float], Round]) -> list[Round]:
        return [found(*one) for one in drains]

    return [
        Figure(
            "sync of 10,000 waiting orders",
            "rows/s",
            "bare PostgreSQL COPY of the same rows into keyed tables",
            of(lambda drain, rows, seconds: Round(drain.rows / drain.seconds, len(rows) / seconds)),
            Goal(0.1, value_over=15_500),
        ),
        Figure(
            "sync, bytes on the wire a row",
            "bytes",
            "the same rows' COPY text in one zstd piece",
            of(lambda drain, rows, seconds: Round(drain.bytes_up / drain.rows, rows.compressed_bytes() / len(rows))),
        ),
        Figure(
            "sync, the node's peak memory",
            "MB",
            "the same process before the link opened",
            of(lambda drain, rows, seconds: Round(drain.node_megabytes[1], drain.node_megabytes[0])),
        ),
        Figure(
            "sync, head office's peak memory (without PostgreSQL)",
            "MB",
            "the same process before the link opened",
            of(lambda drain, rows, seconds: Round(drain.cloud_megabytes[1], drain.cloud_megabytes[0])),
        ),
    ]
