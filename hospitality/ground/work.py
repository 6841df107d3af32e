"""The unit of work: one act, whole or not at all. A verb gets it first and never commits.

The host opens it, gives it the caller, the time, the clock stamp and the end of the journal's chain, runs the verb,
and commits; see `host.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Table

from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Forbidden, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.journal import Head, JournalEntry, chained, hashed_content, kind_of
from hospitality.ground.statements import Cache, Connection, Dialect, Reading, insert_statement, update_statement
from hospitality.ground.tables import TOMBSTONE, Row


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person at a terminal, a terminal by itself, or the system (neither).

    absent: they asked from elsewhere, so nobody can come to them with a PIN. room_id: the terminal is a guest's, in this room,
    and asks for nothing but what is the room's.
    """

    org_id: str
    property_id: str | None = None
    person_id: str | None = None
    terminal_id: str | None = None
    permissions: frozenset[str] = frozenset()
    name: str = ""
    absent: bool = False
    room_id: str | None = None

    def may(self, permission: str) -> bool:
        """Whether the caller holds the permission, or all of them."""
        return permission in self.permissions or "*" in self.permissions

    def require(self, permission: str) -> None:
        """Refuses unless the caller holds the permission."""
        if not self.may(permission):
            raise Forbidden(
                "NOT_PERMITTED",
                "Your role does not allow this. Ask a manager to do it.",
                permission=permission,
            )


@dataclass(frozen=True, slots=True)
class Place:
    """Where an act happens: which node writes, and the property's own way of counting days and money.

    side is `property` on an edge node and `group` at head office. node is the node's number (0 for the cloud), code the
    letter that people see in numbers, incarnation counts restored lives of its database.
    """

    side: str
    node: int
    code: str
    incarnation: int
    zone: str = "UTC"
    currency: str = "USD"
    cut_off_hour: int = 4


@dataclass(slots=True)
class _Pending:
    facts: list[tuple[object, str | None, str | None, Caller]] = field(default_factory=list)


