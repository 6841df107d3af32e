"""apsw's connection in the form of the node's own driver, as far as the writer, the verbs and sync use one.

apsw alone lets Python stand in for the disk. Its errors come out as the driver's, so that the writer can't tell.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, Self

import apsw
import sqlcipher3.dbapi2 as driver

from edge.database import PRAGMAS
from tests.torture.crash_disk import Disk

DATABASE = "node.db"


class Row(tuple[Any, ...]):
    """A row by place or by name."""

    places: dict[str, int]

    def __getitem__(self, key: Any) -> Any:
        """One column."""
        return super().__getitem__(self.places[key] if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        """The columns' names."""
        return list(self.places)


@lru_cache(maxsize=1024)
def _row_of(names: tuple[str, ...]) -> type[Row]:
    return type("Row", (Row,), {"places": {name: place for place, name in enumerate(names)}})


class Connection:
    """One connection; what a statement answers is read whole at once."""

    def __init__(self, real: apsw.Connection) -> None:
        self._real = real

    def execute(self, sql: str, parameters: Any = ()) -> "Cursor":
        """Runs a statement."""
        return self.cursor().execute(sql, parameters)

    def cursor(self) -> "Cursor":
        """What runs statements."""
        return Cursor(self._real)

    def create_function(
        self, name: str, count: int, function: Callable[..., Any], *, deterministic: bool = False
    ) -> None:
        """A function that statements may call."""
        self._real.create_scalar_function(name, function, count, deterministic=deterministic)

    @property
    def total_changes(self) -> int:
        """Rows changed since it was opened."""
        return self._real.total_changes()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        with as_the_driver_says():
            return self._real.in_transaction

    def close(self) -> None:
        """Ends it; closing twice is closing once. Who closes is told of no trouble, as with the driver."""
        with suppress(apsw.Error):
            self._real.close(force=True)


class Cursor:
    """What a statement answered."""

    def __init__(self, real: apsw.Connection) -> None:
        self._real = real
        self._rows: Iterator[Row] = iter(())
        self.rowcount = -1

    def execute(self, sql: str, parameters: Any = ()) -> Self:
        """Runs a statement and reads its answer."""
        with as_the_driver_says():
            before = self._real.total_changes()
            cursor = self._real.cursor()
            found: Sequence[Any] = []
            cursor.execute(sql, parameters)
            try:
                names = tuple(column[0] for column in cursor.get_description())
            except apsw.ExecutionCompleteError:
                pass
            else:
                found = [_row_of(names)(row) for row in cursor]
            self._rows = iter(found)
            self.rowcount = self._real.changes() if self._real.total_changes() != before else 0
        return self

    def executemany(self, sql: str, rows: Any) -> Self:
        """Runs a statement for each row."""
        with as_the_driver_says():
            before = self._real.total_changes()
            self._real.cursor().executemany(sql, rows)
            self.rowcount = self._real.total_changes() - before
        return self

    def fetchone(self) -> Any:
        """The next row, or None."""
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        return list(self._rows)

    def __iter__(self) -> Iterator[Row]:
        """The rows that are left."""
        return self._rows


@contextmanager
def as_the_driver_says() -> Iterator[None]:
    """Errors come out as the driver's own."""
    try:
        yield
    except apsw.ConstraintError as error:
        raise _told(driver.IntegrityError, error) from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise _told(driver.DatabaseError, error) from error
    except apsw.ConnectionClosedError as error:
        raise driver.ProgrammingError(str(error)) from error
    except apsw.Error as error:
        raise _told(driver.OperationalError, error) from error


def _told(kind: type[Exception], error: apsw.Error) -> Exception:
    code = getattr(error, "extendedresult", 0)
    words = {apsw.SQLITE_FULL: "database or disk is full", apsw.SQLITE_IOERR: "disk I/O error"}
    found: Any = kind(words.get(code & 0xFF) or str(error))
    found.sqlite_errorcode = code
    told: Exception = found
    return told


def connect(disk: Disk, *, synchronous: str = "FULL", checkpoint_pages: int = 1000) -> Connection:
    """A connection with the house's pragmas on this disk; in exclusive mode, since memory is not shared through it."""
    with as_the_driver_says():
        connection = Connection(apsw.Connection(DATABASE, vfs=disk.name))
    try:
        for pragma in (
            *("locking_mode = EXCLUSIVE", "journal_mode = WAL", *PRAGMAS),
            *(f"synchronous = {synchronous}", f"wal_autocheckpoint = {checkpoint_pages}"),
        ):
            connection.execute(f"PRAGMA {pragma}")
    except driver.Error:
        connection.close()
        raise
    return connection
