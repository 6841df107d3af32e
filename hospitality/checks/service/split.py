"""Splitting an order into checks, taking lines to another one, and merging orders. Money stays where it was taken: what is
left on an order must cover it, and an order that something was paid on is merged into, never away.
"""

from collections.abc import Sequence
from typing import Any

from hospitality.checks.reading import with_standing
from hospitality.checks.service import settled_if_paid
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.work import Work
from hospitality.orders.loading import LoadedOrder, load_orders
from hospitality.orders.rules import check_left_covers, check_not_settled
from hospitality.orders.service.divide import divided
from hospitality.orders.service.move import Going, add_covers, lines_going, move_lines
from hospitality.payments.reading import standings
from hospitality.payments.rules import Standing, check_known

CHECKS_MAX = 50
MERGED_MAX = 50


def split(work: Work, order_id: str, parts: Sequence[Going]) -> dict[str, Any]:
    """Opens a check for each part and takes its lines there: {items}, the order first.

    Of a line so many may go. Refused with SPLIT_TAKES_ALL unless something stays, or as `move` is.
    """
    if not 1 <= len(parts) <= CHECKS_MAX:
        raise Invalid("SPLIT_INVALID", f"Split an order into 1 to {CHECKS_MAX} further checks.", checks=len(parts))
    [(order, paid)] = _open(work, [order_id])
    order, parts = divided(work, order, parts)
    going = lines_going(order, parts)
    if sum(map(len, going)) == len(order.left()):
        raise Refused(
            "SPLIT_TAKES_ALL",
            f"Leave something on order {order.number}. Its first check stays there.",
            number=order.number,
        )
    opened = []
    for part, line_ids in zip(parts, going, strict=True):
        order, check = move_lines(work, order, None, line_ids, tab=part.tab)
        opened.append(with_standing(check, Standing()))
    return {"items": [_left(work, order, paid), *opened]}


def move(work: Work, order_id: str, to_order_id: str | None, going: Going) -> dict[str, Any]:
    """Takes lines of an order to another one, or with None to a new check: {items}, the order they left and the one where
    they are.

    Neither may be settled. Refused with LINE_NOT_ON_ORDER, LINE_ALREADY_VOIDED, LINE_NAMED_TWICE, NOTHING_TO_MOVE,
    SAME_ORDER, MOVE_BELOW_PAID, MOVE_BELOW_DISCOUNT, ORDER_FULL, ORDER_SETTLED or CARD_PAYMENT_UNKNOWN, or as a line is
    that can't be divided (`orders.service.divide`).
    """
    if to_order_id is None:
        return split(work, order_id, [going])
    [(order, paid), (to, paid_there)] = _open(work, [order_id, to_order_id])
    order, parts = divided(work, order, [going])
    [line_ids] = lines_going(order, parts)
    order, to = move_lines(work, order, to, line_ids)
    return {"items": [_left(work, order, paid), settled_if_paid(work, to, paid_there)]}


def merge(work: Work, order_id: str, merged_ids: Sequence[str]) -> dict[str, Any]:
    """Takes all that is left of other orders onto one, which then has the guests of all: that order.

    Refused with MERGE_PAID where something was paid on one that would go.
    """
    if not 1 <= len(merged_ids) <= MERGED_MAX:
        raise Invalid("MERGE_INVALID", f"Merge 1 to {MERGED_MAX} orders into another.", orders=len(merged_ids))
    [(order, paid), *others] = _open(work, [order_id, *merged_ids])
    for other, paid_there in others:
        if paid_there.paid_minor:
            raise Refused(
                "MERGE_PAID",
                f"Something was paid on order {other.number}. Merge the other into it, or give that back first.",
                number=other.number,
            )
        if not other.left():
            raise Refused(
                "ORDER_VOIDED", f"Nothing is left on order {other.number}. Leave it out.", number=other.number
            )
    for other, _ in others:
        _, order = move_lines(work, other, order, {line.row["id"] for line in other.left()})
    return settled_if_paid(work, add_covers(work, order, [other for other, _ in others]), paid)


def _open(work: Work, order_ids: Sequence[str]) -> list[tuple[LoadedOrder, Standing]]:
    """These orders with what was paid on each; Refused unless each is another one, not settled, and known to be."""
    if len(set(order_ids)) < len(order_ids):
        raise Invalid("SAME_ORDER", "Those are the same order. Choose another.")
    orders = {order.id: order for order in load_orders(work, order_ids)}
    for id in order_ids:
        if id not in orders:
            raise NotFound.of("order", id)
    paid = standings(work, order_ids)
    for id, order in orders.items():
        check_not_settled(settled=paid[id].settled, number=order.number)
        check_known(paid[id].waiting)
    return [(orders[id], paid[id]) for id in order_ids]


def _left(work: Work, order: LoadedOrder, paid: Standing) -> dict[str, Any]:
    """The order after lines left it; what was paid must be covered, and may be all that is left."""
    check_left_covers(total_left_minor=order.totals().total_minor, paid_minor=paid.paid_minor, number=order.number)
    return settled_if_paid(work, order, paid)
