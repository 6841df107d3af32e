"""Applying a push's transactions to PostgreSQL.

Facts go in by table straight from their JSON; records are read, merged in Python by the same pure rules as everywhere,
and written back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import msgspec
import psycopg
from sqlalchemy import Boolean

from sync.clock import Stamp
from sync.hub.capture import pg_type
from sync.merge import Clash, RowVersions, Version, later
from sync.schema import ENGINE_COLUMNS, FieldSpec, Schema, TableSpec
from sync.wire import PAGE_BYTES_MAX, TRANSACTION_CHANGES_MAX, UNPACKED_BYTES_MAX, Change, EntryChange

Connection = psycopg.Connection[dict[str, Any]]


class SetAside(Exception):
    """One transaction can't be applied; it goes to the quarantine with this code and sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sender:
    """The node that pushes, as the hub knows it."""

    org_id: str
    node_id: str
    number: int
    property_id: str


@dataclass(slots=True)
class Transaction:
    """One transaction of a push: its stamp (perhaps clamped) and changes, and what came of it for the feed."""

    hlc: int
    changes: list[Change]
    differs: bool = False
    entries: dict[str, list[EntryChange]] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """The first outbox number."""
        return self.changes[0].s

    @property
    def last(self) -> int:
        """The last outbox number."""
        return self.changes[-1].s


