"""Who is told of the group's rows that concern only some properties: those that have dealings with them.

A row of such a table goes to nobody by itself. When a property's first dealing with it arrives, the property is told the
whole row as it stands, and from then on each edit; when the last one ends, it is told to forget it. Whoever decides this
holds the row, so that no edit falls between a property's first look and the edits that follow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from sync.hub.store import HubStore, SetAside
from sync.merge import RowVersions, row_parts
from sync.schema import TableSpec
from sync.wire import FORGET, Entry, EntryChange


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of a property's dealings with a row: they began, and the row stands so, or they ended."""

    id: str
    row: dict[str, Any]
    began: bool


def settle(store: HubStore, table: TableSpec, stamps: dict[str, int]) -> Iterator[Turn]:
    """Looks anew at the sender's property's dealings with these rows (by id, with the stamp of what touched them last).

    An end is told though it was never told that they began: who made both has the row. Raises SetAside when a dealing
    that goes on names a row that is not here; one that is over needs none, and the row may be nowhere any more.
    """
    property_id = store.sender.property_id
    rows = store.records(table, sorted(stamps))
    dealt, told = store.dealt(table, sorted(stamps)), store.told(table.name, sorted(rows))
    missing = {id for id in stamps if id not in rows and property_id in dealt.get(id, ())}
    if missing:
        raise SetAside("PARENT_MISSING", f"no row {min(missing)} of {table.name} is here to deal with")
    for id, row in rows.items():
        has, had = property_id in dealt.get(id, ()), property_id in told.get(id, ())
        if row["property_id"] is not None or (has and had):
            continue
        if has:
            store.begin_telling(table.name, id, property_id)
        else:
            store.end_telling(table.name, id, property_id, stamps[id])
        yield Turn(id, row, began=has)


def image(table: TableSpec, row: dict[str, Any]) -> EntryChange:
    """The whole row as it stands, each field with its own stamp."""
    versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
    fields = msgspec.json.decode(row["_x"]) if row["_x"] else {}
    fields.update({name: row[name] for name in (*table.fields, "_deleted")})
    stamps = {**versions.exceptions, **{name: found.stamp for name, found in row_parts(table, row, versions).items()}}
    guard = (table.name, row["id"])
    return EntryChange(table.name, "i", row["id"], msgspec.Raw(msgspec.json.encode(fields)), stamps, None, guard)


def forget(table: str, id: str) -> EntryChange:
    """That the row and what is known of it is to go from the receiver's disk."""
    return EntryChange(FORGET, "i", id, msgspec.Raw(msgspec.json.encode({"tbl": table})))


def withheld(store: HubStore, entries: Sequence[Entry]) -> list[Entry]:
    """Without what the receiver has no dealings with (any more): history is not handed on to who came later."""
    guards = {change.d for entry in entries for change in entry.changes if change.d}
    if not guards:
        return list(entries)
    mine: set[tuple[str, str]] = set()
    for table in {table for table, _ in guards}:
        told = store.told(table, sorted(id for name, id in guards if name == table))
        mine.update((table, id) for id, places in told.items() if store.sender.property_id in places)
    for entry in entries:
        entry.changes = [change for change in entry.changes if change.d is None or change.d in mine]
    return [entry for entry in entries if entry.changes]
