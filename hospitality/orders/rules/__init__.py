"""What an order may say, what is taken off it and put on, and how far it is. Values in, a decision out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from hospitality.ground.clock import instant, instant_text
from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.ids import is_id
from hospitality.ground.money import portions, written
from hospitality.menu.composing import Choice
from hospitality.orders.rules.taxes import Rate, included_taxes

LINES_PER_PLACING_MAX = 200
LINES_PER_ORDER_MAX = 1000
QUANTITY_MAX = 999
OPTIONS_PER_LINE_MAX = 100
COVERS_MAX = 999
SEAT_MAX = 999
COURSE_MAX = 20
PARTY_MIN = 6  # smaller ones are never asked for a service charge by rule, so that placing them looks nothing up
ADJUSTMENTS_MAX = 100
NAME_LENGTH_MAX = 60
TABLE_LENGTH_MAX = 40
NOTE_LENGTH_MAX = 500
LINE_NOTE_LENGTH_MAX = 200
REASON_LENGTH_MAX = 200
PROMISE_PAST_MAX = timedelta(days=1)  # what a terminal kept while its node was away may come late
PROMISE_AHEAD_MAX = timedelta(days=31)
PROMOTION = "promotion"
TAKEN_OFF = (PROMOTION, "comp", "discount")
EXEMPT = "exempt"
_WHOLE_BP = 10_000
_STATE_AFTER = {
    "started": "in_preparation",
    "ready": "ready",
    "served": "served",
    "recalled": "in_preparation",
}
_MOVES = {
    "started": ("placed",),
    "ready": ("placed", "in_preparation"),
    "served": ("placed", "in_preparation", "ready"),
    "recalled": ("ready", "served"),
}


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as it is asked for. options: (option id, quantity in one item); choices: further ones, on halves or with
    choices of their own; the price is of one, all of that included.

    name: of an open item, as it was keyed in. measured: thousandths of the unit by which an item is sold, and by what they
    were measured: keyed, or by a scale.

    approval_id: of a price keyed in, where the caller's role does not allow it. hold: not for the kitchen until fired.
    despite_pause: its station takes no orders, and this is meant all the same; by right, or by `pause_approval_id`.
    """

    menu_item_id: str
    quantity: int
    options: tuple[tuple[str, int], ...] = ()
    note: str | None = None
    seat: int | None = None
    unit_price_minor: int | None = None
    approval_id: str | None = None
    course: int | None = None
    hold: bool = False
    despite_pause: bool = False
    pause_approval_id: str | None = None
    choices: tuple[Choice, ...] = ()
    name: str | None = None
    measured: int | None = None
    measured_by: str = "keyed"

    def taken(self) -> tuple[Choice, ...]:
        """All that is chosen."""
        return (*(Choice(id, quantity) for id, quantity in self.options), *self.choices)


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as it is asked for."""

    channel: str
    lines: tuple[NewLine, ...]
    table: str | None = None
    covers: int | None = None
    note: str | None = None
    tab: str | None = None
    promised_at: str | None = None


@dataclass(frozen=True, slots=True)
class Adjusting:
    """A promotion, comp, discount or service charge as it stands; of a line, or of the whole order when `line_id` is None."""

    id: str
    kind: str
    line_id: str | None = None
    percent_bp: int | None = None
    amount_minor: int | None = None
    name: str | None = None
    reason: str | None = None
    rule_id: str | None = None
    origin_id: str | None = None
    certificate: str | None = None

    @property
    def is_share(self) -> bool:
        """Whether it follows what is on the order: a percentage, a comp of all, or an exemption from taxes."""
        return self.amount_minor is None

    def of(self, base_minor: int) -> int:
        """What it comes to of an amount, rounded half up; never more than all of it, but for a charge by amount."""
        if self.percent_bp is not None:
            return (2 * base_minor * self.percent_bp + _WHOLE_BP) // (2 * _WHOLE_BP)
        if self.amount_minor is None:
            return base_minor
        return self.amount_minor if self.kind == "service_charge" else min(self.amount_minor, base_minor)


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Lines' amounts after all adjustments, and what each of those came to; the changes add up to the difference.

    parts: what each one of the whole order took off or put on each line. exempt: the places of lines that owe no tax.
    """

    amounts: list[int]
    effects: dict[str, int]
    parts: dict[str, list[int]]
    exempt: frozenset[int] = frozenset()


