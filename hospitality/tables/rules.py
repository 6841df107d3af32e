"""How a plan is drawn and what state a table is in. Values in, a decision out."""

from collections.abc import Sequence
from dataclasses import dataclass

from hospitality.ground.errors import Invalid, Refused

GRID = 8
SIDE_MIN = 48  # what a finger can hit
SIDE_MAX = 640
PLAN_WIDTH, PLAN_HEIGHT = 1600, 1200
TURN_DEGREES = 15
SEATS_MAX = 99
COVERS_MAX = 999
SORT_MAX = 10_000
LABEL_LENGTH_MAX = 40
SERVICE_LENGTH_MAX = 40
TABLES_MAX = 500  # of a property, and of a section


@dataclass(frozen=True, slots=True)
class Seating:
    """Guests at a table: since when, how many, when they last asked for the bill, left, and when it was cleaned."""

    at: str
    covers: int
    bill_at: str | None = None
    ended_at: str | None = None
    cleaned_at: str | None = None


@dataclass(frozen=True, slots=True)
class OrderThere:
    """An order at a table that is not settled; `placed_at` is that of its last line."""

    opened_at: str
    placed_at: str
    served: bool
    covers: int | None = None


@dataclass(frozen=True, slots=True)
class TableState:
    """free, seated, ordered, served, bill_asked, paid or dirty, with since when and how many guests.

    `since`: since when the guests sit there; in bill_asked since they asked, in dirty since they left.
    """

    state: str
    since: str | None = None
    covers: int | None = None


def table_state(seating: Seating | None, orders: Sequence[OrderThere], *, settled: bool = False) -> TableState:
    """What the newest seating and the open orders of a table come to.

    An order makes a table taken with or without a seating. settled: an order of the guests who sit there was paid.
    A bill that was asked for before more was ordered is not asked for any more.
    """
    there = seating if seating is not None and seating.ended_at is None else None
    if there is None and not orders:
        if seating is not None and seating.cleaned_at is None:
            return TableState("dirty", seating.ended_at)
        return TableState("free")
    covers = there.covers if there is not None else max((order.covers or 0 for order in orders), default=0) or None
    since = there.at if there is not None else min(order.opened_at for order in orders)
    bill_at = there.bill_at if there is not None else None
    if bill_at is not None and all(order.placed_at <= bill_at for order in orders) and (orders or not settled):
        return TableState("bill_asked", bill_at, covers)
    if orders:
        return TableState("served" if all(order.served for order in orders) else "ordered", since, covers)
    return TableState("paid" if settled else "seated", since, covers)


def check_plan(*, x: int, y: int, w: int, h: int, rotation: int) -> None:
    """Raises Invalid PLACE_INVALID unless a table lies on the grid, inside the plan, and can be hit."""
    on_grid = all(value % GRID == 0 for value in (x, y, w, h)) and rotation % TURN_DEGREES == 0
    inside = x >= 0 and y >= 0 and x + w <= PLAN_WIDTH and y + h <= PLAN_HEIGHT
    if not (on_grid and inside and SIDE_MIN <= w <= SIDE_MAX and SIDE_MIN <= h <= SIDE_MAX and 0 <= rotation < 360):
        raise Invalid(
            "PLACE_INVALID",
            f"Put the table on the plan's grid of {GRID}, inside {PLAN_WIDTH} by {PLAN_HEIGHT}, turned by "
            f"{TURN_DEGREES} degrees at a time.",
            x=x,
            y=y,
            w=w,
            h=h,
            rotation=rotation,
        )


def check_shape(shape: str, shapes: Sequence[str]) -> str:
    """The shape; Invalid SHAPE_INVALID unless it is one of `shapes`."""
    if shape not in shapes:
        raise Invalid("SHAPE_INVALID", f"Choose one of {', '.join(shapes)}.", shape=shape)
    return shape


def check_seats(seats: int) -> int:
    """How many sit at a table."""
    if not 1 <= seats <= SEATS_MAX:
        raise Invalid("SEATS_INVALID", f"A table has 1 to {SEATS_MAX} seats.", seats=seats)
    return seats


def check_covers(covers: int) -> int:
    """How many guests sit down."""
    if not 1 <= covers <= COVERS_MAX:
        raise Invalid("COVERS_INVALID", f"Say how many guests: 1 to {COVERS_MAX}.", covers=covers)
    return covers


def check_sort(sort: int) -> int:
    """An area's place among its fellows."""
    if not 0 <= sort <= SORT_MAX:
        raise Invalid("SORT_INVALID", f"A place in the order is 0 to {SORT_MAX}.", sort=sort)
    return sort


def check_seat(state: str, label: str) -> None:
    """Raises Refused unless guests can be seated at a table in this state."""
    if state == "dirty":
        raise Refused("TABLE_DIRTY", f"Table {label} is not cleaned yet. Clean it, or choose another.", label=label)
    if state != "free":
        raise Refused("TABLE_TAKEN", f"Somebody sits at table {label}. Choose another.", label=label, state=state)


def check_step(step: str, state: str, label: str, *, owes: bool) -> None:
    """Raises Refused unless a table in this state can take the step. owes: it has an order that is not settled."""
    if step == "cleaned":
        if state != "dirty":
            raise Refused(
                "TABLE_NOT_DIRTY",
                f"Table {label} has nothing to clean. Read the floor again.",
                label=label,
                state=state,
            )
    elif state in ("free", "dirty"):
        raise Refused(
            "TABLE_NOT_SEATED", f"Nobody sits at table {label}. Read the floor again.", label=label, state=state
        )
    elif step == "ended" and owes:
        raise Refused(
            "TABLE_OWES",
            f"Table {label} has an order that is not paid. Take the payment, or move the order.",
            label=label,
            state=state,
        )


def check_join(*, same: bool, joined: bool, state: str, label: str) -> None:
    """Raises Refused unless a table can be put to another: it is another one, stands by itself, and nobody sits there."""
    if same or joined:
        raise Refused("TABLE_JOINED", f"Table {label} is joined already. Part it first.", label=label)
    check_seat(state, label)
