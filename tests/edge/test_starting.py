"""What a node looks at before it serves: library, key, triggers, enrolment, and which life of its database this is."""

import shutil
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlite

from edge.database import SQLITE_MIN, CannotOpen, check_library, connect
from edge.identity import NotEnrolled
from edge.keys import open_keys
from edge.node import Node
from edge.schema import MADE_FROM, SCHEMA, TRIGGERS, prepare
from edge.settings import EdgeSettings
from hospitality.ground.migrations import NewerRelease
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from sync.capture_sqlite import Pen, TamperedError, check_triggers, hold, trigger_statements, triggers_fingerprint
from sync.node.outbox import get, put
from tests.edge.node_fixture import SOUP, WAIT_SECONDS, manager
from tests.edge.served_node import opened_node

ORDER = NewOrder("dine_in", (NewLine(SOUP, 1),))


@contextmanager
def file_of(folder: Path) -> Iterator[Any]:
    """The node's file as somebody opens it who has its key and none of our functions."""
    connection = connect(folder / "node.db", (folder / "database.key").read_text())
    try:
        yield connection
    finally:
        connection.close()


def start(folder: Path) -> None:
    """Starts the node and stops it again."""
    with opened_node(folder):
        pass


def numbers_of_orders(folder: Path, count: int = 1) -> list[str]:
    """Takes so many orders in one start of the node."""
    with opened_node(folder) as node:
        acts = [node.host.writer.act(manager(), lambda work: place_order(work, ORDER)) for _ in range(count)]
        return [act.result(WAIT_SECONDS)["number"] for act in acts]


# --- the library


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 50, 4), (3, 51, 2)])
def test_a_library_that_can_corrupt_is_refused_by_name(version: tuple[int, ...]) -> None:
    with pytest.raises(CannotOpen) as refused:
        check_library(version)
    assert str(refused.value) == (
        f"SQLite {'.'.join(map(str, version))} can corrupt a database; 3.51.3 or later is needed. Reinstall sqlcipher3."
    )


@pytest.mark.parametrize("version", [SQLITE_MIN, (3, 53, 0), (4, 0, 0), sqlite.sqlite_version_info])
def test_a_library_that_was_mended_is_taken(version: tuple[int, ...]) -> None:
    check_library(version)


def test_a_node_on_an_old_library_does_not_start(node_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.database.check_library.__defaults__", ((3, 51, 2),))
    with pytest.raises(CannotOpen, match=r"SQLite 3\.51\.2 can corrupt"):
        start(node_folder)


def test_every_commit_waits_for_the_disk(node_folder: Path) -> None:
    with file_of(node_folder) as connection:
        found = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "cell_size_check")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "cell_size_check": 1,
    }


# --- keys


def test_without_its_key_the_file_says_nothing_and_the_node_says_so(node_folder: Path) -> None:
    key = node_folder / "database.key"
    key.write_text(key.read_text()[::-1])
    with pytest.raises(CannotOpen, match=r"node\.db can't be read with this key, or is no database of ours"):
        start(node_folder)
    raw = (node_folder / "node.db").read_bytes()
    assert b"SQLite format" not in raw
    assert b"Selma" not in raw


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "node.db").write_bytes(b"This is a letter to the editor. " * 200)
    with pytest.raises(CannotOpen, match="no database of ours"):
        start(tmp_path)


def test_keys_are_made_once_and_read_by_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = open_keys(folder)
    first.keep_lives(3)
    again = open_keys(folder)
    assert (again.database, again.device, again.lives()) == (first.database, first.device, 3)
    assert again.node.private_bytes_raw() == first.node.private_bytes_raw()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_keys_lie_outside_the_data_unless_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("BUFFR_EDGE_KEYS", raising=False)
    one, other = (EdgeSettings(data=tmp_path / name).keys_folder for name in ("alpha", "beta"))
    assert one != other
    assert all(folder.is_relative_to(tmp_path / "config" / "buffr" / "edge") for folder in (one, other))


# --- enrolment


def test_a_machine_that_belongs_to_no_property_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled, match=r"not enrolled yet\. Run: buffr edge enrol URL CODE"):
        start(tmp_path)


# --- triggers


def a_capture_trigger(connection: Any) -> str:
    return str(next(iter(trigger_statements(SCHEMA))))


def drop(connection: Any) -> str:
    name = a_capture_trigger(connection)
    connection.execute(f'DROP TRIGGER "{name}"')
    return name


def alter(connection: Any) -> str:
    name = a_capture_trigger(connection)
    text = trigger_statements(SCHEMA)[name]
    connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute(text.replace("WHEN sync_applying() = 0", "WHEN sync_applying() = 7", 1))
    return name


def add(connection: Any) -> str:
    connection.execute(
        "CREATE TRIGGER quietly AFTER INSERT ON payments BEGIN DELETE FROM sync_outbox WHERE tbl = 'payments'; END"
    )
    return "quietly"


