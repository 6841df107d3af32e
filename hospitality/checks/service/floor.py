"""What staff do with an order on the floor, beside adding and paying. Each answers the order as it is then."""

from typing import Any

from hospitality.checks.reading import with_standing
from hospitality.checks.service import add_lines, settled_if_paid
from hospitality.ground.errors import Refused
from hospitality.ground.work import Work
from hospitality.orders.loading import load_order
from hospitality.orders.rules import check_not_settled
from hospitality.orders.service.adjust import NewAdjustment, adjust, withdraw_adjustment
from hospitality.orders.service.again import ordered_again
from hospitality.orders.service.change import NewHead, change_order
from hospitality.orders.service.charge import charge_anew
from hospitality.orders.service.fire import fire_course, rush_order
from hospitality.orders.service.promote import promoted
from hospitality.payments.reading import standing


def fire(work: Work, order_id: str, course: int | None = None) -> dict[str, Any]:
    """Sends a course, or all that is held, to the kitchen; what was paid beforehand is fired as well."""
    return with_standing(fire_course(work, load_order(work, order_id), course), standing(work, order_id))


def rush(work: Work, order_id: str) -> dict[str, Any]:
    """Asks the kitchen to make the order's open tickets first."""
    return with_standing(rush_order(work, load_order(work, order_id)), standing(work, order_id))


def make_adjustment(work: Work, order_id: str, new: NewAdjustment, *, approval_id: str | None = None) -> dict[str, Any]:
    """Takes something off an order that is not settled, or puts a service charge on it."""
    order, paid = load_order(work, order_id), standing(work, order_id)
    check_not_settled(settled=paid.settled, number=order.number)
    adjusted = adjust(work, order, new, paid_minor=paid.paid_minor, approval_id=approval_id)
    return settled_if_paid(work, promoted(work, adjusted), paid)


def withdraw(
    work: Work, order_id: str, adjustment_id: str, *, reason: str, approval_id: str | None = None
) -> dict[str, Any]:
    """Takes back a comp, a discount or a service charge of an order that is not settled."""
    order, paid = load_order(work, order_id), standing(work, order_id)
    check_not_settled(settled=paid.settled, number=order.number)
    changed = withdraw_adjustment(
        work, order, adjustment_id, reason=reason, paid_minor=paid.paid_minor, approval_id=approval_id
    )
    return settled_if_paid(work, promoted(work, changed), paid)


def change(work: Work, order_id: str, new: NewHead) -> dict[str, Any]:
    """Takes an order that is not settled to another table or server, counts its covers anew (and charges by the rule that
    is for so many), or names its tab."""
    order, paid = load_order(work, order_id), standing(work, order_id)
    check_not_settled(settled=paid.settled, number=order.number)
    changed = change_order(work, order, new)
    reckoned = changed if new.table is None else promoted(work, changed)
    if changed.row["covers"] != order.row["covers"]:
        reckoned = charge_anew(work, order, reckoned, paid_minor=paid.paid_minor)
    return with_standing(changed, paid) if reckoned is changed else settled_if_paid(work, reckoned, paid)


def repeat_round(work: Work, order_id: str) -> dict[str, Any]:
    """Orders again what was ordered last, with its choices and seats, at the menu's prices of now."""
    left = load_order(work, order_id).left()
    if not left:
        raise Refused("NOTHING_TO_REPEAT", "Nothing on this order is left to repeat. Order it from the menu.")
    last = max(line.row["placed_at"] for line in left)
    return add_lines(work, order_id, ordered_again([line for line in left if line.row["placed_at"] == last]))
