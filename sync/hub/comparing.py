"""Comparing a node's rows with the hub's by checksums: stretch by stretch in the order of ids, which the node's own rows
mark out, so that each question costs both ends the same bounded look at a table."""

from sync.hub import visits
from sync.hub.allowance import answer_given
from sync.hub.put_back import is_over, place_of
from sync.hub.store import HubStore, NodeState, Revoked
from sync.schema import Schema, TableSpec
from sync.wire import (
    LISTED_MAX,
    ROWS_MAX,
    SPANS_MAX,
    CompareAnswer,
    CompareRequest,
    Gift,
    RowsAnswer,
    RowsRequest,
    Settled,
    SettledAnswer,
)


def compare(store: HubStore, schema: Schema, asked: CompareRequest, now_ms: int) -> CompareAnswer:
    """Tells which spans of a table aren't the same at the hub, and what the hub has there."""
    if not goes_on(store, store.see_node(), asked, now_ms):
        return CompareAnswer("superseded")
    table = schema.tables.get(asked.t)
    if table is None:
        return CompareAnswer("ok")  # of a later release: nothing here to compare with
    if not _is_at(store, asked):
        return CompareAnswer("moved")
    answer = _differences(store, table, asked)
    # every change moves a feed in its own transaction: if none did, then nothing changed while the rows were read
    return answer if _is_at(store, asked) else CompareAnswer("moved")


def rows(store: HubStore, schema: Schema, asked: RowsRequest, now_ms: int) -> RowsAnswer:
    """Hands out rows as they stand."""
    if not goes_on(store, store.see_node(), asked, now_ms):
        return RowsAnswer("superseded")
    table = schema.tables.get(asked.t)
    return RowsAnswer("ok", store.row_images(table, asked.ids[:ROWS_MAX]) if table else [])


def settled(store: HubStore, schema: Schema, said: Settled, now_ms: int) -> SettledAnswer:
    """Hears that a comparison is over: the node has been heard out in this epoch, or all was well in quiet times."""
    if not goes_on(store, store.lock_node(), said, now_ms):
        return SettledAnswer("superseded")
    if said.epoch:
        store.settle(said.epoch)
        store.begin_applying()
        answer_given(store, schema, said.incarnation, now_ms)
    if not said.epoch:
        store.note_check(max(0, said.differed), max(0, said.standing))
    return SettledAnswer("ok")


def goes_on(
    store: HubStore, node: NodeState | None, asked: CompareRequest | RowsRequest | Gift | Settled, now_ms: int
) -> bool:
    """Whether whoever asks this is who is to be heard: in the life, the visit and the epoch that the hub goes by. Raises
    Revoked."""
    if node is not None and not node.active:
        raise Revoked
    if node is None or node.incarnation != asked.incarnation or is_over(store, asked.epoch):
        return False
    if visits.is_over(node, asked.visit):
        return False
    visits.note(store, node, asked.visit, now_ms)
    return True


def _is_at(store: HubStore, asked: CompareRequest) -> bool:
    return all(place_of(store, scope) == at for scope, at in asked.positions.items())


def _differences(store: HubStore, table: TableSpec, asked: CompareRequest) -> CompareAnswer:
    answer, after = CompareAnswer("ok"), asked.after
    for span in asked.spans[:SPANS_MAX]:
        # one more than the node has tells as much as all of them
        if store.row_sum(table, asked.fields, after, span.upto, span.count + 1) != (span.count, span.sum):
            room = LISTED_MAX - len(answer.rows)
            found = store.row_numbers(table, asked.fields, after, span.upto, room)
            answer.rows += found
            if len(found) == room:
                answer.upto = found[-1][0]
                answer.differing.append((after, answer.upto))
                break
            answer.differing.append((after, span.upto))
        after = span.upto
    return answer