def adjusted(
    lines: Sequence[tuple[str, int]],
    adjustments: Sequence[Adjusting],
    rates: Sequence[Rate] = (),
    *,
    by_line: bool = False,
) -> Adjusted:
    """(line id, amount) of the lines that are left, after adjustments in the order in which they are given: promotions,
    then as they were made.

    First what is taken off lines, then what is taken off the order, cut over its lines as they stand to each other,
    then charges on what is left, cut likewise: so each part is taxed as what it belongs to. A line has a charge of its
    own where it came from an order that had one. Last, who is exempt pays no tax that is included (`rates` says whose it
    is): what their lines come to is less by it, to the minor unit as it would have been owed.
    """
    left = [amount for _, amount in lines]
    places = {id: place for place, (id, _) in enumerate(lines)}
    effects = {one.id: 0 for one in adjustments}
    parts_of: dict[str, list[int]] = {}
    for one in adjustments:
        place = places.get(one.line_id or "")
        if place is not None and one.kind in TAKEN_OFF:
            cut = one.of(left[place])
            left[place] -= cut
            effects[one.id] = -cut
    for one in adjustments:
        if one.line_id is None and one.kind in TAKEN_OFF:
            parts = portions(one.of(sum(left)), left)
            left = [amount - part for amount, part in zip(left, parts, strict=True)]
            effects[one.id] = -sum(parts)
            parts_of[one.id] = parts
    charged = list(left)
    for one in adjustments:
        if one.kind != "service_charge":
            continue
        place = places.get(one.line_id or "")
        if place is not None:
            effects[one.id] = one.of(left[place])
            charged[place] += effects[one.id]
        elif one.line_id is None:
            parts = portions(one.of(sum(left)), left)
            charged = [amount + part for amount, part in zip(charged, parts, strict=True)]
            effects[one.id] = sum(parts)
            parts_of[one.id] = parts
    exempt: set[int] = set()
    for one in adjustments:
        if one.kind == EXEMPT:
            of = [place for place, (id, _) in enumerate(lines) if one.line_id in (None, id) and place not in exempt]
            cuts = included_taxes(charged, rates, of, by_line=by_line)
            charged = [amount - cut for amount, cut in zip(charged, cuts, strict=True)]
            effects[one.id], parts_of[one.id] = -sum(cuts), cuts
            exempt.update(of)
    return Adjusted(charged, effects, parts_of, frozenset(exempt))


def taken_along(
    there: Sequence[Adjusting],
    after: Adjusted,
    lines: Sequence[str],
    moved: Collection[str],
    *,
    onto: Sequence[Adjusting] | None,
) -> list[Adjusting]:
    """What goes along of an order's adjustments when some of its lines that are left (`lines`) go to another order.

    One of a line goes with it by itself. onto: what stands on the other order; None when it is a new check, which gets
    the same percentages, since it is the same party. On another party's order each moved line keeps what the whole
    order's adjustments took off it or put on it, to the minor unit, unless the same percentage covers it there. An amount
    stays where it was given, and goes only with the last line. Each answer names its origin and has yet to get an id.
    """
    found = []
    for one in (one for one in there if one.line_id is None):
        root = one.origin_id or one.id
        if onto is None:
            if one.is_share:
                found.append(replace(one, id="", origin_id=root))
        elif one.kind == EXEMPT:
            if not any(_covers(other, one) for other in onto):
                found += [replace(one, id="", line_id=id, origin_id=root) for id in lines if id in moved]
        elif not any(_covers(other, one) for other in onto) if one.is_share else len(moved) == len(lines):
            parts = zip(lines, after.parts[one.id], strict=True)
            found += [
                Adjusting("", one.kind, id, None, part, one.name, one.reason, one.rule_id, root)
                for id, part in parts
                if part and id in moved
            ]
    return found


