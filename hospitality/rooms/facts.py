"""What can happen to a room's description."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hospitality.ground.journal import journal_kind


@journal_kind("rooms.room_added")
@dataclass(frozen=True, slots=True)
class RoomAdded:
    """A room was described, or is there again."""

    room_id: str
    number: str


@journal_kind("rooms.room_changed")
@dataclass(frozen=True, slots=True)
class RoomChanged:
    """A room was edited, or taken away: the fields before and after."""

    room_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
