"""Actions reach the node once each, in order, whatever happens on the way."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from typing import Any

from edge.terminal import kept
from edge.terminal.client import NodeError
from edge.terminal.kept import KeptAction, Kind
from edge.terminal.news import Accepted, News, Refused, SessionEnded, Trouble, Waiting
from edge.terminal.outbox import Outbox
from tests.edge.terminal.driving import until_true

SILENCE = NodeError("NODE_UNREACHABLE", "The node does not answer.")


def action(key: str, person: str = "anna", kind: Kind = "order") -> KeptAction:
    return KeptAction(key=key, kind=kind, path="/orders", body={}, person_id=person, person_name=person, title=key)


class Node:
    """Answers as it is told: per key, what comes of each try in turn."""

    def __init__(self, **fates: list[NodeError | bytes]) -> None:
        self.fates = fates
        self.heard: list[tuple[str, str]] = []

    async def send(self, action: KeptAction, token: str) -> bytes:
        self.heard.append((action.key, token))
        fates = self.fates.get(action.key, [])
        fate = fates.pop(0) if fates else b"{}"
        if isinstance(fate, NodeError):
            raise fate
        return fate

    @property
    def keys(self) -> list[str]:
        return [key for key, _token in self.heard]


class Bench:
    """An outbox at a Node, and the news that it told."""

    def __init__(self, path: Path, node: Node) -> None:
        self.news: list[News] = []
        self.outbox = Outbox(path, send=node.send, tell=self.news.append, chance=Random(3))

    def told(self, kind: type[News]) -> list[Any]:
        return [news for news in self.news if isinstance(news, kind)]

    async def until(self, holds: Callable[[], object]) -> None:
        await until_true(holds)


def run(bench: Bench, scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        sending = asyncio.create_task(bench.outbox.run())
        await scenario()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)

    asyncio.run(main())


def test_silence_is_asked_again_under_the_same_key_and_before_what_came_later(tmp_path: Path) -> None:
    node = Node(k1=[SILENCE, NodeError("HTTP_503", "Busy.", status=503), b"{}"])
    bench = Bench(tmp_path / "kept.json", node)

    async def scenario() -> None:
        bench.outbox.tokens["anna"] = "token"
        bench.outbox.put(action("k1"))
        bench.outbox.put(action("k2"))
        await bench.until(lambda: len(bench.told(Accepted)) == 2)

    run(bench, scenario)
    assert node.keys == ["k1", "k1", "k1", "k2"]
    assert [news.action.key for news in bench.told(Waiting)] == ["k1", "k1"]
    assert bench.outbox.actions == []


def test_a_refusal_stays_for_a_person_and_holds_nobody_up(tmp_path: Path) -> None:
    node = Node(k1=[NodeError("ITEM_SOLD_OUT", "Sold out.", status=409)])
    bench = Bench(tmp_path / "kept.json", node)

    async def scenario() -> None:
        bench.outbox.tokens["anna"] = "token"
        bench.outbox.put(action("k1"))
        bench.outbox.put(action("k2"))
        await bench.until(lambda: bench.told(Accepted) and bench.told(Refused))
        assert [(one.key, one.refusal) for one in bench.outbox.actions] == [("k1", "Sold out.")]
        bench.outbox.retry("k1")
        await bench.until(lambda: len(bench.told(Accepted)) == 2)

    run(bench, scenario)
    assert node.keys == ["k1", "k2", "k1"]


def test_an_action_is_on_disk_before_it_is_first_sent(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    on_disk: list[list[str]] = []

    class Looking(Node):
        async def send(self, action: KeptAction, token: str) -> bytes:
            on_disk.append([one.key for one in kept.load(path)[0]])
            return await super().send(action, token)

    bench = Bench(path, Looking())

    async def scenario() -> None:
        bench.outbox.tokens["anna"] = "token"
        bench.outbox.put(action("k1"))
        await bench.until(lambda: kept.load(path)[0] == [] and bench.told(Accepted))

    run(bench, scenario)
    assert on_disk == [["k1"]]


def test_what_was_kept_before_a_restart_goes_out_when_its_person_signs_in(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    kept.save(path, [action("k1"), action("k2", "ben")])
    node = Node()
    bench = Bench(path, node)

    async def scenario() -> None:
        bench.outbox.tokens["ben"] = "token of ben"
        bench.outbox.wake()
        await bench.until(lambda: bench.told(Accepted))
        assert node.heard == [("k2", "token of ben")]
        bench.outbox.hand_over("k1", "ben", "Ben")
        await bench.until(lambda: len(bench.told(Accepted)) == 2)

    run(bench, scenario)
    assert node.heard[1] == ("k1", "token of ben")


def test_an_ended_sign_in_keeps_its_actions_until_the_next_one(tmp_path: Path) -> None:
    node = Node(k1=[NodeError("SESSION_EXPIRED", "Sign in again.", status=401)])
    bench = Bench(tmp_path / "kept.json", node)

    async def scenario() -> None:
        bench.outbox.tokens["anna"] = "old"
        bench.outbox.put(action("k1"))
        await bench.until(lambda: bench.told(SessionEnded))
        assert [one.key for one in bench.outbox.shown()] == ["k1"]
        bench.outbox.tokens["anna"] = "new"
        bench.outbox.wake()
        await bench.until(lambda: bench.told(Accepted))

    run(bench, scenario)
    assert node.heard == [("k1", "old"), ("k1", "new")]


def test_a_late_sign_out_ends_its_own_sign_in_and_not_the_next(tmp_path: Path) -> None:
    node = Node(out=[SILENCE])
    bench = Bench(tmp_path / "kept.json", node)

    async def scenario() -> None:
        bench.outbox.tokens["anna"] = "first"
        bench.outbox.put(action("out", kind="sign_out"), token="first")
        await bench.until(lambda: bench.told(Waiting))
        bench.outbox.tokens["anna"] = "second"
        await bench.until(lambda: bench.told(Accepted))
        assert bench.outbox.tokens == {"anna": "second"}

    run(bench, scenario)
    assert node.heard == [("out", "first"), ("out", "first")]
    assert bench.outbox.shown() == []


def test_a_disk_that_takes_nothing_is_said_and_the_order_is_sent_all_the_same(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    node = Node()
    bench = Bench(in_the_way / "kept.json", node)

    async def scenario() -> None:
        bench.outbox.tokens["anna"] = "token"
        bench.outbox.put(action("k1"))
        await bench.until(lambda: bench.told(Accepted) and bench.told(Trouble))

    run(bench, scenario)
    assert node.keys == ["k1"]
