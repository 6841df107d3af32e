"""A node in miniature for the trades' tests: the verbs on a real SQLite file and on PostgreSQL, without sync."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import psycopg
import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import Engine, Table, create_engine, text
from sqlmodel import SQLModel

from cloud.database import prepare
from hospitality.approvals import models as _approvals  # noqa: F401
from hospitality.cash import models as _cash  # noqa: F401
from hospitality.days import models as _days  # noqa: F401
from hospitality.ground import host, numbers  # noqa: F401  (importing declares the tables)
from hospitality.ground.journal import Head
from hospitality.ground.statements import Connection, Dialect, Reading
from hospitality.ground.tables import Row
from hospitality.ground.work import Caller, Place, Work
from hospitality.handouts import models as _handouts  # noqa: F401
from hospitality.invoices import models as _invoices  # noqa: F401
from hospitality.menu import models as _menu  # noqa: F401
from hospitality.orders import models as _orders  # noqa: F401
from hospitality.paper import models as _paper  # noqa: F401
from hospitality.parties import models as _parties  # noqa: F401
from hospitality.payments import models as _payments  # noqa: F401
from hospitality.people import models as _people  # noqa: F401
from hospitality.properties import models as _properties  # noqa: F401
from hospitality.requests import models as _requests  # noqa: F401
from hospitality.room_service import models as _room_service  # noqa: F401
from hospitality.rooms import models as _rooms  # noqa: F401
from hospitality.tables import models as _tables  # noqa: F401
from tests.postgres_fixture import Databases

P = ParamSpec("P")
T = TypeVar("T")
OPENING = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)
EVERYTHING = frozenset({"*"})
# The engine's columns are stamped by functions that a host's connections bring; here any number does.
ENGINE_FUNCTIONS = ("sync_stamp", "sync_node")


@dataclass
class Store:
    """A database with the trades' tables."""

    dialect: Dialect
    connection: Any
    begin: str

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Commits what was done inside, or nothing of it when it raises."""
        self.connection.execute(self.begin)
        try:
            yield cast(Connection, self.connection)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def count(self, table: str) -> int:
        """How many rows a table has."""
        row = self.connection.execute(f"SELECT COUNT(*) AS n FROM {table}").fetchone()
        return int(row["n"])

    def counts(self) -> dict[str, int]:
        """How many rows each table has; equal before and after means that nothing was written."""
        return {table.name: self.count(table.name) for table in tables()}


def tables() -> list[Table]:
    """The trades' tables, without those that hosts add."""
    return [model.__table__ for model in Row.__subclasses__() if model.__module__.startswith("hospitality.")]  # type: ignore[attr-defined]


@dataclass
class Node:
    """Runs verbs as a host would: one transaction an act, the journal's chain carried on."""

    store: Store
    caller: Caller
    place: Place
    now: datetime = OPENING
    head: Head = field(default_factory=Head)

    def act(self, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a verb as the node's caller and commits it."""
        with self.work() as work:
            return verb(work, *args, **kwargs)

    @contextmanager
    def work(self, caller: Caller | None = None) -> Iterator[Work]:
        """A unit of work, committed at the end."""
        with self.store.transaction() as connection:
            who = caller or self.caller
            work = Work(connection, self.store.dialect, caller=who, place=self.place, now=self.now, head=self.head)
            yield work
            work.finish()
        self.head = work.head

    def read(self, question: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Asks a question of what is committed."""
        return question(self.reading(), *args, **kwargs)

    def reading(self, caller: Caller | None = None) -> Reading:
        """A look at what is committed."""
        caller = caller or self.caller
        connection = cast(Connection, self.store.connection)
        return Reading(connection, self.store.dialect, org_id=caller.org_id, property_id=caller.property_id)

    def journal(self, prefix: str = "") -> list[dict[str, Any]]:
        """The journal's entries whose kind begins with `prefix`, oldest first."""
        rows = self.reading().rows("SELECT * FROM journal WHERE org_id = :org_id ORDER BY number")
        return [dict(row) for row in rows if row["kind"].startswith(prefix)]

    def as_(self, *permissions: str, person_id: str | None = None, **changes: Any) -> "Node":
        """The same node asked by somebody with these permissions; it shares the database, not the chain's end."""
        who = person_id or self.caller.person_id
        caller = replace(self.caller, permissions=frozenset(permissions), person_id=who, **changes)
        return _Asked(self.store, caller, self.place, self.now, self.head, of=self)

    def later(self, **span: float) -> None:
        """Lets time pass (`timedelta`'s arguments; negative ones put the clock back)."""
        self.now += timedelta(**span)


@dataclass
class _Asked(Node):
    of: Node = field(kw_only=True)

    @contextmanager
    def work(self, caller: Caller | None = None) -> Iterator[Work]:
        self.now = self.of.now
        with self.of.work(caller or self.caller) as work:
            yield work


def sqlite_template(file: Path) -> Path:
    """A file with the trades' tables, made once and copied for each test."""
    engine = create_engine("sqlite://", module=sqlite, creator=lambda: sqlite.connect(str(file)))
    SQLModel.metadata.create_all(engine, tables=tables())
    engine.dispose()
    return file


def sqlite_store(template: Path, file: Path) -> Iterator[Store]:
    """A node's file without its key; tests ask what a verb writes, not whether the disk keeps it."""
    copyfile(template, file)
    connection = sqlite.connect(str(file), isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite.Row
    for name in ENGINE_FUNCTIONS:
        connection.create_function(name, 0, lambda: 1)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = OFF")
    yield Store("sqlite", connection, "BEGIN IMMEDIATE")
    connection.close()


def _create_on_postgres(url: str) -> None:
    engine: Engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        for name in ENGINE_FUNCTIONS:
            connection.execute(text(f"CREATE FUNCTION {name}() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'"))
        SQLModel.metadata.create_all(connection, tables=tables())
        for table in tables():
            if table.info.get("large"):
                of = f'"{table.name}" FOR VALUES WITH (MODULUS 1, REMAINDER 0)'
                connection.execute(text(f"CREATE TABLE {table.name}_0 PARTITION OF {of}"))
    engine.dispose()


def postgres_tables(databases: Databases) -> Iterator[psycopg.Connection[Any]]:
    """The trades' tables in a database of the session's server, spoken to as head office does, but without row
    security. One for all tests, since to make a database for each took half of their time."""
    fresh = databases.make()
    _create_on_postgres(fresh.owner_url)
    options = "-c timezone=UTC"
    with psycopg.connect(fresh.owner_url, autocommit=True, connect_timeout=10, options=options) as connection:
        prepare(connection)
        yield connection
    databases.drop(fresh)


def postgres_store(connection: psycopg.Connection[Any]) -> Iterator[Store]:
    """These tables for one test, which leaves them empty whatever it did."""
    yield Store("postgresql", connection, "BEGIN")
    connection.rollback()
    mine = {table.name for table in tables()}
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name in mine:
            connection.execute(f'DELETE FROM "{table.name}"')


@dataclass
class Restaurant:
    """A small menu at the node's property: two stations, two taxes, items with and without choices."""

    node: Node
    kitchen: str
    bar: str
    category: str
    vat: str
    levy: str
    sauces: dict[str, Any]
    sides: dict[str, Any]
    steak: str
    beer: str
    soup: str

    def option(self, group: Sequence[dict[str, Any]], name: str) -> str:
        """The id of a group's option by its name."""
        return next(str(option["id"]) for option in group if option["name"] == name)
