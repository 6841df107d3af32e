"""A node that knows nothing of a long history: until its doors are open, and until all of it is there, while its till
works; beside a tenth of the history, and a bare insert of the same rows (S15)."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from buffr.link import LinkProxy
from edge.database import connect
from edge.schema import SCHEMA
from sync.node.bootstrap import forget
from tests.benchmarks.catching_up import till
from tests.benchmarks.enrolled_node import EnrolledNode, add_group, enrol_node
from tests.benchmarks.figures import Figure, Goal, Round, percentile
from tests.benchmarks.hub_file import TABLES, HubFile
from tests.benchmarks.plan import Plan
from tests.benchmarks.processes import Process, wait_until_quiet
from tests.edge.node_fixture import node as opened

POLL_SECONDS = 0.05
COPIES = "%-7000-8000-%"  # as the ids of history are made here
ID_OF = (
    "(substr(md5({seed}), 1, 8) || '-' || substr(md5({seed}), 9, 4) || '-7000-8000-' || substr(md5({seed}), 13, 12))"
)


@dataclass(slots=True)
class Joining:
    """What one took: until service had what it needs, and until all of history was there."""

    doors_seconds: float = 0.0
    doors_bytes: int = 0
    seconds: float = 0.0
    bytes: int = 0
    megabytes: tuple[float, float] = (0.0, 0.0)


def measure(plan: Plan, folder: Path, say: Callable[[str], None]) -> list[Figure]:
    """A tenth of history, then all of it."""
    say("A new node and a long history")
    data = folder / "join-cloud"
    with ExitStack() as stack:
        cloud = stack.enter_context(Process("join-cloud", "buffr.main", "cloud", "run", "--data", data, folder=folder))
        office = add_group(cloud, data)
        node = enrol_node(office, folder / "join-node")
        token = node.till_token()
        hub = stack.enter_context(HubFile(office))
        link = stack.enter_context(LinkProxy("127.0.0.1", cloud.port))
        last = node.place(1)
        with node.process(cloud.url, folder) as process:
            while hub.acknowledged(node) < last:
                time.sleep(POLL_SECONDS)
            wait_until_quiet()
            idle = uvloop.run(till(node, token, process, lambda seconds: seconds > 5))
        _write_history(hub, node, 0, plan.history_orders // 10)
        tenth, _ = _join(node, token, link, folder, plan.history_orders // 10)
        _write_history(hub, node, plan.history_orders // 10, plan.history_orders)
        whole, busy = _join(node, token, link, folder, plan.history_orders)
        rows, bare = _bare_insert(node, folder)
    say(
        f"{plan.history_orders:,} orders of history: doors open after {whole.doors_seconds:.1f} s and"
        f" {whole.doors_bytes / 1e3:.0f} kB ({tenth.doors_seconds:.1f} s and {tenth.doors_bytes / 1e3:.0f} kB with a"
        f" tenth), all there after {whole.seconds:.1f} s and {whole.bytes / rows:.1f} bytes a row"
    )
    took = whole.seconds - whole.doors_seconds
    return [
        Figure(
            "seconds until a new node's doors are open",
            "s",
            "the same with a tenth of the history",
            [Round(whole.doors_seconds, tenth.doors_seconds)],
            Goal(2, at_most=True),
        ),
        Figure(
            "bytes until then",
            "kB",
            "the same with a tenth of the history",
            [Round(whole.doors_bytes / 1e3, tenth.doors_bytes / 1e3)],
            Goal(1.2, at_most=True),
        ),
        Figure(
            "history taken behind",
            "rows/s",
            "bare insert of the same rows into keyed tables of an encrypted file",
            [Round(rows / took, rows / bare)],
        ),
        Figure("peak memory of the node meanwhile", "MB", "before", [Round(whole.megabytes[1], whole.megabytes[0])]),
        Figure(
            "a till's order while history comes, p99",
            "ms",
            "the same till while nothing comes",
            [Round(percentile(busy, 99), percentile(idle, 99))],
            Goal(100 / percentile(idle, 99), at_most=True),
        ),
    ]


def _write_history(hub: HubFile, node: EnrolledNode, start: int, end: int) -> None:
    """Copies of the order that head office has, each with ids of its own, which no feed tells of any more."""
    made_here = f"id::text NOT LIKE '{COPIES}'"
    [(order,)] = hub.run(f"SELECT min(id::text) FROM orders WHERE {made_here}")
    [(entry,)] = hub.run(f"SELECT min(id::text) FROM journal WHERE kind = 'orders.order_placed' AND {made_here}")
    which = {"orders": f"t.id = '{order}'", "order_lines": f"t.order_id = '{order}'", "journal": f"t.id = '{entry}'"}
    hub.run("SELECT set_config('sync.applying', '1', false)")
    for table in TABLES:
        columns = [*SCHEMA.tables[table].fields, "_hlc", "_node", "_deleted"]
        changed = {"id": ID_OF.format(seed="n || '/' || t.id") + "::uuid"}
        if table == "order_lines":
            changed["order_id"] = ID_OF.format(seed="n || '/' || t.order_id") + "::uuid"
        told = ", ".join(changed.get(name, f't."{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        hub.run(
            f"INSERT INTO {table} (org_id, {names}) SELECT t.org_id, {told} FROM {table} AS t,"
            f" generate_series(%s::int + 1, %s::int) AS n WHERE t.org_id = %s AND {which[table]}",
            *(start, end, node.caller.org_id),
        )
    hub.run("SELECT set_config('sync.applying', '', false)")
    hub.run("ANALYZE")


def _join(node: EnrolledNode, token: str, link: LinkProxy, folder: Path, orders: int) -> tuple[Joining, list[float]]:
    """Lets the node forget where it was, starts it, and watches until so many orders are there."""
    with opened(node.folder) as host:
        host.write(forget)
    found, received = Joining(), link.bytes_down
    with node.process(link.url, folder) as process:
        before, begun, over = process.resident_megabytes(), time.monotonic(), threading.Event()

        def watch() -> None:
            while not over.wait(POLL_SECONDS):
                if not found.doors_seconds and _doors_are_open(node):
                    found.doors_seconds, found.doors_bytes = time.monotonic() - begun, link.bytes_down - received

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            busy = uvloop.run(till(node, token, process, lambda _: _history_here(node) >= orders))
            found.seconds, found.bytes = time.monotonic() - begun, link.bytes_down - received
        finally:
            over.set()
            watcher.join()
        found.megabytes = before, process.peak_megabytes()
    return found, busy


def _doors_are_open(node: EnrolledNode) -> bool:
    with _file(node) as file:
        done = file.execute("SELECT tbl, count(*) FROM sync_bootstrap WHERE done = 1 GROUP BY tbl").fetchall()
    return {row[0] for row in done if row[1] == 2} >= SCHEMA.tables.keys() - SCHEMA.history


def _history_here(node: EnrolledNode) -> int:
    with _file(node) as file:
        return int(file.execute(f"SELECT count(*) FROM orders WHERE id LIKE '{COPIES}'").fetchone()[0])


def _file(node: EnrolledNode) -> closing[Any]:
    return closing(connect(node.folder / "node.db", (node.folder / "database.key").read_text(), readonly=True))


def _bare_insert(node: EnrolledNode, folder: Path) -> tuple[int, float]:
    """The node's rows of history into tables with the same columns and a primary key, in one transaction."""
    rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {}
    with _file(node) as file:
        for table in TABLES:
            found = file.execute(f"SELECT * FROM {table}").fetchall()
            rows[table] = (list(found[0].keys()), [tuple(row) for row in found])
    with closing(connect(folder / "bare.db", "00" * 32)) as bare:
        for table, (names, _) in rows.items():
            bare.execute(f"CREATE TABLE {table} ({', '.join(names)}, PRIMARY KEY (org_id, id))")
        begun = time.perf_counter()
        bare.execute("BEGIN IMMEDIATE")
        for table, (names, values) in rows.items():
            bare.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", values)
        bare.execute("COMMIT")
        seconds = time.perf_counter() - begun
    return sum(len(values) for _, values in rows.values()), seconds
