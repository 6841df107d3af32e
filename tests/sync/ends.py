"""Both ends of sync as they ship, in one process: head office on PostgreSQL, nodes on encrypted SQLite files."""

import shutil
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import httpx2
import msgspec
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.rows import dict_row

from cloud.database import Database, prepare
from cloud.host import CloudHost
from cloud.nodes import revoke_node
from edge.database import connect
from edge.host import EdgeHost, EngineStore
from edge.identity import Identity, begin_life, incarnation, keep_identity, read_identity
from edge.keys import Keys, open_keys
from edge.schema import SCHEMA
from hospitality.ground.clock import utc_now
from hospitality.ground.ids import new_id
from hospitality.ground.work import Caller, Work
from hospitality.properties.service import add_organisation, add_property
from sync.clock import HybridClock, at_ms
from sync.hub.bodies import body_json
from sync.hub.feed import PullRequest
from sync.hub.register import offer_code
from sync.node.loops import Engine
from sync.node.outbox import get
from sync.node.transport import Link
from sync.schema import Schema
from sync.signing import public_text
from sync.wire import PROTOCOL, Batch, Change, Hello, HelloAnswer, PullAnswer, PushAnswer, Stamps, pack
from tests.empty_node import put_empty_node
from tests.postgres_fixture import FreshDatabase
from tests.sync.faults import Wire

P = ParamSpec("P")
T = TypeVar("T")
EVERYTHING = frozenset({"*"})
HUB_URL = "http://hub.test"
VERSION = "1.2.3"
WAIT_SECONDS_MAX = 20.0


def wall_ms() -> int:
    """The machine's clock."""
    return time.time_ns() // 1_000_000


def wait_until(condition: Callable[[], object], what: str = "the condition") -> None:
    """Waits for something to become true, with a bound."""
    ends = time.monotonic() + WAIT_SECONDS_MAX
    while not condition():
        assert time.monotonic() < ends, f"{what} never came true"
        time.sleep(0.005)


@dataclass
class Head:
    """Head office: its database, its host, and the wire to it."""

    fresh: FreshDatabase
    database: Database
    host: CloudHost
    wire: Wire

    def group(self, name: str = "Namib Lodges") -> "Group":
        """Begins a group."""
        group = Group(self, new_id())
        group.act(add_organisation, name=name)
        return group

    def superuser(self) -> psycopg.Connection[dict[str, Any]]:
        """A connection that sees behind the policies, in the house's forms."""
        options = "-c timezone=UTC"
        found = psycopg.connect(
            self.fresh.admin_url, autocommit=True, connect_timeout=10, options=options, row_factory=dict_row
        )
        prepare(found)
        return found


