"""What a node that knows little takes of the hub, in chunks that a kill or a cut costs little of.

First every table that does not grow with each day of work; then it follows the feed from a few days back, and its doors
are open; then history behind it, newest first, while live changes go before. Where it is stands in `sync_bootstrap`,
moved in the transaction that takes the rows, so that it goes on there after whatever happens. A table that a later
release brings is taken the same way.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

import msgspec

from sync.node.apply import Errors, apply_or_keep, organisation
from sync.node.cursors import begin_at, note_ahead
from sync.node.outbox import get
from sync.node.take import Taken, take_rows
from sync.schema import Schema
from sync.wire import FORGET, TABLES_MAX, Entry, EntryChange, RowImage, Snapshot

SLICE_ROWS = 100


class NotWhole(ValueError):
    """A chunk is not what its sender said that it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the taking is: the next rows of a scope's table after an id."""

    scope: str
    table: str
    after: str
    history: bool


def is_begun(scope: str, connection: Any) -> bool:
    """Whether the node knows where it is in the scope's feed."""
    return connection.execute("SELECT 1 FROM sync_cursors WHERE scope = ?", (scope,)).fetchone() is not None


def begin(scope: str, answer: Snapshot, connection: Any) -> None:
    """The scope's feed is followed from here on, and its rows are taken beside that. Until they are, nothing of what led
    here was heard, so the seal only proves how much the hub knew."""
    if not is_begun(scope, connection):
        begin_at(connection, scope, answer.begin, answer.epoch, answer.seal)


def forget(connection: Any) -> None:
    """All is to be taken anew: what follows the cursors is not kept at the hub any more. What waits to be sent stays."""
    connection.execute("DELETE FROM sync_cursors")
    connection.execute("DELETE FROM sync_bootstrap")


def next_place(schema: Schema, scopes: Sequence[str], connection: Any) -> Place | None:
    """What is to be taken next: parents before children across all scopes, history last; None when all is here."""
    rows = connection.execute("SELECT scope, tbl, after, done FROM sync_bootstrap").fetchall()
    known = {(row[0], row[1]): (row[2], row[3]) for row in rows}
    first = [name for name in schema.tables if name not in schema.history]
    for name in (*first, *reversed(schema.families)):
        for scope in scopes:
            after, done = known.get((scope, name), ("", 0))
            if not done:
                return Place(scope, name, after, name in schema.history)
    return None


def following(schema: Schema, place: Place, connection: Any) -> list[str]:
    """What would be taken next of the same scope before history, of which nothing was taken yet."""
    rows = connection.execute("SELECT tbl FROM sync_bootstrap WHERE scope = ?", (place.scope,)).fetchall()
    begun = {row[0] for row in rows}
    first = [name for name in schema.tables if name not in schema.history]
    return [name for name in first[first.index(place.table) + 1 :] if name not in begun][:TABLES_MAX]


def images_of(answer: Snapshot) -> list[RowImage]:
    """The chunk's rows. Raises NotWhole when they are not what was sent."""
    raw = bytes(answer.rows)
    if sha256(raw).hexdigest() != answer.sum:
        raise NotWhole("a chunk of rows is not what its checksum says")
    return msgspec.json.decode(raw, type=list[RowImage])


def slices(place: Place, images: Iterable[RowImage]) -> list[list[RowImage]]:
    """The chunk cut into parts of few rows, never within a family."""
    found: list[list[RowImage]] = []
    for image in images:
        if not found or (image.t == place.table and len(found[-1]) >= SLICE_ROWS):
            found.append([])
        found[-1].append(image)
    return found


def take_slice(
    schema: Schema,
    errors: Errors,
    place: Place,
    answer: Snapshot,
    images: Sequence[RowImage],
    is_end: bool,
    connection: Any,
) -> Taken:
    """Takes a part of a chunk and moves the place; runs inside one transaction with capture off."""
    done = take_rows(connection, schema, place.scope, images, errors, behind=place.history, acked=answer.acked)
    if not place.history and place.table not in answer.unknown:
        _let_go(connection, schema, errors, place, answer.acked, images, is_end)
    note_ahead(connection, place.scope, answer.head, answer.epoch, answer.seal)
    heads = [image.k for image in images if image.t == place.table]
    connection.execute(
        "INSERT INTO sync_bootstrap (scope, tbl, after, done) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (scope, tbl) DO UPDATE SET after = excluded.after, done = excluded.done",
        (place.scope, place.table, heads[-1] if heads else place.after, int(is_end)),
    )
    return done


