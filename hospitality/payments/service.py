"""Taking payments and settling. `checks.pay` answers the order with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hospitality.ground.errors import Refused
from hospitality.ground.ids import new_id
from hospitality.ground.numbers import next_number
from hospitality.ground.statements import Reading
from hospitality.ground.work import Work
from hospitality.orders.loading import LoadedOrder, load_order
from hospitality.orders.rules import Totals, check_not_settled, day_cursor, from_day_cursor
from hospitality.payments import rules
from hospitality.payments.facts import OrderSettled, PaymentTaken
from hospitality.payments.models import Payment, Receipt
from hospitality.payments.rules import NewPayment, Standing
from hospitality.properties.service import business_day

TAKE = "payments.take"
_SHOWN = (
    "id",
    "tender",
    "amount_minor",
    "tendered_minor",
    "change_minor",
    "reference",
    "currency",
    "taken_at",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A payment with what it left behind: the order as loaded, its standing now, and the receipt if it settled."""

    payment: dict[str, Any]
    order: LoadedOrder
    standing: Standing
    receipt: dict[str, Any] | None


def take_payment(work: Work, order_id: str, new: NewPayment) -> Taken:
    """Takes money for an order; what pays the last of it settles the order and issues its receipt.

    Refused with PAYMENT_OVER_DUE, TENDERED_TOO_LITTLE, CARD_REFERENCE_USED or ORDER_SETTLED.
    """
    work.require(TAKE)
    order = load_order(work, order_id)
    before = standing(work, order_id)
    check_not_settled(settled=before.settled, number=order.number)
    if not order.left():
        raise Refused("ORDER_VOIDED", f"Everything on order {order.number} is voided. Nothing is due.")
    sums = order.totals()
    decided = rules.decide(
        new,
        due_minor=sums.total_minor - before.paid_minor,
        currency=order.row["currency"],
        references=_references(work, order_id) if new.tender == "card" else (),
    )
    paid = before.paid_minor + new.amount_minor
    payment = work.add(Payment, _payment_row(work, order, new, decided))
    work.journal(PaymentTaken(payment["id"], order_id, new.tender, new.amount_minor, order.row["currency"]))
    receipt = issue_receipt(work, order, sums) if paid == sums.total_minor else None
    shown = {name: payment[name] for name in _SHOWN}
    return Taken(shown, order, Standing(paid, receipt is not None), receipt)


def issue_receipt(work: Work, order: LoadedOrder, sums: Totals) -> dict[str, Any]:
    """Settles an order of which nothing is due: {id, number}."""
    today = business_day(work).isoformat()
    receipt = work.add(
        Receipt,
        {
            "id": new_id(),
            "order_id": order.id,
            "number": next_number(work, "receipt"),
            "total_minor": sums.total_minor,
            "currency": order.row["currency"],
            "taxes": msgspec.json.encode(sums.taxes).decode(),
            "issued_at": work.now_text,
            "business_date": today,
        },
    )
    fact = OrderSettled(order.id, receipt["id"], receipt["number"], sums.total_minor, order.row["currency"])
    work.journal(fact)
    return {"id": receipt["id"], "number": receipt["number"]}


def _payment_row(work: Work, order: LoadedOrder, new: NewPayment, decided: rules.Decided) -> dict[str, Any]:
    return {
        "id": new_id(),
        "order_id": order.id,
        "tender": new.tender,
        "amount_minor": new.amount_minor,
        "tendered_minor": decided.tendered_minor,
        "change_minor": decided.change_minor,
        "currency": order.row["currency"],
        "reference": decided.reference,
        "taken_by": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "taken_at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }


def standing(reading: Reading, order_id: str) -> Standing:
    """What has been paid on one order."""
    return standings(reading, [order_id])[order_id]


# The casts keep PostgreSQL from answering a sum of bigint as a decimal.
_PAID = """
    SELECT order_id, CAST(SUM(amount_minor) AS BIGINT) AS paid_minor FROM payments
    WHERE org_id = :org_id AND order_id IN (:ids) GROUP BY order_id
"""


def standings(reading: Reading, order_ids: Sequence[str]) -> dict[str, Standing]:
    """What has been paid on each of these orders: two SELECTs for any number."""
    if not order_ids:
        return {}
    paid = {row["order_id"]: row["paid_minor"] for row in reading.rows(_PAID, ids=order_ids)}
    receipts = reading.rows(
        "SELECT order_id FROM receipts WHERE org_id = :org_id AND order_id IN (:ids)", ids=order_ids
    )
    settled = {row["order_id"] for row in receipts}
    return {id: Standing(paid.get(id, 0), id in settled) for id in order_ids}


_PAYMENTS = """
    SELECT id, order_id, tender, amount_minor, tendered_minor, change_minor, reference, currency, taken_at,
           business_date
    FROM payments WHERE org_id = :org_id
"""


def payments_page(reading: Reading, *, limit: int = 100, cursor: str | None = None) -> dict[str, Any]:
    """{items, next_cursor}: the property's payments with their order_id, newest first."""
    before = ""
    parameters: dict[str, Any] = {"limit": limit + 1}
    if cursor is not None:
        before = "AND (business_date, id) < (:day, :id)"
        parameters["day"], parameters["id"] = from_day_cursor(cursor)
    rows = reading.rows(
        f"{_PAYMENTS} AND property_id = :property_id {before} ORDER BY business_date DESC, id DESC LIMIT :limit",
        **parameters,
    )
    page = rows[:limit]
    return {
        "items": [_shown(row) for row in page],
        "next_cursor": day_cursor(page[-1]) if len(rows) > limit else None,
    }


def payments_of(reading: Reading, order_id: str) -> list[dict[str, Any]]:
    """An order's payments, oldest first."""
    rows = reading.rows(f"{_PAYMENTS} AND order_id = :order_id ORDER BY taken_at, id", order_id=order_id)
    return [_shown(row) for row in rows]


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: row[name] for name in _SHOWN}, "order_id": row["order_id"]}


def _references(reading: Reading, order_id: str) -> set[str]:
    rows = reading.rows(
        "SELECT reference FROM payments WHERE org_id = :org_id AND order_id = :order_id AND tender = 'card'",
        order_id=order_id,
    )
    return {row["reference"] for row in rows}
