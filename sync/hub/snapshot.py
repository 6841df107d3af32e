"""Handing out rows as they stand, to a node that can't or need not hear how they came to be.

First what service needs: every table that does not grow with each day of work, whole. Then the node follows the feed
from a few days back. Then history behind it, newest first, in families: a row and all that leans on it, read in one
look, so that a node never shows an order without what was paid on it.
"""

from hashlib import sha256
from itertools import groupby

import msgspec
from msgspec.structs import replace

from sync.hub.feed import scopes_of
from sync.hub.put_back import is_recovering, notice, place_seal
from sync.hub.store import HubStore, Member, ScopeState
from sync.hub.visits import is_over, note
from sync.schema import Schema
from sync.wire import LIMITS, Limits, RowImage, Snapshot, SnapshotRequest, UnreadableError

FIRST_MS = 3 * 86_400_000  # how much of the feed a new node follows before its doors open
HEADS_MAX = 1_000
FAMILY_BYTES_LIKELY = 400  # so that not much more is read than is sent
FIRST_LOOK = 50  # families, of which nothing is known yet


def snapshot(
    store: HubStore,
    schema: Schema,
    asked: SnapshotRequest,
    now_ms: int,
    first_ms: int = FIRST_MS,
    limits: Limits = LIMITS,
) -> Snapshot:
    """A chunk of the sender's own scopes. Raises UnreadableError for another's."""
    if asked.scope not in scopes_of(store.sender):
        raise UnreadableError("a node takes what concerns it, and no other scope")
    node = store.see_node()
    if node is None or node.incarnation != asked.incarnation or is_over(node, asked.visit):
        return Snapshot("superseded", now_ms)
    note(store, node, asked.visit, now_ms)
    notice(store, node, asked.cursors, asked.seals, asked.life, now_ms)
    if is_recovering(store, node):  # what it has and the hub lacks must not look as if it had been let go of
        return Snapshot("recovering", now_ms)
    if not asked.table:
        feed = _feed(store, asked)
        begin = max(store.last_before(asked.scope, now_ms - first_ms), feed.kept_from - 1)
        found = Snapshot("ok", now_ms, node.acked, feed.epoch, feed.head, begin, mark=node.mark)
        found.seal = place_seal(store, asked.scope, feed.epoch, begin)
        return found
    room = min(asked.bytes, limits.page_bytes)
    families, is_all = _read(store, schema, asked, room)
    chosen: list[RowImage] = []
    last, size = "", 0
    for head_id, rows in families:
        size += _bytes(rows)
        if chosen and size > room:
            break
        chosen.extend(rows)
        last = head_id
    is_end = is_all and (not families or last == families[-1][0])
    also = _also(store, schema, asked, chosen, room - size, limits.tables) if is_end else []
    raw = msgspec.json.encode(chosen)
    feed = _feed(store, asked)  # after the rows: whoever is at its end has seen all that led to them
    going_on, digest = None if is_end else last, sha256(raw).hexdigest()
    found = Snapshot("ok", now_ms, node.acked, feed.epoch, feed.head, 0, going_on, msgspec.Raw(raw), digest, node.mark)
    found.also = also
    found.unknown = [name for name in (asked.table, *asked.then) if name not in schema.tables]
    found.seal = place_seal(store, asked.scope, feed.epoch, feed.head)
    return found


def _read(
    store: HubStore, schema: Schema, asked: SnapshotRequest, room: int
) -> tuple[list[tuple[str, list[RowImage]]], bool]:
    """Families for a chunk, with whether they are the last; in looks, each as large as those before suggest, so that of
    rows that are pictures not much more is read than is sent."""
    most = min(HEADS_MAX, 1 + room // FAMILY_BYTES_LIKELY)
    found: list[tuple[str, list[RowImage]]] = []
    after, size, look = asked.after, 0, min(most, FIRST_LOOK)
    while look > 0:
        more = _families(store, schema, replace(asked, after=after), look)
        found += more
        if len(more) < look:
            return found, True
        size += sum(_bytes(rows) for _, rows in more)
        after = more[-1][0]
        look = min(most - len(found), (room - size) * len(found) // size + 1) if size <= room else 0
    return found, False


def _bytes(rows: list[RowImage]) -> int:
    return sum(len(bytes(row.f)) for row in rows)


def _also(
    store: HubStore, schema: Schema, asked: SnapshotRequest, chosen: list[RowImage], room: int, tables: int
) -> list[tuple[str, int]]:
    """Puts in what would be asked for next, table by table, as long as all of one has room: most are small, and many
    have no row at all."""
    found: list[tuple[str, int]] = []
    limit = min(HEADS_MAX, 1 + max(0, room) // FAMILY_BYTES_LIKELY)
    for name in asked.then[: tables - 1]:
        rows = [] if name in schema.history else _families(store, schema, replace(asked, table=name, after=""), limit)
        images = [image for _, family in rows for image in family]
        room -= _bytes(images)
        if name in schema.history or len(rows) == limit or room < 0:
            break
        chosen.extend(images)
        found.append((name, len(images)))
    return found


def _feed(store: HubStore, asked: SnapshotRequest) -> ScopeState:
    return store.scope(asked.scope) or ScopeState(0, 1, 1)


def _families(store: HubStore, schema: Schema, asked: SnapshotRequest, limit: int) -> list[tuple[str, list[RowImage]]]:
    """The next families, newest first, in each the parents before what leans on them; none of a table unknown here."""
    head = schema.tables.get(asked.table)
    if head is None or (asked.table in schema.history and asked.table not in schema.families):
        return []
    others = [Member(schema.tables[name], field, up) for name, field, up in schema.families.get(asked.table, ())]
    rows = store.families(asked.scope, [Member(head), *others], asked.after, limit)
    rows.sort(key=lambda row: schema.order[row[1].t])
    rows.sort(key=lambda row: row[0], reverse=True)
    return [(id, [image for _, image in found]) for id, found in groupby(rows, key=lambda row: row[0])]
