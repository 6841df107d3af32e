"""A group whose patrons are told to those who deal with them, in no trade's words: head office on either database.

The nodes are the simulation's, the hub's rules the shipped ones; on PostgreSQL head office's own writing is captured by
the shipped triggers. Every answer to a pull is read for what its receiver should not know.
"""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import create_engine

from cloud.database import prepare
from sync import allowance, conflicts
from sync.hub.capture import EMIT, FUNCTIONS, capture_statements
from sync.hub.feed import PullRequest, answer
from sync.hub.greeting import hello
from sync.hub.postgres import PostgresStore
from sync.hub.receive import receive
from sync.hub.snapshot import snapshot
from sync.hub.store import Sender
from sync.hub.tables import metadata as hub_metadata
from sync.merge import RowVersions, elements, row_parts, set_text
from sync.node.outbox import put
from sync.node.transport import LinkDown
from sync.wire import Batch, Hello, PullAnswer, Snapshot, SnapshotRequest, unpack
from tests.postgres_fixture import FreshDatabase
from tests.sync.small.hub import Hub as SqliteHub
from tests.sync.small.node import Backup, Link, Node
from tests.sync.small.tables import SCHEMA, TAGS, metadata

START_MS = 1_800_000_000_000
Statement = tuple[str, tuple[Any, ...]]


