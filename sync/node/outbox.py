"""Reading the outbox in whole transactions, and forgetting what the hub has acknowledged."""

from dataclasses import dataclass
from typing import Any

from sync.wire import BATCH_BYTES_MAX, CHANGES_MAX, mark_of

_READ = "SELECT seq, hlc, tbl, op, pk, f, base FROM sync_outbox WHERE seq > ? ORDER BY seq LIMIT ?"


@dataclass(frozen=True, slots=True)
class Draft:
    """Changes ready to be sent: JSON texts in outbox order, the last number, whether more of the same transaction
    follows."""

    changes: tuple[str, ...]
    last: int
    part: bool


def next_draft(
    connection: Any, after: int, *, changes_max: int = CHANGES_MAX, bytes_max: int = BATCH_BYTES_MAX
) -> Draft | None:
    """The next changes after a number, cut between transactions; a transaction larger than a batch comes in parts."""
    changes: list[str] = []
    numbers: list[int] = []
    size = end = 0  # end: how many changes form whole transactions
    stamp: int | None = None
    for row in connection.execute(_READ, (after, changes_max + 1)):  # row by row: most of them may not fit
        if row[1] != stamp:
            end, stamp = len(changes), row[1]
        text = _change(row)
        if len(changes) == changes_max or (changes and size + len(text) > bytes_max):
            break
        changes.append(text)
        numbers.append(row[0])
        size += len(text)
    else:
        end = len(changes)  # what waits ends here
    if not changes:
        return None
    if end:
        return Draft(tuple(changes[:end]), numbers[end - 1], False)
    return Draft(tuple(changes), numbers[-1], True)


def _change(row: Any) -> str:
    # the row's fields are JSON already: they are spliced in, not taken apart and put together again
    seq, hlc, table, op, pk, fields, base = row
    seen = f',"b":{base}' if base else ""
    return f'{{"s":{seq},"h":{hlc},"t":"{table}","o":"{op}","k":"{pk}","f":{fields}{seen}}}'


def acknowledge(connection: Any, acked: int, high: int, life: str = "") -> None:
    """Forgets what the hub has; its number and the clock's high-water mark stay known, so that neither comes again.
    life: the hub's seal of that. Parts of a transaction stay until all of it is there: the hub only keeps them."""
    connection.execute(
        "DELETE FROM sync_outbox WHERE seq <= ? AND hlc IS NOT"
        " (SELECT hlc FROM sync_outbox WHERE seq > ? ORDER BY seq LIMIT 1)",
        (acked, acked),
    )
    put(connection, "acked", str(acked))
    if life:
        put(connection, "life", life)
    put(connection, "high", str(high))


def whole_until(connection: Any, acked: int) -> int:
    """Up to where whole transactions are acknowledged, if all is acknowledged up to here."""
    row = connection.execute("SELECT min(seq) FROM sync_outbox WHERE seq <= ?", (acked,)).fetchone()
    return acked if row[0] is None else int(row[0]) - 1


def last_number(connection: Any) -> int:
    """The highest outbox number ever given in this database."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'sync_outbox'").fetchone()
    return row[0] if row else 0


def stamp_of(connection: Any, seq: int) -> int | None:
    """The stamp of what waits under this number."""
    row = connection.execute("SELECT hlc FROM sync_outbox WHERE seq = ?", (seq,)).fetchone()
    return row[0] if row else None


def is_ours(connection: Any, seq: int, mark: str, stamp: int = 0) -> bool:
    """Whether what the hub has under this number is what waits here; a hub of before knows no mark, only its stamp."""
    if not mark:
        return stamp_of(connection, seq) == stamp
    row = connection.execute("SELECT hlc, tbl, op, pk, f FROM sync_outbox WHERE seq = ?", (seq,)).fetchone()
    return row is not None and mark_of(row[0], row[1], row[2], row[3], row[4].encode()) == mark


def get(connection: Any, key: str) -> str | None:
    """A value of the engine's own notes."""
    row = connection.execute("SELECT v FROM sync_meta WHERE k = ?", (key,)).fetchone()
    return row[0] if row else None


def put(connection: Any, key: str, value: str) -> None:
    """Sets a value of the engine's own notes."""
    connection.execute(
        "INSERT INTO sync_meta (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v",
        (key, value),
    )
