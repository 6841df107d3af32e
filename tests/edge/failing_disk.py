"""A node's connections on a disk that fails when it is told to, and a writer on top of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic, time_ns
from typing import Any

import sqlcipher3.dbapi2 as sqlite

from edge.database import connect
from edge.writer import Committed, Writer
from hospitality.ground.clock import utc_now
from hospitality.ground.work import Place, Work
from sync.clock import HybridClock
from tests.edge.node_fixture import CURRENCY, ORG, WAIT_SECONDS, ZONE, manager

IO_ERROR, FULL = 10, 13


def io_error() -> Exception:
    """What SQLite says when the disk does not answer."""
    error: Any = sqlite.OperationalError("disk I/O error")
    error.sqlite_errorcode = IO_ERROR
    found: Exception = error
    return found


def disk_full() -> Exception:
    """What SQLite says when there is no space."""
    error: Any = sqlite.OperationalError("database or disk is full")
    error.sqlite_errorcode = FULL
    found: Exception = error
    return found


@dataclass
class Disk:
    """Opens connections to one file; `before` is asked before each statement, and may raise."""

    path: Path
    key: str
    before: Callable[[str], None] = lambda sql: None
    after_commit: Callable[[], None] = lambda: None
    opening: Callable[[], None] = lambda: None
    statements: list[str] = field(default_factory=list)
    real: Any = None

    def connect(self) -> Any:
        """A connection as the writer opens it."""
        self.opening()
        self.real = connect(self.path, self.key)
        return _Connection(self, self.real)

    def stand_in(self, writer: Writer) -> None:
        """Stands between a running writer and its file from here on; called in one of its acts."""
        writer._connect, self.real = self.connect, writer._connection
        writer._connection = _Connection(self, self.real)

    def fail_once(self, statement: str, error: Callable[[], Exception] = io_error) -> None:
        """The next statement that begins so fails; nothing of it happens."""
        self._once(lambda sql: sql.startswith(statement), error)

    def fail_at(self, count: int, error: Callable[[], Exception] = io_error) -> None:
        """The statement that comes as the `count`-th from now fails."""
        left = count

        def is_it(sql: str) -> bool:
            nonlocal left
            left -= 1
            return left == 0

        self._once(is_it, error)

    def heal(self) -> None:
        """Nothing fails any more."""
        self.before = lambda sql: None

    def commits(self) -> int:
        """How many commits were asked for."""
        return self.statements.count("COMMIT")

    def _once(self, is_it: Callable[[str], bool], error: Callable[[], Exception]) -> None:
        def before(sql: str) -> None:
            if is_it(sql):
                self.heal()
                raise error()

        self.before = before


class _Connection:
    """A connection whose statements pass the disk's eyes."""

    def __init__(self, disk: Disk, real: Any) -> None:
        self._disk = disk
        self._real = real

    def execute(self, sql: str, *parameters: Any) -> Any:
        self._disk.statements.append(sql)
        self._disk.before(sql)
        found = self._real.execute(sql, *parameters)
        if sql == "COMMIT":
            self._disk.after_commit()
        return found

    def cursor(self) -> "_Cursor":
        return _Cursor(self._disk, self._real.cursor())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Cursor:
    def __init__(self, disk: Disk, real: Any) -> None:
        self._disk = disk
        self._real = real

    def executemany(self, sql: str, rows: Any) -> Any:
        self._disk.statements.append(sql)
        self._disk.before(sql)
        return self._real.executemany(sql, rows)


@dataclass
class Bench:
    """A writer at work on a failing disk."""

    disk: Disk
    writer: Writer
    clock: HybridClock
    committed: list[Committed]

    def act(self, verb: Callable[[Work], Any]) -> Any:
        """Runs a verb as the manager and waits for its commit."""
        return self.writer.act(manager(), verb).result(WAIT_SECONDS)

    def rows(self, sql: str) -> list[Any]:
        """Asks the file itself, on a connection of its own."""
        connection = connect(self.disk.path, self.disk.key, readonly=True)
        try:
            return list(connection.execute(sql).fetchall())
        finally:
            connection.close()

    def count(self, table: str) -> int:
        """How many rows a table has on the disk."""
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps the writer busy for the length of the block, so that what is queued inside waits together."""
        begun, release = Event(), Event()

        def hold(work: Work) -> None:
            begun.set()
            assert release.wait(WAIT_SECONDS)

        done = self.writer.act(manager(), hold)
        assert begun.wait(WAIT_SECONDS)
        try:
            yield
        finally:
            release.set()
            done.result(WAIT_SECONDS)


@contextmanager
def bench(folder: Path, *, wall_ms: Callable[[], int] = lambda: time_ns() // 1_000_000) -> Iterator[Bench]:
    """A started writer on the node's file in the folder."""
    disk = Disk(folder / "node.db", (folder / "database.key").read_text())
    clock, committed = HybridClock(wall_ms), list[Committed]()
    place = Place("property", 1, "A", 1, ZONE, CURRENCY)
    writer = Writer(
        disk.connect,
        clock=clock,
        now=utc_now,
        node=1,
        place=lambda: place,
        org_id=ORG,
        committed=committed.append,
    )
    writer.start()
    try:
        yield Bench(disk, writer, clock, committed)
    finally:
        writer.stop()


def wait_until(condition: Callable[[], object]) -> None:
    """Waits for something to become true, with a bound."""
    ends = monotonic() + WAIT_SECONDS
    while not condition():
        assert monotonic() < ends, "it never came true"
        Event().wait(0.01)
