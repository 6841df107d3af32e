"""Head office in the simulation: the hub's real rules over the SQLite store, and head office's own acts."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec

from sync.capture_sqlite import Pen, create_triggers, hold
from sync.clock import at_ms
from sync.hub.comparing import compare, rows, settled
from sync.hub.feed import PullRequest, answer, feed_rows
from sync.hub.giving import give
from sync.hub.greeting import hello
from sync.hub.interest import forget, image, settle
from sync.hub.keys import same_keys
from sync.hub.receive import receive
from sync.hub.retention import Retention, sweep
from sync.hub.snapshot import snapshot
from sync.hub.store import Sender, head_office
from sync.wire import Batch, CompareRequest, EntryChange, Gift, Hello, RowsRequest, Settled, SnapshotRequest, unpack
from tests.simulation.hub_store import SqliteStore
from tests.sync.small.tables import HUB, NODE, ROWS, SCHEMA

FIRST_MS = 60_000
ORG = "org"
HEAD_OFFICE = head_office(ORG)


class HubDied(Exception):
    """The hub's process ended in the middle; nothing of its transaction stays."""


@dataclass
class Mortal:
    """A store of a process that dies at a call."""

    store: SqliteStore
    calls: int

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.store, name)
        if not callable(found):
            return found
        self.calls -= 1
        if self.calls < 0:
            raise HubDied
        return found


