"""Describing rooms; both verbs need `property.manage`."""

from collections.abc import Mapping
from typing import Any

from hospitality.ground.errors import Refused
from hospitality.ground.texts import kept_name, kept_text
from hospitality.ground.work import Work
from hospitality.properties.service import MANAGE
from hospitality.rooms.facts import RoomAdded, RoomChanged
from hospitality.rooms.models import Room
from hospitality.rooms.reading import room_numbered, room_view

NUMBER_LENGTH_MAX = 20
NAME_LENGTH_MAX = 60


def add_room(work: Work, *, number: str, name: str | None = None, floor: str | None = None) -> dict[str, Any]:
    """Describes a room: {id, number, name, floor, active}. One of that number that was taken away is there again.

    Refused ROOM_NUMBER_TAKEN while another has it.
    """
    work.require(MANAGE)
    fields = _checked({"number": number, "name": name, "floor": floor})
    former = _free_number(work, fields["number"])
    if former is None:
        row = work.add(Room, {**fields, "active": True, "numbered_at": work.now_text})
    else:
        row = former
        work.edit(Room, row["id"], **{**fields, "active": True, "numbered_at": work.now_text})
    work.journal(RoomAdded(row["id"], fields["number"]))
    return room_view(work, row["id"])


def edit_room(work: Work, room_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given, each by itself; `active` False takes the room away. Another number is another guest's."""
    work.require(MANAGE)
    current = room_view(work, room_id)
    wanted = _checked(fields)
    after = {name: value for name, value in wanted.items() if current[name] != value}
    if not after:
        return current
    if "number" in after and _free_number(work, after["number"]) is not None:
        raise _taken(after["number"])
    numbered = {"numbered_at": work.now_text} if "number" in after or after.get("active") else {}
    work.edit(Room, room_id, **after, **numbered)
    work.journal(RoomChanged(room_id, {name: current[name] for name in after}, after))
    return {**current, **after}


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(fields)
    if "number" in checked:
        checked["number"] = kept_name(checked["number"], what="room", length_max=NUMBER_LENGTH_MAX)
    for name in ("name", "floor"):
        if name in checked:
            checked[name] = kept_text(checked[name], what=name, length_max=NAME_LENGTH_MAX)
    return checked


def _free_number(work: Work, number: str) -> dict[str, Any] | None:
    """The room that had the number and was taken away, if there is one."""
    known = room_numbered(work, number)
    if known is not None and known["active"]:
        raise _taken(number)
    return known


def _taken(number: str) -> Refused:
    return Refused("ROOM_NUMBER_TAKEN", f"There is a room {number} already. Give another number.", number=number)
