"""What can happen between a room and the house. `number` is the room's, by which its terminals are told."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("room_service.guest_left")
@dataclass(frozen=True, slots=True)
class GuestLeft:
    """The room's terminals begin anew: what was ordered and asked until then is shown there no more."""

    room_id: str
    number: str


@journal_kind("room_service.room_asked")
@dataclass(frozen=True, slots=True)
class RoomAsked:
    """A guest asks for housekeeping, or sent a message."""

    ask_id: str
    room_id: str
    number: str
    about: str


@journal_kind("room_service.room_answered")
@dataclass(frozen=True, slots=True)
class RoomAnswered:
    """Staff answered, or did what was asked for."""

    ask_id: str
    room_id: str
    number: str
