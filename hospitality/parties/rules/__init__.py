"""How far a party is, and what may be said of it. Values in, a decision out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from hospitality.ground.clock import instant, instant_text
from hospitality.ground.errors import Invalid, Refused

State = Literal["waiting", "reserved", "late", "no_show", "cancelled", "seated", "left"]
COVERS_MAX = 999
PHONE_LENGTH_MAX = 40
PAGER_DIGITS_MAX = 10
NOTE_LENGTH_MAX = 200
TABLES_MAX = 20  # kept for one party
MINUTES_MAX = 24 * 60
AHEAD_MAX = timedelta(days=400)
DEPOSIT_MINOR_MAX = 10_000_000_000_000
# what a party may do from each state; who was given up may still come
_FROM: dict[str, tuple[str, ...]] = {
    "arrived": ("reserved", "late", "no_show", "cancelled"),
    "told": ("waiting",),
    "cancelled": ("waiting", "reserved", "late", "no_show"),
    "no_show": ("waiting", "reserved", "late"),
}
SEATABLE = ("waiting", "reserved", "late", "no_show")


def party_state(
    *, reserved_for: datetime | None, steps: Sequence[str], seated: bool, left: bool, now: datetime, grace: timedelta
) -> State:
    """steps: of arrived, cancelled and no_show, in their order; the last one holds. seated, left: by its seatings.

    A party that has reserved is late once its hour has passed, and a no-show by itself after the grace time, until
    somebody says otherwise; its tables are anybody's then.
    """
    if seated:
        return "seated"
    if left:
        return "left"
    if steps and steps[-1] != "arrived":
        return "cancelled" if steps[-1] == "cancelled" else "no_show"
    if steps or reserved_for is None:
        return "waiting"
    if now <= reserved_for:
        return "reserved"
    return "late" if now <= reserved_for + grace else "no_show"


def kept_pager(number: str | None) -> str | None:
    """A pager's number, by its digits alone; None where they hold none. Raises Invalid PAGER_INVALID."""
    digits = (number or "").strip()
    if digits and (not (digits.isascii() and digits.isdigit()) or len(digits) > PAGER_DIGITS_MAX):
        raise Invalid("PAGER_INVALID", f"A pager's number has digits alone, {PAGER_DIGITS_MAX} at most.", pager=number)
    return digits or None


@dataclass(frozen=True, slots=True)
class Booking:
    """Tables kept for a party from its hour until it is expected to leave. made_at and party_id say who was first."""

    party_id: str
    table_ids: frozenset[str]
    begins: datetime
    ends: datetime
    made_at: str = ""

    def overlaps(self, other: "Booking") -> bool:
        """Whether both want a table at one time."""
        return bool(self.table_ids & other.table_ids) and self.begins < other.ends and other.begins < self.ends


def clashes(bookings: Sequence[Booking]) -> dict[str, dict[str, bool]]:
    """Party id → the parties with which it shares a table at one time, each with whether that one was there first.

    Parties can come to this while apart (two nodes, a node and head office); whoever was made first keeps the table
    until a person says otherwise, and ids decide between equals, so that both ends see it alike.
    """
    found: dict[str, dict[str, bool]] = {}
    by_table: dict[str, list[Booking]] = {}
    for one in bookings:
        for table_id in one.table_ids:
            for other in by_table.setdefault(table_id, []):
                if one.overlaps(other):
                    is_first = (other.made_at, other.party_id) < (one.made_at, one.party_id)
                    found.setdefault(one.party_id, {})[other.party_id] = is_first
                    found.setdefault(other.party_id, {})[one.party_id] = not is_first
            by_table[table_id].append(one)
    return found


def check_step(step: str, state: str) -> None:
    """Raises Refused unless a party in this state can take the step."""
    if state not in _FROM[step]:
        said = {"seated": "has sat down already", "left": "has been and gone", "waiting": "is here already"}
        raise Refused(
            "PARTY_STEP",
            f"This party {said.get(state, 'is ' + state.replace('_', ' '))}. Read the list anew.",
            state=state,
        )


def check_seatable(state: str) -> None:
    """Raises Refused unless a party in this state can be given a table."""
    if state not in SEATABLE:
        raise Refused("PARTY_NOT_WAITING", "This party does not wait any more. Read the list anew.", state=state)


def check_covers(covers: int) -> int:
    """How many they are."""
    if not 1 <= covers <= COVERS_MAX:
        raise Invalid("COVERS_INVALID", f"Say how many guests: 1 to {COVERS_MAX}.", covers=covers)
    return covers


def check_minutes(minutes: int | None) -> int | None:
    """How long they stay, or were told to wait."""
    if minutes is not None and not 0 <= minutes <= MINUTES_MAX:
        raise Invalid("MINUTES_INVALID", f"Give 0 to {MINUTES_MAX} minutes.", minutes=minutes)
    return minutes


def reserved(text: str, *, now: datetime) -> str:
    """The hour of a reservation in its stored form; Invalid RESERVATION_INVALID unless it is one that can be kept."""
    try:
        hour = instant(text)
        known = hour.tzinfo is not None and now - timedelta(days=1) <= hour <= now + AHEAD_MAX
    except (ValueError, OverflowError):
        known = False
    if not known:
        raise Invalid(
            "RESERVATION_INVALID",
            f"Give a day and hour with its zone, at most {AHEAD_MAX.days} days ahead.",
            reserved_for=text[:40],
        )
    return instant_text(hour)


def check_host_rules(*, grace_minutes: int, turn_minutes: int, deposit_covers_min: int, deposit_minor: int) -> None:
    """Raises Invalid unless a door can be kept by these."""
    if not 0 <= grace_minutes <= MINUTES_MAX or not 5 <= turn_minutes <= MINUTES_MAX:
        raise Invalid("MINUTES_INVALID", f"Hold tables 0, and count a stay 5, to {MINUTES_MAX} minutes.")
    if not 0 <= deposit_covers_min <= COVERS_MAX or not 0 <= deposit_minor <= DEPOSIT_MINOR_MAX:
        raise Invalid("DEPOSIT_INVALID", "Ask parties of zero or more guests for zero or more each.")


def deposit_asked(covers: int, *, covers_min: int, minor: int) -> int:
    """What a party of so many should leave when it reserves."""
    return covers * minor if covers_min and covers >= covers_min else 0
