"""Whole rows and their checksums in PostgreSQL: what the hub compares with a node's, hands out, and takes back."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
import psycopg
from sqlalchemy import Boolean, Float

from sync.checksum import ABSENT, SEPARATOR, compared
from sync.hub.capture import pg_type, wire_form
from sync.hub.postgres_dealings import concerns
from sync.hub.store import Sender, image_of
from sync.schema import IN_SET, FieldSpec, TableSpec
from sync.wire import RowImage

Connection = psycopg.Connection[dict[str, Any]]


class PostgresRows:
    """The part of the hub's store that is about whole rows."""

    def __init__(self, connection: Connection, sender: Sender) -> None:
        self._connection = connection
        self.sender = sender

    def row_sum(
        self, table: TableSpec, names: Collection[str], after: str | None, upto: str | None, limit: int
    ) -> tuple[int, int]:
        """See HubStore."""
        row = self._connection.execute(
            "SELECT count(*) AS count, coalesce(bit_xor(sum), 0) AS sum"
            f" FROM ({_numbered(table, names)} ORDER BY id LIMIT %(limit)s) AS n",
            self._stretch(after, upto, limit),
        ).fetchone()
        assert row is not None
        return row["count"], row["sum"]

    def row_numbers(
        self, table: TableSpec, names: Collection[str], after: str | None, upto: str | None, limit: int
    ) -> list[tuple[str, int]]:
        """See HubStore."""
        rows = self._connection.execute(
            f"{_numbered(table, names)} ORDER BY id LIMIT %(limit)s", self._stretch(after, upto, limit)
        )
        return [(row["id"], row["sum"]) for row in rows]

    def row_images(self, table: TableSpec, ids: Sequence[str]) -> list[RowImage]:
        """See HubStore."""
        rows = self._connection.execute(
            f'SELECT {_columns(table)}, _hlc, _node, _fv, _deleted, _x FROM "{table.name}" AS t'
            f" WHERE {_mine(table)} AND id = ANY(%(ids)s::uuid[]) ORDER BY id",
            {"org": self.sender.org_id, "scope": self.sender.property_id, "ids": list(ids)},
        )
        return [image_of(table, row) for row in rows]

    def put_rows(self, table: TableSpec, rows: Sequence[bytes]) -> None:
        """See HubStore."""
        typed = ", ".join(f'"{name}" {pg_type(spec.type)}' for name, spec in table.fields.items())
        engine = "_hlc, _node, _fv, _deleted, _x"
        self._connection.execute(
            f'INSERT INTO "{table.name}" (org_id, {_columns(table)}, {engine})'
            f" SELECT %(org)s, {_columns(table)}, {engine} FROM json_to_recordset(%(rows)s::json)"
            f" AS r({typed}, _hlc bigint, _node integer, _fv text, _deleted boolean, _x text)",
            {"org": self.sender.org_id, "rows": (b"[" + b",".join(rows) + b"]").decode()},
        )

    def set_aside_ids(self) -> dict[str, bool]:
        """See HubStore."""
        rows = self._connection.execute(
            "SELECT body FROM sync_quarantine WHERE org_id = %s AND property_id = %s AND state <> 'applied'",
            (self.sender.org_id, self.sender.property_id),
        )
        found: dict[str, bool] = {}
        for row in rows:
            for change in msgspec.json.decode(row["body"]):
                found[change["k"]] = found.get(change["k"], False) or change["o"] == "i"
        return found

    def has_seen(self, scope: str, node: int, hlc: int) -> bool:
        """See HubStore."""
        row = self._connection.execute(
            "SELECT EXISTS (SELECT FROM sync_feed WHERE org_id = %(org)s AND scope = %(scope)s AND node = %(node)s"
            " AND hlc = %(hlc)s) OR coalesce((SELECT pos > 1 AND hlc > %(hlc)s FROM sync_feed"
            " WHERE org_id = %(org)s AND scope = %(scope)s ORDER BY pos LIMIT 1), false) AS seen",
            {"org": self.sender.org_id, "scope": scope, "node": node, "hlc": hlc},
        ).fetchone()
        return bool(row and row["seen"])

    def cursor(self, scope: str) -> int:
        """See HubStore."""
        row = self._connection.execute(
            "SELECT position FROM sync_node_cursors WHERE org_id = %s AND node_id = %s AND scope = %s",
            (self.sender.org_id, self.sender.node_id, scope),
        ).fetchone()
        return row["position"] if row else 0

    def changed_entries(self, scope: str, limit: int) -> list[tuple[int, bytes]]:
        """See HubStore."""
        rows = self._connection.execute(
            "SELECT hlc, body FROM sync_feed WHERE org_id = %s AND scope = %s AND node = %s AND differs"
            " ORDER BY pos DESC LIMIT %s",
            (self.sender.org_id, scope, self.sender.number, limit),
        )
        return [(row["hlc"], row["body"]) for row in rows]

    def _stretch(self, after: str | None, upto: str | None, limit: int) -> dict[str, Any]:
        one = self.sender
        return {"org": one.org_id, "scope": one.property_id, "after": after, "upto": upto, "limit": limit}