def _covers(other: Adjusting, one: Adjusting) -> bool:
    """Whether another order's adjustment does to a line that comes there what `one` did where it came from."""
    if other.line_id is not None or other.kind != one.kind or not other.is_share:
        return False
    return one.kind == "service_charge" or other.percent_bp == one.percent_bp


def counting(adjustments: Sequence[Adjusting]) -> tuple[Adjusting, ...]:
    """The adjustments of one order that count, in the order in which they were made.

    A part that a line brought counts no more where what it is a part of covers the line again; of two parts of one for the
    same line or order, which two nodes took along while apart, the first counts; and of two charges by rule of the whole
    order, which two nodes put on when they counted its guests apart, the last.
    """
    by_rule = [one.id for one in adjustments if one.rule_id is not None and one.line_id is None]
    whole = {id for one in adjustments if one.line_id is None for id in (one.id, one.origin_id)}
    seen: set[tuple[str, str | None]] = set()
    found = []
    for one in adjustments:
        if one.id in by_rule[:-1]:
            continue
        if one.origin_id is not None:
            key = (one.origin_id, one.line_id)
            if key in seen or (one.line_id is not None and one.origin_id in whole):
                continue
            seen.add(key)
        found.append(one)
    return tuple(found)


def check_adjustment(one: Adjusting, *, base_minor: int, currency: str) -> None:
    """Raises unless it says how much, and no more than there is to take it off."""
    by_percent, by_amount = one.percent_bp is not None, one.amount_minor is not None
    takes_all, is_charge = one.kind in ("comp", EXEMPT), one.kind == "service_charge"
    told = not (by_percent or by_amount) if takes_all else by_percent != by_amount
    if not told or not 0 < (one.percent_bp or 1) <= _WHOLE_BP or (one.amount_minor or 1) <= 0:
        raise Invalid(
            "ADJUSTMENT_INVALID",
            "Give a percentage up to 100 or an amount above zero, and neither for a comp or an exemption.",
            percent_bp=one.percent_bp,
            amount_minor=one.amount_minor,
        )
    if (one.kind == EXEMPT) != (one.certificate is not None):
        raise Invalid("CERTIFICATE_MISSING", "Give the certificate or number that exempts the guest, and to no other.")
    if is_charge and one.line_id is not None:
        raise Invalid("CHARGE_OF_LINE", "A service charge is put on the whole order. Leave the line out.")
    if base_minor <= 0 or (not is_charge and (one.amount_minor or 0) > base_minor):
        raise Refused(
            "ADJUSTMENT_OVER",
            f"There is only {written(base_minor, currency)} left of that. Take off no more.",
            left_minor=base_minor,
        )


def check_covered(*, total_minor: int, paid_minor: int) -> None:
    """Raises Refused when taking something off would leave more paid than is owed."""
    if paid_minor > total_minor:
        raise Refused(
            "DISCOUNT_BELOW_PAID",
            "More has been paid than would be left to pay. Take off less, or refund first.",
            paid_minor=paid_minor,
            total_minor=total_minor,
        )


def check_charge_rule(covers_min: int, percent_bp: int) -> None:
    """Raises Invalid unless the rule is for a large party and a charge that can be."""
    if not PARTY_MIN <= covers_min <= COVERS_MAX or not 0 < percent_bp <= _WHOLE_BP:
        raise Invalid(
            "CHARGE_RULE_INVALID",
            f"Charge parties of {PARTY_MIN} to {COVERS_MAX} covers up to 100 percent.",
            covers_min=covers_min,
            percent_bp=percent_bp,
        )


