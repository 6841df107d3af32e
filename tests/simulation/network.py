"""The way between the machines and head office, and what befalls a request on it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import msgspec

from sync.node.transport import LinkDown
from tests.simulation.hub import Hub, HubDied
from tests.simulation.node import Node, NodeDied

# a nonce, and with it whatever was signed over it, is good for five minutes
LATE_MS_MAX = 300_000
CALLS_MAX = 14
FAULTS = {
    "": 60,
    "is lost on its way": 5,
    "arrives, and its answer is lost": 8,
    "arrives twice": 4,
    "is held up on its way": 4,
    "arrives, and once more later": 4,
    "finds head office, which dies at once": 6,
    "arrives, and the machine dies before the answer comes": 3,
    "arrives while something happens at the machine": 6,
}


@dataclass(frozen=True)
class Request:
    """A request that the network holds back."""

    node: Node
    path: str
    body: bytes
    sent_ms: int

    @property
    def what(self) -> str:
        """For the story."""
        return f"{self.node.name}'s {name_of(self.path)}"


@dataclass
class Network:
    """Carries requests. `meanwhile` makes something happen at a machine while its request is under way."""

    hub: Hub
    luck: Callable[[], Random]
    now_ms: Callable[[], int]
    tell: Callable[[str], None]
    meanwhile: Callable[[Node, str], None]
    good: bool = False

    def __post_init__(self) -> None:
        self.late: list[Request] = []

    def call(self, node: Node, path: str, body: bytes) -> Any:
        """A request's answer. Raises LinkDown, TurnedAway or NodeDied."""
        if self.good:
            return self._handle(node, path, body)
        if not node.online:
            raise LinkDown("cut off")
        fault = self.luck().choices(list(FAULTS), list(FAULTS.values()))[0]
        if fault:
            self.tell(f"{node.name}'s {name_of(path)} {fault}")
        if "held up" in fault or "once more later" in fault:
            self.late.append(Request(node, path, body, self.now_ms()))
        if "lost on" in fault or "held up" in fault:
            raise LinkDown("no answer")
        try:
            said = self._handle(node, path, body, self.luck().randrange(CALLS_MAX) if "dies at" in fault else None)
        except HubDied:
            raise LinkDown("no answer") from None
        if "twice" in fault:
            said = self._handle(node, path, body)
        if "something happens" in fault:
            self.meanwhile(node, path)
        if "answer is lost" in fault:
            raise LinkDown("no answer")
        if "machine dies" in fault:
            raise NodeDied
        return said

    def _handle(self, node: Node, path: str, body: bytes, dies_at: int | None = None) -> Any:
        """Whatever is said is heard at once by who looks after secrets, whether it arrives or not."""
        said = self.hub.handle(node.sender, path, body, dies_at)
        node.hears(node, msgspec.json.encode(said))
        return said

    def fresh(self) -> list[Request]:
        """What is held back and would still be listened to."""
        self.late = [one for one in self.late if self.now_ms() - one.sent_ms <= LATE_MS_MAX]
        return self.late


def name_of(path: str) -> str:
    """A request's name for the story."""
    return NAMES[path.rpartition("/")[2]]


NAMES = {
    "hello": "greeting",
    "push": "push",
    "pull": "question for news",
    "snapshot": "question for rows",
    "compare": "comparison",
    "rows": "question for lost rows",
    "give": "gift",
    "settled": "word that all is compared",
}