def _mine(table: TableSpec) -> str:
    """Which rows `t` concern a node: the group's, and its property's (parameters org and scope)."""
    both = " OR ".join(concerns(table, of_group=of_group) for of_group in (True, False))
    return f"t.org_id = %(org)s AND ({both})"


def _columns(table: TableSpec) -> str:
    return ", ".join(f'"{name}"' for name in table.fields)


def _numbered(table: TableSpec, names: Collection[str]) -> str:
    """Each row of a stretch with its number: the same text as `checksum.row_text` makes, and the same digest of it."""
    parts = [f"E'{SEPARATOR}'".join(("'' || id || ", " || _hlc || '.' || _node" if table.kind == "fact" else " || ''"))]
    parts += [_part(table, name) for name in compared(table, names)]
    text = f" || E'{SEPARATOR}' || ".join(parts)
    number = f"('x' || encode(substring(sha256(convert_to({text}, 'UTF8')) FROM 1 FOR 8), 'hex'))::bit(64)::bigint"
    return (
        f'SELECT id, {number} AS sum FROM "{table.name}" AS t WHERE {_mine(table)}'
        " AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid) AND (%(upto)s::uuid IS NULL OR id <= %(upto)s::uuid)"
    )


def _part(table: TableSpec, name: str) -> str:
    if name in table.sets:
        return _set_part(name)
    spec = table.mergeable.get(name) or table.fields.get(name)
    value = f"'{ABSENT}'" if spec is None else f"coalesce('=' || {_text(name, spec)}, '{ABSENT}')"
    if table.kind == "fact" or name not in table.mergeable:
        return value
    stamp = [f"coalesce(_fv::jsonb #>> '{{{name},{n}}}', {own}::text)" for n, own in enumerate(("_hlc", "_node"))]
    return f"{value} || '@' || {stamp[0]} || '.' || {stamp[1]}"


def _set_part(name: str) -> str:
    """Each element that a set holds with its stamp, in the order of code points."""
    own = (("_hlc", 0), ("_node", 1))
    stamp = [f"coalesce(_fv::jsonb -> ('{name}{IN_SET}' || e) ->> {n}, {column}::text)" for column, n in own]
    each = f"e || '@' || {stamp[0]} || '.' || {stamp[1]}"
    found = f'jsonb_array_elements_text("{name}"::jsonb) AS e'
    return f"coalesce((SELECT string_agg({each}, ',' ORDER BY e COLLATE \"C\") FROM {found}), '')"


def _text(name: str, spec: FieldSpec) -> str:
    if isinstance(spec.type, Boolean):
        return f'"{name}"::integer'
    if isinstance(spec.type, Float):
        return f"encode(float8send(\"{name}\" + 0.0), 'hex')"
    return wire_form(f'"{name}"', spec.type)
