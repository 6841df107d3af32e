"""Taking payments and settling. `checks.pay` answers the order with it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from hospitality.cash.reading import Till, house_rate, till_of
from hospitality.ground.errors import Refused
from hospitality.ground.ids import new_id
from hospitality.ground.numbers import next_number
from hospitality.ground.statements import Reading
from hospitality.ground.work import Work
from hospitality.orders.loading import LoadedOrder, load_order
from hospitality.orders.rules import PROMOTION, check_not_settled
from hospitality.orders.rules.taxes import Totals
from hospitality.payments import rules
from hospitality.payments.facts import OrderSettled, PaymentTaken
from hospitality.payments.models import Payment, Receipt
from hospitality.payments.reading import SHOWN, receipts_of, standing
from hospitality.payments.rules import NewPayment, Standing
from hospitality.payments.service.offline import note_at_risk, weighed
from hospitality.properties.service import business_day

TAKE = "payments.take"


@dataclass(frozen=True, slots=True)
class Taken:
    """A payment with what it left behind: the order as loaded, its standing now, and the receipt if it settled."""

    payment: dict[str, Any]
    order: LoadedOrder
    standing: Standing
    receipt: dict[str, Any] | None


def take_payment(work: Work, order_id: str, new: NewPayment, *, approval_id: str | None = None) -> Taken:
    """Takes money for an order; what pays the last of it settles the order and issues its receipt.

    approval_id: of the order, where a card taken offline goes over a limit of the house. Refused with PAYMENT_OVER_DUE,
    TENDERED_TOO_LITTLE, CURRENCY_NOT_TAKEN, CARD_REFERENCE_USED, CARD_PAYMENT_UNKNOWN, OFFLINE_OVER_LIMIT or
    ORDER_SETTLED.
    """
    work.require(TAKE)
    order, before = payable(work, order_id)
    sums = order.totals()
    till = till_of(work, work.caller.terminal_id) if new.tender == "cash" else Till(None, 1)
    given = new.tendered_currency
    decided = rules.decide(
        new,
        due_minor=sums.total_minor - before.paid_minor,
        currency=order.row["currency"],
        references=references(work, order_id) if new.tender == "card" else (),
        step_minor=till.step_minor,
        rate_micro=house_rate(work, given) if given else None,
    )
    risk = None if new.offline is None else weighed(work, order_id, new, approval_id=approval_id)
    taken = book(work, order, before, new, decided, sums=sums, session_id=till.session_id)
    if risk is not None:
        note_at_risk(work, taken.payment["id"], order_id, risk, currency=order.row["currency"])
    return taken


def payable(reading: Reading, order_id: str) -> tuple[LoadedOrder, Standing]:
    """An order that money may be taken for, with what was paid; Refused while it is settled, voided or unknown."""
    order = load_order(reading, order_id)
    found = standing(reading, order_id)
    check_not_settled(settled=found.settled, number=order.number)
    rules.check_known(found.waiting)
    if not order.left():
        raise Refused("ORDER_VOIDED", f"Everything on order {order.number} is voided. Nothing is due.")
    return order, found


def book(
    work: Work,
    order: LoadedOrder,
    before: Standing,
    new: NewPayment,
    decided: rules.Decided,
    *,
    sums: Totals,
    id: str | None = None,
    attempt_id: str | None = None,
    session_id: str | None = None,
) -> Taken:
    """Writes a payment down, and settles the order when nothing is due any more."""
    paid = before.paid_minor + new.amount_minor
    row = _payment_row(work, order, new, decided)
    payment = work.add(
        Payment, {**row, "id": id or row["id"], "attempt_id": attempt_id, "drawer_session_id": session_id}
    )
    fact = PaymentTaken(
        payment["id"], order.id, new.tender, new.amount_minor, order.row["currency"], tip_minor=new.tip_minor
    )
    work.journal(fact)
    settles = not before.settled and paid >= sums.total_minor
    after = replace(before, paid_minor=paid, waiting="")
    shown = {name: payment[name] for name in SHOWN}
    if not settles:
        return Taken(shown, order, after, None)
    receipt = issue_receipt(work, order, sums, withdrawn=before.withdrawn)
    return Taken(shown, order, replace(after, settled=True, receipts_minor=sums.total_minor), receipt)


def issue_receipt(work: Work, order: LoadedOrder, sums: Totals, *, withdrawn: Collection[str] = ()) -> dict[str, Any]:
    """Settles an order of which nothing is due: {id, number}. withdrawn: the numbers of its withdrawn receipts."""
    today = business_day(work).isoformat()
    came_to = [
        {"kind": one.kind, "amount_minor": amount, **({"name": one.name} if one.kind == PROMOTION else {})}
        for one, amount in order.came_to()
    ]
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
            "adjustments": msgspec.json.encode(came_to).decode() if came_to else "[]",
            "replaces": _replaced(work, order.id, withdrawn) if withdrawn else None,
        },
    )
    fact = OrderSettled(order.id, receipt["id"], receipt["number"], sums.total_minor, order.row["currency"])
    work.journal(fact)
    return {"id": receipt["id"], "number": receipt["number"]}


def _replaced(work: Work, order_id: str, withdrawn: Collection[str]) -> str | None:
    """The withdrawn receipts that none stands in for yet, as the next one names them."""
    named = {number for row in receipts_of(work, order_id) for number in (row["replaces"] or "").split(", ")}
    return ", ".join(number for number in withdrawn if number not in named) or None


def _payment_row(work: Work, order: LoadedOrder, new: NewPayment, decided: rules.Decided) -> dict[str, Any]:
    return {
        "id": new_id(),
        "order_id": order.id,
        "tender": new.tender,
        "amount_minor": new.amount_minor,
        "tip_minor": new.tip_minor,
        "tendered_minor": decided.tendered_minor,
        "change_minor": decided.change_minor,
        "currency": order.row["currency"],
        "reference": decided.reference,
        "taken_by": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "taken_at": work.now_text,
        "business_date": business_day(work).isoformat(),
        "rounding_minor": decided.rounding_minor,
        "given_currency": decided.given_currency,
        "given_minor": decided.given_minor,
        "rate_micro": decided.rate_micro,
    }


def references(reading: Reading, order_id: str) -> set[str]:
    """The references of an order's card payments."""
    rows = reading.rows(
        "SELECT reference FROM payments WHERE org_id = :org_id AND order_id = :order_id AND tender = 'card'",
        order_id=order_id,
    )
    return {row["reference"] for row in rows}