def make_tables(fresh: FreshDatabase) -> None:
    """Head office's tables of no trade, with the shipped capture."""
    engine = create_engine(fresh.owner_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for statement in FUNCTIONS:
            connection.exec_driver_sql(statement)
        for found in (hub_metadata, metadata, conflicts.metadata, allowance.metadata):
            found.create_all(connection)
        connection.exec_driver_sql(
            "CREATE TABLE sync_feed_p0 PARTITION OF sync_feed FOR VALUES WITH (MODULUS 1, REMAINDER 0)"
        )
        for statement in [*capture_statements(SCHEMA), *EMIT]:
            connection.exec_driver_sql(statement.replace("%", "%%"))
    engine.dispose()


class PostgresHub:
    """Head office on PostgreSQL, as the simulation's is on SQLite."""

    def __init__(self, url: str, org: str, wall_ms: Callable[[], int]) -> None:
        self.url, self.org, self.wall_ms = url, org, wall_ms
        self.connection = psycopg.connect(url, autocommit=True, row_factory=dict_row, options="-c timezone=UTC")
        prepare(self.connection)
        self.set_aside: list[str] = []

    def another(self) -> "PostgresHub":
        """A second process of the same."""
        return PostgresHub(self.url, self.org, self.wall_ms)

    def enrol(self, node: "Guest") -> None:
        self.run(
            "INSERT INTO sync_nodes (org_id, id, property_id, number, code, public_key, status, incarnation, acked,"
            " enrolled_at) VALUES (?, ?, ?, ?, '', '', 'active', 1, 0, now())",
            *(self.org, node.sender.node_id, node.property_id, node.number),
        )

    def handle(self, sender: Sender, path: str, body: bytes) -> Any:
        with self.connection.transaction():
            store = PostgresStore(self.connection, sender)
            if path.endswith("hello"):
                return hello(store, unpack(body, Hello), self.wall_ms())
            if path.endswith("push"):
                pushed = receive(store, SCHEMA, unpack(body, Batch), self.wall_ms())
                self.set_aside += [trouble.code for trouble in pushed.troubles]
                return pushed
            if path.endswith("snapshot"):
                return snapshot(store, SCHEMA, unpack(body, SnapshotRequest), self.wall_ms())
            return answer(store, unpack(body, PullRequest), store.see_node(), self.wall_ms())

    def act(self, statements: list[Statement]) -> None:
        with self.connection.transaction():
            for sql, values in statements:
                self.run(sql, *values)

    def run(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        cursor = self.connection.execute(sql.replace("?", "%s"), values)
        return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        self.connection.close()


class OfficeOnSqlite(SqliteHub):
    """The simulation's head office under the same words."""

    def enrol(self, node: "Guest") -> None:  # type: ignore[override]
        super().enrol(node.number, node.property_id)

    def act(self, statements: list[Statement]) -> None:  # type: ignore[override]
        high = self.connection.execute(
            "SELECT max(_hlc), max((SELECT max(value ->> 0) FROM json_each(_fv))) FROM patrons"
        ).fetchone()
        super().act(statements, max(int(high[0] or 0), int(high[1] or 0)))

    def run(self, sql: str, *values: Any) -> list[Any]:
        return self.connection.execute(sql, values).fetchall()

    def close(self) -> None:
        self.connection.close()


class Guest(Node):
    """A node of this group."""

    org = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        put(self.connection, "org", self.org)

    @property
    def sender(self) -> Sender:
        return Sender(self.org, str(UUID(int=self.number)), self.number, self.property_id)


@dataclass(frozen=True)
class Edit:
    """An edit of a patron that somebody was told is kept."""

    patron: str
    value: str
    seen: str


class Company:
    """Three nodes of two properties, a third property without one, and head office."""

    def __init__(self, office: Callable[[str, Callable[[], int]], Any], seed: int) -> None:
        self.luck = random.Random(seed)
        self.now_ms = START_MS
        self.north, self.south, self.west = (self.id() for _ in range(3))
        self.org = self.id()
        self.hub = office(self.org, lambda: self.now_ms)
        self.nodes = [self._node(n, place) for n, place in enumerate((self.north, self.north, self.south), start=1)]
        self.edits: list[Edit] = []
        self.pulled = 0
        self.lossy = False
        self.is_whole = True  # whether every promise was kept by a disk
        self.backups: dict[int, Backup] = {}

    def _node(self, number: int, place: str) -> Guest:
        kind = type("Here", (Guest,), {"org": self.org})
        node: Guest = kind(number, place, lambda: self.now_ms, self._call)
        self.hub.enrol(node)
        return node

    def id(self) -> str:
        return str(UUID(int=self.luck.getrandbits(128), version=4))

    # --- what happens

    def step(self, *, disasters: bool = False) -> None:
        """Something happens somewhere."""
        self.now_ms += self.luck.choice([1, 5, 900, 60_000])
        happening = self.luck.choices(
            [
                self.meet,
                self.visit_again,
                self.part,
                self.edit,
                self.greet,
                self.part_there,
                self.edit_there,
                self.talk,
            ],
            [3, 1, 2, 5, 3, 2, 3, 14],
        )[0]
        if disasters and self.luck.random() < 0.1:
            happening = self.luck.choice([self.crash, self.back_up, self.restore])
        happening(self.luck.choice(self.nodes))

    def word(self, patron: str) -> str:
        """A value that names its patron, wherever it turns up."""
        return f"<{patron[:13]}> {self.luck.getrandbits(30):x}"

    def meet(self, node: Guest) -> None:
        """Somebody new at the desk."""
        patron = self.id()
        node.act([self._patron(patron), self._visit(patron, node.property_id)])

    def visit_again(self, node: Guest) -> None:
        for patron in self._some(node, "SELECT id FROM patrons ORDER BY id"):
            node.act([self._visit(patron, node.property_id)])

    def part(self, node: Guest) -> None:
        """One of the property's dealings ends."""
        for visit in self._some(node, f"{STANDING} AND v.property_id = '{node.property_id}' ORDER BY v.id"):
            node.act([self._end(node.connection.execute, visit)])

    def edit(self, node: Guest) -> None:
        for patron in self._some(node, "SELECT id FROM patrons ORDER BY id"):
            node.act([self._edit(node.connection.execute, patron)])

    def greet(self, node: Guest) -> None:
        """Head office brings a patron, known or not, to a property."""
        known = [row["id"] for row in self.hub.run("SELECT id FROM patrons ORDER BY id")]
        place = self.luck.choice([self.north, self.south, self.west])
        if known and self.luck.random() < 0.6:
            self.hub.act([self._visit(self.luck.choice(known), place)])
        else:
            patron = self.id()
            self.hub.act([self._patron(patron), self._visit(patron, place)])

    def part_there(self, node: Guest) -> None:
        visits = self.hub.run(f"{STANDING} ORDER BY v.id")
        if visits:
            self.hub.act([self._end(self._there, self.luck.choice(visits)["id"])])

    def edit_there(self, node: Guest) -> None:
        known = self.hub.run("SELECT id FROM patrons ORDER BY id")
        if known:
            self.hub.act([self._edit(self._there, self.luck.choice(known)["id"])])

    def crash(self, node: Guest) -> None:
        """The process ends and begins again."""
        node.start()

    def back_up(self, node: Guest) -> None:
        """A copy of the disk is kept."""
        self.backups[node.number] = node.back_up()

    def restore(self, node: Guest) -> None:
        """An old copy is put back; what never reached head office is gone."""
        if node.number in self.backups:
            node.restore(self.backups[node.number], whole=False)
            self.is_whole = False

    def talk(self, node: Guest) -> None:
        """One push or pull, whose answer may get lost."""
        self.lossy = True
        with suppress(LinkDown):
            self._talk(node)
        self.lossy = False

    def _talk(self, node: Guest) -> None:
        link = Link(node)
        if self.luck.random() < 0.5 or not node.engine._greeted.is_set():
            node.engine.push_next(link)  # type: ignore[arg-type]
        else:
            node.engine.pull_next(link, 0)  # type: ignore[arg-type]

    def push(self, node: Guest) -> None:
        """Sends all that waits."""
        while node.engine.push_next(Link(node)):  # type: ignore[arg-type]
            pass

    def pull(self, node: Guest) -> None:
        """Takes all that is new."""
        while node.engine.pull_next(Link(node), 0):  # type: ignore[arg-type]
            pass

    def settle(self) -> None:
        """Everybody talks until nobody has anything to say."""
        for _ in range(3):
            for node in self.nodes:
                link = Link(node)
                while node.engine.push_next(link) or node.engine.pull_next(link, 0):  # type: ignore[arg-type]
                    pass

    # --- statements

    def _patron(self, id: str) -> Statement:
        word = self.word(id)
        self.edits.append(Edit(id, word, ""))
        return (
            "INSERT INTO patrons (org_id, id, name, note, tags) VALUES (?, ?, ?, 'new', '[]')",
            (self.org, id, word),
        )

    def _visit(self, patron: str, place: str) -> Statement:
        sql = "INSERT INTO visits (org_id, id, property_id, patron_id) VALUES (?, ?, ?, ?)"
        return (sql, (self.org, self.id(), place, patron))

    def _end(self, ask: Callable[..., Any], visit: str) -> Statement:
        found = ask("SELECT property_id, patron_id FROM visits WHERE id = ?", (visit,)).fetchone()
        sql = "INSERT INTO visits (org_id, id, property_id, patron_id, ends_id) VALUES (?, ?, ?, ?, ?)"
        return (sql, (self.org, self.id(), found["property_id"], found["patron_id"], visit))

    def _edit(self, ask: Callable[..., Any], patron: str) -> Statement:
        row = ask("SELECT name, tags FROM patrons WHERE id = ?", (patron,)).fetchone()
        if self.luck.random() < 0.3:
            tags = set_text(elements(row["tags"]) ^ {self.luck.choice(TAGS)})
            return ("UPDATE patrons SET tags = ? WHERE id = ?", (tags, patron))
        seen = row["name"]
        word = self.word(patron)
        self.edits.append(Edit(patron, word, seen))
        return ("UPDATE patrons SET name = ? WHERE id = ?", (word, patron))

    def _there(self, sql: str, values: tuple[Any, ...]) -> Any:
        found = self.hub.run(sql, *values)
        return type("Found", (), {"fetchone": lambda _: found[0]})()

    def _some(self, node: Guest, question: str) -> list[str]:
        rows = node.connection.execute(question).fetchall()
        return [self.luck.choice(rows)["id"]] if rows else []

    # --- what must hold

    def _call(self, node: Node, path: str, body: bytes) -> Any:
        given = self.hub.handle(node.sender, path, body)
        if isinstance(given, PullAnswer | Snapshot):
            self.pulled += 1
            said = msgspec.json.encode(given).decode()
            for patron in self.strangers(node.property_id):
                assert f"<{patron[:13]}>" not in said, f"{patron} is told to a property that does not deal with it"
        if self.lossy and self.luck.random() < 0.15:
            raise LinkDown("the answer is lost")
        return given

    def dealt_with(self, place: str) -> set[str]:
        """The patrons with whom a property has dealings, by what head office holds."""
        rows = self.hub.run("SELECT id, patron_id, property_id, ends_id FROM visits")
        ended = {row["ends_id"] for row in rows}
        return {
            row["patron_id"]
            for row in rows
            if row["property_id"] == place and row["ends_id"] is None and row["id"] not in ended
        }

    def strangers(self, place: str) -> set[str]:
        """The patrons with whom it has none."""
        return {row["id"] for row in self.hub.run("SELECT id FROM patrons")} - self.dealt_with(place)

    def check(self) -> None:
        """Every node has exactly what it deals with, as head office has it; nothing is lost."""
        there = {row["id"]: effective(row) for row in self.hub.run("SELECT * FROM patrons")}
        for node in self.nodes:
            wanted = {id: there[id] for id in self.dealt_with(node.property_id)}
            here = {row["id"]: effective(row) for row in node.connection.execute("SELECT * FROM patrons")}
            assert here == wanted, node.number
            assert node.connection.execute("SELECT count(*) FROM sync_outbox").fetchone()[0] == 0
            assert node.connection.execute("SELECT count(*) FROM sync_kept").fetchone()[0] == 0
            told = {row["patron_id"] for row in node.connection.execute("SELECT patron_id FROM visits")}
            assert told == {
                row["patron_id"]
                for row in self.hub.run("SELECT patron_id FROM visits WHERE property_id = ?", node.property_id)
            }
        if self.is_whole:
            self._nothing_lost()

    def _nothing_lost(self) -> None:
        names = {row["name"] for row in self.hub.run("SELECT name FROM patrons")}
        losers = {
            msgspec.json.decode(row["lost_value"]) for row in self.hub.run("SELECT lost_value FROM sync_conflicts")
        }
        aside = "\n".join(row["body"] for row in self.hub.run("SELECT body FROM sync_quarantine"))
        replaced = {edit.seen for edit in self.edits}
        for edit in self.edits:
            somewhere = edit.value in names | losers | replaced or edit.value in aside
            assert somewhere, f"{edit} is nowhere"


STANDING = (
    "SELECT v.id FROM visits AS v WHERE v.ends_id IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM visits AS e WHERE e.ends_id = v.id)"
)


def effective(row: Any) -> dict[str, Any]:
    """Whatever of a patron merges by itself, with its stamp."""
    values = {**dict(row), "_deleted": bool(row["_deleted"])}
    found = row_parts(SCHEMA.tables["patrons"], values, RowVersions.stored(row["_hlc"], row["_node"], row["_fv"]))
    return {name: (part.value, part.stamp) for name, part in found.items()}


@contextmanager
def company(office: Callable[[str, Callable[[], int]], Any], seed: int) -> Iterator[Company]:
    """A group, closed at the end."""
    found = Company(office, seed)
    try:
        yield found
    finally:
        found.hub.close()
        for node in found.nodes:
            node.connection.close()


def on_sqlite(org: str, wall_ms: Callable[[], int]) -> Any:
    """Head office on SQLite."""
    hub = OfficeOnSqlite(wall_ms)
    assert isinstance(hub.connection, sqlite3.Connection)
    return hub
