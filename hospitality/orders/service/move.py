"""Taking lines to another order or a new check: each a fact about a line, which goes on as it was placed, fired and made.

What was paid is `checks`' to ask; see `checks.service.split`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from hospitality.ground.ids import new_id
from hospitality.ground.numbers import next_number
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Work
from hospitality.orders import rules
from hospitality.orders.facts import LinesMoved
from hospitality.orders.loading import LoadedLine, LoadedOrder, load_orders
from hospitality.orders.models import Adjustment, AdjustmentWithdrawal, LineMove, Order, OrderChange
from hospitality.orders.rules import Adjusting
from hospitality.orders.service import PLACE
from hospitality.orders.service.promote import carry_waivers, promoted
from hospitality.properties.service import acted, business_day


@dataclass(frozen=True, slots=True)
class Going:
    """Which lines go: those named and those of these seats. tab: the name of the check that is opened for them.

    some: so many of a line, until `divide.divided` has made them a line of their own.
    """

    line_ids: tuple[str, ...] = ()
    seats: tuple[int, ...] = ()
    tab: str | None = None
    some: tuple[tuple[str, int], ...] = ()


def lines_going(order: LoadedOrder, going: Sequence[Going]) -> list[list[str]]:
    """The line ids of each part; Refused or Invalid unless each is on the order, left, and in one part alone.

    A seat stands for all that is left on it, a line for all that was ordered as one with it.
    """
    left = order.left()
    with_it = {line.row["id"]: [one.row["id"] for one in order.together(line)] for line in left if line.part_of}
    of_seat: dict[int, list[str]] = {}
    for line in left:
        of_seat.setdefault(line.row["seat"], []).append(line.row["id"])
    parts = []
    there = {line.row["id"]: line.state for line in order.lines}
    for part in going:
        named = [*part.line_ids, *(id for seat in part.seats for id in of_seat.get(seat, ()))]
        rules.check_moving(named=named, there=there, number=order.number)
        parts.append(list(dict.fromkeys(id for one in named for id in with_it.get(one, (one,)))))
    rules.check_moving(named=[id for named in parts for id in named], there=there, number=order.number)
    return parts


def move_lines(
    work: Work, order: LoadedOrder, to: LoadedOrder | None, line_ids: Collection[str], *, tab: str | None = None
) -> tuple[LoadedOrder, LoadedOrder]:
    """Takes lines to another order, or with None to a new check beside it: both as they are then.

    The new check has the order's table, server and channel. Refused ORDER_FULL or MOVE_BELOW_DISCOUNT.
    """
    work.require(PLACE)
    target = _new_check(work, order, tab) if to is None else to
    rules.check_room(there=len(target.lines), coming=len(line_ids), number=target.number)
    going = [line for line in order.lines if line.row["id"] in line_ids]
    ids, before = [line.row["id"] for line in order.left()], order.adjusted()
    onto = None if to is None else to.adjustments
    along = [
        replace(one, id=new_id()) for one in rules.taken_along(order.adjustments, before, ids, line_ids, onto=onto)
    ]
    _move(work, order, target, going)
    add_adjustments(work, target, along)
    if len(going) == len(ids):
        _end_amounts(work, order)
    if to is None:
        carry_waivers(work, order.id, target.id)
    shrunk, grown = load_orders(work, [order.id, target.id])
    check_amounts_stay(order, shrunk)
    shrunk, grown = promoted(work, shrunk), promoted(work, grown)
    tickets = dict.fromkeys(line.row["ticket_id"] for line in going if line.is_kitchens)
    fact = LinesMoved(
        order.id,
        order.number,
        (target.id,),
        target.number,
        to is None,
        tuple(line.row["id"] for line in going),
        tuple(tickets),
        tuple(one.id for one in along),
        shrunk.totals().total_minor,
        order.row["currency"],
    )
    work.journal(fact)
    return shrunk, grown


def check_amounts_stay(before: LoadedOrder, after: LoadedOrder) -> None:
    """Raises Refused MOVE_BELOW_DISCOUNT when an amount that somebody took off or put on would not find room on what is
    left; promotions are reckoned anew behind it."""
    had, has = before.without_promotions(), after.without_promotions()
    rules.check_amounts_stay(had.adjusted(), has.adjusted(), has.adjustments, number=before.number)


def _new_check(work: Work, order: LoadedOrder, tab: str | None) -> LoadedOrder:
    """A check for a part of the same party: whoever serves the order serves it. Its covers stay counted where they are."""
    today = business_day(work).isoformat()
    of = order.row
    row = work.add(
        Order,
        {
            "id": new_id(),
            "number": next_number(work, "order", restarts=today),
            "channel": of["channel"],
            "table_label": of["table_label"],
            "covers": None,
            "note": of["note"],
            "currency": of["currency"],
            "opened_by": of["server_id"],
            "terminal_id": work.caller.terminal_id,
            "business_date": today,
            "opened_at": work.now_text,
            "tax_by_line": of["tax_by_line"],
        },
    )
    named = kept_text(tab, what="tab", length_max=rules.NAME_LENGTH_MAX) or of["tab"]
    if named:
        _change(work, row["id"], "tab", named)
    return LoadedOrder(row, of["server_name"], ())


def add_covers(work: Work, order: LoadedOrder, others: Sequence[LoadedOrder]) -> LoadedOrder:
    """Counts the guests of orders that were merged into one, where any were counted."""
    counted = [one.row["covers"] for one in (order, *others) if one.row["covers"] is not None]
    covers = min(sum(counted), rules.COVERS_MAX)
    if not counted or covers == order.row["covers"]:
        return order
    _change(work, order.id, "covers", str(covers))
    return replace(order, row={**order.row, "covers": covers})


def _change(work: Work, order_id: str, field: str, value: str) -> None:
    work.add(OrderChange, {"order_id": order_id, "field": field, "value": value, "server_id": None, **acted(work)})


def _move(work: Work, order: LoadedOrder, to: LoadedOrder, going: Sequence[LoadedLine]) -> None:
    first_no = max((line.row["line_no"] for line in to.lines), default=0) + 1
    by = acted(work)
    rows = [
        {
            "line_id": line.row["id"],
            "order_id": order.id,
            "to_order_id": to.id,
            "move_no": (line.moved.move_no if line.moved else 0) + 1,
            "line_no": line_no,
            **by,
        }
        for line_no, line in enumerate(going, first_no)
    ]
    work.add_all(LineMove, rows)


def add_adjustments(work: Work, to: LoadedOrder, along: Sequence[Adjusting]) -> None:
    """Puts on an order what went along with lines."""
    by = {**acted(work), "order_id": to.id, "approver_id": None}
    names = (
        "id",
        "line_id",
        "kind",
        "name",
        "percent_bp",
        "amount_minor",
        "reason",
        "rule_id",
        "origin_id",
        "certificate",
    )
    work.add_all(Adjustment, [{**by, **{name: getattr(one, name) for name in names}} for one in along])


def _end_amounts(work: Work, order: LoadedOrder) -> None:
    """Withdraws the amounts that went with the last line, lest they count again for what is added later."""
    amounts = [one.id for one in order.adjustments if one.line_id is None and not one.is_share]
    by = {**acted(work), "reason": "went with the last line", "approver_id": None}
    work.add_all(AdjustmentWithdrawal, [{"adjustment_id": id, **by} for id in amounts])
