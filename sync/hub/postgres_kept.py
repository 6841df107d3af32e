"""The part of the hub's store on PostgreSQL that drops what the rule of retention no longer keeps."""

from collections.abc import Sequence
from typing import Any

import psycopg

from sync.hub.store import Deleted, Sender
from sync.schema import TableSpec

POSITION_MAX = 2**63 - 1


class KeptInPostgres:
    """See HubStore."""

    _connection: psycopg.Connection[dict[str, Any]]
    sender: Sender

    def scopes(self) -> list[str]:
        """See HubStore."""
        rows = self._connection.execute(
            "SELECT scope FROM sync_scopes WHERE org_id = %s ORDER BY scope", (self.sender.org_id,)
        )
        return [row["scope"] for row in rows]

    def last_before(self, scope: str, ms: int) -> int:
        """See HubStore."""
        # positions come in the order of time, nearly: two that were under way at once may be the other way round
        return self._number(
            "SELECT coalesce(max(pos), 0) AS n FROM sync_feed WHERE org_id = %s AND scope = %s AND pos < coalesce("
            "(SELECT min(pos) FROM sync_feed WHERE org_id = %s AND scope = %s AND at >= to_timestamp(%s / 1000.0)),"
            f" {POSITION_MAX})",
            *(self.sender.org_id, scope, self.sender.org_id, scope, ms),
        )

    def lowest_cursor(self, scope: str, seen_since_ms: int) -> int | None:
        """See HubStore."""
        row = self._connection.execute(
            "SELECT min(coalesce(c.position, 0)) AS n FROM sync_scopes AS s JOIN sync_nodes AS n ON n.org_id = s.org_id"
            " LEFT JOIN sync_node_cursors AS c ON c.org_id = s.org_id AND c.node_id = n.id AND c.scope = s.scope"
            " WHERE s.org_id = %s AND s.scope = %s AND (n.property_id = s.scope OR s.scope = s.org_id)"
            " AND n.status = 'active' AND coalesce(n.seen_at, n.enrolled_at) >= to_timestamp(%s / 1000.0)"
            " AND coalesce(c.position, 0) >= s.kept_from - 1",
            (self.sender.org_id, scope, seen_since_ms),
        ).fetchone()
        return None if row is None else row["n"]

    def drop_entries(self, scope: str, upto: int, limit: int) -> int:
        """See HubStore."""
        one = (self.sender.org_id, scope)
        self._connection.execute("SELECT 1 FROM sync_scopes WHERE org_id = %s AND scope = %s FOR UPDATE", one)
        return self._number(
            "WITH gone AS (DELETE FROM sync_feed WHERE org_id = %s AND scope = %s AND pos <= least(%s,"
            " (SELECT kept_from - 1 FROM sync_scopes WHERE org_id = %s AND scope = %s) + %s) RETURNING pos)"
            ", told AS (UPDATE sync_scopes SET kept_from = (SELECT max(pos) + 1 FROM gone)"
            " WHERE org_id = %s AND scope = %s AND EXISTS (SELECT 1 FROM gone)) SELECT count(*) AS n FROM gone",
            *(*one, upto, *one, limit, *one),
        )

    def note_deleted(self, table: TableSpec, now_ms: int, limit: int) -> int:
        """See HubStore."""
        noted = self._connection.execute(
            f"INSERT INTO sync_tombstones (org_id, tbl, row_id, noted_ms) SELECT org_id, %s, id, %s FROM"
            f' "{table.name}" AS t WHERE org_id = %s AND _deleted AND NOT EXISTS (SELECT 1 FROM sync_tombstones AS n'
            " WHERE n.org_id = t.org_id AND n.tbl = %s AND n.row_id = t.id) LIMIT %s",
            (table.name, now_ms, self.sender.org_id, table.name, limit),
        ).rowcount
        restored = self._connection.execute(
            "DELETE FROM sync_tombstones AS n WHERE org_id = %s AND tbl = %s AND removed_ms IS NULL AND EXISTS"
            f' (SELECT 1 FROM "{table.name}" AS t WHERE t.org_id = n.org_id AND t.id = n.row_id AND NOT t._deleted)',
            (self.sender.org_id, table.name),
        ).rowcount
        return noted + restored

    def long_deleted(self, before_ms: int, tried_before_ms: int, limit: int) -> list[Deleted]:
        """See HubStore."""
        rows = self._connection.execute(
            "UPDATE sync_tombstones AS n SET tried_ms = %s FROM (SELECT tbl, row_id FROM sync_tombstones WHERE org_id = %s"
            " AND removed_ms IS NULL AND noted_ms < %s AND tried_ms < %s ORDER BY noted_ms, row_id LIMIT %s) AS old"
            " WHERE n.org_id = %s AND n.tbl = old.tbl AND n.row_id = old.row_id RETURNING n.tbl, n.row_id, n.noted_ms",
            (tried_before_ms, self.sender.org_id, before_ms, tried_before_ms, limit, self.sender.org_id),
        )
        return [Deleted(row["tbl"], row["row_id"], row["noted_ms"]) for row in rows]

    def remove(self, table: TableSpec, id: str, now_ms: int) -> bool:
        """See HubStore."""
        row = self._connection.execute(
            "SELECT sync_remove(%s, %s, %s) AS gone", (self.sender.org_id, table.name, id)
        ).fetchone()
        if row is None or not row["gone"]:
            return False
        which = (self.sender.org_id, table.name, id)
        self._connection.execute(
            "UPDATE sync_tombstones SET removed_ms = %s WHERE org_id = %s AND tbl = %s AND row_id = %s",
            (now_ms, *which),
        )
        self._connection.execute("DELETE FROM sync_interests WHERE org_id = %s AND tbl = %s AND row_id = %s", which)
        return True

    def removed(self, table: TableSpec, ids: Sequence[str]) -> set[str]:
        """See HubStore."""
        rows = self._connection.execute(
            "SELECT row_id FROM sync_tombstones WHERE org_id = %s AND tbl = %s AND row_id = ANY(%s::uuid[])"
            " AND removed_ms IS NOT NULL",
            (self.sender.org_id, table.name, list(ids)),
        )
        return {row["row_id"] for row in rows}

    def drop_settled(self, before_ms: int, removed_before_ms: int, limit: int) -> int:
        """See HubStore."""
        old = "to_timestamp(%s / 1000.0)"
        dropped = 0
        for table, key, condition, ms in (
            ("sync_quarantine", "id", f"state <> 'waiting' AND at < {old}", before_ms),
            ("sync_codes", "id", f"expires_at < {old}", before_ms),
            ("sync_tombstones", "row_id", "removed_ms < %s", removed_before_ms),
            (
                "sync_stage",
                "node_id",
                "node_id IN (SELECT id FROM sync_nodes WHERE org_id = sync_stage.org_id AND status <> 'active'"
                f" AND coalesce(seen_at, enrolled_at) < {old})",
                before_ms,
            ),
        ):
            dropped += self._connection.execute(
                f"DELETE FROM {table} WHERE org_id = %s AND {key} IN"
                f" (SELECT {key} FROM {table} WHERE org_id = %s AND {condition} LIMIT %s)",
                (self.sender.org_id, self.sender.org_id, ms, limit),
            ).rowcount
        return dropped

    def _number(self, question: str, *parameters: Any) -> int:
        row = self._connection.execute(question, parameters).fetchone()
        assert row is not None
        return int(row["n"])
