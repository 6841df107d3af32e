"""Head office's PostgreSQL asked from outside: how far a node is acknowledged, and COPY of the rows that it brought."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from backports import zstd
from psycopg import sql

from cloud.postgres import Cluster
from tests.benchmarks.enrolled_node import EnrolledNode, HeadOffice
from tests.benchmarks.processes import BenchFailed

TABLES = ("orders", "order_lines", "journal")
CONNECT_SECONDS = 10
LEVEL = 3
"""As the wire is compressed."""


class HubFile:
    """A connection of the tables' owner, beside the cloud's own."""

    def __init__(self, office: HeadOffice) -> None:
        self._postgres: Path = office.postgres
        self._org_id = office.org_id

    def __enter__(self) -> Self:
        self._url = Cluster.open(self._postgres).owner_url
        self._connection = psycopg.connect(self._url, autocommit=True, connect_timeout=CONNECT_SECONDS)
        self._connection.execute("SELECT set_config('app.org', %s, false)", (self._org_id,))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def acknowledged(self, node: EnrolledNode) -> int:
        """Up to which number of the node's outbox everything is the hub's."""
        row = self._connection.execute(
            "SELECT acked FROM sync_nodes WHERE org_id = %s AND id = %s", (self._org_id, node.node_id)
        ).fetchone()
        if row is None:
            raise BenchFailed("Head office does not know the node.")
        return int(row[0])

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """One statement as the tables' owner, committed when this returns."""
        cursor = self._connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []

    def run_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows, committed together."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(statement, rows)

    @contextmanager
    def hearing(self, channel: str) -> Iterator[Callable[[float], int]]:
        """Hears a channel: answers how many notifications came within so many seconds, at the first of them."""
        with psycopg.connect(self._url, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
            connection.execute(f"LISTEN {channel}")
            yield lambda seconds: len(list(connection.notifies(timeout=seconds, stop_after=1)))

    def newest_stamp(self) -> int:
        """The latest stamp of an order."""
        row = self._connection.execute("SELECT coalesce(max(_hlc), 0) FROM orders").fetchone()
        assert row is not None
        return int(row[0])

    def rows_after(self, stamp: int) -> "Rows":
        """The orders, lines and journal entries with a later stamp, as COPY writes them."""
        return Rows({table: self._copied_out(table, stamp) for table in TABLES})

    def _copied_out(self, table: str, stamp: int) -> bytes:
        query = sql.SQL("COPY (SELECT * FROM {} WHERE _hlc > {} ORDER BY id) TO STDOUT")
        with self._connection.cursor().copy(query.format(sql.Identifier(table), stamp)) as copy:
            return b"".join(bytes(part) for part in copy)

    def copy_seconds(self, rows: "Rows") -> float:
        """How long COPY takes to put them into tables with the same columns and a primary key, in one transaction."""
        for table in TABLES:
            made = sql.SQL("CREATE TABLE {} (LIKE {}, PRIMARY KEY (org_id, id))")
            self._connection.execute(made.format(_bare(table), sql.Identifier(table)))
        try:
            begun = time.perf_counter()
            with self._connection.transaction():
                for table, text in rows.text.items():
                    with self._connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(_bare(table))) as copy:
                        copy.write(text)
            return time.perf_counter() - begun
        finally:
            for table in TABLES:
                self._connection.execute(sql.SQL("DROP TABLE {}").format(_bare(table)))


class Rows:
    """Rows of several tables in COPY's text form."""

    def __init__(self, text: dict[str, bytes]) -> None:
        self.text = text

    def __len__(self) -> int:
        return sum(text.count(b"\n") for text in self.text.values())

    def compressed_bytes(self) -> int:
        """How small they are in one piece, compressed as the wire is."""
        return len(zstd.compress(b"".join(self.text.values()), level=LEVEL))


def _bare(table: str) -> sql.Identifier:
    return sql.Identifier(f"bare_{table}")
