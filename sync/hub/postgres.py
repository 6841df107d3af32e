"""The hub's store on PostgreSQL. Rows go in by table straight from their JSON, and come out of nobody else's tenant."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import psycopg

from sync.allowance import LEDGER, UNANSWERED, Ledger, ledgers
from sync.hub.capture import NEWS_CHANNEL, pg_type, wire_form
from sync.hub.postgres_dealings import DealingsInPostgres, concerns
from sync.hub.postgres_kept import KeptInPostgres
from sync.hub.postgres_nodes import NodesInPostgres
from sync.hub.postgres_rows import PostgresRows
from sync.hub.store import Aside, FeedRow, Member, ScopeState, Sender, SetAside, StoredEntry
from sync.schema import TableSpec
from sync.wire import RowImage, Trouble

Connection = psycopg.Connection[dict[str, Any]]
# what PostgreSQL says of values that can't stand in a row; anything else is ours or passes, and is tried again
UNACCEPTABLE = (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.DatatypeMismatch)
MANY_CHANGES = 100
_ASIDE = (
    "SELECT id, incarnation, hlc, first, last, body, coalesce(gone_on, '') AS gone_on FROM sync_quarantine"
    " WHERE org_id = %s AND node_id = %s AND state = 'waiting'"
)


class PostgresStore(NodesInPostgres, DealingsInPostgres, KeptInPostgres, PostgresRows):
    """One sender's store inside a transaction that the caller began under the sender's tenant, and commits."""

    def __init__(self, connection: Connection, sender: Sender, secret: bytes = b"") -> None:
        super().__init__(connection, sender)
        self._secret = secret
        self._me = (sender.org_id, sender.node_id)

    # --- rows

    def begin_applying(self, changes: int = 0) -> None:
        """See HubStore."""
        if changes >= MANY_CHANGES:
            # plans are kept as a table grows; one made while it was nearly empty may look parents up by an index that only
            # begins like their key, through all rows of a group (a backlog took six times as long)
            self._connection.execute("DISCARD PLANS")
        # looking up a line's order was planned anew for each line, which took longer than everything else
        self._connection.execute(
            "SELECT set_config('sync.applying', '1', true), set_config('plan_cache_mode', 'force_generic_plan', true)"
        )

    def end_applying(self) -> None:
        """What is written from here on is captured again; for a caller whose transaction goes on."""
        self._connection.execute("SELECT set_config('sync.applying', '', true)")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """See HubStore."""
        try:
            with self._connection.transaction():
                yield
        except psycopg.errors.ForeignKeyViolation as error:
            raise SetAside("PARENT_MISSING", _first_line(error)) from error
        except UNACCEPTABLE as error:
            raise SetAside("UNACCEPTABLE", _first_line(error)) from error

    def insert(self, table: TableSpec, rows: Sequence[bytes]) -> int:
        """See HubStore."""
        columns = [f'"{name}"' for name in table.fields]
        return self._connection.execute(
            f'INSERT INTO "{table.name}" (org_id, {", ".join(columns)}, _hlc, _node, _x)'
            f" SELECT %(org)s, {', '.join('r.' + c for c in columns)}, r._hlc, %(node)s, r._x"
            f" FROM {_source(table)} WHERE {_owned(table)} ON CONFLICT (org_id, id) DO NOTHING",
            self._given(rows),
        ).rowcount

    def foreign_row(self, table: TableSpec, rows: Sequence[bytes]) -> str | None:
        """See HubStore."""
        return self._id(f"SELECT r.id FROM {_source(table)} WHERE NOT ({_owned(table)}) LIMIT 1", rows)

    def other_content(self, table: TableSpec, rows: Sequence[bytes]) -> str | None:
        """See HubStore."""
        there, sent = (", ".join(f'{side}."{name}"' for name in table.fields) for side in "tr")
        return self._id(
            f'SELECT t.id FROM {_source(table)} JOIN "{table.name}" AS t ON t.org_id = %(org)s AND t.id = r.id'
            f" WHERE ({there}) IS DISTINCT FROM ({sent}) LIMIT 1",
            rows,
        )

    def untouched(self, table: TableSpec, ids: Sequence[str], stamps: Sequence[int]) -> set[str]:
        """See HubStore."""
        rows = self._connection.execute(
            f'SELECT id FROM "{table.name}" WHERE org_id = %s AND id = ANY(%s::uuid[])'
            " AND _node = %s AND _hlc = ANY(%s) AND _fv IS NULL",
            (self.sender.org_id, list(ids), self.sender.number, list(stamps)),
        )
        return {row["id"] for row in rows}

    def records(self, table: TableSpec, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """See HubStore."""
        columns = ", ".join(f'"{name}"' for name in table.fields)
        # their keys are never edited, so who refers to them need not wait, nor wait in a ring
        rows = self._connection.execute(
            f'SELECT {columns}, _deleted, _hlc, _node, _fv, _x FROM "{table.name}"'
            " WHERE org_id = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
            (self.sender.org_id, list(ids)),
        )
        return {row["id"]: row for row in rows}

    def edit(self, table: TableSpec, id: str, values: Mapping[str, Any]) -> None:
        """See HubStore."""
        changes = ", ".join(f'"{name}" = %s' for name in values)
        self._connection.execute(
            f'UPDATE "{table.name}" SET {changes} WHERE org_id = %s AND id = %s',
            (*values.values(), self.sender.org_id, id),
        )

    def sharing(self, table: TableSpec, fields: Sequence[str], ids: Sequence[str]) -> list[dict[str, Any]]:
        """See HubStore."""
        names = ", ".join(f'"{name}"' for name in dict.fromkeys(["property_id", *fields]))
        same = " AND ".join(f't."{name}" = w."{name}"' for name in fields)
        row = (
            f'SELECT t.* FROM wanted AS w JOIN "{table.name}" AS t ON t.org_id = %(org)s AND NOT t._deleted AND {same}'
        )
        if "property_id" in fields:  # two questions that an index answers; none does IS NOT DISTINCT FROM
            one_property = 't."property_id" = w."property_id"'
            row += f" UNION {row.replace(one_property, 't.property_id IS NULL AND w.property_id IS NULL')}"
        return self._connection.execute(
            f'WITH wanted AS (SELECT DISTINCT {names} FROM "{table.name}"'
            " WHERE org_id = %(org)s AND id = ANY(%(ids)s::uuid[]) AND NOT _deleted)"
            f" SELECT id, {names}, _hlc, _node, _fv FROM ({row}) AS found",
            {"org": self.sender.org_id, "ids": list(ids)},
        ).fetchall()

    def log_conflict(self, fact: Mapping[str, Any], hlc: int) -> bool:
        """See HubStore."""
        added = self._connection.execute(
            f"INSERT INTO sync_conflicts (org_id, {', '.join(fact)}, _hlc, _node)"
            f" VALUES (%s, {', '.join(['%s'] * len(fact))}, %s, %s) ON CONFLICT DO NOTHING",
            (self.sender.org_id, *fact.values(), hlc, self.sender.number),
        )
        return added.rowcount == 1

    def log_fact(self, table: str, fact: Mapping[str, Any], hlc: int) -> bool:
        """See HubStore."""
        names = ", ".join(f'"{name}"' for name in fact)
        added = self._connection.execute(
            f'INSERT INTO "{table}" (org_id, {names}, _hlc, _node)'
            f" VALUES (%s, {', '.join(['%s'] * len(fact))}, %s, 0) ON CONFLICT DO NOTHING",
            (self.sender.org_id, *fact.values(), hlc),
        )
        return added.rowcount == 1

    def ledgers(self, ids: Sequence[str]) -> dict[str, Ledger]:
        """See HubStore."""
        question = LEDGER.format(org="%(org)s", among="= ANY(%(ids)s::uuid[])")
        return ledgers(self._connection.execute(question, {"org": self.sender.org_id, "ids": list(ids)}))

    def unanswered(self) -> list[dict[str, Any]]:
        """See HubStore."""
        question = UNANSWERED.format(org="%(org)s", node="%(node)s")
        return self._connection.execute(question, {"org": self.sender.org_id, "node": self.sender.number}).fetchall()

    def awaits_others(self) -> bool:
        """See HubStore."""
        found = self._connection.execute(
            "SELECT 1 FROM sync_nodes AS n JOIN sync_scopes AS s ON s.org_id = n.org_id AND s.scope = n.org_id"
            " WHERE n.org_id = %s AND n.id <> %s AND n.status = 'active' AND n.settled < s.epoch LIMIT 1",
            self._me,
        )
        return found.fetchone() is not None

    # --- what is set aside

    def quarantine(self, aside: Aside, trouble: Trouble) -> None:
        """See HubStore."""
        one = self.sender
        self._connection.execute(
            "INSERT INTO sync_quarantine (org_id, id, property_id, node_id, incarnation, first, last, code, reason,"
            " body, hlc, at, state) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now(), 'waiting')"
            " ON CONFLICT DO NOTHING",
            (
                *(one.org_id, aside.id, one.property_id, one.node_id, aside.incarnation, aside.first, aside.last),
                *(trouble.code, trouble.reason, aside.body, aside.hlc),
            ),
        )

    def aside(self, id: str) -> Aside | None:
        """See HubStore."""
        row = self._connection.execute(f"{_ASIDE} AND id = %s FOR UPDATE", (*self._me, id)).fetchone()
        return None if row is None else Aside(**row)

    def asides(self, codes: Collection[str], limit: int, chars_max: int) -> list[Aside]:
        """See HubStore."""
        rows = self._connection.execute(
            f"{_ASIDE} AND code = ANY(%s) AND length(body) <= %s ORDER BY tries, incarnation, first LIMIT %s FOR UPDATE",
            (*self._me, list(codes), chars_max, limit),
        )
        return [Aside(**row) for row in rows]

    def asides_naming(self, row_id: str) -> list[Aside]:
        """See HubStore."""
        rows = self._connection.execute(f"{_ASIDE} AND position(%s IN body) > 0 FOR UPDATE", (*self._me, row_id))
        return [Aside(**row) for row in rows]

    def note_gone_on(self, id: str, gone_on: str) -> None:
        """See HubStore."""
        self._connection.execute(
            "UPDATE sync_quarantine SET gone_on = %s WHERE org_id = %s AND id = %s", (gone_on, self.sender.org_id, id)
        )

    def tried(self, id: str, trouble: Trouble | None) -> None:
        """See HubStore."""
        if trouble is None:
            change, values = "state = 'applied'", ()
        else:
            change, values = "code = %s, reason = %s", (trouble.code, trouble.reason)  # type: ignore[assignment]
        self._connection.execute(
            f"UPDATE sync_quarantine SET {change}, tries = tries + 1 WHERE org_id = %s AND id = %s",
            (*values, self.sender.org_id, id),
        )

    # --- the feeds

    def append(self, scope: str, incarnation: int, rows: Iterable[FeedRow], author: int | None = None) -> None:
        """See HubStore."""
        self._append(scope, self.sender.number if author is None else author, incarnation, list(rows))

    def append_own(self, scope: str, rows: Iterable[FeedRow]) -> None:
        """See HubStore."""
        self._append(scope, 0, 0, list(rows))

    def _append(self, scope: str, node: int, incarnation: int, rows: list[FeedRow]) -> None:
        found = self._connection.execute(
            "INSERT INTO sync_scopes (org_id, scope, head) VALUES (%s, %s, %s)"
            " ON CONFLICT (org_id, scope) DO UPDATE SET head = sync_scopes.head + excluded.head RETURNING head",
            (self.sender.org_id, scope, len(rows)),
        ).fetchone()
        assert found is not None
        first = found["head"] - len(rows) + 1
        # arrays in binary form: as text the driver would escape each, as one JSON document PostgreSQL would parse all
        self._connection.execute(
            "INSERT INTO sync_feed (org_id, scope, pos, node, incarnation, hlc, differs, body)"
            " SELECT %s, %s, %s + place - 1, %s, %s, hlc, differs, body"
            " FROM unnest(%b::bigint[], %b::boolean[], %b::bytea[]) WITH ORDINALITY AS e(hlc, differs, body, place)",
            (
                *(self.sender.org_id, scope, first, node, incarnation),
                *([row.hlc for row in rows], [row.differs for row in rows], [row.body for row in rows]),
            ),
        )

    def tell(self, scope: str, author: int) -> None:
        """See HubStore."""
        self._connection.execute("SELECT pg_notify(%s, %s)", (NEWS_CHANNEL, f"{scope} {author}"))

    def scope(self, scope: str) -> ScopeState | None:
        """See HubStore."""
        row = self._connection.execute(
            "SELECT head, epoch, kept_from FROM sync_scopes WHERE org_id = %s AND scope = %s",
            (self.sender.org_id, scope),
        ).fetchone()
        return None if row is None else ScopeState(row["head"], row["epoch"], row["kept_from"])

    def stamp_at(self, scope: str, position: int) -> int | None:
        """See HubStore."""
        row = self._connection.execute(
            "SELECT hlc FROM sync_feed WHERE org_id = %s AND scope = %s AND pos = %s",
            (self.sender.org_id, scope, position),
        ).fetchone()
        return None if row is None else row["hlc"]

    def begin_epoch(self, scopes: Sequence[str], at_least: int) -> None:
        """See HubStore."""
        org = self.sender.org_id
        for scope in scopes:
            self._connection.execute(
                "INSERT INTO sync_scopes (org_id, scope, head) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING", (org, scope)
            )
        found = self._connection.execute(
            "SELECT epoch FROM sync_scopes WHERE org_id = %s ORDER BY scope FOR UPDATE", (org,)
        ).fetchall()
        epoch = max(at_least, *(row["epoch"] + 1 for row in found))
        self._connection.execute(
            "UPDATE sync_scopes SET epoch = %s, put_back_at = now() WHERE org_id = %s", (epoch, org)
        )
        self.tell(org, 0)

    def entries(self, scope: str, after: int, upto: int, incarnation: int, limit: int) -> list[StoredEntry]:
        """See HubStore."""
        rows = self._connection.execute(
            "SELECT pos, node, hlc, body FROM sync_feed WHERE org_id = %s AND scope = %s AND pos > %s AND pos <= %s"
            " AND (node <> %s OR incarnation <> %s OR differs) ORDER BY pos LIMIT %s",
            (self.sender.org_id, scope, after, upto, self.sender.number, incarnation, limit),
        )
        return [StoredEntry(row["pos"], row["node"], row["hlc"], row["body"]) for row in rows]

    def note_cursors(self, positions: Mapping[str, int]) -> None:
        """See HubStore."""
        # a cursor that stands still is not written: nodes ask far more often than they get anything
        self._connection.execute(
            "INSERT INTO sync_node_cursors AS c (org_id, node_id, scope, position)"
            " SELECT %s, %s, scope, position FROM unnest(%s::uuid[], %s::bigint[]) AS told(scope, position)"
            " WHERE NOT EXISTS (SELECT 1 FROM sync_node_cursors AS k WHERE k.org_id = %s AND k.node_id = %s"
            " AND k.scope = told.scope AND k.position = told.position)"
            " ON CONFLICT (org_id, node_id, scope) DO UPDATE SET position = excluded.position",
            (*self._me, list(positions), list(positions.values()), *self._me),
        )

    # --- rows as they stand

    def families(self, scope: str, members: Sequence[Member], after: str, limit: int) -> list[tuple[str, RowImage]]:
        """See HubStore."""
        # one statement, so that all is read in one look: nobody is shown an order without what was paid on it
        parts = [_head_part(members[0], scope == self.sender.org_id, bool(after)), *map(_member_part, members[1:])]
        whole = " UNION ALL ".join(_images_part(member) for member in members)
        rows = self._connection.execute(
            f"WITH {', '.join(parts)} {whole}",
            {"org": self.sender.org_id, "scope": scope, "after": after, "limit": limit},
        )
        return [(row["_head"], _image(row)) for row in rows]

    # --- of several statements

    def _given(self, rows: Sequence[bytes]) -> dict[str, Any]:
        one = self.sender
        document = (b"[" + b",".join(rows) + b"]").decode()
        return {"org": one.org_id, "node": one.number, "property": one.property_id, "rows": document}

    def _id(self, question: str, rows: Sequence[bytes]) -> str | None:
        found = self._connection.execute(question, self._given(rows)).fetchone()
        return None if found is None else str(found["id"])


def _head_part(member: Member, of_group: bool, goes_on: bool) -> str:
    place = concerns(member.table, of_group=of_group)
    below = " AND t.id < %(after)s" if goes_on else ""
    return (
        f'f_{member.table.name} AS MATERIALIZED (SELECT t.*, t.id AS _head FROM "{member.table.name}" AS t'
        f" WHERE t.org_id = %(org)s AND {place}{below} ORDER BY t.id DESC LIMIT %(limit)s)"
    )


def _member_part(member: Member) -> str:
    return (
        f"f_{member.table.name} AS MATERIALIZED (SELECT t.*, u._head FROM f_{member.parent} AS u"
        f' JOIN "{member.table.name}" AS t ON t.org_id = %(org)s AND t."{member.field}" = u.id)'
    )


def _images_part(member: Member) -> str:
    fields = ", ".join(f"'{name}', " + wire_form(f'"{name}"', spec.type) for name, spec in member.table.fields.items())
    return (
        f"SELECT _head, '{member.table.name}' AS t, id, _hlc, _node, _fv, _deleted, _x,"
        f" json_build_object({fields})::text AS f FROM f_{member.table.name}"
    )


def _image(row: Mapping[str, Any]) -> RowImage:
    stamps = msgspec.json.decode(row["_fv"]) if row["_fv"] else None
    extra = msgspec.json.decode(row["_x"]) if row["_x"] else None
    fields = msgspec.Raw(row["f"].encode())
    return RowImage(row["t"], row["id"], row["_hlc"], row["_node"], fields, stamps, row["_deleted"], extra)


def _source(table: TableSpec) -> str:
    typed = ", ".join(f'"{name}" {pg_type(spec.type)}' for name, spec in table.fields.items())
    rows = f"json_to_recordset(%(rows)s::json) AS {{}}({typed}, _hlc bigint, _x text)"
    if not any(spec.otherwise for spec in table.fields.values()):
        return rows.format("r")
    shown = (
        f'coalesce(s."{name}", \'{spec.otherwise}\') AS "{name}"' if spec.otherwise else f's."{name}"'
        for name, spec in table.fields.items()
    )
    return f"(SELECT {', '.join(shown)}, s._hlc, s._x FROM {rows.format('s')}) AS r"


def _owned(table: TableSpec) -> str:
    if table.writer == "property":
        return "r.property_id IS NOT DISTINCT FROM %(property)s"  # what names none is nobody's, and is told so
    return "coalesce(r.property_id, %(property)s) = %(property)s"


def _first_line(error: psycopg.Error) -> str:
    return str(error).split("\n", 1)[0][:500]
