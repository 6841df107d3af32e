"""How much a room may order and ask for (R21), and what it may say. Values in, a decision out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hospitality.ground.clock import instant
from hospitality.ground.errors import Invalid, Refused, TooMany
from hospitality.orders.rules import NewLine, promise

LINES_MAX = 30
QUANTITY_MAX = 20  # of one item in one order, on however many lines
COVERS_MAX = 20
ORDERS_MAX = 5
ORDERS_WITHIN = timedelta(minutes=10)
ASKS_MAX = 10
ASKS_WITHIN = timedelta(minutes=30)
AHEAD_MAX = timedelta(hours=24)
NOTE_LENGTH_MAX = 200
TEXT_LENGTH_MAX = 500
ABOUT = ("housekeeping", "message")
WISHES = ("cleaning", "towels", "toiletries", "pillows", "turndown")


@dataclass(frozen=True, slots=True)
class RoomOrder:
    """An order as a guest sends it. stay: what the terminal showed was of this stay; shown_minor: what it said that the
    lines come to. wanted_at: None for as soon as can be."""

    stay: str
    lines: tuple[NewLine, ...]
    shown_minor: int
    wanted_at: str | None = None
    covers: int | None = None
    note: str | None = None


def check_order(new: RoomOrder, *, now: datetime) -> None:
    """Raises Refused beyond what a room orders at once, Invalid when the time or the number of guests is none."""
    wanted: dict[str, int] = {}
    for line in new.lines:
        wanted[line.menu_item_id] = wanted.get(line.menu_item_id, 0) + line.quantity
    if len(new.lines) > LINES_MAX or max(wanted.values(), default=0) > QUANTITY_MAX:
        raise Refused(
            "TOO_MUCH_FOR_A_ROOM",
            f"From here you can order {QUANTITY_MAX} of one thing, and {LINES_MAX} different ones. Call us for more.",
            quantity_max=QUANTITY_MAX,
            lines_max=LINES_MAX,
        )
    if new.covers is not None and not 1 <= new.covers <= COVERS_MAX:
        raise Invalid("COVERS_INVALID", f"Give 1 to {COVERS_MAX} covers.", covers=new.covers)
    if new.wanted_at is not None and not now < instant(promise(new.wanted_at, now=now)) <= now + AHEAD_MAX:
        raise Invalid("WANTED_AT_INVALID", "Choose a time within the next 24 hours.", wanted_at=new.wanted_at)


def check_often(count: int, *, most: int, within: timedelta) -> None:
    """Raises TooMany when a room did something `most` times within that time already."""
    if count >= most:
        raise TooMany(
            "ROOM_TOO_OFTEN",
            "That was a lot at once. Wait a few minutes, or call us.",
            retry_after_seconds=int(within.total_seconds()),
        )


def check_ask(about: str, wishes: Sequence[str], text: str | None) -> None:
    """Raises Invalid unless something is asked for that the house knows, or said."""
    if about not in ABOUT or set(wishes) - set(WISHES) or (about == "message" and wishes):
        raise Invalid("ROOM_ASK_INVALID", f"Ask for some of {', '.join(WISHES)}, or send a message.")
    if not wishes and text is None:
        raise Invalid("ROOM_ASK_EMPTY", "Say what you would like.")


def check_shown(shown_minor: int, charged_minor: int) -> None:
    """Raises Refused unless a guest pays what the terminal showed."""
    if shown_minor != charged_minor:
        raise Refused(
            "PRICE_CHANGED",
            "A price has changed since you chose. Look at your order again.",
            shown_minor=shown_minor,
            charged_minor=charged_minor,
        )
