"""Serving the feed: every scope has contiguous positions, so a reader can prove that it has everything."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import msgspec

from sync.hub.application import Transaction
from sync.hub.bodies import body_json, feed_rows
from sync.hub.interest import withheld
from sync.hub.put_back import is_recovering, notice, place_seal
from sync.hub.store import HubStore, NodeState, Revoked, ScopeState, Sender
from sync.hub.visits import is_over, note
from sync.wire import LIMITS, PAGE_BYTES_MAX, Entry, EntryChange, Limits, Page, PullAnswer, Told

Cursors = Mapping[str, tuple[int, int]]


class NotKept(Exception):
    """What follows a cursor is not kept any more: its node needs a copy of what there is instead."""


class PullRequest(msgspec.Struct):
    """cursors: scope → [position, epoch]; seals: the hub's own of those; life: of what was acknowledged; wait: seconds
    the hub may hold the answer while there is no news; bytes: how large a page may be."""

    protocol: int
    incarnation: int
    cursors: dict[str, tuple[int, int]]
    wait: float = 0
    bytes: int = PAGE_BYTES_MAX
    told: Told | None = None
    seals: dict[str, str] = {}
    life: str = ""
    visit: int = 0


def scopes_of(sender: Sender) -> list[str]:
    """What concerns a node: the group's rows first, since the property's may lean on them, then the property's."""
    return sender.scopes


def write_feed(store: HubStore, transactions: Sequence[Transaction]) -> None:
    """One entry a transaction and scope; positions are drawn last, scopes in order so that none waits in a ring."""
    by_scope: dict[str, list[tuple[Transaction, list[EntryChange]]]] = {}
    for transaction in transactions:
        for scope, changes in transaction.entries.items():
            by_scope.setdefault(scope, []).append((transaction, changes))
    for scope in sorted(by_scope):
        for incarnation, entries in groupby(by_scope[scope], key=lambda entry: entry[0].incarnation):
            store.append(scope, incarnation, feed_rows((t.hlc, t.differs, changes) for t, changes in entries))
        # its author needs no waking for what it wrote itself, unless the hub changed something
        differs = any(transaction.differs for transaction, _ in by_scope[scope])
        store.tell(scope, 0 if differs else store.sender.number)


def answer(
    store: HubStore, asked: PullRequest, node: NodeState | None, now_ms: int, limits: Limits = LIMITS
) -> PullAnswer:
    """What a node that asks is told. How far it is decides how much of the feed is kept (see `retention`)."""
    if node is not None and not node.active:
        raise Revoked
    if node is None or node.incarnation > asked.incarnation:
        return PullAnswer("superseded", now_ms, [])
    if node.incarnation < asked.incarnation:  # the hub may have been put back
        return PullAnswer("greet", now_ms, [])
    if is_over(node, asked.visit):
        return PullAnswer("greet", now_ms, [])
    note(store, node, asked.visit, now_ms)
    if asked.told is not None:
        store.note_told(asked.told, asked.told.now_ms - now_ms, asked.protocol)
    put_back = notice(store, node, asked.cursors, asked.seals, asked.life, now_ms)
    if not put_back and not is_recovering(
        store, node
    ):  # how far it had come before that is what its gifts are judged by
        scopes = scopes_of(store.sender)
        store.note_cursors({scope: asked.cursors[scope][0] for scope in scopes if scope in asked.cursors})
    try:
        limits = replace(limits, page_bytes=min(asked.bytes, limits.page_bytes))
        found = pages(store, asked.incarnation, asked.cursors, limits)
    except NotKept:
        return PullAnswer("bootstrap", now_ms, [])
    for page in found:
        if page.to != page.after or not asked.seals.get(page.scope):
            page.seal = place_seal(store, page.scope, page.epoch, page.to)
    return PullAnswer("ok", now_ms, found, is_recovering(store, node))


def is_news(asked: PullRequest, page: Page) -> bool:
    """Whether the node should hear of this page at once."""
    return bool(page.entries) or asked.cursors.get(page.scope, (0, 0))[1] not in (0, page.epoch)


def pages(store: HubStore, incarnation: int, cursors: Cursors, limits: Limits = LIMITS) -> list[Page]:
    """A page of each scope after its cursor. What this life of the node wrote itself is passed over where the hub
    changed nothing; what an earlier life wrote is not, since a rolled back database forgot it. Raises NotKept."""
    return [_page(store, incarnation, limits, scope, *cursors.get(scope, (0, 0))) for scope in scopes_of(store.sender)]


def _page(store: HubStore, incarnation: int, limits: Limits, scope: str, after: int, epoch: int) -> Page:
    state = store.scope(scope) or ScopeState(0, epoch or 1, 1)
    if epoch not in (0, state.epoch):  # these positions are of another history
        return Page(scope, state.epoch, after, after, state.head, [])
    head = state.head
    rows = store.entries(scope, after, head, incarnation, limits.entries)
    # asked after reading: what was dropped meanwhile must not look like a stretch where nothing was said
    if (store.scope(scope) or state).kept_from > after + 1:
        raise NotKept(scope)
    entries: list[Entry] = []
    size = 0
    to = head
    for row in rows:
        raw = body_json(row.body)
        size += len(raw)
        if entries and size > limits.page_bytes:
            to = entries[-1].p
            break
        changes = msgspec.json.decode(raw, type=list[EntryChange])
        entries.append(Entry(row.position, row.hlc, row.node, changes, row.node == store.sender.number))
    else:
        if len(rows) == limits.entries:
            to = entries[-1].p
    return Page(scope, state.epoch, after, max(to, after), head, withheld(store, entries))
