"""A thousand nodes that come back to one cloud process at once after an outage, each with its backlog, beside the same
nodes one after the other."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from uuid import uuid4

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.signing import public_text
from tests.benchmarks.crowd import Member, Tally
from tests.benchmarks.enrolled_node import EnrolledNode, add_group, enrol_node
from tests.benchmarks.figures import Figure, Round, percentile
from tests.benchmarks.hub_file import HubFile
from tests.benchmarks.plan import Plan
from tests.benchmarks.processes import BenchFailed, Process, wait_until_quiet

ONE_BY_ONE_SHARE = 10  # every tenth of them, and their time ten times: the same work
NUMBER_BASE = 1_000
SEED = 1


def measure(plan: Plan, folder: Path, say: Callable[[str], None]) -> list[Figure]:
    """One round: some of them one after the other, then all of them at once."""
    say(f"{plan.nodes:,} nodes come back at once, each with {plan.outage_orders} orders waiting")
    data, chance = folder / "crowd-cloud", Random(SEED)
    with ExitStack() as stack:
        cloud = stack.enter_context(Process("crowd-cloud", "buffr.main", "cloud", "run", "--data", data, folder=folder))
        office = add_group(cloud, data)
        node = enrol_node(office, folder / "crowd-node")
        hub = stack.enter_context(HubFile(office))
        order = _order(node, cloud, hub, folder)
        members = _enrol(hub, node, plan.nodes)
        few = members[::ONE_BY_ONE_SHARE]
        for member in few:
            member.keep(order, plan.outage_orders, chance)
        wait_until_quiet()
        alone, alone_seconds = uvloop.run(_one_by_one(few, cloud.port, chance))
        for member in members:
            member.keep(order, plan.outage_orders, chance)
        changes = sum(len(member.backlog) for member in members)
        before = hub.run("SELECT count(*) FROM order_lines")[0][0]
        wait_until_quiet()
        crowd, seconds = uvloop.run(_at_once(members, cloud.port, chance))
        lines = hub.run("SELECT count(*) FROM order_lines")[0][0] - before
        if lines != 3 * plan.outage_orders * plan.nodes:
            raise BenchFailed(f"Head office got {lines} lines of {3 * plan.outage_orders * plan.nodes}.")
        megabytes = cloud.peak_megabytes()
    troubles = ", ".join(f"{count} × {told}" for told, count in crowd.troubles.items()) or "none"
    say(
        f"{changes:,} changes from all of them in {seconds:.1f} s ({changes / seconds:,.0f} a second), tried again: {troubles};"
        f" {len(crowd.milliseconds):,} requests, p50 {percentile(crowd.milliseconds, 50):.0f} ms,"
        f" p99 {percentile(crowd.milliseconds, 99):.0f} ms; head office at most {megabytes:.0f} MB"
    )
    share = len(members) / len(few)
    return [
        Figure(
            f"{plan.nodes:,} nodes at once, until all have drained",
            "s",
            "the same one after the other",
            [Round(seconds, alone_seconds * share)],
        ),
        Figure(
            f"{plan.nodes:,} nodes at once, a request's p99",
            "ms",
            "the same one after the other",
            [Round(percentile(crowd.milliseconds, 99), percentile(alone.milliseconds, 99))],
        ),
        Figure(
            f"{plan.nodes:,} nodes at once, requests that had to be tried again",
            "",
            "all requests",
            [Round(crowd.troubles.total(), len(crowd.milliseconds))],
        ),
    ]


def _order(node: EnrolledNode, cloud: Process, hub: HubFile, folder: Path) -> list[str]:
    """The changes of one order, once head office has the menu that it leans on and the day is open."""
    last = node.place(1)
    with node.process(cloud.url, folder):
        ends = time.monotonic() + 60
        while hub.acknowledged(node) < last:
            if time.monotonic() > ends:
                raise BenchFailed("The menu did not reach head office.")
            time.sleep(0.05)
    before = len(node.waiting())
    node.place(1)
    return node.waiting()[before:]


def _enrol(hub: HubFile, node: EnrolledNode, count: int) -> list[Member]:
    """So many properties like the node's own, with a node each."""
    org, like = node.caller.org_id, node.caller.property_id
    members = [Member(str(uuid4()), str(uuid4()), Ed25519PrivateKey.generate()) for _ in range(count)]
    hub.run_many(
        "INSERT INTO properties (org_id, id, property_id, name, zone, currency, cut_off_hour, locale)"
        " SELECT org_id, %s, %s, name, zone, currency, cut_off_hour, locale FROM properties WHERE org_id = %s AND id = %s",
        [(member.property_id, member.property_id, org, like) for member in members],
    )
    hub.run_many(
        "INSERT INTO sync_nodes (org_id, id, property_id, number, code, public_key, status, incarnation, acked, enrolled_at)"
        " VALUES (%s, %s, %s, %s, 'X', %s, 'active', 1, 0, now())",
        [
            (org, member.node_id, member.property_id, NUMBER_BASE + n, public_text(member.key))
            for n, member in enumerate(members)
        ],
    )
    return members


async def _one_by_one(members: Sequence[Member], port: int, chance: Random) -> tuple[Tally, float]:
    tally, begun = Tally(), time.perf_counter()
    for member in members:
        await member.come_back(port, tally, chance, at_once=True)
    return tally, time.perf_counter() - begun


async def _at_once(members: Sequence[Member], port: int, chance: Random) -> tuple[Tally, float]:
    tally, begun = Tally(), time.perf_counter()
    await asyncio.gather(*(member.come_back(port, tally, chance) for member in members))
    return tally, time.perf_counter() - begun