@dataclass
class Hub:
    """Head office's database and what it answers."""

    wall_ms: Callable[[], int]
    connection: sqlite3.Connection = field(init=False)
    pen: Pen = field(default_factory=Pen)
    taken: set[tuple[int, int]] = field(default_factory=set)
    """What was received and kept: (node, the stamp that its author gave)."""
    set_aside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection = open_database([*ROWS, *NODE, *HUB], self.pen)

    def enrol(self, number: int, property_id: str) -> None:
        """Takes a node in."""
        self.connection.execute(
            "INSERT INTO sync_nodes (number, property_id, seen) VALUES (?, ?, ?)", (number, property_id, self.wall_ms())
        )

    def handle(self, sender: Sender, path: str, body: bytes, dies_after: int | None = None) -> Any:
        """A request's answer; what it did is kept, or nothing of it when the hub dies."""
        self.connection.execute("BEGIN")
        self.pen.applying = True
        try:
            real = SqliteStore(self.connection, sender, self.wall_ms())
            store: Any = real if dies_after is None else Mortal(real, dies_after)
            answer = self._answer(store, path, body)
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        finally:
            self.pen.applying = False
        if path.endswith("push") and answer.status == "ok":
            self.taken |= {(sender.number, change.h) for change in unpack(body, Batch).changes}
            self.set_aside += [f"{trouble.code}: {trouble.reason}" for trouble in answer.troubles]
        return answer

    def _answer(self, store: Any, path: str, body: bytes) -> Any:
        if path.endswith("hello"):
            return hello(store, unpack(body, Hello), self.wall_ms())
        if path.endswith("push"):
            return receive(store, SCHEMA, unpack(body, Batch), self.wall_ms())
        if path.endswith("snapshot"):
            return snapshot(store, SCHEMA, unpack(body, SnapshotRequest), self.wall_ms(), FIRST_MS)
        if path.endswith("compare"):
            return compare(store, SCHEMA, unpack(body, CompareRequest))
        if path.endswith("rows"):
            return rows(store, SCHEMA, unpack(body, RowsRequest))
        if path.endswith("give"):
            return give(store, SCHEMA, unpack(body, Gift), self.wall_ms())
        if path.endswith("settled"):
            return settled(store, SCHEMA, unpack(body, Settled), self.wall_ms())
        asked = unpack(body, PullRequest)
        return answer(store, asked, store.see_node(), self.wall_ms())

    def act(self, statements: list[tuple[str, tuple[Any, ...]]], seen: int) -> int:
        """Head office's own writing in one transaction, later than the stamp that it saw; answers its stamp."""
        stamp = max(at_ms(self.wall_ms()), seen + 1, self._high() + 1)
        self.connection.execute("BEGIN")
        self.pen.begin(stamp)
        for sql, values in statements:
            self.connection.execute(sql, values)
        store = SqliteStore(self.connection, HEAD_OFFICE, self.wall_ms())
        self._tell_same_keys(store, stamp)
        self.pen.end()
        for scope, changes in groupby(sorted(self._captured(), key=lambda c: c[0]), key=lambda c: c[0]):
            store.append(scope, 0, feed_rows([(stamp, False, [change for _, change in changes])]))
        self.connection.execute("DELETE FROM sync_outbox")
        self.connection.execute("COMMIT")
        return stamp

    def _tell_same_keys(self, store: SqliteStore, stamp: int) -> None:
        """What PostgreSQL's triggers do at the commit."""
        for table in [table for table in SCHEMA.tables.values() if table.keys]:
            touched = self.connection.execute("SELECT DISTINCT pk FROM sync_outbox WHERE tbl = ?", (table.name,))
            for fact in same_keys(store, table, [row[0] for row in touched.fetchall()], "now"):
                store.log_conflict(fact, stamp)

    def sweep(self, rule: Retention) -> bool:
        """One step of the daily sweep."""
        self.connection.execute("BEGIN")
        self.pen.applying = True
        more = sweep(SqliteStore(self.connection, HEAD_OFFICE, self.wall_ms()), SCHEMA, rule, self.wall_ms())
        self.pen.applying = False
        self.connection.execute("COMMIT")
        return more

    def _high(self) -> int:
        return int(self.connection.execute("SELECT coalesce(max(hlc), 0) FROM sync_feed WHERE node = 0").fetchone()[0])

    def _captured(self) -> list[tuple[str, EntryChange]]:
        """What PostgreSQL's triggers note of a transaction: scope and change."""
        found: list[tuple[str, EntryChange]] = []
        for row in self.connection.execute("SELECT * FROM sync_outbox ORDER BY seq").fetchall():
            place = self.connection.execute(
                f"SELECT property_id FROM {row['tbl']} WHERE id = ?", (row["pk"],)
            ).fetchone()
            stamps = dict.fromkeys(msgspec.json.decode(row["f"]), (row["hlc"], 0)) if row["op"] == "u" else None
            change = EntryChange(row["tbl"], row["op"], row["pk"], msgspec.Raw(row["f"].encode()), stamps)
            if SCHEMA.tables[row["tbl"]].interest is not None and place[0] is None:
                change.d = (row["tbl"], row["pk"])
                store = SqliteStore(self.connection, HEAD_OFFICE, self.wall_ms())
                found += [(told, change) for told in sorted(store.told(row["tbl"], [row["pk"]]).get(row["pk"], ()))]
                continue
            found += self._settled(row["tbl"], msgspec.json.decode(row["f"]), row["hlc"])
            found.append((place[0] or ORG, change))
        return found

    def _settled(self, dealings: str, fields: dict[str, Any], hlc: int) -> list[tuple[str, EntryChange]]:
        """What a dealing that head office wrote begins or ends."""
        found: list[tuple[str, EntryChange]] = []
        for table in SCHEMA.dealings.get(dealings, ()):
            assert table.interest is not None
            store = SqliteStore(self.connection, Sender(ORG, "", 0, fields["property_id"]), self.wall_ms())
            for turn in settle(store, table, {fields[table.interest.column]: hlc}):
                change = image(table, turn.row) if turn.began else forget(table.name, turn.id)
                found.append((fields["property_id"], change))
        return found


def open_database(statements: list[str], pen: Pen) -> sqlite3.Connection:
    """A database in memory with these tables and the capture's triggers."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    for statement in statements:
        connection.execute(statement)
    create_triggers(connection, SCHEMA)
    return ready(connection, pen)


def ready(connection: sqlite3.Connection, pen: Pen) -> sqlite3.Connection:
    """A connection that the capture knows."""
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    hold(connection, pen)
    return connection
