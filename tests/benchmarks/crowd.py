"""Many nodes of which only the wire's end is there: signed requests under each one's own key, and the node's own rule for
when to try again. The changes that they bring are those of one real order, over and over under new ids."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar
from uuid import UUID, uuid4

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.schema import SCHEMA
from hospitality.ground.ids import new_id
from sync.clock import at_ms
from sync.hub.feed import PullRequest
from sync.node.retry import Backoff
from sync.node.transport import ANSWER_SECONDS, CONTENT_TYPE
from sync.signing import NODE_HEADER, NONCE_HEADER, SIGNATURE_HEADER, sign
from sync.wire import CHANGES_MAX, PROTOCOL, Batch, Change, Hello, HelloAnswer, PullAnswer, PushAnswer, pack, unpack

T = TypeVar("T")
FAILURES_BEFORE = 10  # after a longer outage the bound of the delays has grown to its largest
VERSION = "bench"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class NotNow(Exception):
    """The hub did not do it; it asked to wait so many seconds."""

    def __init__(self, told: str, seconds: float) -> None:
        super().__init__(told)
        self.seconds = seconds


@dataclass
class Tally:
    """What all of them met."""

    milliseconds: list[float] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)


@dataclass
class Member:
    """One node's wire end, and how far it got."""

    node_id: str
    property_id: str
    key: Ed25519PrivateKey
    acked: int = 0
    backlog: list[Change] = field(default_factory=list)
    _nonce: str = ""

    def keep(self, order: Sequence[str], orders: int, chance: Random) -> None:
        """So many orders wait from now on, each like the one given."""
        self.backlog.clear()
        number, stamp = self.acked, at_ms(time.time_ns() // 1_000_000 - orders)
        for n in range(orders):
            for text in _renewed(order, self.property_id):
                number += 1
                change = msgspec.json.decode(text, type=Change)
                change.s, change.h = number, stamp + n * 65_536
                self.backlog.append(change)

    async def come_back(self, port: int, tally: Tally, chance: Random, *, at_once: bool = False) -> None:
        """Greets, pushes all that waits and pulls, trying again by the node's rule until it is done."""
        backoff = Backoff(chance.random, 0 if at_once else FAILURES_BEFORE)
        if not at_once:
            await asyncio.sleep(backoff.failed())
        wire: _Wire | None = None
        while True:
            try:
                wire = wire or await _Wire.open(port)
                await self._all(wire, tally)
                wire.close()
                return
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                tally.troubles[type(error).__name__] += 1
                wire, seconds = None, 0.0
            except NotNow as error:
                tally.troubles[str(error)] += 1
                seconds = error.seconds
            await asyncio.sleep(seconds + backoff.failed())

    async def _all(self, wire: "_Wire", tally: Tally) -> None:
        now = time.time_ns() // 1_000_000
        last = self.backlog[-1].s if self.backlog else self.acked
        said = Hello(PROTOCOL, 1, last, self.acked, SCHEMA.fingerprint, VERSION, now)
        greeted = await self._ask(wire, tally, "hello", pack(said), HelloAnswer)
        self._acknowledged(greeted.acked)
        while self.backlog:
            changes = self.backlog[:CHANGES_MAX]
            while len(changes) < len(self.backlog) and changes[-1].h == self.backlog[len(changes)].h:
                changes = [change for change in changes if change.h != changes[-1].h]
            batch = Batch(PROTOCOL, 1, self.acked, changes[-1].s, SCHEMA.fingerprint, now, changes, version=VERSION)
            pushed = await self._ask(wire, tally, "push", pack(batch), PushAnswer)
            if pushed.status != "ok" or pushed.troubles:
                raise RuntimeError(f"the hub says {pushed.status}: {pushed.troubles[:1]}")
            self._acknowledged(pushed.acked)
        asked = PullRequest(PROTOCOL, 1, dict.fromkeys(greeted.scopes, (0, 0)))
        await self._ask(wire, tally, "pull", pack(asked), PullAnswer)

    def _acknowledged(self, acked: int) -> None:
        self.acked = max(self.acked, acked)
        self.backlog = [change for change in self.backlog if change.s > self.acked]

    async def _ask(self, wire: "_Wire", tally: Tally, call: str, body: bytes, answer: type[T]) -> T:
        path = f"/sync/v1/{call}"
        for _ in range(2):
            headers = {
                NODE_HEADER: self.node_id,
                NONCE_HEADER: self._nonce,
                SIGNATURE_HEADER: sign(self.key, "POST", path, body, self._nonce),
                "Content-Type": CONTENT_TYPE,
            }
            begun = time.perf_counter()
            status, found, content = await wire.post(path, headers, body)
            tally.milliseconds.append((time.perf_counter() - begun) * 1000)
            self._nonce = found.get(NONCE_HEADER.lower(), self._nonce)
            if status != 401:
                break
        if status != 200:
            raise NotNow(str(status), float(found.get("retry-after", "0")))
        return unpack(content, answer)


class _Wire:
    """One kept-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "_Wire":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def close(self) -> None:
        self._writer.close()

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers by small letters, and body of the answer."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\nHost: hub\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        async with asyncio.timeout(ANSWER_SECONDS):
            self._writer.write(head.encode() + body)
            first, *rest = (await self._reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            found = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
            content = await self._reader.readexactly(int(found.get("content-length", "0")))
        return int(first.split()[1]), found, content


def _renewed(order: Sequence[str], property_id: str) -> list[str]:
    """The order's changes under new ids, of another property; what they lean on (menu, people) stays."""
    decoded = [msgspec.json.decode(text) for text in order]
    fresh = {change["k"]: _like(change["k"]) for change in decoded}
    fresh |= {
        change["f"]["ticket_id"]: _like(change["f"]["ticket_id"]) for change in decoded if "ticket_id" in change["f"]
    }
    fresh |= {change["f"]["property_id"]: property_id for change in decoded}
    return [_UUID.sub(lambda found: fresh.get(found[0], found[0]), text) for text in order]


def _like(id: str) -> str:
    return new_id() if UUID(id).version == 7 else str(uuid4())
