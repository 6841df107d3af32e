"""Whole rows, checksums, seals and epochs of the hub's store on SQLite (see `hub_store`)."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Boolean

from sync.checksum import checksum, total
from sync.hub.postgres_dealings import concerns
from sync.hub.store import Sender, image_of
from sync.schema import TableSpec
from sync.wire import RowImage


class SqliteRows:
    """The part of the store that is about whole rows and about being put back."""

    def __init__(self, connection: sqlite3.Connection, sender: Sender) -> None:
        self._connection = connection
        self.sender = sender

    def _run(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        return self._connection.execute(sql, parameters)

    # --- the node

    def resume(self, acked: int) -> None:
        self._run("UPDATE sync_nodes SET acked = ?, stamp = 0 WHERE number = ?", acked, self.sender.number)
        self._run("DELETE FROM sync_stage WHERE number = ?", self.sender.number)

    def settle(self, epoch: int) -> None:
        self._run("UPDATE sync_nodes SET settled = ? WHERE number = ?", epoch, self.sender.number)

    def note_check(self, differed: int, standing: int) -> None:
        self._run("UPDATE sync_nodes SET differed = differed + ? WHERE number = ?", differed, self.sender.number)

    def seal(self, text: str) -> str:
        return sha256(f"sealed {text}".encode()).hexdigest()[:16]

    # --- whole rows

    def row_sum(
        self, table: TableSpec, names: Collection[str], after: str | None, upto: str | None, limit: int
    ) -> tuple[int, int]:
        found = self.row_numbers(table, names, after, upto, limit)
        return len(found), total(number for _, number in found)

    def row_numbers(
        self, table: TableSpec, names: Collection[str], after: str | None, upto: str | None, limit: int
    ) -> list[tuple[str, int]]:
        rows = self._connection.execute(
            f"SELECT t.* FROM {table.name} AS t WHERE {_mine(table)} AND t.id > :after AND t.id <= :upto"
            " ORDER BY id LIMIT :limit",
            {"scope": self.sender.property_id, "after": after or "", "upto": upto or "~", "limit": limit},
        )
        return [(row["id"], checksum(table, names, row)) for row in rows]

    def row_images(self, table: TableSpec, ids: Sequence[str]) -> list[RowImage]:
        found = []
        for id in ids:
            found += self._connection.execute(
                f"SELECT t.* FROM {table.name} AS t WHERE {_mine(table)} AND t.id = :id",
                {"scope": self.sender.property_id, "id": id},
            ).fetchall()
        return [image_of(table, row) for row in found]

    def every_row(self, table: TableSpec, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """These rows by id, whosever they are."""
        found: dict[str, dict[str, Any]] = {}
        for id in ids:
            for row in self._run(f"SELECT * FROM {table.name} WHERE id = ?", id):
                found[id] = {name: value_of(table, name, row[name]) for name in row.keys()}  # noqa: SIM118
        return found

    def put_rows(self, table: TableSpec, rows: Sequence[bytes]) -> None:
        for raw in rows:
            row: Mapping[str, Any] = {"org_id": self.sender.org_id, **msgspec.json.decode(raw)}
            marks = ", ".join("?" * len(row))
            self._run(f"INSERT INTO {table.name} ({', '.join(row)}) VALUES ({marks})", *row.values())

    def set_aside_ids(self) -> dict[str, bool]:
        rows = self._run("SELECT body FROM sync_quarantine WHERE number = ?", self.sender.number)
        found: dict[str, bool] = {}
        for row in rows:
            for change in msgspec.json.decode(row["body"]):
                found[change["k"]] = found.get(change["k"], False) or change["o"] == "i"
        return found

    def has_seen(self, scope: str, node: int, hlc: int) -> bool:
        found = self._run("SELECT 1 FROM sync_feed WHERE scope = ? AND node = ? AND hlc = ?", scope, node, hlc)
        if found.fetchone():
            return True
        first = self._run("SELECT pos, hlc FROM sync_feed WHERE scope = ? ORDER BY pos LIMIT 1", scope).fetchone()
        return first is not None and first["pos"] > 1 and first["hlc"] > hlc

    # --- the feeds

    def cursor(self, scope: str) -> int:
        found = self._run(
            "SELECT position FROM sync_node_cursors WHERE number = ? AND scope = ?", self.sender.number, scope
        ).fetchone()
        return int(found[0]) if found else 0

    def changed_entries(self, scope: str, limit: int) -> list[tuple[int, bytes]]:
        found = self._run(
            "SELECT hlc, body FROM sync_feed WHERE scope = ? AND node = ? AND differs ORDER BY pos DESC LIMIT ?",
            *(scope, self.sender.number, limit),
        )
        return [(row["hlc"], row["body"]) for row in found]

    def stamp_at(self, scope: str, position: int) -> int | None:
        found = self._run("SELECT hlc FROM sync_feed WHERE scope = ? AND pos = ?", scope, position).fetchone()
        return None if found is None else int(found[0])

    def begin_epoch(self, scopes: Sequence[str], at_least: int) -> None:
        for scope in scopes:
            self._run("INSERT INTO sync_scopes (scope, head) VALUES (?, 0) ON CONFLICT DO NOTHING", scope)
        highest = self._run("SELECT max(epoch) FROM sync_scopes").fetchone()[0]
        self._run("UPDATE sync_scopes SET epoch = ?", max(at_least, highest + 1))


def _mine(table: TableSpec) -> str:
    """As at PostgreSQL, with SQLite's names of parameters and without tenants."""
    both = " OR ".join(concerns(table, of_group=of_group) for of_group in (True, False))
    return f"({both})".replace("i.org_id = %(org)s AND ", "").replace("%(scope)s", ":scope")


def value_of(table: TableSpec, name: str, value: Any) -> Any:
    """A column as PostgreSQL would hand it out."""
    spec = table.mergeable.get(name)
    return bool(value) if spec is not None and isinstance(spec.type, Boolean) and value is not None else value