def state_after(steps: Sequence[str]) -> str:
    """A line's kitchen state after its steps in their order: the last one decides."""
    return _STATE_AFTER[steps[-1]] if steps else "placed"


def state_of_all(states: Iterable[str]) -> str:
    """The state of a ticket or order from its lines' states; voided lines count only when there is nothing else.

    Held lines are still to be placed with the kitchen; only where all are held is that the state.
    """
    left = set(states) - {"voided"}
    if not left:
        return "voided"
    if "held" in left and len(left) > 1:
        left = left - {"held"} | {"placed"}
    if len(left) == 1:
        return left.pop()
    return "ready" if left == {"ready", "served"} else "in_preparation"


def reckoned(lines: Iterable[tuple[str, int]]) -> str | None:
    """When the last of lines should be ready: (since when the kitchen has it, its prep seconds); None without any."""
    longest: dict[str, int] = {}  # lines of one placing are there since one moment, and reading it costs the most
    for at, seconds in lines:
        longest[at] = max(seconds, longest.get(at, 0))
    ready = [instant(at) + timedelta(seconds=seconds) for at, seconds in longest.items()]
    return instant_text(max(ready)) if ready else None


def promise(text: str, *, now: datetime) -> str:
    """The instant that somebody promises an order for, in its stored form; Invalid PROMISE_INVALID unless it is one."""
    try:
        promised = instant(text)
        known = promised.tzinfo is not None and now - PROMISE_PAST_MAX <= promised <= now + PROMISE_AHEAD_MAX
    except (ValueError, OverflowError):
        known = False
    if not known:
        raise Invalid(
            "PROMISE_INVALID",
            f"Promise a time with its zone, at most {PROMISE_AHEAD_MAX.days} days ahead.",
            promised_at=text[:40],
        )
    return instant_text(promised)


def step_changes(step: str, state: str) -> bool:
    """Whether a step moves a line that is in `state`; a repeated one doesn't, and none moves a voided line."""
    return state in _MOVES[step]


def day_cursor(row: Mapping[str, Any] | None) -> str | None:
    """Where a page ended, newest first by business date and id: `2026-03-01.<id>`."""
    return None if row is None else f"{row['business_date']}.{row['id']}"


def from_day_cursor(cursor: str) -> tuple[str, str]:
    """(business date, id) of a cursor; Invalid when it is none of ours."""
    day, _, id = cursor.partition(".")
    try:
        known = date.fromisoformat(day).isoformat() == day and is_id(id)
    except ValueError:
        known = False
    if not known:
        raise Invalid("CURSOR_INVALID", "Ask for the first page again; that cursor is none of ours.")
    return day, id


def check_lines(lines: Sequence[NewLine], *, there: int = 0) -> None:
    """Raises Invalid unless there is something to order, in quantities and lengths that a till takes."""
    if not 1 <= len(lines) <= LINES_PER_PLACING_MAX or there + len(lines) > LINES_PER_ORDER_MAX:
        raise Invalid(
            "LINES_INVALID",
            f"Send 1 to {LINES_PER_PLACING_MAX} lines at a time, {LINES_PER_ORDER_MAX} in one order at most.",
            lines=len(lines),
        )
    for line in lines:
        if not 1 <= line.quantity <= QUANTITY_MAX:
            raise Invalid("QUANTITY_INVALID", f"Order 1 to {QUANTITY_MAX} of an item.", quantity=line.quantity)
        if line.seat is not None and not 1 <= line.seat <= SEAT_MAX:
            raise Invalid("SEAT_INVALID", f"Give a seat from 1 to {SEAT_MAX}.", seat=line.seat)
        if line.course is not None and not 1 <= line.course <= COURSE_MAX:
            raise Invalid("COURSE_INVALID", f"Give a course from 1 to {COURSE_MAX}.", course=line.course)
        if _count(line.taken()) > OPTIONS_PER_LINE_MAX:
            raise Invalid("OPTIONS_INVALID", f"One line takes at most {OPTIONS_PER_LINE_MAX} choices.")


