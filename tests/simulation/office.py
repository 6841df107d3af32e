"""Head office's database in the simulation: SQLite in memory, with what PostgreSQL's triggers do."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Protocol

import msgspec

from sync.capture_sqlite import Pen, create_triggers, hold
from sync.hub.bodies import feed_rows
from sync.hub.interest import forget, image, settle
from sync.hub.keys import same_keys
from sync.hub.store import HubStore, Sender, head_office
from sync.merge import RowVersions
from sync.node.widening import take_in
from sync.wire import EntryChange
from tests.simulation.hub_store import SqliteStore
from tests.simulation.memory import in_memory
from tests.simulation.statements import ORG, Insert, Statement
from tests.simulation.tables import HUB, NODE, Release

HEAD_OFFICE = head_office(ORG)


class Office(Protocol):
    """A database of head office's."""

    def enrol(self, sender: Sender, now_ms: int) -> None:
        """Takes a node in."""
        ...

    def revoke(self, sender: Sender) -> None:
        """Turns a node away from now on."""
        ...

    def transaction(self, sender: Sender, now_ms: int) -> Any:
        """A context with the sender's store, all of which is kept or, on an error, nothing."""
        ...

    def act(self, statements: Sequence[Statement], stamp: int) -> None:
        """Head office's own writing in one transaction under a stamp, or a later one where a row's is later."""
        ...

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """What stands there."""
        ...

    def waiting(self) -> list[dict[str, Any]]:
        """What was set aside and waits, with its author's number."""
        ...

    def upgrade(self, release: Release) -> None:
        """Brings the tables to a later release."""
        ...

    def back_up(self) -> Any:
        """A copy of everything."""
        ...

    def put_back(self, copy: Any) -> None:
        """Everything as it is in the copy."""
        ...


