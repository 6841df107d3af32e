"""The yardstick of taking orders: one thread that writes the very rows of an order, and one COMMIT an order.

A real order is placed at a real node, whatever rows it brought are read back from the node's file, and those are written
again and again under new ids into a copy of that file without triggers, through the same driver with the same pragmas.
The rows are made before the clock starts.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from edge.database import connect
from hospitality.ground.ids import new_id

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NUMBERED = {"journal": "number"}  # counts on from order to order
GIVEN_BY_SQLITE = {"sync_outbox": "seq"}
STAMPS = ("_hlc", "hlc")
CHUNK_ORDERS = 500


@dataclass(frozen=True, slots=True)
class Written:
    """The rows of one table that one order brought; `first` is None when the row was there and only counted on."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    is_counter: bool


class Capture:
    """What is in a node's file before and after something; small tables, so all of them are compared."""

    def __init__(self, folder: Path) -> None:
        self._connection = connect(folder / "node.db", (folder / "database.key").read_text(), readonly=True)
        self._before = self._all()

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def written(self) -> tuple[Written, ...]:
        """The rows that are new or other than at first, in the order of the tables' making."""
        found = []
        for table, (columns, rows) in self._all().items():
            known_columns, known = self._before[table]
            assert columns == known_columns
            fresh = sorted(set(rows) - set(known), key=repr)
            if fresh:
                found.append(Written(table, columns, tuple(fresh), len(rows) == len(known)))
        return tuple(found)

    def _all(self) -> dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]:
        names = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
        ).fetchall()
        found = {}
        for (name,) in names:
            cursor = self._connection.execute(f'SELECT * FROM "{name}"')
            columns = tuple(column[0] for column in cursor.description)
            found[name] = columns, [tuple(row) for row in cursor.fetchall()]
        return found


class BareLoop:
    """Writes orders like the captured one into its own copy of the node's file. Close it."""

    def __init__(self, node: Path, folder: Path, written: tuple[Written, ...]) -> None:
        folder.mkdir()
        key = (node / "database.key").read_text()
        for suffix in ("", "-wal"):
            if (node / f"node.db{suffix}").exists():
                shutil.copyfile(node / f"node.db{suffix}", folder / f"node.db{suffix}")
        self._connection = connect(folder / "node.db", key)
        for (trigger,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self._connection.execute(f'DROP TRIGGER "{trigger}"')
        self._written = written
        self._new_ids = {row[w.columns.index("id")] for w in written if "id" in w.columns for row in w.rows}
        self._new_ids |= _ticket_ids(written)
        self._count = 0

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    @property
    def told(self) -> str:
        """The rows of one order, for people."""
        return ", ".join(f"{len(w.rows)} {w.table}" for w in self._written)

    def orders_per_second(self, orders: int) -> float:
        """Writes so many orders, each durable before the next begins."""
        spent = 0.0
        for chunk in self._chunks(orders):
            begun = perf_counter()
            for statements in chunk:
                self._connection.execute("BEGIN IMMEDIATE")
                for sql, rows in statements:
                    self._connection.executemany(sql, rows)
                self._connection.execute("COMMIT")
            spent += perf_counter() - begun
        return orders / spent

    def _chunks(self, orders: int) -> Iterator[list[list[tuple[str, list[tuple[Any, ...]]]]]]:
        while orders:
            size = min(orders, CHUNK_ORDERS)
            yield [self._next_order() for _ in range(size)]
            orders -= size

    def _next_order(self) -> list[tuple[str, list[tuple[Any, ...]]]]:
        self._count += 1
        fresh = {old: new_id() if UUID(old).version == 7 else str(uuid4()) for old in self._new_ids}

        def renewed(table: str, column: str, value: Any) -> Any:
            if isinstance(value, str):
                return _UUID.sub(lambda found: fresh.get(found[0], found[0]), value)
            if column in STAMPS or NUMBERED.get(table) == column:
                return value + self._count
            return value

        statements = []
        for written in self._written:
            names = [name for name in written.columns if name != GIVEN_BY_SQLITE.get(written.table)]
            if written.is_counter:
                sql = (
                    f'INSERT INTO "{written.table}" ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})'
                    " ON CONFLICT (org_id, id) DO UPDATE SET last = last + 1"
                )
                rows = list(written.rows)
            else:
                sql = f'INSERT INTO "{written.table}" ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})'
                rows = [
                    tuple(
                        renewed(written.table, name, value)
                        for name, value in zip(written.columns, row, strict=True)
                        if name in names
                    )
                    for row in written.rows
                ]
            statements.append((sql, rows))
        return statements


def _ticket_ids(written: tuple[Written, ...]) -> set[str]:
    return {row[w.columns.index("ticket_id")] for w in written if "ticket_id" in w.columns for row in w.rows}
