"""Rounds of torture: a household of real processes under load, killed at random moments, on wires in bad weather.

A round plays orders, each terminal asking again under its key until it is answered, while nodes, head office and its
PostgreSQL are killed and the links are delayed, broken off, reset and left half open. Then the weather clears, and once
all has drained each end's rows are compared with what the terminals were told. The household lives on from round to
round.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import httpx2

from buffr.demo.household import Household, Property, answer_of
from buffr.demo.processes import DemoFailed, Service
from buffr.demo.story import waiting
from buffr.replay.acknowledgements import Ledger
from buffr.replay.client import Patience
from buffr.replay.orders import Order
from buffr.replay.play import play
from buffr.replay.publish import publish_menu
from buffr.service import dinner_service
from cloud.postgres.postmaster import read_postmaster
from tests.torture.agreement import Agreement
from tests.torture.wire import Weather

CURRENCY = "NAD"
TERMINALS = 4
ORDERS_AT_A_TIME = 12
ORDERS_A_ROUND_MAX = 3_000
NODES_KILLED, OFFICES_KILLED = 4, 2
PAUSE_SECONDS_MAX = 1.5
DOWN_SECONDS_MAX = 1.0
DRAIN_SECONDS = 240.0
END_SECONDS = 60.0
CALL_SECONDS = 10.0
TRY_AGAIN_SECONDS = 0.2
PATIENCE = Patience(whole_call_seconds_max=300.0)


@dataclass
class Round:
    """What a round did and found."""

    number: int
    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    weather: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    facts: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """One line for people, and one for everything that is wrong."""
        kills = ", ".join(f"{count} × {name}" for name, count in sorted(self.kills.items()))
        weather = ", ".join(f"{count} {name}" for name, count in sorted(self.weather.items()))
        told = f"round {self.number}: killed {kills or 'nobody'}; connections {weather or 'all well'};"
        told += f" {self.acknowledged} answers and {self.facts} facts compared"
        return "\n".join([told, *(f"  WRONG: {one}" for one in self.wrong)])


class Torture:
    """A household, and what its terminals were told so far."""

    def __init__(self, folder: Path, seed: int, say: Callable[[str], None]) -> None:
        self._seed = seed
        self._chance = Random(seed)
        self._weather = Weather(Random(seed + 1))
        self.house = Household(folder, say, wire=self._weather.wire)
        self._say = say
        self.ledger = Ledger()
        self._prices: dict[str, int] = {}
        self._postgres: Path

    async def run(
        self, rounds: int, told: Callable[[Round], None], last: Callable[[], object] = lambda: None
    ) -> list[Round]:
        """So many rounds; stops after one that found something wrong. Everything that was started is stopped.

        `last` is called while all of it still runs.
        """
        service = dinner_service(orders=rounds * ORDERS_A_ROUND_MAX, seed=self._seed)
        found: list[Round] = []
        with self.house as house:
            await house.open(CURRENCY)
            accesses = [one.access for one in house.properties if one.access]
            for one, ready in zip(house.properties, await publish_menu(service.menu, accesses), strict=True):
                one.ready = ready
            with house.cluster() as cluster:
                self._postgres = cluster.data
            for number in range(rounds):
                start = number * ORDERS_A_ROUND_MAX
                this = Round(number + 1, self._seed)
                await self._round(this, service.orders[start : start + ORDERS_A_ROUND_MAX])
                found.append(this)
                told(this)
                if this.wrong:
                    break
            await asyncio.to_thread(last)
        return found

    def compare(self) -> Agreement:
        """Each end's rows, as they are now, with what was told."""
        agreement = Agreement(self.house, self.ledger, self._prices)
        agreement.compare()
        return agreement

    async def _round(self, this: Round, orders: Sequence[Order]) -> None:
        self._weather.dealt.clear()
        self._weather.is_bad = True
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._set_prices())
            killing = [
                tasks.create_task(self._kill_nodes(this)),
                tasks.create_task(self._kill_offices(this)),
            ]
            for start in range(0, len(orders), ORDERS_AT_A_TIME):
                await self._play(this, orders[start : start + ORDERS_AT_A_TIME])
                if all(task.done() for task in killing):
                    break
            self._weather.is_bad = False
        this.weather.update(self._weather.dealt)
        await self._drained()
        agreement = await asyncio.to_thread(self.compare)
        this.wrong += agreement.wrong
        this.facts = agreement.facts
        this.acknowledged = len(self.ledger.orders) + len(self.ledger.payments)

    async def _play(self, this: Round, orders: Sequence[Order]) -> None:
        edges = [one.ready for one in self.house.properties if one.ready]
        run = UUID(int=self._chance.getrandbits(128), version=4)
        result = await play(
            orders, edges, concurrency=TERMINALS, acknowledgements=self.ledger, patience=PATIENCE, run=run
        )
        this.wrong += [f"{failure.reference} was refused: {failure.reason}" for failure in result.failures]

    # --- killing

    async def _kill_nodes(self, this: Round) -> None:
        for _ in range(NODES_KILLED):
            await self._pause(PAUSE_SECONDS_MAX)
            service = self._chance.choice(self.house.properties).node
            service.kill()
            this.kills["node"] += 1
            await self._pause(DOWN_SECONDS_MAX)
            await service.start()

    async def _kill_offices(self, this: Round) -> None:
        service = self.house.cloud
        for _ in range(OFFICES_KILLED):
            await self._pause(PAUSE_SECONDS_MAX)
            victim = self._chance.choice(("head office", "PostgreSQL"))
            if victim == "head office":
                service.kill()
            elif not await self._ends_without_postgres(service):
                this.wrong.append("head office went on without its PostgreSQL")
            this.kills[victim] += 1
            await self._pause(DOWN_SECONDS_MAX)
            await service.start()

    async def _pause(self, seconds_max: float) -> None:
        await asyncio.sleep(self._chance.random() * seconds_max)

    async def _ends_without_postgres(self, service: Service) -> bool:
        """Kills the database's own process and waits for head office to end by itself."""
        self._kill_postgres()
        loop = asyncio.get_running_loop()
        ends = loop.time() + END_SECONDS
        while service.is_running:
            if loop.time() > ends:
                service.kill()
                return False
            await asyncio.sleep(TRY_AGAIN_SECONDS)
        return True

    def _kill_postgres(self) -> None:
        postmaster = read_postmaster(self._postgres)
        if postmaster is not None and postmaster.serves(self._postgres):
            os.kill(postmaster.pid, signal.SIGKILL)

    # --- head office's own part, and the end of a round

    async def _set_prices(self) -> None:
        """Head office sets one price at each property, trying until it is taken."""
        for one in self.house.properties:
            assert one.ready is not None
            item = next(iter(one.ready.menu.item_ids.values()))
            price = 5_000 + self._chance.randrange(5_000)
            path = f"/api/v1/properties/{one.property_id}/menu-items/{item}"
            await self._at_head_office(path, {"price_minor": price})
            self._prices[item] = price

    async def _at_head_office(self, path: str, body: Any) -> None:
        headers = {"Authorization": f"Bearer {self.house.owner_token}"}
        async with httpx2.AsyncClient(base_url=self.house.cloud.url, timeout=CALL_SECONDS, trust_env=False) as client:
            while True:
                with suppress(httpx2.TransportError, DemoFailed):
                    answer_of(await client.patch(path, json=body, headers=headers))
                    return
                await asyncio.sleep(TRY_AGAIN_SECONDS)

    async def _drained(self) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + DRAIN_SECONDS
        while not await self._is_quiet():
            if loop.time() > ends:
                return  # what did not arrive is found by the comparison
            await asyncio.sleep(TRY_AGAIN_SECONDS)

    async def _is_quiet(self) -> bool:
        for one in self.house.properties:
            if await waiting(one) or not await asyncio.to_thread(self._has_all, one):
                return False
        return True

    def _has_all(self, one: Property) -> bool:
        """Whether the node has forgotten what was acknowledged, and has head office's price."""
        assert one.ready is not None
        item = next(iter(one.ready.menu.item_ids.values()))
        price = one.read(f"SELECT price_minor FROM menu_items WHERE id = '{item}'")[0][0]
        waits = one.read("SELECT count(*) FROM sync_outbox")[0][0]
        return bool(price == self._prices[item] and waits == 0)
