"""The node opens its own database alone: with a library that does not corrupt, the right key, and untouched triggers."""

from pathlib import Path
from typing import Any

import pytest

from edge.database import SQLITE_MIN, CannotOpen, check_library, connect
from edge.schema import migrate, prepare
from sync.capture_sqlite import TamperedError, create_triggers, triggers_fingerprint
from sync.node.outbox import put
from sync.schema import Schema

KEY = "ab" * 32


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database at this release."""
    path = tmp_path / "node.db"
    connection = connect(path, KEY)
    migrate(connection)
    connection.close()
    return path


def setting(connection: Any, name: str) -> Any:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.parametrize("version", [(3, 51, 2), (3, 40, 1), (2, 8, 17)])
def test_a_library_that_can_corrupt_is_refused_in_a_sentence(version: tuple[int, ...]) -> None:
    with pytest.raises(CannotOpen, match=r"can corrupt a database; 3\.51\.3 or later is needed"):
        check_library(version)


def test_the_library_that_ships_is_good() -> None:
    check_library()
    check_library(SQLITE_MIN)


def test_what_is_committed_is_on_the_disk_before_it_is_answered(database: Path) -> None:
    connection = connect(database, KEY)
    found = {name: setting(connection, name) for name in ("journal_mode", "synchronous", "foreign_keys", "mmap_size")}
    connection.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "mmap_size": 0}


def test_another_key_opens_nothing(database: Path) -> None:
    with pytest.raises(CannotOpen, match="can't be read with this key"):
        connect(database, "cd" * 32)


def test_nothing_of_it_can_be_read_without_the_key(database: Path) -> None:
    assert b"SQLite format 3" not in database.read_bytes()[:100]


@pytest.mark.parametrize(
    "harm",
    [
        "DROP TRIGGER sync_orders_insert",
        "CREATE TRIGGER stranger AFTER INSERT ON orders BEGIN DELETE FROM sync_outbox; END",
    ],
)
def test_a_database_whose_triggers_were_altered_is_refused(database: Path, harm: str) -> None:
    connection = connect(database, KEY)
    connection.execute(harm)
    with pytest.raises(TamperedError, match="capture triggers altered or missing"):
        prepare(connection)
    connection.close()


def test_triggers_of_another_release_are_made_anew(database: Path) -> None:
    connection = connect(database, KEY)
    create_triggers(connection, Schema({}))
    put(connection, "triggers", triggers_fingerprint(connection))
    put(connection, "triggers_made_from", "an older release")
    prepare(connection)
    there = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0]
    connection.close()
    assert there > 50
