"""The verbs of a room's terminal, and those by which staff answer it and end a stay there.

A terminal in a room holds no permission: what a guest may do is what these verbs do, for the room of the token alone.
"""

from dataclasses import replace
from typing import Any

from hospitality.ground.clock import instant, instant_text
from hospitality.ground.errors import Forbidden, NotFound, Refused
from hospitality.ground.texts import kept_text, set_text
from hospitality.ground.work import Work
from hospitality.orders.rules import NewOrder
from hospitality.orders.service import PLACE, place_order
from hospitality.properties.service import acted, business_day
from hospitality.room_service import rules
from hospitality.room_service.facts import GuestLeft, RoomAnswered, RoomAsked
from hospitality.room_service.models import RoomAnswer, RoomAsk, RoomDeparture
from hospitality.room_service.reading import (
    CHANNEL,
    ask_view,
    asked_since,
    guests_ask,
    guests_order,
    orders_since,
    stay_of,
)
from hospitality.room_service.rules import RoomOrder
from hospitality.rooms.reading import room_view

SERVE = "rooms.serve"


def order_from_room(work: Work, new: RoomOrder) -> dict[str, Any]:
    """Takes a guest's order as staff take one, to the room of the caller's terminal: the order as a guest sees it.

    Refused STAY_ENDED, TOO_MUCH_FOR_A_ROOM, ROOM_TOO_OFTEN, PRICE_CHANGED, and as `orders.place_order` says.
    """
    room = _room_of(work, new.stay)
    rules.check_order(new, now=work.now)
    recent = orders_since(work, room["number"], instant_text(work.now - rules.ORDERS_WITHIN))
    rules.check_often(len(recent), most=rules.ORDERS_MAX, within=rules.ORDERS_WITHIN)
    note = kept_text(new.note, what="note", length_max=rules.NOTE_LENGTH_MAX)
    order = NewOrder(CHANNEL, new.lines, room["number"], new.covers, note, None, new.wanted_at)
    with work.part(replace(work.caller, permissions=frozenset({PLACE}))):
        answer = place_order(work, order)
        rules.check_shown(new.shown_minor, sum(line["amount_minor"] for line in answer["lines"]))
    return guests_order(answer)


def ask_from_room(work: Work, *, stay: str, about: str, wishes: list[str], text: str | None) -> dict[str, Any]:
    """Sends a wish or a message from the room of the caller's terminal: the ask."""
    room = _room_of(work, stay)
    text = kept_text(text, what="message", length_max=rules.TEXT_LENGTH_MAX)
    rules.check_ask(about, wishes, text)
    recent = asked_since(work, room["id"], instant_text(work.now - rules.ASKS_WITHIN))
    rules.check_often(len(recent), most=rules.ASKS_MAX, within=rules.ASKS_WITHIN)
    values = {
        "room_id": room["id"],
        "about": about,
        "wishes": set_text(wishes),
        "text": text,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }
    ask_id = work.add(RoomAsk, values)["id"]
    work.journal(RoomAsked(ask_id, room["id"], room["number"], about))
    return guests_ask(ask_view(work, ask_id))


def answer_room(work: Work, ask_id: str, *, text: str | None = None) -> dict[str, Any]:
    """Answers what a room asked for, or says that it is done; needs `rooms.serve`. Refused ROOM_ASK_ANSWERED."""
    work.require(SERVE)
    ask = ask_view(work, ask_id)
    if ask["answered_at"] is not None:
        raise Refused("ROOM_ASK_ANSWERED", "Somebody answered that already. Look at the list again.")
    text = kept_text(text, what="answer", length_max=rules.TEXT_LENGTH_MAX)
    work.add(RoomAnswer, {"ask_id": ask_id, "text": text, **acted(work)})
    work.journal(RoomAnswered(ask_id, ask["room_id"], ask["number"]))
    return ask_view(work, ask_id)


def guest_left(work: Work, room_id: str) -> dict[str, Any]:
    """Ends what the room's terminals show; needs `rooms.serve`: {room_id, until}. Nothing is settled or voided by it."""
    work.require(SERVE)
    room = room_view(work, room_id)
    # none but where the clock went back since
    later = [row["opened_at"] for row in orders_since(work, room["number"], work.now_text)]
    later += [ask["at"] for ask in asked_since(work, room_id, work.now_text)]
    until = instant_text(max([work.now, *map(instant, later)]))
    work.add(RoomDeparture, {"room_id": room_id, "until": until, **acted(work)})
    work.journal(GuestLeft(room_id, room["number"]))
    return {"room_id": room_id, "until": until}


def _room_of(work: Work, stay: str) -> dict[str, Any]:
    """The room of the caller's terminal, for as long as the stay that the terminal shows."""
    room_id = work.caller.room_id
    if room_id is None:
        raise Forbidden("NOT_PERMITTED", "Only a terminal in a room asks for that.")
    room = room_view(work, room_id)
    if not room["active"]:
        raise NotFound.of("room", room_id)
    if stay_of(work, room_id, work.caller.terminal_id) != stay:
        raise Refused("STAY_ENDED", "This terminal was made ready for the next guest. Begin again.")
    return room
