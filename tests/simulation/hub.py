"""Head office in the simulation: the hub's real rules over one of the two stores, and head office's own acts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sync.clock import at_ms
from sync.hub.comparing import compare, rows, settled
from sync.hub.feed import PullRequest, answer
from sync.hub.giving import give
from sync.hub.greeting import hello
from sync.hub.receive import receive
from sync.hub.retention import Retention, sweep
from sync.hub.set_aside import release as let_go
from sync.hub.snapshot import snapshot
from sync.hub.store import Revoked, Sender
from sync.node.transport import TurnedAway
from sync.wire import (
    Batch,
    BatchLimits,
    Change,
    CompareRequest,
    Gift,
    Hello,
    Limits,
    RowsRequest,
    Settled,
    SnapshotRequest,
    unpack,
)
from tests.simulation.office import HEAD_OFFICE, Office
from tests.simulation.statements import Statement
from tests.simulation.tables import Release

FIRST_MS = 60_000
Key = tuple[int, int, str, str, str, bytes]
"""One change as its author wrote it: node, stamp, insert or update, table, row, fields."""


Stamps = set[tuple[int, int]]


class HubDied(Exception):
    """The hub's process ended in the middle; nothing of its transaction stays."""


@dataclass
class Mortal:
    """A store of a process that dies at a call."""

    store: Any
    calls: int

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.store, name)
        if not callable(found):
            return found
        self.calls -= 1
        if self.calls < 0:
            raise HubDied
        return found


def key(number: int, change: Change) -> Key:
    """A change's own name."""
    return number, change.h, change.o, change.t, change.k, bytes(change.f)


@dataclass(frozen=True)
class OfficeBackup:
    """A copy of head office's database, what was received and acknowledged by then, and from whom."""

    copy: Any
    release: Release
    taken: frozenset[Key]
    known: frozenset[int]


@dataclass
class Hub:
    """Head office's database and what it answers."""

    wall_ms: Callable[[], int]
    office: Office
    release: Release
    limits: Limits = field(default_factory=Limits)
    batches: BatchLimits = field(default_factory=BatchLimits)
    taken: set[Key] = field(default_factory=set)
    """What was received and acknowledged."""
    known: set[int] = field(default_factory=set)
    revoked: set[int] = field(default_factory=set)
    stamp: int = 0

    def enrol(self, sender: Sender) -> None:
        """Takes a node in."""
        self.office.enrol(sender, self.wall_ms())
        self.known.add(sender.number)

    def revoke(self, sender: Sender) -> None:
        """Turns a node away from now on."""
        self.office.revoke(sender)
        self.revoked.add(sender.number)

    def handle(self, sender: Sender, path: str, body: bytes, dies_after: int | None = None) -> Any:
        """A request's answer; what it did is kept, or nothing of it when the hub dies. Raises TurnedAway."""
        if sender.number not in self.known:
            raise TurnedAway("UNKNOWN", "head office does not know this node")
        try:
            with self.office.transaction(sender, self.wall_ms()) as real:
                said = self._answer(real if dies_after is None else Mortal(real, dies_after), path, body)
        except Revoked:
            raise TurnedAway("REVOKED", "revoked at head office") from None
        if path.endswith("push") and said.status == "ok":
            self.taken.update(key(sender.number, change) for change in unpack(body, Batch).changes)
        return said

    def _answer(self, store: Any, path: str, body: bytes) -> Any:
        if path.endswith("hello"):
            greeted = hello(store, unpack(body, Hello), self.wall_ms())
            greeted.limits = self.batches
            return greeted
        if path.endswith("push"):
            return receive(store, self.release.schema, unpack(body, Batch), self.wall_ms())
        if path.endswith("snapshot"):
            asked = unpack(body, SnapshotRequest)
            return snapshot(store, self.release.schema, asked, self.wall_ms(), FIRST_MS, self.limits)
        if path.endswith("compare"):
            return compare(store, self.release.schema, unpack(body, CompareRequest), self.wall_ms())
        if path.endswith("rows"):
            return rows(store, self.release.schema, unpack(body, RowsRequest), self.wall_ms())
        if path.endswith("give"):
            return give(store, self.release.schema, unpack(body, Gift), self.wall_ms())
        if path.endswith("settled"):
            return settled(store, self.release.schema, unpack(body, Settled), self.wall_ms())
        return answer(store, unpack(body, PullRequest), store.see_node(), self.wall_ms(), self.limits)

    def act(self, statements: Sequence[Statement]) -> None:
        """Head office's own writing in one transaction."""
        self.stamp = max(at_ms(self.wall_ms()), self.stamp + 1)
        self.office.act(statements, self.stamp)

    def sweep(self, rule: Retention) -> bool:
        """One step of the daily sweep."""
        with self.office.transaction(HEAD_OFFICE, self.wall_ms()) as store:
            return sweep(store, self.release.schema, rule, self.wall_ms())

    def waiting(self) -> list[dict[str, Any]]:
        """What was set aside and waits."""
        return self.office.waiting()

    def let_go(self, sender: Sender, id: str) -> bool:
        """A person has one of those tried again; whether it could be applied."""
        with self.office.transaction(sender, self.wall_ms()) as store:
            found = let_go(store, self.release.schema, id, self.wall_ms())
        return found is not None and found.trouble is None

    def back_up(self) -> OfficeBackup:
        """A copy of everything."""
        return OfficeBackup(self.office.back_up(), self.release, frozenset(self.taken), frozenset(self.known))

    def put_back(self, backup: OfficeBackup) -> None:
        """An older copy takes the place of the database, under the release that is installed. Whom a person had revoked
        is revoked again."""
        self.office.put_back(backup.copy)
        self.taken, self.known = set(backup.taken), set(backup.known)
        if backup.release is not self.release:
            self.office.upgrade(self.release)

    def upgrade(self, release: Release) -> None:
        """Brings head office to a later release."""
        self.office.upgrade(release)
        self.release = release


def changes_of(aside: dict[str, Any]) -> list[Change]:
    """What a transaction that was set aside says."""
    return msgspec.json.decode(aside["body"], type=list[Change])
