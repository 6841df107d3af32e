"""Head office's database in the simulation on a real PostgreSQL: the shipped store, and the shipped triggers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any

import psycopg

from cloud.database import prepare
from sync.hub import tables as hub_tables
from sync.hub.capture import EMIT, FUNCTIONS, capture_statements
from sync.hub.postgres import PostgresStore
from sync.hub.store import HubStore, Sender
from sync.hub.widening import take_in_statements
from tests.simulation.statements import ORG, Statement
from tests.simulation.tables import Release, made_in_postgres

PARTITION = 'CREATE TABLE "{0}_all" PARTITION OF "{0}" FOR VALUES WITH (MODULUS 1, REMAINDER 0)'


class PostgresOffice:
    """On a database of its own, as its owner: who may see what is not this simulation's matter."""

    def __init__(self, url: str, release: Release) -> None:
        self._url, self.connection = url, _connect(url)
        self._run(*FUNCTIONS, *made_in_postgres(hub_tables.metadata))
        for table in hub_tables.metadata.sorted_tables:
            if table.info.get("large"):
                self._run(PARTITION.format(table.name))
        self._run(*EMIT)
        self._there: dict[str, str] = {}
        self.upgrade(release)

    def another(self) -> "PostgresOffice":
        """A second process of the same."""
        twin = copy(self)
        twin.connection = _connect(self._url)
        return twin

    def empty(self) -> None:
        """As it was when it was made."""
        self.put_back({name: [] for name in self.back_up()})

    def close(self) -> None:
        """Ends the connection."""
        self.connection.close()

    def _run(self, *statements: str) -> None:
        for statement in statements:
            self.connection.execute(statement.encode())

    def enrol(self, sender: Sender, now_ms: int) -> None:
        """See Office."""
        self.connection.execute(
            "INSERT INTO sync_nodes (org_id, id, property_id, number, code, public_key, status, incarnation, acked,"
            " enrolled_at) VALUES (%s, %s, %s, %s, '', '', 'active', 1, 0, now())",
            (sender.org_id, sender.node_id, sender.property_id, sender.number),
        )

    def revoke(self, sender: Sender) -> None:
        """See Office."""
        self.connection.execute("UPDATE sync_nodes SET status = 'revoked' WHERE id = %s", (sender.node_id,))

    @contextmanager
    def transaction(self, sender: Sender, now_ms: int) -> Iterator[HubStore]:
        """See Office."""
        with self.connection.transaction():
            yield PostgresStore(self.connection, sender)

    def act(self, statements: Sequence[Statement], stamp: int) -> None:
        """See Office."""
        with self.connection.transaction():
            self.connection.execute("SELECT set_config('sync.stamp', %s, true)", (str(stamp),))
            for one in statements:
                self.connection.execute(*one.sql("%s"))

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """See Office."""
        return self.connection.execute(sql.encode()).fetchall()

    def waiting(self) -> list[dict[str, Any]]:
        """See Office."""
        return self.rows(
            "SELECT q.*, n.number FROM sync_quarantine AS q JOIN sync_nodes AS n ON n.id = q.node_id"
            f" WHERE q.state = 'waiting' AND q.org_id = '{ORG}' ORDER BY q.id"
        )

    def back_up(self) -> dict[str, list[dict[str, Any]]]:
        """See Office."""
        tables = [*self._there, *(table.name for table in hub_tables.metadata.sorted_tables)]
        return {name: self.rows(f'SELECT * FROM "{name}"') for name in tables if name != "sync_captured"}

    def put_back(self, backup: dict[str, list[dict[str, Any]]]) -> None:
        """See Office. Within the database, whose making is not this simulation's matter."""
        with self.connection.transaction():
            self.connection.execute("SELECT set_config('sync.applying', '1', true)")
            names = ", ".join(f'"{name}"' for name in backup)
            self._run(f"TRUNCATE {names}")
            for name, rows in backup.items():
                for row in rows:
                    columns, marks = ", ".join(f'"{column}"' for column in row), ", ".join(["%s"] * len(row))
                    insert = f'INSERT INTO "{name}" ({columns}) VALUES ({marks})'
                    self.connection.execute(insert.encode(), list(row.values()))

    def upgrade(self, release: Release) -> None:
        """See Office."""
        for name, statement in release.tables_in_postgres.items():
            if name not in self._there:
                self._run(statement)
        for table in release.metadata.sorted_tables:
            self._run(*(f'ALTER TABLE "{table.name}" ADD COLUMN IF NOT EXISTS "{c.name}" text' for c in table.columns))
        self._there = dict(release.tables_in_postgres)
        self._run(*capture_statements(release.schema))
        with self.connection.transaction():
            self._run(*take_in_statements(release.schema))


def _connect(url: str) -> psycopg.Connection[dict[str, Any]]:
    connection: psycopg.Connection[dict[str, Any]] = psycopg.connect(
        url, autocommit=True, connect_timeout=10, options="-c timezone=UTC"
    )
    prepare(connection)
    return connection
