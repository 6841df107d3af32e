"""The part of the hub's store on PostgreSQL that knows which property is told of which row of the group's."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg

from sync.hub.capture import dealings_from
from sync.hub.store import Sender
from sync.schema import TableSpec


class DealingsInPostgres:
    """See HubStore."""

    _connection: psycopg.Connection[dict[str, Any]]
    sender: Sender

    def dealt(self, table: TableSpec, ids: Sequence[str]) -> dict[str, set[str]]:
        """See HubStore."""
        assert table.interest is not None
        rows = self._connection.execute(
            f'SELECT DISTINCT d."{table.interest.column}" AS id, d.property_id FROM {dealings_from(table.interest)}'
            f' AND d.org_id = %s AND d."{table.interest.column}" = ANY(%s::uuid[]) AND d.property_id IS NOT NULL',
            (self.sender.org_id, list(ids)),
        )
        return _places(rows)

    def told(self, table: str, ids: Sequence[str]) -> dict[str, set[str]]:
        """See HubStore."""
        rows = self._connection.execute(
            "SELECT row_id AS id, property_id FROM sync_interests"
            " WHERE org_id = %s AND tbl = %s AND row_id = ANY(%s::uuid[]) AND ended IS NULL",
            (self.sender.org_id, table, list(ids)),
        )
        return _places(rows)

    def told_until(self, table: str, id: str) -> int:
        """See HubStore."""
        row = self._connection.execute(
            "SELECT ended FROM sync_interests WHERE org_id = %s AND tbl = %s AND row_id = %s AND property_id = %s",
            (self.sender.org_id, table, id, self.sender.property_id),
        ).fetchone()
        return (row and row["ended"]) or 0

    def told_again(self, table: str, ids: Sequence[str]) -> set[str]:
        """See HubStore."""
        rows = self._connection.execute(
            "SELECT row_id FROM sync_interests WHERE org_id = %s AND tbl = %s AND row_id = ANY(%s::uuid[])"
            " AND property_id = %s AND again AND ended IS NULL",
            (self.sender.org_id, table, list(ids), self.sender.property_id),
        )
        return {row["row_id"] for row in rows}

    def begin_telling(self, table: str, id: str, property_id: str) -> None:
        """See HubStore."""
        self._connection.execute(
            "INSERT INTO sync_interests (org_id, tbl, row_id, property_id) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (org_id, tbl, row_id, property_id) DO UPDATE SET ended = NULL, again = TRUE",
            (self.sender.org_id, table, id, property_id),
        )

    def end_telling(self, table: str, id: str, property_id: str, hlc: int) -> None:
        """See HubStore."""
        self._connection.execute(
            "INSERT INTO sync_interests (org_id, tbl, row_id, property_id, ended) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (org_id, tbl, row_id, property_id) DO UPDATE SET ended = excluded.ended",
            (self.sender.org_id, table, id, property_id, hlc),
        )


def concerns(table: TableSpec, *, of_group: bool) -> str:
    """The condition under which a row `t` is told in a scope, the group's or a property's (parameters org and scope)."""
    told = (
        "(SELECT 1 FROM sync_interests AS i WHERE i.org_id = %(org)s AND i.property_id = %(scope)s"
        " AND i.tbl = {} AND i.row_id = {} AND i.ended IS {})"
    )
    if of_group:
        return "t.property_id IS NULL" if table.interest is None else "FALSE"
    if table.interest is not None:
        mine = told.format(f"'{table.name}'", "t.id", "NULL")
        return f"(t.property_id = %(scope)s OR t.property_id IS NULL AND EXISTS {mine})"
    if table.name == "sync_conflicts":  # nor what was said of whom the property let go
        return f"t.property_id = %(scope)s AND NOT EXISTS {told.format('t.tbl', 't.row_id', 'NOT NULL')}"
    return "t.property_id = %(scope)s"


def _places(rows: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["id"], set()).add(row["property_id"])
    return found