@dataclass
class Group:
    """An organisation at head office."""

    head: Head
    org_id: str

    def act(self, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a verb at head office on the group's own business."""
        return _act(self.head, Caller(self.org_id, None, permissions=EVERYTHING), verb, *args, **kwargs)

    def house(self, name: str = "Dune House") -> "House":
        """Adds a property."""
        made = self.act(add_property, name=name, zone="Africa/Windhoek", currency="NAD")
        return House(self, made["id"])

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows at head office, under the tenant."""
        with self.head.database.transaction(self.org_id) as connection:
            cursor = connection.execute(sql, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, sql: str, *parameters: Any) -> Any:
        """The first column of the first row at head office."""
        return next(iter(self.rows(sql, *parameters)[0].values()))

    def feed(self, scope: str) -> list[dict[str, Any]]:
        """A scope's feed with the bodies decoded."""
        found = self.rows("SELECT * FROM sync_feed WHERE scope = %s ORDER BY pos", scope)
        return [{**row, "changes": msgspec.json.decode(body_json(row["body"]))} for row in found]

    def conflicts(self) -> list[dict[str, Any]]:
        """The conflict log."""
        return self.rows("SELECT * FROM sync_conflicts ORDER BY won_hlc, field")

    def quarantine(self) -> list[dict[str, Any]]:
        """What was set aside."""
        return self.rows("SELECT * FROM sync_quarantine ORDER BY at, first")


@dataclass
class House:
    """A property at head office."""

    group: Group
    id: str

    def act(self, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a verb at head office on this property."""
        return _act(self.group.head, Caller(self.group.org_id, self.id, permissions=EVERYTHING), verb, *args, **kwargs)

    def enrol(self, key: Ed25519PrivateKey) -> dict[str, Any]:
        """Takes a node in by a one-time code, over the wire."""
        with self.group.head.database.transaction(self.group.org_id) as connection:
            code, _ = offer_code(connection, self.group.org_id, self.id)
        with httpx2.Client(base_url=HUB_URL, transport=self.group.head.wire.end()) as client:
            answer = client.post("/sync/v1/enrol", json={"code": code, "public_key": public_text(key)})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def revoke(self) -> None:
        """Revokes all of the property's nodes."""
        for row in self.group.rows("SELECT id FROM sync_nodes WHERE property_id = %s AND status = 'active'", self.id):
            self.group.act(revoke_node, row["id"])


def _act(head: Head, caller: Caller, verb: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    return head.host.act_now(caller, lambda work: verb(work, *args, **kwargs))


@dataclass
class Edge:
    """A node's database with its one writer, and no head office to talk to."""

    folder: Path
    keys: Keys
    skew_ms: int = 0
    schema: Schema = field(default=SCHEMA, kw_only=True)
    host: EdgeHost = field(init=False)
    clock: HybridClock = field(init=False)
    caller: Caller = field(init=False)

    @property
    def path(self) -> Path:
        """The database file."""
        return self.folder / "node.db"

    @property
    def number(self) -> int:
        """The node's number in its group."""
        return self.host.identity.number

    @property
    def org_id(self) -> str:
        """The group."""
        return self.host.identity.org_id

    @property
    def property_id(self) -> str:
        """The property."""
        return self.host.identity.property_id

    def open(self) -> None:
        """Starts it, as `edge.node` does."""
        with closing(self.raw()) as connection:
            identity = read_identity(connection)
            self.rolled_back = begin_life(connection, self.keys)
        self.clock = HybridClock(lambda: wall_ms() + self.skew_ms)
        self.host = EdgeHost(self.path, self.keys.database, identity, clock=self.clock, now=self.wall, readers=3)
        self.host.start()
        self.caller = Caller(identity.org_id, identity.property_id, permissions=EVERYTHING, name="test")

    def wall(self) -> datetime:
        """What its machine's clock shows."""
        return utc_now() + timedelta(milliseconds=self.skew_ms)

    def close(self) -> None:
        """Stops it."""
        self.host.stop()

    def again(self) -> None:
        """Stops and starts it."""
        self.close()
        self.open()

    def raw(self) -> Any:
        """A connection of its own, without the functions that the capture needs."""
        return connect(self.path, self.keys.database)

    def act(self, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a verb as one act, durable on return."""
        return self.host.writer.act(self.caller, lambda work: verb(work, *args, **kwargs)).result(WAIT_SECONDS_MAX)

    def run_sql(self, sql: str, **parameters: Any) -> int:
        """Runs one statement as an act; answers how many rows it touched."""
        return self.act(lambda work: work.run(sql, **parameters))

    def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """Committed rows."""
        found = self.host.ask(lambda reading: reading.rows(sql, **parameters)).result(WAIT_SECONDS_MAX)
        return [dict(row) for row in found]

    def value(self, sql: str, **parameters: Any) -> Any:
        """The first column of the first committed row."""
        return self.host.ask(lambda reading: reading.value(sql, **parameters)).result(WAIT_SECONDS_MAX)

    def outbox(self, table: str = "") -> list[dict[str, Any]]:
        """What waits (of one table), with its JSON decoded."""
        return [
            {**row, "f": msgspec.json.decode(row["f"]), "base": row["base"] and msgspec.json.decode(row["base"])}
            for row in self.rows("SELECT * FROM sync_outbox ORDER BY seq")
            if table in ("", row["tbl"])
        ]

    def kept(self) -> list[dict[str, Any]]:
        """What came and can't be applied yet."""
        return self.rows("SELECT * FROM sync_kept ORDER BY id")

    def note(self, key: str) -> str | None:
        """A value of the engine's own notes."""
        return self.host.read_raw(lambda connection: get(connection, key))

    def back_up(self) -> Path:
        """A copy of the database file of the stopped node."""
        return Path(shutil.copy(self.path, self.folder / "backup.db"))

    def restore(self, backup: Path) -> None:
        """Puts the backup in place of the stopped node's file."""
        for leftover in self.folder.glob("node.db-*"):
            leftover.unlink()
        shutil.copy(backup, self.path)


@dataclass
class Node(Edge):
    """A property's node, driven step by step (`push`, `pull`) or by its engine's own loops."""

    house: House = field(kw_only=True)
    engine: Engine = field(init=False)
    link: Link = field(init=False)

    @property
    def wire(self) -> Wire:
        """The wire to head office."""
        return self.house.group.head.wire

    def open(self) -> None:
        """Starts it and its engine, but not the engine's loops."""
        super().open()
        life = self.host.read_raw(incarnation)
        self.engine = Engine(
            EngineStore(self.host), self.schema, self.clock, self.connect, VERSION, life, lambda: 0.0, self._changed
        )
        self.host.on_commit.append(lambda done: self.engine.nudge(done.outbox))
        self.link = self.connect()

    def connect(self) -> Link:
        """A new connection to head office."""
        return Link(HUB_URL, self.host.identity.node_id, self.keys.ring, transport=self.wire.end())

    def _changed(self, tables: frozenset[str]) -> None:
        if tables & {"properties", "incarnation"}:
            self.host.refresh_place()

    def close(self) -> None:
        """Stops it."""
        self.engine.stop()
        self.link.close()
        super().close()

    def push(self) -> None:
        """Sends all that waits."""
        while self.engine.push_next(self.link):
            pass

    def pull(self) -> None:
        """Takes all that is new."""
        while self.engine.pull_next(self.link, 0):
            pass

    def pass_over_what_is_empty(self) -> None:
        """Notes as taken what head office has no row of: to ask for each empty table takes half of a test's time."""
        questions = (
            f"SELECT '{name}' AS name WHERE NOT EXISTS (SELECT FROM \"{name}\")" for name in self.schema.tables
        )
        empty = [row["name"] for row in self.house.group.rows(" UNION ALL ".join(questions))]
        places = [(scope, name) for name in empty for scope in (self.org_id, self.property_id)]

        def note(connection: Any) -> None:
            connection.executemany("INSERT INTO sync_bootstrap (scope, tbl, after, done) VALUES (?, ?, '', 1)", places)

        self.host.write(note)

    def sync(self) -> None:
        """Sends and takes all."""
        self.push()
        self.pull()


class Hand:
    """The wire end of a node without a database: pushes exactly what it is given."""

    def __init__(self, house: House) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.house = house
        enrolled = house.enrol(self.key)
        self.node_id, self.number = enrolled["node_id"], enrolled["number"]
        self.link = Link(HUB_URL, self.node_id, self.key, transport=house.group.head.wire.end())
        self.seq = 0
        self.acked = 0
        self.incarnation = 1
        self.high = at_ms(wall_ms())

    def change(
        self, table: str, fields: dict[str, Any], *, op: str = "i", id: str | None = None, base: Stamps | None = None
    ) -> Change:
        """A change under the next number; its stamp is set when its transaction is sent."""
        self.seq += 1
        key = id or fields["id"]
        raw = msgspec.Raw(msgspec.json.encode(fields))
        return Change(self.seq, 0, table, op, key, raw, base)  # type: ignore[arg-type]

    def insert(self, table: str, fields: dict[str, Any]) -> Change:
        """A new row."""
        return self.change(table, fields)

    def edit(self, table: str, id: str, fields: dict[str, Any], base: Stamps | None = None) -> Change:
        """An edit of a record."""
        return self.change(table, fields, op="u", id=id, base=base)

    def batch(self, *transactions: list[Change], hlc: int | None = None, schema: str | None = None) -> Batch:
        """A push of these transactions, each with the next stamp (or this one for all)."""
        changes: list[Change] = []
        for transaction in transactions:
            self.high += 1
            for change in transaction:
                change.h = hlc if hlc is not None else self.high
                changes.append(change)
        last = changes[-1].s if changes else self.acked
        fingerprint = SCHEMA.fingerprint if schema is None else schema
        return Batch(PROTOCOL, self.incarnation, self.acked, last, fingerprint, wall_ms(), changes, version=VERSION)

    def send(self, batch: Batch) -> PushAnswer:
        """Sends a push and takes the acknowledgement."""
        answer = self.link.call("/sync/v1/push", pack(batch), PushAnswer)
        self.acked = max(self.acked, answer.acked)
        return answer

    def push(self, *transactions: list[Change]) -> PushAnswer:
        """Sends these transactions as one push."""
        return self.send(self.batch(*transactions))

    def hello(self, *, last: int | None = None, incarnation: int | None = None) -> HelloAnswer:
        """Greets the hub."""
        said = Hello(
            PROTOCOL,
            incarnation or self.incarnation,
            self.seq if last is None else last,
            self.acked,
            SCHEMA.fingerprint,
            VERSION,
            wall_ms(),
        )
        return self.link.call("/sync/v1/hello", pack(said), HelloAnswer)

    def pull(self, **cursors: int) -> PullAnswer:
        """Everything of both scopes after the positions given."""
        scopes = (self.house.group.org_id, self.house.id)
        asked = PullRequest(PROTOCOL, self.incarnation, {s: (cursors.get(s, 0), 1) for s in scopes})
        return self.link.call("/sync/v1/pull", pack(asked), PullAnswer)

    def close(self) -> None:
        """Ends the connection."""
        self.link.close()


def new_edge_files(folder: Path) -> Keys:
    """An empty node's file and the keys to it."""
    put_empty_node(folder, folder / "keys")
    return open_keys(folder / "keys")


def _identify(folder: Path, keys: Keys, identity: Identity) -> None:
    with closing(connect(folder / "node.db", keys.database)) as connection:
        keep_identity(connection, identity)


def make_edge(folder: Path) -> Edge:
    """A node that no head office knows, not yet started."""
    keys = new_edge_files(folder)
    _identify(folder, keys, Identity(HUB_URL, new_id(), 7, "G", new_id(), new_id()))
    return Edge(folder, keys)


def make_node(house: House, folder: Path, *, skew_ms: int = 0) -> Node:
    """Enrols a node of the property, not yet started."""
    keys = new_edge_files(folder)
    told = house.enrol(keys.node)
    identity = Identity(HUB_URL, told["node_id"], told["number"], told["code"], told["org_id"], told["property_id"])
    _identify(folder, keys, identity)
    return Node(folder, keys, skew_ms, house=house)
