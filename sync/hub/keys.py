"""Business keys: what people tell rows apart by, and can give twice while apart. Never an error: a person settles it.

Of two rows that hold one key, the one that took it first keeps it. The pair stands in the conflict log, once, and is
settled when one of the two has another key or is deleted. The hub's own merging asks here; whoever else writes at head
office is asked by a trigger that says the same (`capture`).
"""

from collections.abc import Iterable
from hashlib import md5
from typing import Any
from uuid import UUID

import msgspec

from sync.clock import Stamp
from sync.hub.store import HubStore
from sync.merge import RowVersions
from sync.schema import TableSpec

RULE = "business_key"
PAIRED_MAX = 20  # a row is told of so many that took its key earlier


def same_keys(store: HubStore, table: TableSpec, ids: Iterable[str], decided_at: str) -> list[dict[str, Any]]:
    """What the conflict log says of these rows and those that have a key in common with them."""
    touched, found = set(ids), list[dict[str, Any]]()
    for key, fields in table.keys.items():
        holders: dict[tuple[Any, ...], list[tuple[Stamp, str, str | None]]] = {}
        for row in store.sharing(table, fields, sorted(touched)):
            versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
            taken = max(versions.of(name) for name in fields)
            holders.setdefault(tuple(row[name] for name in fields), []).append((taken, row["id"], row["property_id"]))
        for rows in holders.values():
            rows.sort()
            for place, lost in enumerate(rows):
                for won in rows[: min(place, PAIRED_MAX)]:
                    if won[1] in touched or lost[1] in touched:
                        found.append(_conflict(table, key, won, lost, decided_at))
    return found


def _conflict(table: TableSpec, key: str, won: Any, lost: Any, decided_at: str) -> dict[str, Any]:
    (won_stamp, won_id, _), (lost_stamp, lost_id, place) = won, lost
    said = f"{table.name}/{key}/{won_id}/{won_stamp[0]}/{won_stamp[1]}/{lost_id}/{lost_stamp[0]}/{lost_stamp[1]}"
    return {
        "id": str(UUID(md5(said.encode(), usedforsecurity=False).hexdigest())),  # PostgreSQL has no uuid5
        "property_id": place,
        "tbl": table.name,
        "row_id": lost_id,
        "field": key,
        "rule": RULE,
        "won_value": msgspec.json.encode(won_id).decode(),
        "won_hlc": won_stamp[0],
        "won_node": won_stamp[1],
        "lost_value": msgspec.json.encode(lost_id).decode(),
        "lost_hlc": lost_stamp[0],
        "lost_node": lost_stamp[1],
        "decided_at": decided_at,
    }