class SqliteOffice:
    """On SQLite in memory: a thousandth of a second to make."""

    def __init__(self, release: Release) -> None:
        self._pen = Pen()
        self._schema = release.schema
        self.connection = open_database(release, self._pen, HUB)

    def enrol(self, sender: Sender, now_ms: int) -> None:
        """See Office."""
        self.connection.execute(
            "INSERT INTO sync_nodes (number, property_id, seen) VALUES (?, ?, ?)",
            (sender.number, sender.property_id, now_ms),
        )

    def revoke(self, sender: Sender) -> None:
        """See Office."""
        self.connection.execute("UPDATE sync_nodes SET active = 0 WHERE number = ?", (sender.number,))

    @contextmanager
    def transaction(self, sender: Sender, now_ms: int) -> Iterator[HubStore]:
        """See Office."""
        self.connection.execute("BEGIN")
        self._pen.applying = True
        try:
            yield SqliteStore(self.connection, sender, now_ms)
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        finally:
            self._pen.applying = False

    def act(self, statements: Sequence[Statement], stamp: int) -> None:
        """See Office."""
        self.connection.execute("BEGIN")
        for one in statements:
            is_edit = not isinstance(one, Insert) and one.id
            self._pen.begin(max(stamp, self._highest(one.table, one.id) + 1) if is_edit else stamp)
            self.connection.execute(*one.sql("?"))
        store = SqliteStore(self.connection, HEAD_OFFICE, stamp >> 16)
        self._pen.begin(stamp)
        self._tell_same_keys(store, stamp)
        self._pen.end()
        captured = sorted(self._captured(stamp >> 16), key=lambda found: found[0])
        for scope, found in groupby(captured, key=lambda one: one[0]):
            noted = list(found)
            lowest = min(hlc for _, hlc, _ in noted)
            store.append(scope, 0, feed_rows([(lowest, False, [change for _, _, change in noted])]))
        self.connection.execute("DELETE FROM sync_outbox")
        self.connection.execute("COMMIT")

    def _tell_same_keys(self, store: SqliteStore, stamp: int) -> None:
        for table in [table for table in self._schema.tables.values() if table.keys]:
            touched = self.connection.execute("SELECT DISTINCT pk FROM sync_outbox WHERE tbl = ?", (table.name,))
            for fact in same_keys(store, table, [row[0] for row in touched.fetchall()], "now"):
                store.log_conflict(fact, stamp)

    def _highest(self, table: str, id: str) -> int:
        """The latest stamp in a row."""
        row = self.connection.execute(f"SELECT _hlc, _node, _fv FROM {table} WHERE id = ?", (id,)).fetchone()
        versions = RowVersions.stored(*row)
        return max(versions.hlc, *(stamp[0] for stamp in versions.exceptions.values()), 0)

    def _captured(self, now_ms: int) -> list[tuple[str, int, EntryChange]]:
        """What PostgreSQL's triggers note of a transaction: scope, stamp and change."""
        found: list[tuple[str, int, EntryChange]] = []
        store = SqliteStore(self.connection, HEAD_OFFICE, now_ms)
        for row in self.connection.execute("SELECT * FROM sync_outbox ORDER BY seq").fetchall():
            place = self.connection.execute(
                f"SELECT property_id FROM {row['tbl']} WHERE id = ?", (row["pk"],)
            ).fetchone()[0]
            stamps = dict.fromkeys(msgspec.json.decode(row["f"]), (row["hlc"], 0)) if row["op"] == "u" else None
            change = EntryChange(row["tbl"], row["op"], row["pk"], msgspec.Raw(row["f"].encode()), stamps)
            if self._schema.tables[row["tbl"]].interest is not None and place is None:
                change.d = (row["tbl"], row["pk"])
                told = sorted(store.told(row["tbl"], [row["pk"]]).get(row["pk"], ()))
                found += [(scope, row["hlc"], change) for scope in told]
                continue
            found += self._settled(row["tbl"], msgspec.json.decode(row["f"]), row["hlc"], now_ms)
            found.append((place or ORG, row["hlc"], change))
        return found

    def _settled(
        self, dealings: str, fields: dict[str, Any], hlc: int, now_ms: int
    ) -> list[tuple[str, int, EntryChange]]:
        """What a dealing that head office wrote begins or ends."""
        found: list[tuple[str, int, EntryChange]] = []
        for table in self._schema.dealings.get(dealings, ()):
            assert table.interest is not None
            store = SqliteStore(self.connection, Sender(ORG, "", 0, fields["property_id"]), now_ms)
            for turn in settle(store, table, {fields[table.interest.column]: hlc}):
                change = image(table, turn.row) if turn.began else forget(table.name, turn.id)
                found.append((fields["property_id"], hlc, change))
        return found

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """See Office."""
        return [dict(row) for row in self.connection.execute(sql)]

    def waiting(self) -> list[dict[str, Any]]:
        """See Office."""
        return self.rows("SELECT * FROM sync_quarantine WHERE state = 'waiting' ORDER BY id")

    def upgrade(self, release: Release) -> None:
        """See Office."""
        upgrade(self.connection, release)
        self._schema = release.schema

    def back_up(self) -> bytes:
        """See Office."""
        return self.connection.serialize()

    def put_back(self, copy: bytes) -> None:
        """See Office."""
        self.connection.close()
        self.connection = in_memory()
        self.connection.deserialize(copy)
        ready(self.connection, self._pen)


def open_database(release: Release, pen: Pen, more: Sequence[str] = ()) -> sqlite3.Connection:
    """A database in memory with a release's tables and the capture's triggers."""
    connection = in_memory()
    for statement in (*release.tables.values(), *NODE.values(), *more):
        connection.execute(statement)
    create_triggers(connection, release.schema)
    return ready(connection, pen)


def ready(connection: sqlite3.Connection, pen: Pen) -> sqlite3.Connection:
    """A connection that the capture knows."""
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    hold(connection, pen)
    return connection


def upgrade(connection: sqlite3.Connection, release: Release) -> None:
    """Migrates as the product does: adds tables and columns, makes the triggers anew, takes in what was kept."""
    present = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {row[0]}")
    for table in release.metadata.sorted_tables:
        if table.name not in present:
            connection.execute(release.tables[str(table.name)])
            continue
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")}
        for column in table.columns:
            if column.name not in there:
                connection.execute(f"ALTER TABLE {table.name} ADD COLUMN {column.name} TEXT")
    take_in(connection, release.schema, (sqlite3.IntegrityError,))
    create_triggers(connection, release.schema)
