"""A node in the simulation: the real engine, driven step by step, over a database in memory that can die and be put
back."""

import sqlite3
from collections.abc import Callable, Sequence
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
from tests.simulation.hub import Key
from tests.simulation.memory import in_memory
from tests.simulation.office import open_database, ready, upgrade
from tests.simulation.statements import ORG, Statement, Verb
from tests.simulation.tables import Release

T = TypeVar("T")


class NodeDied(BaseException):
    """The node's process ended in the middle: nothing in it may catch this."""


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
    """A copy of the database and of the second disk, by a node of some release."""

    database: bytes
    life: int
    incarnation: int
    release: Release


@dataclass
class Fate:
    """What befalls the process at one of its next commits: it dies before or after, or the disk is full."""

    what: str
    commits: int = 0


@dataclass
class Node:
    """One machine. `call` carries a request to the hub."""

    name: str
    number: int
    property_id: str
    release: Release
    wall_ms: Callable[[], int]
    call: Callable[["Node", str, bytes], Any]
    skew_ms: int = 0
    online: bool = True
    fate: Fate | None = None
    gone: str = ""
    """Why it does not count any more: revoked, or refused since another goes on in its place."""
    in_doubt: bool = False
    """Whether another machine has its identity, or a later life than it knows of."""
    hears: Callable[["Node", bytes], None] = lambda node, said: None
    """Reads along what it is answered."""
    disk: SecondDisk = field(default_factory=SecondDisk)
    errors: tuple[type[Exception], ...] = (sqlite3.IntegrityError,)

    def __post_init__(self) -> None:
        self.connection = open_database(self.release, Pen())
        put(self.connection, "org", ORG)
        put(self.connection, "node", str(self.number))
        self.start()

    @property
    def sender(self) -> Sender:
        """As the hub knows it."""
        return Sender(ORG, f"00000000-0000-4000-8000-0000000001{self.number:02d}", self.number, self.property_id)

    def start(self) -> None:
        """Begins a life of the process on what lies on the disk."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
        self.fate = None
        self.pen = Pen(node=self.number)
        ready(self.connection, self.pen)
        begin_life(self.connection, self.disk)  # type: ignore[arg-type]
        self.clock = HybridClock(lambda: self.wall_ms() + self.skew_ms)
        waiting = self.connection.execute("SELECT max(hlc) FROM sync_outbox").fetchone()[0] or 0
        self.clock.resume(max(waiting, int(get(self.connection, "high") or 0)))
        life = incarnation(self.connection)
        self.engine = Engine(
            self,
            self.release.schema,
            self.clock,
            lambda: self,  # type: ignore[arg-type, return-value]
            "sim",
            life,
            lambda: 0.0,
            changed=self._changed,
            slice_entries=2,
            slice_changes=5,
        )
        self.engine._pushing.wire = Inline()

    def _changed(self, tables: frozenset[str]) -> None:
        if "incarnation" in tables:
            self.disk.keep_incarnation(self.engine.incarnation)

    def back_up(self) -> Backup:
        """A copy of everything."""
        return Backup(self.connection.serialize(), self.disk.life, self.disk.incarnation_, self.release)

    def restore(self, backup: Backup, *, whole: bool) -> None:
        """Puts the copy back, of the second disk too when `whole`."""
        self.connection.close()
        self.connection = in_memory()
        self.connection.deserialize(backup.database)
        if whole:
            self.disk = SecondDisk(backup.life, backup.incarnation)
        self.release, ours = backup.release, self.release
        self.start()
        if backup.release is not ours:
            self.upgrade(ours)

    def copy(self, name: str) -> "Node":
        """A second machine with a copy of this one's disks."""
        twin = Node(name, self.number, self.property_id, self.release, self.wall_ms, self.call, self.skew_ms)
        twin.hears = self.hears
        twin.restore(self.back_up(), whole=True)
        return twin

    def upgrade(self, release: Release) -> None:
        """Starts again as a later release."""
        upgrade(self.connection, release)
        self.release = release
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
        what = self._befalls()
        self.connection.execute("BEGIN")
        try:
            result = job(self.connection)
            if what == "dies before":
                raise NodeDied
            if what == "disk full":
                raise sqlite3.OperationalError("database or disk is full")
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        if what == "dies after":
            raise NodeDied
        return result

    def _befalls(self) -> str:
        if self.fate is None:
            return ""
        self.fate.commits -= 1
        if self.fate.commits >= 0:
            return ""
        what, self.fate = self.fate.what, None
        return what

    # --- acts

    def act(self, statements: Sequence[Statement | Verb], *, loose: bool = False) -> int:
        """One act: all statements under one stamp. Answers the stamp once it is durable; `loose` lets a parent lack."""

        def job(connection: sqlite3.Connection) -> None:
            for one in statements:
                if isinstance(one, Verb):
                    one.run(connection)
                else:
                    connection.execute(*one.sql("?"))

        return self.do(job, loose=loose)[0]

    def do(self, job: Callable[[Any], T], *, loose: bool = False) -> tuple[int, T]:
        """One act of any kind: its stamp, and what came of it."""
        stamp = self.clock.stamp()
        self.connection.execute(f"PRAGMA foreign_keys = {'OFF' if loose else 'ON'}")
        self.pen.begin(stamp)
        try:
            result = self._commit(job)
        finally:
            self.pen.end()
            self.connection.execute("PRAGMA foreign_keys = ON")
        last = self.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'sync_outbox'").fetchone()
        self.engine.nudge(last[0] if last else 0)
        return stamp, result

    def waiting(self, stamp: int | None = None) -> frozenset[Key]:
        """The changes in the outbox (of one stamp)."""
        rows = self.connection.execute(
            "SELECT hlc, op, tbl, pk, f FROM sync_outbox WHERE ? IS NULL OR hlc = ?", (stamp, stamp)
        )
        return frozenset((self.number, r[0], r[1], r[2], r[3], r[4].encode()) for r in rows)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """What stands there."""
        return [dict(row) for row in self.connection.execute(sql)]


class Link:
    """A connection of one node to the hub."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def call(self, path: str, body: bytes, answer: type[T]) -> T:
        """As `transport.Link.call`: the message crosses as bytes."""
        return msgspec.json.decode(msgspec.json.encode(self._node.call(self._node, path, body)), type=answer)