def _count(choices: Sequence[Choice]) -> int:
    waiting, count = list(choices), 0
    while waiting and count <= OPTIONS_PER_LINE_MAX:
        count += 1
        waiting += waiting.pop().choices
    return count


def check_size(lines: int) -> None:
    """Raises Invalid when an order would have more lines than one takes, with what its items bring."""
    if lines > LINES_PER_ORDER_MAX:
        raise Invalid(
            "LINES_INVALID", f"An order has at most {LINES_PER_ORDER_MAX} lines. Take a new order.", lines=lines
        )


def check_head(new: NewOrder, *, channels: Sequence[str]) -> None:
    """Raises Invalid unless the channel is one of ours and covers are of a party."""
    if new.channel not in channels:
        raise Invalid("CHANNEL_INVALID", f"Choose one of {', '.join(channels)}.", channel=new.channel)
    if new.covers is not None and not 1 <= new.covers <= COVERS_MAX:
        raise Invalid("COVERS_INVALID", f"Give 1 to {COVERS_MAX} covers.", covers=new.covers)


def check_not_settled(*, settled: bool, number: str) -> None:
    """Raises Refused ORDER_SETTLED when the order has been paid in full."""
    if settled:
        raise Refused("ORDER_SETTLED", f"Order {number} is paid. Take a new order.", number=number)


def check_void(*, total_left_minor: int, paid_minor: int) -> None:
    """Raises Refused when taking a line off would leave more paid than is owed."""
    if paid_minor > total_left_minor:
        raise Refused(
            "VOID_BELOW_PAID",
            "More has been paid than would be left to pay. Keep the line, or refund first.",
            paid_minor=paid_minor,
            total_left_minor=total_left_minor,
        )


# --- to another order


def check_moving(*, named: Sequence[str], there: Mapping[str, str], number: str) -> None:
    """Raises unless each line named is on the order once and not taken off. there: line id → its state."""
    if not named:
        raise Invalid("NOTHING_TO_MOVE", "Choose the lines or seats that go to another check.")
    if len(set(named)) < len(named):
        raise Invalid("LINE_NAMED_TWICE", "A line goes to one check. Name each line and seat once.")
    strange = [id for id in named if id not in there]
    if strange:
        raise Refused(
            "LINE_NOT_ON_ORDER", f"Not all of that is on order {number} (any more). Read it again.", line_ids=strange
        )
    gone = [id for id in named if there[id] == "voided"]
    if gone:
        raise Refused("LINE_ALREADY_VOIDED", "What is voided stays where it is. Leave it out.", line_ids=gone)


def check_room(*, there: int, coming: int, number: str) -> None:
    """Raises Refused when an order would have more lines than one takes."""
    if there + coming > LINES_PER_ORDER_MAX:
        raise Refused(
            "ORDER_FULL", f"Order {number} takes {LINES_PER_ORDER_MAX} lines at most. Leave some where they are."
        )


def check_left_covers(*, total_left_minor: int, paid_minor: int, number: str) -> None:
    """Raises Refused MOVE_BELOW_PAID when more has been paid on an order than would be left on it."""
    if paid_minor > total_left_minor:
        raise Refused(
            "MOVE_BELOW_PAID",
            f"More has been paid on order {number} than would be left on it. Move less, or refund first.",
            paid_minor=paid_minor,
            total_left_minor=total_left_minor,
        )


def check_amounts_stay(before: Adjusted, after: Adjusted, there: Sequence[Adjusting], *, number: str) -> None:
    """Raises Refused MOVE_BELOW_DISCOUNT when an amount taken off an order, or put on it, would not find room on it."""
    kept = (one.id for one in there if not one.is_share)
    if any(before.effects[id] != after.effects[id] for id in kept):
        raise Refused(
            "MOVE_BELOW_DISCOUNT",
            f"An amount was taken off order {number} or put on it, and too little would be left for it."
            " Move less, or withdraw it first.",
        )
