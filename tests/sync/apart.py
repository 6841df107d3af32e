"""Three nodes of one property and head office on the simulation's databases, who hear of nothing until told to talk."""

from typing import Any

from sync.hub.store import Sender
from tests.sync.small.hub import Hub
from tests.sync.small.node import Link, Node

HEAD_OFFICE = 0


class Apart:
    """The four in virtual time. `sent` is every request so far, so that one can be delivered again."""

    def __init__(self, *skews_ms: int) -> None:
        self.now_ms = 1_800_000_000_000
        self.hub = Hub(lambda: self.now_ms)
        self.sent: list[tuple[Sender, str, bytes]] = []
        self.nodes = [
            Node(n, "north", lambda: self.now_ms, self._call, skew)
            for n, skew in enumerate(skews_ms or (0, 0, 0), start=1)
        ]
        for node in self.nodes:
            self.hub.enrol(node.number, node.property_id)

    def _call(self, node: Node, path: str, body: bytes) -> Any:
        self.sent.append((node.sender, path, body))
        return self.hub.handle(node.sender, path, body)

    def push(self, who: int) -> None:
        """A node sends everything."""
        node, link = self.nodes[who - 1], self._link(who)
        while node.engine.push_next(link):
            pass

    def pull(self, who: int) -> None:
        """A node that was greeted takes everything."""
        node, link = self.nodes[who - 1], self._link(who)
        if node.engine._greeted.is_set():
            while node.engine.pull_next(link, 0):
                pass

    def talk(self, who: int, *_: str) -> None:
        """A node sends and takes everything."""
        if who != HEAD_OFFICE:
            self.push(who)
            self.pull(who)

    def talk_all(self) -> None:
        """Everybody, until nobody has anything to say."""
        for _ in range(3):
            for node in self.nodes:
                self.talk(node.number)

    def _link(self, who: int) -> Any:
        return Link(self.nodes[who - 1])
