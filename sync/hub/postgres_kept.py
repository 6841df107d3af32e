"""The part of the hub's store on PostgreSQL that drops what the rule of retention no longer keeps."""

from typing import Any

import psycopg

from sync.hub.store import Sender

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

    def _number(self, question: str, *parameters: Any) -> int:
        row = self._connection.execute(question, parameters).fetchone()
        assert row is not None
        return int(row["n"])
