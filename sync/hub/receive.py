"""Taking a push: whole transactions, once in effect, acknowledged in the same PostgreSQL transaction as their effects.

Facts go in by table straight from their JSON; records are read, merged in Python by the same pure rules as everywhere,
and written back. The batch is tried as one; if anything in it can't be applied, each transaction is tried by itself and
the bad one is set aside and acknowledged (S5), so that it holds back nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

import msgspec
import psycopg
from sqlalchemy import Boolean

from sync.clock import DRIFT_MS_MAX, Stamp, at_ms, ms_of
from sync.hub.capture import NEWS_CHANNEL, pg_type
from sync.merge import Clash, RowVersions, Version, later
from sync.schema import ENGINE_COLUMNS, FieldSpec, Schema, TableSpec
from sync.wire import TRANSACTION_CHANGES_MAX, Batch, Change, EntryChange, PushAnswer, Trouble

Connection = psycopg.Connection[dict[str, Any]]
# what PostgreSQL says of values that can't stand in a row; anything else is ours or passes, and is tried again
UNACCEPTABLE = (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.DatatypeMismatch)


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


def receive(connection: Connection, schema: Schema, sender: Sender, batch: Batch, now_ms: int) -> PushAnswer:
    """Applies a push inside the caller's transaction, which runs under the sender's tenant; the caller commits."""
    node = connection.execute(
        "SELECT acked, acked_hlc, incarnation, ceiling FROM sync_nodes WHERE org_id = %s AND id = %s FOR UPDATE",
        (sender.org_id, sender.node_id),
    ).fetchone()
    assert node is not None, "the sender was looked up before"
    if batch.incarnation != node["incarnation"]:
        return PushAnswer("superseded", node["acked"], now_ms)
    if batch.prev > node["acked"]:
        return PushAnswer("gap", node["acked"], now_ms)
    if _is_another_history(batch, node["acked"], node["acked_hlc"]):
        return PushAnswer("superseded", node["acked"], now_ms)
    connection.execute("SELECT set_config('sync.applying', '1', true)")
    changes = [change for change in batch.changes if change.s > node["acked"]]
    answer = PushAnswer("ok", max(batch.last, node["acked"]), now_ms)
    if changes and batch.part:
        _stage(connection, sender, batch, changes)
    elif changes:
        changes = _unstage(connection, sender, batch.incarnation) + changes
        transactions = [Transaction(h, list(part)) for h, part in groupby(changes, key=lambda c: c.h)]
        answer.ceiling = _clamp(transactions, now_ms, node["ceiling"])
        known = batch.schema == schema.fingerprint
        answer.troubles = _apply_all(connection, schema, sender, batch, transactions, known, now_ms)
    connection.execute(
        "UPDATE sync_nodes SET acked = %s, acked_hlc = coalesce(%s, acked_hlc), waiting = %s, version = %s, offset_ms = %s, seen_at = now(),"
        " ceiling = coalesce(%s, ceiling) WHERE org_id = %s AND id = %s",
        (
            answer.acked,
            changes[-1].h if changes else None,
            max(0, batch.waiting - (answer.acked - batch.prev)),
            batch.version[:40],
            batch.now_ms - now_ms,
            answer.ceiling,
            sender.org_id,
            sender.node_id,
        ),
    )
    return answer


def _is_another_history(batch: Batch, acked: int, stamp: int) -> bool:
    """Whether this push goes on from another past than the one acknowledged: a copied disk, or a rolled back one.

    A push sent again (its answer was lost) brings what was acknowledged along, so it must have that number and stamp;
    passing over what it has instead would lose it without a word.
    """
    return batch.prev < acked and all((change.s, change.h) != (acked, stamp) for change in batch.changes)


def _stage(connection: Connection, sender: Sender, batch: Batch, changes: list[Change]) -> None:
    connection.execute(
        "INSERT INTO sync_stage (org_id, node_id, incarnation, last, body) VALUES (%s, %s, %s, %s, %s)",
        (sender.org_id, sender.node_id, batch.incarnation, batch.last, msgspec.json.encode(changes).decode()),
    )


def _unstage(connection: Connection, sender: Sender, incarnation: int) -> list[Change]:
    rows = connection.execute(
        "DELETE FROM sync_stage WHERE org_id = %s AND node_id = %s AND incarnation = %s RETURNING last, body",
        (sender.org_id, sender.node_id, incarnation),
    ).fetchall()
    parts = sorted(rows, key=lambda row: row["last"])
    found = [c for row in parts for c in msgspec.json.decode(row["body"], type=list[Change])]
    if len(found) > TRANSACTION_CHANGES_MAX:
        raise SetAside("TOO_LARGE", f"a transaction of more than {TRANSACTION_CHANGES_MAX} changes")
    return found


def _clamp(transactions: list[Transaction], now_ms: int, ceiling: int) -> int | None:
    """Lowers stamps from a clock that runs ahead to now, in their order; answers the last one handed out."""
    if all(ms_of(transaction.hlc) <= now_ms + DRIFT_MS_MAX for transaction in transactions):
        return None
    handed = max(at_ms(now_ms), ceiling)
    for transaction in transactions:
        if ms_of(transaction.hlc) > now_ms + DRIFT_MS_MAX:
            handed += 1
            transaction.hlc, transaction.differs = handed, True
    return handed


def _apply_all(
    connection: Connection,
    schema: Schema,
    sender: Sender,
    batch: Batch,
    transactions: list[Transaction],
    known: bool,
    now_ms: int,
) -> list[Trouble]:
    try:
        with connection.transaction():
            applied = transactions
            Application(connection, schema, sender, known, now_ms).run(transactions)
        troubles: list[Trouble] = []
    except (SetAside, *UNACCEPTABLE):
        applied, troubles = _apply_singly(connection, schema, sender, batch, transactions, known, now_ms)
    _write_feed(connection, sender, batch.incarnation, applied)
    return troubles


def _apply_singly(
    connection: Connection,
    schema: Schema,
    sender: Sender,
    batch: Batch,
    transactions: list[Transaction],
    known: bool,
    now_ms: int,
) -> tuple[list[Transaction], list[Trouble]]:
    applied: list[Transaction] = []
    troubles: list[Trouble] = []
    for transaction in transactions:
        transaction.entries.clear()
        try:
            with connection.transaction():
                Application(connection, schema, sender, known, now_ms).run([transaction])
            applied.append(transaction)
        except SetAside as error:
            troubles.append(_quarantine(connection, sender, batch, transaction, error.code, str(error)))
        except psycopg.errors.ForeignKeyViolation as error:
            troubles.append(_quarantine(connection, sender, batch, transaction, "PARENT_MISSING", _first_line(error)))
        except UNACCEPTABLE as error:
            troubles.append(_quarantine(connection, sender, batch, transaction, "UNACCEPTABLE", _first_line(error)))
    return applied, troubles


def _first_line(error: psycopg.Error) -> str:
    return str(error).split("\n", 1)[0][:500]


def _quarantine(
    connection: Connection, sender: Sender, batch: Batch, transaction: Transaction, code: str, reason: str
) -> Trouble:
    connection.execute(
        "INSERT INTO sync_quarantine (org_id, id, property_id, node_id, incarnation, first, last, code, reason, body,"
        " at, state) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now(), 'waiting')",
        (
            sender.org_id,
            str(uuid4()),
            sender.property_id,
            sender.node_id,
            batch.incarnation,
            transaction.first,
            transaction.last,
            code,
            reason,
            msgspec.json.encode(transaction.changes).decode(),
        ),
    )
    return Trouble(transaction.first, transaction.last, code, reason)


def _write_feed(connection: Connection, sender: Sender, incarnation: int, transactions: Sequence[Transaction]) -> None:
    """One entry a transaction and scope; positions are drawn last, scopes in order so that none waits in a ring."""
    by_scope: dict[str, list[tuple[Transaction, list[EntryChange]]]] = {}
    for transaction in transactions:
        for scope, changes in transaction.entries.items():
            by_scope.setdefault(scope, []).append((transaction, changes))
    for scope in sorted(by_scope):
        entries = by_scope[scope]
        row = connection.execute(
            "INSERT INTO sync_scopes (org_id, scope, head) VALUES (%s, %s, %s)"
            " ON CONFLICT (org_id, scope) DO UPDATE SET head = sync_scopes.head + excluded.head RETURNING head",
            (sender.org_id, scope, len(entries)),
        ).fetchone()
        assert row is not None
        first = row["head"] - len(entries) + 1
        # one JSON document: a driver's array of texts was most of the hub's work, escaping each of them
        told = [{"hlc": t.hlc, "differs": t.differs, "body": changes} for t, changes in entries]
        connection.execute(
            "INSERT INTO sync_feed (org_id, scope, pos, node, incarnation, hlc, differs, body)"
            " SELECT %s, %s, %s + row_number() OVER () - 1, %s, %s, hlc, differs, body::text"
            " FROM json_to_recordset(%s::json) AS e(hlc bigint, differs boolean, body json)",
            (sender.org_id, scope, first, sender.number, incarnation, msgspec.json.encode(told).decode()),
        )
        # its author needs no waking for what it wrote itself, unless the hub changed something
        author = 0 if any(t.differs for t, _ in entries) else sender.number
        connection.execute("SELECT pg_notify(%s, %s)", (NEWS_CHANNEL, f"{scope} {author}"))


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
            # who had not seen the other's edit is told which stands, also when it is the own
            if final != sent or not known:
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