class Application:
    """Applies transactions together: inserts by table, parents first, then edits; notes for each what the feed says."""

    def __init__(self, connection: Connection, schema: Schema, sender: Sender, known: bool, now_ms: int) -> None:
        self._connection = connection
        self._schema = schema
        self._sender = sender
        self._known = known
        self._now_ms = now_ms

    def run(self, transactions: Iterable[Transaction]) -> None:
        """Raises SetAside or a psycopg error when anything can't be applied; nothing then stays of any of them."""
        inserts: dict[str, list[tuple[Transaction, Change]]] = {}
        edits: dict[str, list[tuple[Transaction, Change]]] = {}
        for transaction in transactions:
            _check_size(transaction)
            for change in transaction.changes:
                self._check(change)
                group = inserts if change.o == "i" else edits
                group.setdefault(change.t, []).append((transaction, change))
        for name in sorted(inserts, key=self._schema.order.__getitem__):
            self._insert(self._schema.tables[name], inserts[name])
        for name in sorted(edits, key=self._schema.order.__getitem__):
            self._edit(self._schema.tables[name], edits[name])

    def _check(self, change: Change) -> None:
        table = self._schema.tables.get(change.t)
        if table is None:
            raise SetAside("UNKNOWN_TABLE", f"no table {change.t} in this release")
        if table.writer not in ("property", "both"):
            raise SetAside("NOT_PERMITTED", f"a property may not write {change.t}")

    def _insert(self, table: TableSpec, found: list[tuple[Transaction, Change]]) -> None:
        document = b"[" + b",".join(self._row_json(table, t, c) for t, c in found) + b"]"
        columns = [f'"{name}"' for name in table.fields]
        typed = ", ".join(f'"{name}" {pg_type(spec.type)}' for name, spec in table.fields.items())
        parameters = {
            "org": self._sender.org_id,
            "node": self._sender.number,
            "property": self._sender.property_id,
            "rows": document.decode(),
        }
        source = f"json_to_recordset(%(rows)s::json) AS r({typed}, _hlc bigint, _x text)"
        owned = (
            "r.property_id = %(property)s"
            if table.writer == "property"
            else "coalesce(r.property_id, %(property)s) = %(property)s"
        )
        inserted = self._connection.execute(
            f'INSERT INTO "{table.name}" (org_id, {", ".join(columns)}, _hlc, _node, _x)'
            f" SELECT %(org)s, {', '.join('r.' + c for c in columns)}, r._hlc, %(node)s, r._x"
            f" FROM {source} WHERE {owned} ON CONFLICT (org_id, id) DO NOTHING",
            parameters,
        ).rowcount
        rest: list[tuple[Transaction, Change]] = []
        if inserted != len(found):
            rest = self._not_inserted(table, found, source, owned, parameters)
        skipped = {id(change) for _, change in rest}
        for transaction, change in found:
            if id(change) not in skipped:
                # SQLite writes a group row's null exactly so, and inside a string its quotes would be escaped
                group = table.writer == "both" and b'"property_id":null' in bytes(change.f)
                self._tell(transaction, EntryChange(change.t, "i", change.k, change.f), change, group=group)
        if rest:
            self._edit(table, rest)

    def _row_json(self, table: TableSpec, transaction: Transaction, change: Change) -> bytes:
        if self._known:
            # ours come last, and the last of two fields with one name counts
            return bytes(change.f)[:-1] + b',"_hlc":%d,"_x":null}' % transaction.hlc
        fields = _fields(change)
        row = {name: value for name, value in fields.items() if name in table.fields}
        extra = {name: value for name, value in fields.items() if name not in table.fields}
        row["_hlc"] = transaction.hlc
        if extra:
            row["_x"] = msgspec.json.encode(extra).decode()
        return msgspec.json.encode(row)

    def _not_inserted(
        self,
        table: TableSpec,
        found: list[tuple[Transaction, Change]],
        source: str,
        owned: str,
        parameters: Any,
    ) -> list[tuple[Transaction, Change]]:
        """Why fewer rows went in: somebody else's property, a fact again (fine if the same), or a record made twice."""
        foreign = self._connection.execute(
            f"SELECT r.id FROM {source} WHERE NOT ({owned}) LIMIT 1", parameters
        ).fetchone()
        if foreign:
            raise SetAside("NOT_PERMITTED", f"{table.name} {foreign['id']} is of another property")
        if table.kind == "record":
            fresh = {
                row["id"]
                for row in self._connection.execute(
                    f'SELECT id FROM "{table.name}" WHERE org_id = %s AND id = ANY(%s::uuid[])'
                    " AND _node = %s AND _hlc = ANY(%s) AND _fv IS NULL",
                    (
                        self._sender.org_id,
                        [c.k for _, c in found],
                        self._sender.number,
                        [t.hlc for t, _ in found],
                    ),
                )
            }
            return [(t, c) for t, c in found if c.k not in fresh]
        columns = ", ".join(f'"{name}"' for name in table.fields)
        other = self._connection.execute(
            f'SELECT t.id FROM {source} JOIN "{table.name}" AS t ON t.org_id = %(org)s AND t.id = r.id'
            f" WHERE ({', '.join(f't.{c}' for c in columns.split(', '))})"
            f" IS DISTINCT FROM ({', '.join(f'r.{c}' for c in columns.split(', '))}) LIMIT 1",
            parameters,
        ).fetchone()
        if other:
            raise SetAside("SAME_ID_OTHER_CONTENT", f"{table.name} {other['id']} is already here with other content")
        return []

    def _edit(self, table: TableSpec, found: list[tuple[Transaction, Change]]) -> None:
        if table.kind == "fact":
            raise SetAside("FACT_CHANGED", f"a fact of {table.name} is never changed")
        ids = sorted({change.k for _, change in found})
        columns = ", ".join(f'"{name}"' for name in table.fields)
        rows = {
            row["id"]: row
            for row in self._connection.execute(
                f'SELECT {columns}, _deleted, _hlc, _node, _fv, _x FROM "{table.name}"'
                " WHERE org_id = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE",
                (self._sender.org_id, ids),
            )
        }
        touched: dict[str, set[str]] = {}
        for transaction, change in found:
            row = rows.get(change.k)
            if row is None:
                raise SetAside("ROW_MISSING", f"{table.name} {change.k} is not here to edit")
            if row["property_id"] not in (self._sender.property_id, None):
                raise SetAside("NOT_PERMITTED", f"{table.name} {change.k} is of another property")
            touched.setdefault(change.k, set()).update(self._merge(table, transaction, change, row))
        for key, names in touched.items():
            if names:
                written = sorted(names | {"_fv", "_x"})
                changes = ", ".join(f'"{name}" = %s' for name in written)
                self._connection.execute(
                    f'UPDATE "{table.name}" SET {changes} WHERE org_id = %s AND id = %s',
                    (*(rows[key][name] for name in written), self._sender.org_id, key),
                )

    def _merge(self, table: TableSpec, transaction: Transaction, change: Change, row: dict[str, Any]) -> set[str]:
        """Merges one change into the row in hand; answers which of its columns moved."""
        versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
        seen = change.b or {}
        moved: dict[str, Stamp] = {}
        result: dict[str, Any] = {}
        stamps: dict[str, Stamp] = {}
        unknown: dict[str, Any] = {}
        fields = _fields(change)
        if change.o == "i":  # made twice: who makes a row also says that it is there
            fields.setdefault("_deleted", False)
        for name, raw in fields.items():
            spec = table.mergeable.get(name)
            if spec is None:
                if name not in table.fields and name not in ENGINE_COLUMNS:
                    unknown[name] = raw
                continue
            mine = Version(row[name], versions.of(name))
            sent = Version(_normal(spec, raw), (transaction.hlc, self._sender.number))
            known = tuple(seen.get(name, ())) == mine.stamp or mine.stamp[1] == self._sender.number
            final = self._decide(table, spec, transaction, change.k, mine, sent, known)
            if final != mine:
                row[name] = final.value
                moved[name] = final.stamp
            result[name], stamps[name] = final.value, final.stamp
            if final != sent:
                transaction.differs = True
        if moved:
            row["_fv"] = versions.with_fields(moved).fv()
        if unknown:  # fields of a later release are kept and passed on as they came
            row["_x"] = msgspec.json.encode(
                {**(msgspec.json.decode(row["_x"]) if row["_x"] else {}), **unknown}
            ).decode()
        body = msgspec.Raw(msgspec.json.encode({**result, **unknown}))
        entry = EntryChange(change.t, "u", change.k, body, stamps)
        self._tell(transaction, entry, change, group=row["property_id"] is None)
        return {*moved, *(("_x",) if unknown else ())}

    def _decide(
        self,
        table: TableSpec,
        spec: FieldSpec,
        transaction: Transaction,
        row_id: str,
        mine: Version,
        sent: Version,
        known: bool,
    ) -> Version:
        if known and spec.merge == "last_writer":
            # the author had seen what it replaces: it stands, whatever the clocks say
            if sent.stamp >= mine.stamp:
                return sent
            return Version(sent.value, (mine.stamp[0] + 1, self._sender.number))
        final = later(spec, mine, sent)
        if not known and mine.value != sent.value:
            lost = mine if final is sent else sent
            self._log(table, transaction, row_id, Clash(spec.name, spec.merge, final, lost))
        return final

    def _log(self, table: TableSpec, transaction: Transaction, row_id: str, clash: Clash) -> None:
        """Adds the clash to the conflict log, and to the feed of the property concerned."""
        key = f"{table.name}/{row_id}/{clash.field}/{clash.won.stamp}/{clash.lost.stamp}"
        id = str(uuid5(NAMESPACE_OID, key))
        fact: dict[str, Any] = {
            "id": id,
            "property_id": self._sender.property_id,
            "tbl": table.name,
            "row_id": row_id,
            "field": clash.field,
            "rule": clash.rule,
            "won_value": msgspec.json.encode(clash.won.value).decode(),
            "won_hlc": clash.won.stamp[0],
            "won_node": clash.won.stamp[1],
            "lost_value": msgspec.json.encode(clash.lost.value).decode(),
            "lost_hlc": clash.lost.stamp[0],
            "lost_node": clash.lost.stamp[1],
            "decided_at": _instant(self._now_ms),
        }
        names = ", ".join(fact)
        added = self._connection.execute(
            f"INSERT INTO sync_conflicts (org_id, {names}, _hlc, _node)"
            f" VALUES (%s, {', '.join(['%s'] * len(fact))}, %s, %s) ON CONFLICT DO NOTHING",
            (self._sender.org_id, *fact.values(), transaction.hlc, self._sender.number),  # as the feed's entry has it
        ).rowcount
        if added:
            transaction.differs = True
            entry = EntryChange("sync_conflicts", "i", id, msgspec.Raw(msgspec.json.encode(fact)))
            transaction.entries.setdefault(self._sender.property_id, []).append(entry)

    def _tell(self, transaction: Transaction, entry: EntryChange, change: Change, *, group: bool) -> None:
        if change.h != transaction.hlc:
            entry.w = change.h
        scope = self._sender.org_id if group else self._sender.property_id
        transaction.entries.setdefault(scope, []).append(entry)


def _check_size(transaction: Transaction) -> None:
    """Refuses what others could not be sent; an honest node refuses it before its own commit."""
    size = sum(len(bytes(change.f)) for change in transaction.changes)
    if len(transaction.changes) > TRANSACTION_CHANGES_MAX or size > UNPACKED_BYTES_MAX - PAGE_BYTES_MAX:
        raise SetAside("TOO_LARGE", f"a transaction of {len(transaction.changes)} changes and {size} bytes")


def _fields(change: Change) -> dict[str, Any]:
    """The change's fields; raises SetAside unless they are named plain values."""
    fields = msgspec.json.decode(change.f)
    if not isinstance(fields, dict) or any(isinstance(value, dict | list) for value in fields.values()):
        raise SetAside("UNACCEPTABLE", f"the fields of {change.t} {change.k} are no plain values")
    return fields


def _normal(spec: FieldSpec, value: Any) -> Any:
    """SQLite's JSON writes truth as 1 and 0."""
    return bool(value) if isinstance(spec.type, Boolean) and value is not None else value


def _instant(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