@pytest.mark.parametrize("tamper", [drop, alter, add])
def test_a_database_whose_triggers_another_program_changed_is_not_served(
    node_folder: Path, tamper: Callable[[Any], str]
) -> None:
    start(node_folder)
    with file_of(node_folder) as connection:
        name = tamper(connection)
    for _ in range(2):  # nor when it is tried again
        with pytest.raises(TamperedError, match=name):
            start(node_folder)


def test_who_writes_without_our_functions_is_stopped_by_the_triggers(node_folder: Path) -> None:
    with file_of(node_folder) as connection, pytest.raises(sqlite.OperationalError, match="no such function"):
        connection.execute("UPDATE menu_items SET price_minor = 1")


def test_a_fact_is_neither_changed_nor_deleted_even_with_our_functions(node_folder: Path) -> None:
    numbers_of_orders(node_folder)
    with file_of(node_folder) as connection:
        hold(connection, Pen(node=1, stamp=1))
        for sql in ("UPDATE orders SET covers = 9", "DELETE FROM orders", "DELETE FROM journal"):
            with pytest.raises(sqlite.IntegrityError, match="a fact is never changed"):
                connection.execute(sql)


def test_another_releases_triggers_are_made_anew(node_folder: Path) -> None:
    """As an older release left them: other text, which it knew and noted as its own."""
    with file_of(node_folder) as connection:
        name = a_capture_trigger(connection)
        connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute('CREATE TRIGGER "sync_of_old" AFTER INSERT ON orders BEGIN SELECT 1; END')
        put(connection, TRIGGERS, triggers_fingerprint(connection))
        put(connection, MADE_FROM, "the schema of another release")
    start(node_folder)
    with file_of(node_folder) as connection:
        check_triggers(connection, SCHEMA)
        assert get(connection, TRIGGERS) == triggers_fingerprint(connection)
        before = get(connection, MADE_FROM)
        prepare(connection)
        assert get(connection, MADE_FROM) == before
    assert numbers_of_orders(node_folder) == ["A1-1"]


def test_a_database_of_a_newer_release_is_left_alone(node_folder: Path) -> None:
    with file_of(node_folder) as connection:
        connection.execute("UPDATE alembic_version_hospitality SET version_num = '9999_next_year'")
    before = (node_folder / "node.db").read_bytes()
    with pytest.raises(NewerRelease, match="Install that release"):
        start(node_folder)
    assert (node_folder / "node.db").read_bytes() == before


# --- lives


def test_every_start_goes_on_in_the_same_series(node_folder: Path) -> None:
    assert [numbers_of_orders(node_folder, 2) for _ in range(2)] == [["A1-1", "A1-2"], ["A1-3", "A1-4"]]


def test_a_database_put_back_from_a_backup_begins_another_series_each_time(node_folder: Path, tmp_path: Path) -> None:
    """The same backup put back twice begins two lives, and no number is ever given twice (R3)."""
    given = numbers_of_orders(node_folder, 2)
    backup = tmp_path / "backup.db"
    shutil.copyfile(node_folder / "node.db", backup)
    given += numbers_of_orders(node_folder, 2)
    for _ in range(2):
        shutil.copyfile(backup, node_folder / "node.db")
        given += numbers_of_orders(node_folder, 2)
        given += numbers_of_orders(node_folder)
    assert given == [
        *("A1-1", "A1-2", "A1-3", "A1-4"),
        *("A2-1", "A2-2", "A2-3"),
        *("A3-1", "A3-2", "A3-3"),
    ]


def test_a_life_that_the_hub_began_is_remembered_outside_too(node_folder: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    start(node_folder)
    shutil.copyfile(node_folder / "node.db", backup)
    with opened_node(node_folder) as node:
        node.host.write(lambda connection: put(connection, "incarnation", "5"))
        node.engine.terms.incarnation = 5
        node.engine.changed(frozenset({"incarnation"}))
        assert node.host.place.incarnation == 5
    shutil.copyfile(backup, node_folder / "node.db")
    assert numbers_of_orders(node_folder) == ["A6-1"]


def test_a_start_that_is_cut_short_does_not_look_like_a_backup(
    node_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count inside is written before the one outside: between the two the inside is ahead, which is no loss."""
    start(node_folder)

    def cut(self: object, lives: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("edge.keys.Keys.keep_lives", cut)
        with pytest.raises(KeyboardInterrupt):
            start(node_folder)
    assert numbers_of_orders(node_folder) == ["A1-1"]


def test_a_node_whose_head_office_holds_its_answers_back_stops_all_the_same(node_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Node(EdgeSettings(data=node_folder, keys=node_folder, cloud_url=url)) as node:
            silent.settimeout(WAIT_SECONDS)
            asking, _ = silent.accept()
            with asking:
                assert asking.recv(100).startswith(b"POST /sync/v1/hello")
                node.engine.stop()
                assert not {thread.name for thread in threading.enumerate()} & {"sync-push", "sync-pull"}


def test_a_node_that_can_not_open_leaves_nothing_behind_that_runs(node_folder: Path) -> None:
    before = set(threading.enumerate())
    with file_of(node_folder) as connection:
        drop(connection)
    with pytest.raises(TamperedError):
        Node(EdgeSettings(data=node_folder, keys=node_folder)).__enter__()
    assert set(threading.enumerate()) == before
