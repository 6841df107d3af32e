"""How far a node has each scope's feed, and the hub's seals of that."""

from collections.abc import Mapping
from typing import Any

from sync.node.outbox import put
from sync.node.store import Store
from sync.wire import AHEAD


def cursors_of(connection: Any, scopes: list[str]) -> dict[str, tuple[int, int]]:
    """Position and epoch of each of these scopes; zeros where nothing was pulled yet."""
    rows = connection.execute("SELECT scope, position, epoch FROM sync_cursors").fetchall()
    known = {row[0]: (row[1], row[2]) for row in rows}
    return {scope: known.get(scope, (0, 0)) for scope in scopes}


def all_cursors(connection: Any) -> dict[str, tuple[int, int]]:
    """Position and epoch of every scope that was ever pulled, and of what was taken ahead of its feed."""
    rows = connection.execute("SELECT scope, position, epoch FROM sync_cursors").fetchall()
    known = {row[0]: (row[1], row[2]) for row in rows}
    return {**known, **{name: place for name, (place, _) in _ahead(connection).items()}}


def position_of(store: Store, scope: str) -> int:
    """How far a scope's feed was applied."""
    return store.read(lambda c: cursors_of(c, [scope]))[scope][0]


def seals_of(connection: Any) -> dict[str, str]:
    """What the hub sealed of them."""
    rows = connection.execute("SELECT scope, seal FROM sync_cursors WHERE seal IS NOT NULL")
    return {**{row[0]: row[1] for row in rows}, **{name: seal for name, (_, seal) in _ahead(connection).items()}}


def note_ahead(connection: Any, scope: str, position: int, epoch: int, seal: str) -> None:
    """Rows were taken as they stood when the scope's feed ended here, which it has yet to bring or to seal: until then
    only this proves how much the hub knew."""
    if seal:
        put(connection, AHEAD + scope, f"{position}.{epoch}.{seal}")


def _ahead(connection: Any) -> dict[str, tuple[tuple[int, int], str]]:
    rows = connection.execute(
        "SELECT m.k, m.v FROM sync_meta AS m JOIN sync_cursors AS c ON m.k = ? || c.scope"
        " WHERE CAST(m.v AS INTEGER) > c.position OR c.seal IS NULL",
        (AHEAD,),
    ).fetchall()
    found = {}
    for name, text in rows:
        position, epoch, seal = text.split(".", 2)
        found[name] = ((int(position), int(epoch)), seal)
    return found


def follow_from(connection: Any, places: Mapping[str, tuple[int, int]], seals: Mapping[str, str]) -> None:
    """Goes on from these positions, whatever lies between: that is to be taken of the rows, so the seals only prove how
    much the hub knew."""
    connection.execute("DELETE FROM sync_meta WHERE substr(k, 1, ?) = ?", (len(AHEAD), AHEAD))
    for scope, (position, epoch) in places.items():
        begin_at(connection, scope, position, epoch, seals.get(scope, ""))


def begin_at(connection: Any, scope: str, position: int, epoch: int, seal: str) -> None:
    """Follows a scope's feed from a place up to which nothing was heard yet."""
    connection.execute(
        "INSERT INTO sync_cursors (scope, position, epoch) VALUES (?, ?, ?) ON CONFLICT (scope)"
        " DO UPDATE SET position = excluded.position, epoch = excluded.epoch, seal = NULL",
        (scope, position, epoch),
    )
    note_ahead(connection, scope, position, epoch, seal)
