"""Verbs on an order that ask what was paid: adding, voiding, paying. Each answers the order as it is then."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hospitality.checks.reading import order_view, with_standing
from hospitality.ground.work import Work
from hospitality.orders import service as orders
from hospitality.orders.loading import LoadedOrder, load_order
from hospitality.orders.rules import NewLine, check_not_settled
from hospitality.payments.reading import standing
from hospitality.payments.rules import CardAnswer, NewPayment, Standing
from hospitality.payments.service.card import answer_card
from hospitality.payments.service.take import issue_receipt, take_payment


def add_lines(work: Work, order_id: str, lines: Sequence[NewLine]) -> dict[str, Any]:
    """Adds lines to an order that is not settled; two servers adding at once both stand (R4). With them a promotion may begin,
    after which what was paid is all that is owed."""
    order = load_order(work, order_id)
    paid = standing(work, order_id)
    check_not_settled(settled=paid.settled, number=order.number)
    return settled_if_paid(work, orders.add_lines(work, order, lines), paid)


def void_line(
    work: Work, order_id: str, line_id: str, *, reason: str, approval_id: str | None = None, wasted: bool | None = None
) -> dict[str, Any]:
    """Takes a line off an order that is not settled.

    Refused where more has been paid than is left to pay. When what was paid covers exactly what is left, the order is
    settled here and gets its receipt; an order of which nothing is left owes nothing and gets none.
    """
    order = load_order(work, order_id)
    paid = standing(work, order_id)
    check_not_settled(settled=paid.settled, number=order.number)
    shrunk = orders.void_line(
        work, order, line_id, reason=reason, paid_minor=paid.paid_minor, approval_id=approval_id, wasted=wasted
    )
    return settled_if_paid(work, shrunk, paid)


def settled_if_paid(work: Work, order: LoadedOrder, paid: Standing) -> dict[str, Any]:
    """The order after something was taken off it; what was paid may cover exactly what is left."""
    sums = order.totals()
    if paid.paid_minor and paid.paid_minor == sums.total_minor:
        issue_receipt(work, order, sums, withdrawn=paid.withdrawn)
        paid = replace(paid, settled=True, receipts_minor=sums.total_minor)
    return with_standing(order, paid)


def pay(work: Work, order_id: str, new: NewPayment, *, approval_id: str | None = None) -> dict[str, Any]:
    """Takes a payment: {payment, order, receipt}, the receipt {id, number} when it settled the order."""
    taken = take_payment(work, order_id, new, approval_id=approval_id)
    order = with_standing(taken.order, taken.standing)
    return {"payment": taken.payment, "order": order, "receipt": taken.receipt}


def answer_card_payment(
    work: Work, attempt_id: str, answer: CardAnswer, *, approval_id: str | None = None
) -> dict[str, Any]:
    """Writes down what came of a card payment: {attempt, payment, order, receipt}; the payment when it was approved."""
    attempt, taken = answer_card(work, attempt_id, answer, approval_id=approval_id)
    return {
        "attempt": attempt,
        "payment": taken.payment if taken else None,
        "order": order_view(work, attempt["order_id"]),
        "receipt": taken.receipt if taken else None,
    }
