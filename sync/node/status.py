"""How a node's engine is: what staff, head office and whoever watches machines are told."""

from dataclasses import dataclass
from typing import Any, Literal

from sync.clock import ms_of


@dataclass(frozen=True, slots=True)
class Status:
    """What staff and head office are told. Times are milliseconds of the node's clock; None means never.

    caught_up: whether the feeds' ends were reached since the start, so that all that was known before it is here.
    healing: whether all rows are being compared with the hub's, since one of the two was put back to an older copy.
    checked_at, differed, standing: when rows were last compared in quiet times, how many differed since the start, and
    how many of the last comparison's still do. broken_references: how many rows lean on one that isn't here.
    taking: what is still to come of the rows that were there before the node: those that service needs, then history.
    """

    waiting: int = 0
    pushed_at: int | None = None
    pulled_at: int | None = None
    push_error: str | None = None
    pull_error: str | None = None
    stopped: str | None = None
    offset_ms: int = 0
    caught_up: bool = False
    healing: bool = False
    checked_at: int | None = None
    differed: int = 0
    standing: int = 0
    broken_references: int | None = None
    taking: Literal["unknown", "first rows", "history", "nothing"] = "unknown"


@dataclass(frozen=True, slots=True)
class Care:
    """What the database says of sync. oldest_ms: when the oldest change that waits was made, by the hub's time; kept:
    transactions that came and can't be applied yet."""

    oldest_ms: int | None
    kept: int


def care_of(connection: Any, acked: int) -> Care:
    """What waits after an acknowledged number, and what is kept."""
    oldest = connection.execute("SELECT hlc FROM sync_outbox WHERE seq > ? ORDER BY seq LIMIT 1", (acked,)).fetchone()
    kept = connection.execute("SELECT count(*) FROM sync_kept").fetchone()[0]
    return Care(None if oldest is None else ms_of(oldest[0]), kept)
