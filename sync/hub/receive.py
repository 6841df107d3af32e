"""Taking a push: whole transactions, once in effect, acknowledged in the same PostgreSQL transaction as their effects.

The batch is tried as one; if anything in it can't be applied, each transaction is tried by itself and the bad one is
set aside and acknowledged (S5), so that it holds back nothing else.
"""

from collections.abc import Sequence
from itertools import groupby
from uuid import uuid4

import msgspec
import psycopg

from sync.clock import DRIFT_MS_MAX, at_ms, ms_of
from sync.hub.application import Application, Connection, Sender, SetAside, Transaction
from sync.hub.capture import NEWS_CHANNEL
from sync.hub.feed import feed_bodies
from sync.schema import Schema
from sync.wire import Batch, Change, EntryChange, PushAnswer, Trouble

# what PostgreSQL says of values that can't stand in a row; anything else is ours or passes, and is tried again
UNACCEPTABLE = (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.DatatypeMismatch)


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
    # looking up a line's order was planned anew for each line, which took longer than everything else
    connection.execute(
        "SELECT set_config('sync.applying', '1', true), set_config('plan_cache_mode', 'force_generic_plan', true)"
    )
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
        "UPDATE sync_nodes SET acked = %s, acked_hlc = coalesce(%s, acked_hlc), waiting = %s, version = %s,"
        " offset_ms = %s, seen_at = now(), ceiling = coalesce(%s, ceiling) WHERE org_id = %s AND id = %s",
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
    return [c for row in parts for c in msgspec.json.decode(row["body"], type=list[Change])]


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
        # arrays in binary form: as text the driver would escape each, as one JSON document PostgreSQL would parse all
        connection.execute(
            "INSERT INTO sync_feed (org_id, scope, pos, node, incarnation, hlc, differs, body)"
            " SELECT %s, %s, %s + place - 1, %s, %s, hlc, differs, body"
            " FROM unnest(%b::bigint[], %b::boolean[], %b::bytea[]) WITH ORDINALITY AS e(hlc, differs, body, place)",
            (
                *(sender.org_id, scope, first, sender.number, incarnation),
                [t.hlc for t, _ in entries],
                [t.differs for t, _ in entries],
                feed_bodies(changes for _, changes in entries),
            ),
        )
        # its author needs no waking for what it wrote itself, unless the hub changed something
        author = 0 if any(t.differs for t, _ in entries) else sender.number
        connection.execute("SELECT pg_notify(%s, %s)", (NEWS_CHANNEL, f"{scope} {author}"))
