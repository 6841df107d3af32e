"""Plays orders through the public API of edges as terminals would: placed, bumped, served and settled.

Every edge has its own places at work, so that one that is down holds up only its own orders. Every POST
carries an Idempotency-Key made from the run, the order and the step: an edge may be killed and started again
at any moment, and a run that was broken off can be taken up under its id, without a second order.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from buffr.replay.acknowledgements import Acknowledgement, Acknowledgements, OrderTaken
from buffr.replay.client import EdgeClient, Patience
from buffr.replay.orders import Order
from buffr.replay.publish import ReadyEdge
from buffr.replay.terminal import Failure, Terminal

CONCURRENCY_MAX = 64


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a play is; `done` counts orders finished or failed, `retries` tries that were made again."""

    done: int
    total: int
    acknowledged: int
    retries: int
    failures: int


@dataclass(frozen=True, slots=True)
class EdgeTally:
    """What one edge acknowledged in a play, amounts in minor units of its currency."""

    edge_url: str
    currency: str
    orders: int = 0
    lines: int = 0
    total_minor: int = 0
    payments: int = 0
    paid_minor: int = 0


@dataclass(frozen=True, slots=True)
class PlayResult:
    """What a play did; `run` takes it up again."""

    run: UUID
    edges: tuple[EdgeTally, ...]
    failures: tuple[Failure, ...]
    retries: int

    @property
    def orders(self) -> int:
        """Orders acknowledged."""
        return sum(edge.orders for edge in self.edges)

    @property
    def lines(self) -> int:
        """Lines of the orders acknowledged."""
        return sum(edge.lines for edge in self.edges)


async def play(
    orders: Sequence[Order],
    edges: Sequence[ReadyEdge],
    *,
    concurrency: int = 8,
    on_progress: Callable[[Progress], None] = lambda _: None,
    acknowledgements: Acknowledgements = lambda _: None,
    start: int = 0,
    stop: int | None = None,
    run: UUID | None = None,
    patience: Patience | None = None,
) -> PlayResult:
    """Plays `orders[start:stop]`, `concurrency` at a time at each edge.

    An order's edge is its place in `orders` modulo the number of edges, so that parts played one after the
    other deal as the whole would.

    An order that an edge refuses becomes a Failure. Raises EdgeUnreachable when an edge stays away for longer
    than the patience, EdgeUnclear when it answers nonsense, and what a callback raises; the rest is then
    broken off, and what was acknowledged has gone to `acknowledgements`, which is called at once and in the
    loop's thread.
    """
    if not edges or not 1 <= concurrency <= CONCURRENCY_MAX:
        raise ValueError(f"a play needs at least one edge and a concurrency from 1 to {CONCURRENCY_MAX}")
    places = range(len(orders))[start:stop]
    score = _Score(len(places), edges, on_progress, acknowledgements)
    run = run or uuid4()
    try:
        async with asyncio.TaskGroup() as group:
            for index, edge in enumerate(edges):
                mine = [orders[place] for place in places if place % len(edges) == index]
                group.create_task(_play_at(edge, mine, concurrency, run, score, patience))
    except ExceptionGroup as troubles:
        raise _first_of(troubles) from troubles
    return PlayResult(run, tuple(score.tallies.values()), tuple(score.failures), score.retries)


def _first_of(troubles: ExceptionGroup) -> Exception:
    first = troubles.exceptions[0]
    return _first_of(first) if isinstance(first, ExceptionGroup) else first


class _Score:
    """Counts what happens and tells the callbacks."""

    def __init__(
        self,
        total: int,
        edges: Sequence[ReadyEdge],
        on_progress: Callable[[Progress], None],
        acknowledgements: Acknowledgements,
    ) -> None:
        self.tallies = {edge.access.url: EdgeTally(edge.access.url, edge.menu.currency) for edge in edges}
        self.failures: list[Failure] = []
        self.retries = 0
        self._total = total
        self._done = 0
        self._on_progress = on_progress
        self._acknowledgements = acknowledgements

    def acknowledge(self, taken: Acknowledgement) -> None:
        self._acknowledgements(taken)
        tally = self.tallies[taken.edge_url]
        if isinstance(taken, OrderTaken):
            tally = replace(
                tally,
                orders=tally.orders + 1,
                lines=tally.lines + taken.lines,
                total_minor=tally.total_minor + taken.total_minor,
            )
        else:
            tally = replace(tally, payments=tally.payments + 1, paid_minor=tally.paid_minor + taken.amount_minor)
        self.tallies[taken.edge_url] = tally

    def retry(self) -> None:
        self.retries += 1
        self._tell()

    def finish(self, failure: Failure | None) -> None:
        self._done += 1
        if failure is not None:
            self.failures.append(failure)
        self._tell()

    def _tell(self) -> None:
        acknowledged = sum(tally.orders for tally in self.tallies.values())
        self._on_progress(Progress(self._done, self._total, acknowledged, self.retries, len(self.failures)))


async def _play_at(
    edge: ReadyEdge,
    orders: Sequence[Order],
    concurrency: int,
    run: UUID,
    score: _Score,
    patience: Patience | None,
) -> None:
    url = edge.access.url
    async with EdgeClient(url, connections_max=concurrency, patience=patience, on_retry=score.retry) as client:
        waiting = iter(orders)
        async with asyncio.TaskGroup() as group:
            for _ in range(min(concurrency, len(orders))):
                group.create_task(_work(waiting, Terminal(edge, client, run, score.acknowledge), score))


async def _work(waiting: Iterator[Order], terminal: Terminal, score: _Score) -> None:
    """One pair of hands: takes the next order as soon as it is done with the last."""
    for order in waiting:
        score.finish(await terminal.play(order))