class Work(Reading):
    """One act's view of the rows, with the means to add facts, edit records and write the journal."""

    def __init__(
        self,
        connection: Connection,
        dialect: Dialect,
        *,
        caller: Caller,
        place: Place,
        now: datetime,
        head: Head,
        cache: Cache | None = None,
    ) -> None:
        super().__init__(connection, dialect, org_id=caller.org_id, property_id=caller.property_id, cache=cache)
        self.caller = caller
        self.place = place
        self.now = now
        self.now_text = instant_text(now)
        self.business_date: date | None = None
        self.belongs_to: date | None = None  # an earlier business day, for what came late to it
        self.head = head
        self.entries: list[dict[str, Any]] = []
        self._pending = _Pending()

    def require(self, permission: str) -> None:
        """Refuses unless the caller holds the permission."""
        self.caller.require(permission)

    def add(self, model: type[Row], values: Mapping[str, Any]) -> dict[str, Any]:
        """Adds one row and answers it whole; `org_id`, `property_id` and `id` are filled in where missing."""
        return self.add_all(model, [values])[0]

    def add_all(self, model: type[Row], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Adds rows that have the same columns, in one statement."""
        self._may_write(model)
        filled = []
        for values in rows:
            row: dict[str, Any] = {"org_id": self.org_id, "property_id": self._property_id, **values}
            if "id" not in row:
                row["id"] = new_id()
            filled.append(row)
        if not filled:
            return filled
        columns = tuple(filled[0])
        statement = insert_statement(str(model.__tablename__), columns, self.dialect)
        if len(filled) == 1:
            self._connection.execute(statement, tuple(filled[0].values()))
        else:
            self._connection.cursor().executemany(statement, list(map(itemgetter(*columns), filled)))
        return filled

    def edit(self, model: type[Row], id: str, **fields: Any) -> None:
        """Sets fields of one record; each keeps its own stamp and merges by its own rule."""
        self._may_write(model, edited=fields)
        statement = update_statement(str(model.__tablename__), tuple(fields), self.dialect)
        cursor = self._connection.execute(statement, {**fields, "org_id": self.org_id, "id": id})
        assert cursor.rowcount == 1, f"{model.__tablename__} {id} is not there to edit"

    def remove(self, model: type[Row], id: str) -> None:
        """Puts the tombstone on one record, which merges like any field; who reads such rows passes it over."""
        self._may_write(model)
        statement = update_statement(str(model.__tablename__), (TOMBSTONE,), self.dialect)
        cursor = self._connection.execute(statement, {TOMBSTONE: True, "org_id": self.org_id, "id": id})
        assert cursor.rowcount == 1, f"{model.__tablename__} {id} is not there to remove"

    def run(self, sql: str, /, **parameters: Any) -> int:
        """Runs a statement on a local table, or on one of sync's; answers how many rows it touched."""
        return self._run(sql, parameters).rowcount

    def journal(self, fact: object, *, reason: str | None = None, approver_id: str | None = None) -> None:
        """Writes a declared fact into the journal, in this transaction; entries are numbered when the act finishes."""
        kind_of(fact)
        self._pending.facts.append((fact, reason, approver_id, self.caller))

    @contextmanager
    def part(self, caller: Caller) -> Iterator[None]:
        """A part of the act that `caller` asked for: journalled as theirs, and whole or not at all by itself.

        A refusal inside undoes the part, and the rest of the act stands if whoever catches it goes on; any other error
        ends the whole act, as everywhere.
        """
        mine, day, known = self.caller, self.business_date, len(self._pending.facts)
        self._connection.execute("SAVEPOINT part")
        self.caller = caller
        try:
            yield
        except Refused:
            self._connection.execute("ROLLBACK TO SAVEPOINT part")
            self._connection.execute("RELEASE SAVEPOINT part")
            self.business_date = day
            del self._pending.facts[known:]
            raise
        finally:
            self.caller = mine
        self._connection.execute("RELEASE SAVEPOINT part")

    def finish(self) -> None:
        """Called by the host when the verb is done: chains the journal's entries and adds them in one statement."""
        fresh: list[dict[str, Any]] = []
        for fact, reason, approver_id, caller in self._pending.facts:
            entry: dict[str, Any] = {
                "org_id": self.org_id,
                "property_id": self._property_id,
                "id": new_id(),
                "node": self.place.node,
                "incarnation": self.place.incarnation,
                "number": 0,
                "kind": kind_of(fact),
                "at": self.now_text,
                "business_date": self.business_date.isoformat() if self.business_date else None,
                "actor_id": caller.person_id,
                "approver_id": approver_id,
                "terminal_id": caller.terminal_id,
                "reason": reason,
                "data": msgspec.json.encode(fact).decode(),
                "previous_hash": self.head.hash,
                "hash": "",
            }
            identity = (self.org_id, self.place.node, self.place.incarnation)
            self.head = chained(self.head, identity=identity, content=hashed_content(entry))
            entry["number"], entry["hash"] = self.head.number, self.head.hash
            fresh.append(entry)
        self._pending.facts.clear()
        self.add_all(JournalEntry, fresh)
        self.entries += fresh

    def _may_write(self, model: type[Row], *, edited: Iterable[str] = ()) -> None:
        table: Table = model.__table__  # type: ignore[attr-defined]
        info = table.info
        kept = [name for name in edited if table.c[name].info.get("writer", self.place.side) != self.place.side]
        if kept:
            raise Refused(
                "WRITTEN_AT_HEAD_OFFICE",
                "Only head office changes this. Ask them to do it.",
                table=str(model.__tablename__),
                fields=kept,
            )
        if info["kind"] != "local" and info["writer"] not in (self.place.side, "both"):
            if info["writer"] == "property":
                raise Refused(
                    "WRITTEN_AT_THE_PROPERTY",
                    "Only the property itself records this. Do it on one of its terminals.",
                    table=str(model.__tablename__),
                )
            raise Refused(
                "WRITTEN_AT_HEAD_OFFICE",
                "Only head office changes this. Ask them to do it.",
                table=str(model.__tablename__),
            )
