"""Receipts that count no more: an order is opened again by somebody, or two nodes that were apart each did something to
it; and what else of an order follows from what both did: its promotions, and lines of which nothing is left."""

from collections.abc import Sequence
from typing import Any

from hospitality.approvals.service import permit
from hospitality.checks.reading import order_view
from hospitality.ground.numbers import node_code_of
from hospitality.ground.statements import Reading
from hospitality.ground.work import Place, Work
from hospitality.menu.service.promotions import has_promotions
from hospitality.orders.loading import LoadedOrder, load_order, load_orders
from hospitality.orders.service.divide import take_off_empty
from hospitality.orders.service.promote import is_promoted, promoted
from hospitality.payments.reading import receipts_of, standing, standing_receipts, standings
from hospitality.payments.rules import Standing, check_reopen, kept_reason, to_withdraw, turns_refunds
from hospitality.payments.service.take import issue_receipt
from hospitality.payments.service.withdraw import withdraw_receipt
from hospitality.properties.service import business_day

REOPEN = "orders.reopen"


def reopen(work: Work, order_id: str, *, reason: str, approval_id: str | None = None) -> dict[str, Any]:
    """Opens a settled order again, for a reason: its receipt is withdrawn, and the next one will name it.

    Needs the right, or an approval of the order. Refused with ORDER_NOT_SETTLED, REOPEN_REFUNDED or REOPEN_DAY_CLOSED.
    """
    why = kept_reason(reason, what="the order is opened again")
    order = load_order(work, order_id)
    receipts = standing_receipts(work, order_id)
    refunded, today = standing(work, order_id).refunded_minor, business_day(work).isoformat()
    check_reopen(receipts, refunded_minor=refunded, today=today, number=order.number)
    approver_id = permit(work, REOPEN, order_id, approval_id=approval_id)
    for receipt in receipts:
        withdraw_receipt(
            work,
            receipt,
            order_id,
            cause="reopened",
            turns_refunds=turns_refunds("reopened", covered=True, left=True),
            currency=order.row["currency"],
            reason=why,
            approver_id=approver_id,
        )
    return order_view(work, order_id)


def doubtful(reading: Reading, order_ids: Sequence[str], *, place: Place) -> list[str]:
    """Those of these orders, and of others with pieces of their lines, with which `mend` would do something at this node."""
    pieces = _of_pieces(reading, order_ids)
    order_ids = list(dict.fromkeys((*order_ids, *pieces)))
    paid = standings(reading, order_ids)
    promoting = has_promotions(reading)
    asked = [id for id in order_ids if promoting or paid[id].settled or paid[id].withdrawn or id in pieces]
    return [
        order.id
        for order in load_orders(reading, asked)
        if order.empty()
        or _wrong(reading, order, paid[order.id])
        or (not paid[order.id].settled and not is_promoted(reading, order, place=place))
        or _lacks_one(reading, order, paid[order.id], place.code)
    ]


def mend(work: Work, order_id: str) -> bool:
    """Takes lines of which nothing is left off an order, withdraws its receipts that can't stand after what came from
    elsewhere, and reckons the promotions of one that is open by all that is on it now; whether anything was done.

    Where what was paid still covers the order, the node that issued the last of them issues the one that stands in for
    it. Called after sync; doing it twice does it once.
    """
    found, paid = load_order(work, order_id), standing(work, order_id)
    order = take_off_empty(work, found)
    emptied = order is not found
    wrong = _wrong(work, order, paid)
    for receipt in standing_receipts(work, order_id) if wrong else []:
        if receipt.id in wrong:
            withdraw_receipt(
                work,
                receipt,
                order_id,
                cause=wrong[receipt.id],
                turns_refunds=turns_refunds(
                    wrong[receipt.id],
                    covered=paid.paid_minor >= order.totals().total_minor,
                    left=bool(order.left()),
                ),
                currency=order.row["currency"],
            )
    paid = standing(work, order_id) if wrong else paid
    reckoned = order if paid.settled else promoted(work, order)
    anew, order = reckoned is not order, reckoned
    lacks_one = _lacks_one(work, order, paid, work.place.code)
    if lacks_one:
        issue_receipt(work, order, order.totals(), withdrawn=paid.withdrawn)
    return emptied or bool(wrong) or anew or lacks_one


_PIECES = """
    SELECT d.order_id, m.to_order_id FROM line_divisions d
    LEFT JOIN line_moves m ON m.org_id = d.org_id AND m.line_id IN (d.part_id, d.whole_id)
    WHERE d.org_id = :org_id AND d.whole_id IN (
        SELECT k.whole_id FROM line_divisions k WHERE k.org_id = :org_id AND k.order_id IN (:ids))
"""


def _of_pieces(reading: Reading, order_ids: Sequence[str]) -> set[str]:
    """The orders to which lines went, whole or in pieces, that were divided on these, and where they came from."""
    rows = reading.rows(_PIECES, ids=list(order_ids)) if order_ids else []
    return {id for row in rows for id in (row["order_id"], row["to_order_id"]) if id is not None}


def _wrong(reading: Reading, order: LoadedOrder, paid: Standing) -> dict[str, str]:
    if not paid.settled:
        return {}
    sums = order.totals()
    return to_withdraw(
        standing_receipts(reading, order.id),
        total_minor=sums.total_minor,
        taxes=sums.taxes,
        paid_minor=paid.paid_minor,
        refunded_minor=paid.refunded_minor,
        left=bool(order.left()),
    )


_OPENED_AGAIN = """
    SELECT receipt_id FROM receipt_withdrawals
    WHERE org_id = :org_id AND order_id = :order_id AND cause = 'reopened'
"""


def _lacks_one(reading: Reading, order: LoadedOrder, paid: Standing, code: str) -> bool:
    """Whether an order is paid for and has no receipt any more, that of this node being the last; one that somebody
    opened again is theirs to settle."""
    covered = paid.paid_minor >= order.totals().total_minor
    if paid.settled or paid.waiting or not paid.withdrawn or not covered or not order.left():
        return False
    receipts = receipts_of(reading, order.id)
    named = {number for row in receipts for number in (row["replaces"] or "").split(", ")}
    last = [row for row in receipts if row["number"] not in named]
    opened = {row["receipt_id"] for row in reading.rows(_OPENED_AGAIN, order_id=order.id)}
    return bool(last) and node_code_of(last[-1]["number"]) == code and not any(row["id"] in opened for row in last)
