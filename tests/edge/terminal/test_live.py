"""The live feed at a real WebSocket: no gap, nothing twice, silence noticed."""

import asyncio
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from edge.terminal import backoff
from edge.terminal.live import Event, Heard, Joined, LiveFeed, Lost, Reload
from tests.edge.terminal.driving import until_true
from tests.edge.terminal.node_double import NodeDouble, Served


class Ear:
    """A feed, and what it heard."""

    def __init__(self, served: Served, token: str, silence_seconds_max: float = 4.5) -> None:
        self.heard: list[Heard] = []
        self.feed = LiveFeed(
            served.url, token, take=self.heard.append, chance=Random(5), silence_seconds_max=silence_seconds_max
        )

    def events(self, name: str) -> list[bytes]:
        return [one.data for one in self.heard if isinstance(one, Event) and one.name == name]

    def of(self, kind: type[Heard]) -> list[Any]:
        return [one for one in self.heard if isinstance(one, kind)]

    async def until(self, holds: Callable[[], object]) -> None:
        await until_true(holds)


def listening(ear: Ear, scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        task = asyncio.create_task(ear.feed.run())
        await scenario()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())


def place(node: NodeDouble, table: str) -> None:
    item = next(item for item in node.book.menu if not item["modifier_groups"])
    body = {"channel": "dine_in", "table": table, "lines": [{"menu_item_id": item["id"], "quantity": 1}]}
    node.book.place_order(body, node.book.people[0]["id"])


def test_events_come_and_after_a_cut_they_go_on_where_they_stopped(served: Served, node: NodeDouble) -> None:
    ear = Ear(served, node.terminal_token())

    async def scenario() -> None:
        await ear.until(lambda: ear.of(Joined))
        place(node, "1")
        await ear.until(lambda: len(ear.events("order_created")) == 1)
        await asyncio.to_thread(served.stop)
        await ear.until(lambda: ear.of(Lost))
        place(node, "2")
        await asyncio.to_thread(served.start)
        ear.feed.try_now()
        await ear.until(lambda: len(ear.events("order_created")) == 2)

    listening(ear, scenario)
    assert [joined.fresh for joined in ear.of(Joined)] == [True, False]
    assert node.resumed == [None, "1:2"]
    assert len(ear.events("ticket_updated")) == 2


def test_another_incarnation_has_everything_fetched_anew(served: Served, node: NodeDouble) -> None:
    ear = Ear(served, node.terminal_token())

    async def scenario() -> None:
        await ear.until(lambda: ear.of(Joined))
        await asyncio.to_thread(served.stop)
        node.incarnation = 2
        await asyncio.to_thread(served.start)
        ear.feed.try_now()
        await ear.until(lambda: ear.of(Reload))
        place(node, "1")
        await ear.until(lambda: ear.events("order_created"))
        await asyncio.to_thread(served.stop)
        await asyncio.to_thread(served.start)
        ear.feed.try_now()
        await ear.until(lambda: len(ear.of(Joined)) == 3)

    listening(ear, scenario)
    assert node.resumed == [None, "1:0", "2:2"]


def test_a_node_that_hangs_is_noticed_by_its_silence(served: Served, node: NodeDouble) -> None:
    ear = Ear(served, node.terminal_token(), silence_seconds_max=0.8)

    async def scenario() -> None:
        await ear.until(lambda: ear.events("heartbeat"))
        assert not ear.of(Lost)
        node.silent = True
        await ear.until(lambda: ear.of(Lost))

    listening(ear, scenario)


def test_a_token_that_the_node_does_not_know_is_told_apart(served: Served) -> None:
    ear = Ear(served, "no-such-token")

    async def scenario() -> None:
        await ear.until(lambda: ear.of(Lost))

    listening(ear, scenario)
    assert ear.of(Lost)[0].unwelcome


def test_delays_are_jittered_over_the_whole_span_and_bounded() -> None:
    chance = Random(11)
    later = [backoff.delay_seconds(20, chance) for _try in range(500)]
    assert min(later) < 0.2 * backoff.DELAY_SECONDS_MAX
    assert max(later) <= backoff.DELAY_SECONDS_MAX
    first = [backoff.delay_seconds(0, chance) for _try in range(100)]
    assert max(first) <= backoff.DELAY_SECONDS_BASE
