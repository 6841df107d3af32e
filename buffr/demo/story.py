"""The evening: half of the orders online, an outage at the network, a node killed in a burst, a printer out of paper,
a price changed at both ends while apart, and everything back."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from buffr.demo.household import CALL_SECONDS, Household, Property, answer_of, until
from buffr.demo.processes import DemoFailed
from buffr.replay.acknowledgements import Acknowledgement, Ledger, OrderTaken
from buffr.replay.client import Patience
from buffr.replay.orders import Order
from buffr.replay.play import PlayResult, Progress, play
from buffr.replay.terminal import order_body
from devices.virtual_printer import VirtualPrinter

CONCURRENCY = 6
DRAIN_SECONDS = 300.0
PATIENCE = Patience(whole_call_seconds_max=120.0)


@dataclass
class Evening:
    """What happened, for the proof: what was acknowledged, how far the backlog grew, how fast it went."""

    ledger: Ledger = field(default_factory=Ledger)
    peak_waiting: int = 0
    drain_seconds: float = 0.0
    failures: list[str] = field(default_factory=list)
    priced_item: str = ""
    prices: dict[str, int] = field(default_factory=dict)
    killed: bool = False
    ran_out: bool = False


class Story:
    """Plays the evening in a household that is furnished."""

    def __init__(
        self,
        household: Household,
        orders: Sequence[Order],
        say: Callable[[str], None],
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._household = household
        self._orders = orders
        self._say = say
        self._on_progress = on_progress
        self._events: dict[int, Callable[[], None]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._empty: VirtualPrinter | None = None
        self.evening = Evening()

    async def play(self) -> Evening:
        """The whole evening; raises DemoFailed or what the player raises when it can't go on."""
        half = len(self._orders) // 2
        self._say("The evening begins: both properties are online")
        await self._part(0, half)
        await self._drained("the first half to reach head office")
        await self._outage(half)
        self._say("The link returns")
        returned = time.monotonic()
        for one in self._household.properties:
            one.link.open()
        await self._drained("the backlog to drain")
        self.evening.drain_seconds = round(time.monotonic() - returned, 2)
        await until(self._paper_is_out, "the last slips to be printed")
        return self.evening

    async def leave_open(self, count: int) -> None:
        """After the proof: a few tables at each property still eat, so that the screens have something to show."""
        async with httpx2.AsyncClient(timeout=CALL_SECONDS, trust_env=False) as client:
            for index, one in enumerate(self._household.properties):
                assert one.ready is not None
                for order in self._orders[index : 2 * count : 2]:
                    body = order_body(order, one.ready.menu)
                    answer_of(await client.post(f"{one.base}/orders", json=body, headers=one.session))

    async def _outage(self, half: int) -> None:
        alpha, beta = self._household.properties
        self._say("The link to head office is cut: refused at one property, hanging at the other")
        alpha.link.refuse()
        beta.link.hang()
        await self._price_changes_twice(alpha)
        burst = len(self._orders) - half
        taken = len(self.evening.ledger.orders)
        self._events = {
            taken + burst // 5: lambda: self._run_out(beta),
            taken + 2 * burst // 5: lambda: self._later(self._kill_and_restart(alpha)),
            taken + 3 * burst // 5: self._refill,
        }
        await self._part(half, len(self._orders))
        for event in list(self._events.values()):  # a very short evening reaches them only now
            event()
        await asyncio.gather(*self._tasks)
        self.evening.peak_waiting = sum([await waiting(one) for one in self._household.properties])

    async def _part(self, start: int, stop: int) -> None:
        edges = [one.ready for one in self._household.properties if one.ready]
        result: PlayResult = await play(
            self._orders,
            edges,
            concurrency=CONCURRENCY,
            on_progress=self._on_progress,
            acknowledgements=self._acknowledged,
            start=start,
            stop=stop,
            patience=PATIENCE,
        )
        self.evening.failures += [f"{failure.reference}: {failure.reason}" for failure in result.failures]

    def _acknowledged(self, taken: Acknowledgement) -> None:
        self.evening.ledger(taken)
        if isinstance(taken, OrderTaken):
            event = self._events.pop(len(self.evening.ledger.orders), None)
            if event is not None:
                event()

    def _later(self, what: Any) -> None:
        self._tasks.append(asyncio.create_task(what))

    async def _kill_and_restart(self, one: Property) -> None:
        self._say(f"{one.plan.name}'s node is killed in the middle of a burst, and starts again")
        one.node.kill()
        await one.node.start()
        self.evening.killed = True

    def _run_out(self, one: Property) -> None:
        self._say(f"A printer at {one.plan.name} runs out of paper")
        self._empty = max(one.printers.values(), key=lambda printer: len(printer.printed()))
        self._empty.paper_out(after_lines=3)
        self.evening.ran_out = True

    def _refill(self) -> None:
        assert self._empty is not None, "the paper is refilled before it ran out"
        self._say("The paper is refilled")
        self._empty.refill()

    async def _price_changes_twice(self, one: Property) -> None:
        self._say("The same item's price is changed at head office and at the property, while they are apart")
        assert one.ready is not None
        name, item_id = next(iter(one.ready.menu.item_ids.items()))
        path = f"/api/v1/properties/{one.property_id}/menu-items/{item_id}"
        async with httpx2.AsyncClient(timeout=CALL_SECONDS, trust_env=False) as client:
            owner = {"Authorization": f"Bearer {self._household.owner_token}"}
            before = answer_of(await client.get(f"{one.base}/menu-items?limit=500", headers=one.session))["items"]
            price = next(item["price_minor"] for item in before if item["id"] == item_id)
            self.evening.prices = {"edge": price + 50, "cloud": price + 75}
            for url, headers, wanted in (
                (one.node.url, one.session, self.evening.prices["edge"]),
                (self._household.cloud.url, owner, self.evening.prices["cloud"]),
            ):
                answer_of(await client.patch(url + path, json={"price_minor": wanted}, headers=headers))
        self.evening.priced_item = item_id
        self._say(
            f"{name}: {price} becomes {self.evening.prices['edge']} here and {self.evening.prices['cloud']} there"
        )

    async def _drained(self, what: str) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + DRAIN_SECONDS
        while sum([await waiting(one) for one in self._household.properties]):
            if loop.time() > ends:
                raise DemoFailed(f"Waited {DRAIN_SECONDS:.0f} seconds for {what}.")
            await asyncio.sleep(0.05)

    def _paper_is_out(self) -> bool:
        live = "SELECT count(*) FROM print_jobs WHERE state NOT IN ('confirmed', 'cancelled', 'expired')"
        return all(one.read(live)[0][0] == 0 for one in self._household.properties)


async def waiting(one: Property) -> int:
    """How many changes wait at a node, by its own word; a node that is starting again is asked again."""
    assert one.access is not None
    headers = {"Authorization": f"Bearer {one.access.terminal_token}"}
    async with httpx2.AsyncClient(timeout=CALL_SECONDS, trust_env=False) as client:
        status = answer_of(await client.get(f"{one.base}/status", headers=headers))
    return int(status["sync"]["waiting"])
