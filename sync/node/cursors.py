"""How far a node has each scope's feed, and the hub's seals of that."""

from collections.abc import Mapping
from typing import Any

from sync.node.store import Store


def cursors_of(connection: Any, scopes: list[str]) -> dict[str, tuple[int, int]]:
    """Position and epoch of each of these scopes; zeros where nothing was pulled yet."""
    rows = connection.execute("SELECT scope, position, epoch FROM sync_cursors").fetchall()
    known = {row[0]: (row[1], row[2]) for row in rows}
    return {scope: known.get(scope, (0, 0)) for scope in scopes}


def all_cursors(connection: Any) -> dict[str, tuple[int, int]]:
    """Position and epoch of every scope that was ever pulled."""
    rows = connection.execute("SELECT scope, position, epoch FROM sync_cursors").fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def position_of(store: Store, scope: str) -> int:
    """How far a scope's feed was applied."""
    return store.read(lambda c: cursors_of(c, [scope]))[scope][0]


def seals_of(connection: Any) -> dict[str, str]:
    """What the hub sealed of them."""
    rows = connection.execute("SELECT scope, seal FROM sync_cursors WHERE seal IS NOT NULL")
    return {row[0]: row[1] for row in rows}


def follow_from(connection: Any, places: Mapping[str, tuple[int, int]]) -> None:
    """Goes on from these positions, whatever lies between."""
    connection.executemany(
        "INSERT INTO sync_cursors (scope, position, epoch) VALUES (?, ?, ?) ON CONFLICT (scope)"
        " DO UPDATE SET position = excluded.position, epoch = excluded.epoch, seal = NULL",
        [(scope, position, epoch) for scope, (position, epoch) in places.items()],
    )
