"""The hub's store on SQLite: the same port as PostgreSQL's, a thousand times as quick to set up."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from sync.allowance import LEDGER, UNANSWERED, Ledger, ledgers
from sync.hub.capture import dealings_from
from sync.hub.postgres_dealings import concerns
from sync.hub.store import Aside, Deleted, FeedRow, Member, NodeState, Said, ScopeState, Sender, SetAside, StoredEntry
from sync.schema import TableSpec
from sync.wire import Change, RowImage, Told, Trouble
from tests.simulation.hub_rows import SqliteRows, value_of

_STATE = "acked, stamp, incarnation, ceiling, active, born, mark, settled, visits, visit, wrote, heard_ms"
_ASIDE = (
    "SELECT id, incarnation, hlc, first, last, body, gone_on FROM sync_quarantine"
    " WHERE number = ? AND state = 'waiting'"
)


class SqliteStore(SqliteRows):
    """One sender's store on a connection inside a transaction of the caller's."""

    def __init__(self, connection: sqlite3.Connection, sender: Sender, now_ms: int) -> None:
        super().__init__(connection, sender)
        self._now_ms = now_ms

    # --- the node

    def lock_node(self) -> NodeState:
        row = self._run(f"SELECT {_STATE} FROM sync_nodes WHERE number = ?", self.sender.number).fetchone()
        return NodeState(**{**dict(row), "active": bool(row["active"])})

    def see_node(self) -> NodeState | None:
        self._run("UPDATE sync_nodes SET seen = ? WHERE number = ?", self._now_ms, self.sender.number)
        return self.lock_node()

    def note_push(self, said: Said, acked: int, last: Change | None, waiting: int, ceiling: int | None) -> None:
        self._run(
            "UPDATE sync_nodes SET acked = ?, stamp = coalesce(?, stamp), mark = coalesce(?, mark),"
            " ceiling = coalesce(?, ceiling), seen = ? WHERE number = ?",
            *(acked, last and last.h, last and last.mark, ceiling, self._now_ms, self.sender.number),
        )

    def note_told(self, told: Told, offset_ms: int, protocol: int) -> None:
        pass

    def note_hello(self, said: Said, visit: int) -> None:
        self._run("UPDATE sync_nodes SET visits = ? WHERE number = ?", visit, self.sender.number)

    def note_visit(self, visit: int, wrote: int, now_ms: int) -> None:
        self._run(
            "UPDATE sync_nodes SET visit = ?, wrote = ?, heard_ms = ? WHERE number = ?",
            *(visit, wrote, now_ms, self.sender.number),
        )

    def begin_life(self, incarnation: int, acked: int, born: int, version: str) -> None:
        number = self.sender.number
        self._run(
            "UPDATE sync_nodes SET incarnation = ?, acked = ?, stamp = 0, mark = '', ceiling = 0, born = ?, visit = 0, wrote = 0"
            " WHERE number = ?",
            *(incarnation, acked, born, number),
        )
        self._run("DELETE FROM sync_stage WHERE number = ? AND last > ?", number, acked)
        self._run("UPDATE sync_stage SET incarnation = ? WHERE number = ?", incarnation, number)

    def stage(self, incarnation: int, last: int, body: str) -> int:
        self._run("INSERT INTO sync_stage VALUES (?, ?, ?, ?)", self.sender.number, incarnation, last, body)
        return self._number("SELECT sum(length(body)) FROM sync_stage WHERE number = ?", self.sender.number)

    def unstage(self, incarnation: int) -> list[str]:
        which = "WHERE number = ? AND incarnation = ?"
        found = self._run(
            f"SELECT body FROM sync_stage {which} ORDER BY last", self.sender.number, incarnation
        ).fetchall()
        self._run(f"DELETE FROM sync_stage {which}", self.sender.number, incarnation)
        return [row[0] for row in found]

    # --- rows

    def begin_applying(self, changes: int = 0) -> None:
        pass

    @contextmanager
    def attempt(self) -> Iterator[None]:
        self._run("SAVEPOINT attempt")
        try:
            yield
            self._run("RELEASE attempt")
        except BaseException as error:
            self._run("ROLLBACK TO attempt")
            self._run("RELEASE attempt")
            if isinstance(error, sqlite3.IntegrityError):
                code = "PARENT_MISSING" if "FOREIGN KEY" in str(error) else "UNACCEPTABLE"
                raise SetAside(code, str(error)) from error
            raise

    def insert(self, table: TableSpec, rows: Sequence[bytes]) -> int:
        columns = [*table.fields, "_hlc", "_x"]
        values = ", ".join(f"json_extract(r.value, '$.{name}')" for name in columns)
        return self._run(
            f"INSERT INTO {table.name} (org_id, _node, {', '.join(columns)}) SELECT ?, ?, {values} FROM json_each(?) AS r"
            f" WHERE {_owned(table)} ON CONFLICT DO NOTHING",
            *(self.sender.org_id, self.sender.number, _document(rows), self.sender.property_id),
        ).rowcount

    def foreign_row(self, table: TableSpec, rows: Sequence[bytes]) -> str | None:
        found = self._run(
            f"SELECT json_extract(r.value, '$.id') FROM json_each(?) AS r WHERE NOT {_owned(table)}",
            *(_document(rows), self.sender.property_id),
        ).fetchone()
        return None if found is None else str(found[0])

    def other_content(self, table: TableSpec, rows: Sequence[bytes]) -> str | None:
        differs = " OR ".join(f"t.{name} IS NOT json_extract(r.value, '$.{name}')" for name in table.fields)
        found = self._run(
            f"SELECT t.id FROM json_each(?) AS r JOIN {table.name} AS t ON t.id = json_extract(r.value, '$.id')"
            f" WHERE {differs}",
            _document(rows),
        ).fetchone()
        return None if found is None else str(found[0])

    def untouched(self, table: TableSpec, ids: Sequence[str], stamps: Sequence[int]) -> set[str]:
        wanted = set(stamps)
        found = self.every_row(table, ids)
        return {
            id
            for id, row in found.items()
            if row["_node"] == self.sender.number and row["_hlc"] in wanted and row["_fv"] is None
        }

    def records(self, table: TableSpec, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        return self.every_row(table, ids)

    def edit(self, table: TableSpec, id: str, values: Mapping[str, Any]) -> None:
        self._run(f"UPDATE {table.name} SET {', '.join(f'{n} = ?' for n in values)} WHERE id = ?", *values.values(), id)

    def dealt(self, table: TableSpec, ids: Sequence[str]) -> dict[str, set[str]]:
        assert table.interest is not None
        column = table.interest.column
        return self._places(
            f"SELECT DISTINCT d.{column}, d.property_id FROM {dealings_from(table.interest)}"
            f" AND d.{column} IN (SELECT value FROM json_each(?))",
            _ids(ids),
        )

    def told(self, table: str, ids: Sequence[str]) -> dict[str, set[str]]:
        return self._places(
            "SELECT row_id, property_id FROM sync_interests WHERE tbl = ? AND ended IS NULL"
            " AND row_id IN (SELECT value FROM json_each(?))",
            *(table, _ids(ids)),
        )

    def _places(self, question: str, *parameters: Any) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for id, place in self._run(question, *parameters):
            found.setdefault(id, set()).add(place)
        return found

    def told_until(self, table: str, id: str) -> int:
        found = self._run(
            "SELECT ended FROM sync_interests WHERE tbl = ? AND row_id = ? AND property_id = ?",
            *(table, id, self.sender.property_id),
        ).fetchone()
        return (found and found[0]) or 0

    def told_again(self, table: str, ids: Sequence[str]) -> set[str]:
        found = self._run(
            "SELECT row_id FROM sync_interests WHERE tbl = ? AND again AND ended IS NULL AND property_id = ?"
            " AND row_id IN (SELECT value FROM json_each(?))",
            *(table, self.sender.property_id, _ids(ids)),
        )
        return {row[0] for row in found}

    def begin_telling(self, table: str, id: str, property_id: str) -> None:
        self._run(
            "INSERT INTO sync_interests VALUES (?, ?, ?, NULL, 0) ON CONFLICT DO UPDATE SET ended = NULL, again = 1",
            *(table, id, property_id),
        )

    def end_telling(self, table: str, id: str, property_id: str, hlc: int) -> None:
        self._run(
            "INSERT INTO sync_interests VALUES (?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET ended = excluded.ended",
            *(table, id, property_id, hlc),
        )

    def sharing(self, table: TableSpec, fields: Sequence[str], ids: Sequence[str]) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for row in self.every_row(table, ids).values():
            same = " AND ".join(f"{name} IS ?" if name == "property_id" else f"{name} = ?" for name in fields)
            sql = f"SELECT * FROM {table.name} WHERE NOT _deleted AND {same}"
            if not row["_deleted"]:
                found |= {other["id"]: dict(other) for other in self._run(sql, *(row[name] for name in fields))}
        return list(found.values())

    def log_conflict(self, fact: Mapping[str, Any], hlc: int) -> bool:
        names = ["org_id", *fact, "_hlc", "_node"]
        values = [self.sender.org_id, *fact.values(), hlc, self.sender.number]
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO sync_conflicts ({', '.join(names)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        return self._run(sql, *values).rowcount == 1

    def log_fact(self, table: str, fact: Mapping[str, Any], hlc: int) -> bool:
        names = ["org_id", *fact, "_hlc", "_node"]
        values = [self.sender.org_id, *fact.values(), hlc, 0]
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        return self._run(sql, *values).rowcount == 1

    def ledgers(self, ids: Sequence[str]) -> dict[str, Ledger]:
        question = LEDGER.format(org="?", among="IN (SELECT value FROM json_each(?))")
        return ledgers(self._run(question, self.sender.org_id, _ids(ids)))

    def unanswered(self) -> list[dict[str, Any]]:
        question = UNANSWERED.format(org=":org", node=":node")
        rows = self._connection.execute(question, {"org": self.sender.org_id, "node": self.sender.number})
        return [dict(row) for row in rows]

    def awaits_others(self) -> bool:
        sql = "SELECT 1 FROM sync_nodes WHERE active AND number <> ? AND settled < (SELECT max(epoch) FROM sync_scopes)"
        return self._run(sql, self.sender.number).fetchone() is not None

    # --- what is set aside

    def quarantine(self, aside: Aside, trouble: Trouble) -> None:
        self._run(
            "INSERT INTO sync_quarantine (id, number, incarnation, hlc, first, last, code, reason, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            *(aside.id, self.sender.number, aside.incarnation, aside.hlc, aside.first, aside.last),
            *(trouble.code, trouble.reason, aside.body),
        )

    def aside(self, id: str) -> Aside | None:
        row = self._run(f"{_ASIDE} AND id = ?", self.sender.number, id).fetchone()
        return None if row is None else Aside(*row)

    def asides(self, codes: Collection[str], limit: int, chars_max: int) -> list[Aside]:
        marks = ", ".join("?" * len(codes))
        found = self._run(
            f"{_ASIDE} AND code IN ({marks}) AND length(body) <= ? ORDER BY tries, incarnation, first LIMIT ?",
            *(self.sender.number, *codes, chars_max, limit),
        )
        return [Aside(*row) for row in found]

    def asides_naming(self, row_id: str) -> list[Aside]:
        found = self._run(f"{_ASIDE} AND instr(body, ?) ORDER BY id", self.sender.number, row_id)
        return [Aside(*row) for row in found]

    def note_gone_on(self, id: str, gone_on: str) -> None:
        self._run("UPDATE sync_quarantine SET gone_on = ? WHERE id = ?", gone_on, id)

    def tried(self, id: str, trouble: Trouble | None) -> None:
        if trouble is None:
            self._run("UPDATE sync_quarantine SET state = 'applied', tries = tries + 1 WHERE id = ?", id)
        else:
            change = "code = ?, reason = ?, tries = tries + 1"
            self._run(f"UPDATE sync_quarantine SET {change} WHERE id = ?", trouble.code, trouble.reason, id)

    # --- the feeds

    def append(self, scope: str, incarnation: int, rows: Iterable[FeedRow], author: int | None = None) -> None:
        self._append(scope, self.sender.number if author is None else author, incarnation, rows)

    def append_own(self, scope: str, rows: Iterable[FeedRow]) -> None:
        self._append(scope, 0, 0, rows)

    def _append(self, scope: str, node: int, incarnation: int, rows: Iterable[FeedRow]) -> None:
        for row in rows:
            place = self._run(
                "INSERT INTO sync_scopes (scope, head) VALUES (?, 1)"
                " ON CONFLICT DO UPDATE SET head = head + 1 RETURNING head",
                scope,
            ).fetchone()[0]
            self._run(
                "INSERT INTO sync_feed VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                *(scope, place, node, incarnation, row.hlc, row.differs, row.body, self._now_ms),
            )

    def tell(self, scope: str, author: int) -> None:
        pass

    def scope(self, scope: str) -> ScopeState | None:
        found = self._run("SELECT head, epoch, kept_from FROM sync_scopes WHERE scope = ?", scope).fetchone()
        return None if found is None else ScopeState(*found)

    def entries(self, scope: str, after: int, upto: int, incarnation: int, limit: int) -> list[StoredEntry]:
        found = self._run(
            "SELECT pos, node, hlc, body FROM sync_feed WHERE scope = ? AND pos > ? AND pos <= ?"
            " AND (node <> ? OR incarnation <> ? OR differs) ORDER BY pos LIMIT ?",
            *(scope, after, upto, self.sender.number, incarnation, limit),
        )
        return [StoredEntry(*row) for row in found]

    def note_cursors(self, positions: Mapping[str, int]) -> None:
        for scope, position in positions.items():
            self._run(
                "INSERT INTO sync_node_cursors VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET position = excluded.position",
                *(self.sender.number, scope, position),
            )

    # --- what is kept, and how long

    def scopes(self) -> list[str]:
        return [row[0] for row in self._run("SELECT scope FROM sync_scopes ORDER BY scope")]

    def last_before(self, scope: str, ms: int) -> int:
        return self._number(
            "SELECT coalesce(max(pos), 0) FROM sync_feed WHERE scope = ? AND pos < ifnull("
            "(SELECT min(pos) FROM sync_feed WHERE scope = ? AND at >= ?), pos + 1)",
            *(scope, scope, ms),
        )

    def lowest_cursor(self, scope: str, seen_since_ms: int) -> int | None:
        found: int | None = self._run(
            "SELECT min(ifnull(c.position, 0)) FROM sync_scopes AS s JOIN sync_nodes AS n"
            " LEFT JOIN sync_node_cursors AS c ON c.number = n.number AND c.scope = s.scope"
            " WHERE s.scope = ? AND n.active AND n.seen >= ? AND (n.property_id = s.scope OR s.scope = ?)"
            " AND ifnull(c.position, 0) >= s.kept_from - 1",
            *(scope, seen_since_ms, self.sender.org_id),
        ).fetchone()[0]
        return found

    def drop_entries(self, scope: str, upto: int, limit: int) -> int:
        first = self._number("SELECT kept_from FROM sync_scopes WHERE scope = ?", scope)
        last = min(upto, first - 1 + limit)
        gone = self._run("DELETE FROM sync_feed WHERE scope = ? AND pos <= ?", scope, last).rowcount
        if gone:
            self._run("UPDATE sync_scopes SET kept_from = ? WHERE scope = ?", last + 1, scope)
        return gone

    def note_deleted(self, table: TableSpec, now_ms: int, limit: int) -> int:
        noted = self._run(
            f"INSERT INTO sync_tombstones SELECT ?, id, ?, 0, NULL FROM {table.name} WHERE _deleted AND id NOT IN"
            " (SELECT row_id FROM sync_tombstones WHERE tbl = ?) LIMIT ?",
            *(table.name, now_ms, table.name, limit),
        ).rowcount
        return (
            noted
            + self._run(
                "DELETE FROM sync_tombstones WHERE tbl = ? AND removed_ms IS NULL"
                f" AND row_id IN (SELECT id FROM {table.name} WHERE NOT _deleted)",
                table.name,
            ).rowcount
        )

    def long_deleted(self, before_ms: int, tried_before_ms: int, limit: int) -> list[Deleted]:
        found = self._run(
            "SELECT tbl, row_id, noted_ms FROM sync_tombstones WHERE removed_ms IS NULL AND noted_ms < ? AND tried_ms < ?"
            " ORDER BY noted_ms, row_id LIMIT ?",
            *(before_ms, tried_before_ms, limit),
        ).fetchall()
        for tbl, id, _ in found:
            self._run("UPDATE sync_tombstones SET tried_ms = ? WHERE tbl = ? AND row_id = ?", tried_before_ms, tbl, id)
        return [Deleted(*row) for row in found]

    def remove(self, table: TableSpec, id: str, now_ms: int) -> bool:
        try:
            with self.attempt():
                gone = self._run(f"DELETE FROM {table.name} WHERE id = ? AND _deleted", id).rowcount
        except SetAside:
            return False
        self._run("UPDATE sync_tombstones SET removed_ms = ? WHERE tbl = ? AND row_id = ?", now_ms, table.name, id)
        self._run("DELETE FROM sync_interests WHERE tbl = ? AND row_id = ?", table.name, id)
        return gone == 1

    def removed(self, table: TableSpec, ids: Sequence[str]) -> set[str]:
        found = self._run(
            "SELECT row_id FROM sync_tombstones WHERE tbl = ? AND removed_ms IS NOT NULL"
            " AND row_id IN (SELECT value FROM json_each(?))",
            *(table.name, _ids(ids)),
        )
        return {row[0] for row in found}

    def drop_settled(self, before_ms: int, removed_before_ms: int, limit: int) -> int:
        return (
            self._run("DELETE FROM sync_tombstones WHERE removed_ms < ?", removed_before_ms).rowcount
            + self._run("DELETE FROM sync_quarantine WHERE state <> 'waiting' AND hlc < ?", before_ms << 16).rowcount
        )

    def _number(self, question: str, *parameters: Any) -> int:
        return int(self._run(question, *parameters).fetchone()[0])

    # --- rows as they stand

    def families(self, scope: str, members: Sequence[Member], after: str, limit: int) -> list[tuple[str, RowImage]]:
        head = members[0].table
        place = concerns(head, of_group=scope == self.sender.org_id).replace("i.org_id = %(org)s AND ", "")
        below = " AND id < :after" if after else ""
        found = self._connection.execute(
            f"SELECT * FROM {head.name} AS t WHERE {place.replace('%(scope)s', ':scope')}{below}"
            " ORDER BY id DESC LIMIT :limit",
            {"scope": scope, "after": after, "limit": limit},
        ).fetchall()
        heads = {head.name: {row["id"]: row["id"] for row in found}}
        images = [(row["id"], _image(head, row)) for row in found]
        for member in members[1:]:
            over, heads[member.table.name] = heads[member.parent], {}
            for parent, head_id in over.items():
                for row in self._run(f"SELECT * FROM {member.table.name} WHERE {member.field} = ?", parent):
                    heads[member.table.name][row["id"]] = head_id
                    images.append((head_id, _image(member.table, row)))
        return images


def _image(table: TableSpec, row: sqlite3.Row) -> RowImage:
    fields = msgspec.Raw(msgspec.json.encode({name: value_of(table, name, row[name]) for name in table.fields}))
    stamps = msgspec.json.decode(row["_fv"]) if row["_fv"] else None
    extra = msgspec.json.decode(row["_x"]) if row["_x"] else None
    return RowImage(table.name, row["id"], row["_hlc"], row["_node"], fields, stamps, bool(row["_deleted"]), extra)


def _ids(ids: Sequence[str]) -> str:
    return json.dumps(list(ids))


def _document(rows: Sequence[bytes]) -> str:
    return (b"[" + b",".join(rows) + b"]").decode()


def _owned(table: TableSpec) -> str:
    place = "json_extract(r.value, '$.property_id')"
    return f"({place} IS ?)" if table.writer == "property" else f"(ifnull({place} = ?, 1))"
