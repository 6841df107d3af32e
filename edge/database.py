"""The node's SQLite file: encrypted, write-ahead log, every commit on the disk before it is answered."""

from contextlib import closing
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import StaticPool

# older libraries can corrupt a database in write-ahead mode when two connections write or checkpoint at once
SQLITE_MIN = (3, 51, 3)
BUSY_MS = 10_000
TIDY_BUSY_MS = 200  # how long tidying may hold up the till
# what a burst made of the log longer is given back to the disk once the log begins anew
WAL_BYTES_MAX = 64_000_000
CONSTRAINT_ERRORS: tuple[type[Exception], ...] = (sqlite.IntegrityError,)
DATABASE_ERRORS: tuple[type[Exception], ...] = (sqlite.Error,)
# every commit is on the disk before it is answered; nothing of a page is believed that looks wrong
PRAGMAS = (
    f"busy_timeout = {BUSY_MS}",
    "synchronous = FULL",
    "foreign_keys = ON",
    "recursive_triggers = ON",
    "cell_size_check = ON",
    "mmap_size = 0",
    "secure_delete = ON",
    f"journal_size_limit = {WAL_BYTES_MAX}",
    "wal_autocheckpoint = 1000",
    "temp_store = MEMORY",
    "cache_size = -32000",
)
# no memory, read-only, failed input or output, corrupt, full, can't open, not a database
_STORAGE_CODES = frozenset({7, 8, 10, 11, 13, 14, 26})


class CannotOpen(RuntimeError):
    """The database can't be used; the sentence says why and what to do."""


def check_library(version: tuple[int, ...] = sqlite.sqlite_version_info) -> None:
    """Refuses an SQLite library that is known to corrupt."""
    if version < SQLITE_MIN:
        found, wanted = (".".join(map(str, v)) for v in (version, SQLITE_MIN))
        raise CannotOpen(f"SQLite {found} can corrupt a database; {wanted} or later is needed. Reinstall sqlcipher3.")


def is_of_storage(error: Exception) -> bool:
    """Whether the disk (or the memory) failed rather than the statement."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _STORAGE_CODES


def connect(path: Path, key: str, *, readonly: bool = False) -> Any:
    """A connection with the house's pragmas; rows come back by column name. Raises CannotOpen for a wrong key."""
    check_library()
    connection = sqlite.connect(str(path), isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.row_factory = sqlite.Row
    connection.execute("PRAGMA cipher_log_level = NONE").fetchone()  # a wrong key is told once, and by us
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlite.DatabaseError as error:
        connection.close()
        raise CannotOpen(f"{path} can't be read with this key, or is no database of ours ({error}).") from error
    for pragma in ("cipher_log_level = ERROR", *PRAGMAS, f"query_only = {'ON' if readonly else 'OFF'}"):
        connection.execute(f"PRAGMA {pragma}").fetchone()
    return connection


def empty_log(path: Path, key: str) -> bool:
    """Writes the log into the database and empties it, so that what was deleted stands in neither; False when somebody
    was reading meanwhile, and it is to be tried again."""
    with closing(connect(path, key)) as connection:
        connection.execute(f"PRAGMA busy_timeout = {TIDY_BUSY_MS}").fetchone()
        busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return busy == 0


def open_unprepared(path: Path, key: str) -> Any:
    """A connection to a file that nobody else uses, which leaves no files beside it; for copies."""
    check_library()
    connection = sqlite.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    try:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite.Error:
        connection.close()
        raise
    return connection


def alchemy(connection: Any) -> Engine:
    """An SQLAlchemy engine on one open connection, for migrations."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool, module=sqlite)

    @event.listens_for(engine, "begin")
    def begin(found: Any) -> None:
        found.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
