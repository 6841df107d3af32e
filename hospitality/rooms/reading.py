"""Rooms as they are shown."""

from typing import Any

from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Found, Reading

ROOMS_MAX = 2_000
_ROOMS = """
    SELECT id, number, name, floor, active FROM rooms WHERE org_id = :org_id AND property_id = :property_id
"""


def rooms_list(reading: Reading) -> list[dict[str, Any]]:
    """[{id, number, name, floor, active}] of the rooms that are there, by floor and number."""
    rows = reading.rows(f"{_ROOMS} AND active ORDER BY COALESCE(floor, ''), number, id LIMIT :limit", limit=ROOMS_MAX)
    return [_room(row) for row in rows]


def room_view(reading: Reading, room_id: str) -> dict[str, Any]:
    """One room, also one that was taken away; NotFound when the property has none of that id."""
    row = reading.one(f"{_ROOMS} AND id = :id", id=room_id)
    if row is None:
        raise NotFound.of("room", room_id)
    return _room(row)


def room_numbered(reading: Reading, number: str) -> dict[str, Any] | None:
    """The room of that number, before one that was taken away."""
    row = reading.one(f"{_ROOMS} AND number = :number ORDER BY active DESC, id LIMIT 1", number=number)
    return None if row is None else _room(row)


def _room(row: Found) -> dict[str, Any]:
    return {**dict(row), "active": bool(row["active"])}
