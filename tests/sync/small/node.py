"""A node in the simulation: the real engine, driven step by step, over a database in memory that can die and be put
back."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from edge.identity import begin_life, incarnation
from sync.capture_sqlite import Pen
from sync.clock import HybridClock
from sync.hub.store import Sender
from sync.node.loops import Engine
from sync.node.outbox import get, put
from tests.sync.small.hub import ORG, open_database, ready
from tests.sync.small.tables import NODE, ROWS, SCHEMA

T = TypeVar("T")


class NodeDied(Exception):
    """The node's process ended in the middle."""


class Inline(Executor):
    """Runs at once what the engine would run beside itself, so that a seed is always the same run."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """A call that is over when it was made."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass
class SecondDisk:
    """What a node keeps outside its database."""

    life: int = 0
    incarnation_: int = 0

    def lives(self) -> int:
        return self.life

    def keep_lives(self, life: int) -> None:
        self.life = life

    def incarnation(self) -> int:
        return self.incarnation_

    def keep_incarnation(self, fresh: int) -> None:
        self.incarnation_ = max(fresh, self.incarnation_)


@dataclass(frozen=True)
class Backup:
    """A copy of the database, and of the second disk."""

    database: bytes
    life: int
    incarnation: int


@dataclass
class Node:
    """One node. `call` carries a request to the hub; `dies` says at which commit the process ends, and on which side
    of it."""

    number: int
    property_id: str
    wall_ms: Callable[[], int]
    call: Callable[["Node", str, bytes], Any]
    skew_ms: int = 0
    online: bool = True
    dies: str = ""
    disk: SecondDisk = field(default_factory=SecondDisk)
    errors: tuple[type[Exception], ...] = (sqlite3.IntegrityError,)

    def __post_init__(self) -> None:
        self.connection = open_database([*ROWS, *NODE], Pen())
        put(self.connection, "org", ORG)
        put(self.connection, "node", str(self.number))
        self.start()

    @property
    def sender(self) -> Sender:
        """As the hub knows it."""
        return Sender(ORG, f"node-{self.number}", self.number, self.property_id)

    def start(self) -> None:
        """Begins a life of the process on what lies on the disk."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
        self.dies = ""
        self.pen = Pen(node=self.number)
        ready(self.connection, self.pen)
        begin_life(self.connection, self.disk)  # type: ignore[arg-type]
        self.clock = HybridClock(lambda: self.wall_ms() + self.skew_ms)
        waiting = self.connection.execute("SELECT max(hlc) FROM sync_outbox").fetchone()[0] or 0
        self.clock.resume(max(waiting, int(get(self.connection, "high") or 0)))
        life = incarnation(self.connection)
        self.engine = Engine(self, SCHEMA, self.clock, lambda: self, "sim", life, lambda: 0.0)  # type: ignore[arg-type, return-value]
        self.engine.changed = self._changed
        self.engine._wire = Inline()  # type: ignore[assignment]

    def _changed(self, tables: frozenset[str]) -> None:
        if "incarnation" in tables:
            self.disk.keep_incarnation(self.engine.incarnation)

    def back_up(self) -> Backup:
        """A copy of everything."""
        return Backup(self.connection.serialize(), self.disk.life, self.disk.incarnation_)

    def restore(self, backup: Backup, *, whole: bool) -> None:
        """Puts the copy back, of the second disk too when `whole`."""
        self.connection.close()
        self.connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.connection.deserialize(backup.database)
        if whole:
            self.disk = SecondDisk(backup.life, backup.incarnation)
        self.start()

    # --- the engine's store

    def write(self, job: Callable[[Any], T]) -> T:
        """In a transaction, capture off."""
        self.pen.applying = True
        try:
            return self._commit(job)
        finally:
            self.pen.applying = False

    def read(self, job: Callable[[Any], T]) -> T:
        """On the same connection."""
        return job(self.connection)

    def _commit(self, job: Callable[[Any], T]) -> T:
        self.connection.execute("BEGIN")
        try:
            result = job(self.connection)
            if self.dies == "before":
                raise NodeDied
            self.connection.execute("COMMIT")
        except Exception:
            self.connection.execute("ROLLBACK")
            raise
        if self.dies == "after":
            raise NodeDied
        return result

    # --- acts

    def act(self, statements: list[tuple[str, tuple[Any, ...]]]) -> int:
        """One act: all statements under one stamp. Answers the stamp once it is durable."""

        def job(connection: sqlite3.Connection) -> None:
            for sql, values in statements:
                connection.execute(sql, values)

        return self.do(job)[0]

    def do(self, job: Callable[[Any], T]) -> tuple[int, T]:
        """One act of any kind: its stamp, and what came of it."""
        stamp = self.clock.stamp()
        self.pen.begin(stamp)
        try:
            result = self._commit(job)
        finally:
            self.pen.end()
        last = self.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'sync_outbox'").fetchone()
        self.engine.nudge(last[0] if last else 0)
        return stamp, result


class Link:
    """A connection of one node to the hub."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def call(self, path: str, body: bytes, answer: type[T]) -> T:
        """As `transport.Link.call`: the message crosses as bytes."""
        return msgspec.json.decode(msgspec.json.encode(self._node.call(self._node, path, body)), type=answer)
