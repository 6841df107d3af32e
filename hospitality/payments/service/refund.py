"""Giving money back: a fact of its own with a number, never more than was paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from hospitality.approvals.service import permit
from hospitality.cash.reading import Till, till_of
from hospitality.ground.errors import NotFound
from hospitality.ground.ids import new_id
from hospitality.ground.money import to_step
from hospitality.ground.numbers import next_number
from hospitality.ground.statements import Reading
from hospitality.ground.work import Work
from hospitality.orders.loading import load_order
from hospitality.payments import rules
from hospitality.payments.facts import PaymentRefunded
from hospitality.payments.models import Refund
from hospitality.payments.reading import SHOWN_OF_REFUND, standing, standing_receipts, turned, waiting_refund
from hospitality.payments.rules import DecidedRefund, Issued, NewRefund, Refundable, Standing
from hospitality.properties.service import business_day

REFUND = "payments.refund"
_PAYMENT = """
    SELECT p.id, p.order_id, p.tender, p.amount_minor, p.tip_minor, p.currency,
           (SELECT CAST(COALESCE(SUM(f.amount_minor), 0) AS BIGINT) FROM refunds f
            WHERE f.org_id = p.org_id AND f.payment_id = p.id) AS given_back_minor,
           (SELECT CAST(COALESCE(SUM(f.tip_minor), 0) AS BIGINT) FROM refunds f
            WHERE f.org_id = p.org_id AND f.payment_id = p.id) AS tip_given_back_minor
    FROM payments p WHERE p.org_id = :org_id AND p.property_id = :property_id AND p.id = :id
"""
# what was given back of an order's sale so far
_GIVEN_BACK = f"""
    SELECT f.amount_minor, f.taxes FROM refunds f
    WHERE f.org_id = :org_id AND f.order_id = :order_id AND f.kind = 'refund' AND NOT {turned()}
"""


@dataclass(frozen=True, slots=True)
class RefundablePayment:
    """A payment with what is left of it after earlier refunds."""

    id: str
    order_id: str
    tender: str
    currency: str
    left: Refundable


@dataclass(frozen=True, slots=True)
class GivenBy:
    """Who gave money back, by whose approval, and where."""

    person_id: str | None
    approver_id: str | None
    terminal_id: str | None


def refund_payment(work: Work, payment_id: str, new: NewRefund, *, approval_id: str | None = None) -> dict[str, Any]:
    """Gives back money of a payment, wholly or in part, for a reason: the refund as the list shows it.

    Before the order is settled this is a reversal, and what it gives back is due again. Afterwards it is a refund: the
    receipt stands, and the refund carries its portion of the receipt's taxes. Needs the right, or an approval of the
    payment with amount and tip together as its value. Refused with REFUND_OVER_PAID,
    REFUND_SURPLUS_FIRST, REFUND_TENDER or CARD_REFUND_UNKNOWN.
    """
    back = new.amount_minor + new.tip_minor
    approver_id = permit(work, REFUND, payment_id, approval_id=approval_id, value=back)
    payment = refundable(work, payment_id)
    rules.check_refund_known(waiting_refund(work, payment.order_id))
    decided = rules.decide_refund(new, payment.left, currency=payment.currency)
    by = GivenBy(work.caller.person_id, approver_id, work.caller.terminal_id)
    return book_refund(work, payment, decided, by, amount_minor=new.amount_minor, tip_minor=new.tip_minor)


def refundable(reading: Reading, payment_id: str) -> RefundablePayment:
    """A payment with what is left of it; NotFound PAYMENT_NOT_FOUND."""
    row = reading.one(_PAYMENT, id=payment_id)
    if row is None:
        raise NotFound.of("payment", payment_id)
    total = load_order(reading, row["order_id"]).totals().total_minor
    found = standing(reading, row["order_id"])
    named = {name: row[name] for name in ("id", "order_id", "tender", "currency")}
    return RefundablePayment(**named, left=_left(row, found, total))


def book_refund(
    work: Work,
    payment: RefundablePayment,
    decided: DecidedRefund,
    by: GivenBy,
    *,
    amount_minor: int,
    tip_minor: int,
    id: str | None = None,
) -> dict[str, Any]:
    """Writes down that money was given back: the refund as the list shows it."""
    back = amount_minor + tip_minor
    receipt = standing_receipts(work, payment.order_id)[-1] if decided.kind == "refund" else None
    till = till_of(work, by.terminal_id) if decided.tender == "cash" else Till(None, 1)
    row: dict[str, Any] = {
        "id": id or new_id(),
        "payment_id": payment.id,
        "order_id": payment.order_id,
        "number": next_number(work, "refund"),
        "kind": decided.kind,
        "tender": decided.tender,
        "amount_minor": amount_minor,
        "tip_minor": tip_minor,
        "rounding_minor": to_step(back, till.step_minor) - back,
        "currency": payment.currency,
        "reference": decided.reference,
        "taxes": msgspec.json.encode(_taxes(work, receipt, payment.order_id, amount_minor) if receipt else []).decode(),
        "reason": decided.reason,
        "person_id": by.person_id,
        "approver_id": by.approver_id,
        "terminal_id": by.terminal_id,
        "given_at": work.now_text,
        "business_date": business_day(work).isoformat(),
        "drawer_session_id": till.session_id,
        "receipt_id": receipt.id if receipt else None,
    }
    work.add(Refund, row)
    told = ("payment_id", "order_id", "number", "kind", "tender", "amount_minor", "tip_minor", "currency")
    work.journal(
        PaymentRefunded(row["id"], **{name: row[name] for name in told}),
        reason=decided.reason,
        approver_id=by.approver_id,
    )
    return {name: row[name] for name in SHOWN_OF_REFUND}


def _left(payment: Mapping[str, Any], found: Standing, total_minor: int) -> Refundable:
    return Refundable(
        payment["tender"],
        payment["amount_minor"] - payment["given_back_minor"],
        payment["tip_minor"] - payment["tip_given_back_minor"],
        found.settled,
        found.surplus_minor(total_minor) if found.settled else 0,
    )


def _taxes(work: Work, receipt: Issued, order_id: str, amount_minor: int) -> list[dict[str, Any]]:
    given = work.rows(_GIVEN_BACK, order_id=order_id)
    before = [msgspec.json.decode(row["taxes"]) for row in given]
    before_minor = sum(row["amount_minor"] for row in given)
    return rules.taxes_given_back(amount_minor, receipt, before, before_minor=before_minor)