def _let_go(
    connection: Any, schema: Schema, errors: Errors, place: Place, acked: int, images: Sequence[RowImage], is_end: bool
) -> None:
    """Lets go of records that the hub no longer has in this stretch of ids, or no longer tells us of: while we were away
    it said so in what is not kept any more. What had not reached it (whole) stays."""
    table = schema.tables[place.table]
    here = [image.k for image in images if image.t == place.table]
    if table.kind != "record" or not (here or is_end):
        return
    org = organisation(connection)
    begun = connection.execute(
        "SELECT after FROM sync_bootstrap WHERE scope = ? AND tbl = ?", (place.scope, place.table)
    ).fetchone()
    told = f"property_id {'IS NULL' if place.scope == org else '= :scope'}"
    if table.interest is not None:
        told = "FALSE" if place.scope == org else "(property_id = :scope OR property_id IS NULL)"
    # what of ours came to the hub since it looked is not in what it saw
    ours = "" if int(get(connection, "acked") or 0) <= acked else " AND _node <> sync_node()"
    rows = connection.execute(
        f'SELECT id FROM "{table.name}" WHERE org_id = :org AND {told}{ours}'
        " AND (:after = '' OR id < :after) AND (:is_end OR id >= :last) AND id NOT IN (SELECT value FROM json_each(:here))"
        " AND id NOT IN (SELECT pk FROM sync_outbox WHERE tbl = :name AND op = 'i' AND (seq > :acked"
        "  OR hlc = (SELECT hlc FROM sync_outbox WHERE seq > :acked ORDER BY seq LIMIT 1)))",
        {
            "acked": acked,
            "org": org,
            "scope": place.scope,
            "after": begun[0] if begun else "",
            "is_end": is_end,
            "last": here[-1] if here else "",
            "here": msgspec.json.encode(here).decode(),
            "name": table.name,
        },
    ).fetchall()
    for row in rows:
        fields = msgspec.Raw(msgspec.json.encode({"tbl": table.name}))
        entry = Entry(0, 0, 0, [EntryChange(FORGET, "i", row[0], fields)])
        apply_or_keep(connection, schema, entry, place.scope, errors)


Ask = Callable[[str, str, str, list[str]], Snapshot]
"""Asks the hub for a chunk: scope, table ('' for where to begin), after which id, which tables may come along."""


@dataclass
class Taking:
    """Takes chunk by chunk. `write` runs a job in a transaction of the node's writer and tells what came."""

    schema: Schema
    errors: Errors
    read: Callable[[Callable[[Any], Any]], Any]
    write: Callable[[Callable[[Any], Taken | None]], None]
    _waiting: tuple[Place, Snapshot] | None = None

    def where(self, scopes: Sequence[str], ask: Ask) -> Place | None:
        """What is to be taken next, once it is known where in the scopes' feeds to begin; None when all is here."""
        for scope in scopes:
            if not self.read(partial(is_begun, scope)):
                answer = ask(scope, "", "", [])
                self.write(partial(begin, scope, answer))
        found: Place | None = self.read(partial(next_place, self.schema, scopes))
        return found

    def forget(self) -> None:
        """Begins from nothing."""
        self._waiting = None
        self.write(forget)

    def take(self, place: Place, ask: Ask) -> None:
        """Asks for the next chunk and takes it, with the tables that came along."""
        then = self.read(partial(following, self.schema, place))
        answer = ask(place.scope, place.table, place.after, then)
        if [name for name, _ in answer.also] != then[: len(answer.also)]:
            raise NotWhole("a chunk of rows brings tables that were not asked for")
        self._take(place, answer)

    def take_behind(self, place: Place, ask: Ask, position: Callable[[str], int]) -> None:
        """The same for history, but no chunk is taken before the feed has told all that had led to it: then nothing
        of it is ahead of what else is here."""
        if self._waiting is None or self._waiting[0] != place:
            self._waiting = (place, ask(place.scope, place.table, place.after, []))
        answer = self._waiting[1]
        if position(place.scope) >= answer.head:
            self._waiting = None
            self._take(place, answer)

    def _take(self, place: Place, answer: Snapshot) -> None:
        images = images_of(answer)
        own = len(images) - sum(count for _, count in answer.also)
        self._take_table(place, answer, images[:own], is_end=answer.next is None)
        for name, count in answer.also:
            self._take_table(Place(place.scope, name, "", False), answer, images[own : own + count], is_end=True)
            own += count

    def _take_table(self, place: Place, answer: Snapshot, images: Sequence[RowImage], *, is_end: bool) -> None:
        parts = slices(place, images) or [[]]
        for number, part in enumerate(parts, 1):
            ended = is_end and number == len(parts)
            self.write(partial(take_slice, self.schema, self.errors, place, answer, part, ended))
