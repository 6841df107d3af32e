"""Card payments through a card terminal: asked, then answered, and unknown in between (R12).

The attempt is on disk before the card terminal is asked, under a number by which it can be looked up. Until somebody
knows what came of it, the order takes no other payment.
"""

from typing import Any

from hospitality.approvals.service import permit
from hospitality.ground.ids import derived_id, new_id
from hospitality.ground.numbers import next_number
from hospitality.ground.work import Work
from hospitality.orders.loading import load_order
from hospitality.payments import rules
from hospitality.payments.facts import CardAnswered, CardAttempted
from hospitality.payments.models import CardAnswer, CardAttempt
from hospitality.payments.reading import attempt_view, standing
from hospitality.payments.rules import Decided, NewPayment
from hospitality.payments.service.take import TAKE, Taken, book, payable, references
from hospitality.properties.service import business_day

DECIDE = "payments.decide"


def attempt_card(work: Work, order_id: str, *, amount_minor: int, tip_minor: int = 0) -> dict[str, Any]:
    """Writes down that a card is about to be charged: {id, order_id, number, amount_minor, tip_minor, state …}."""
    work.require(TAKE)
    order, before = payable(work, order_id)
    currency = order.row["currency"]
    due = order.totals().total_minor - before.paid_minor
    rules.check_attempt(amount_minor, tip_minor, due_minor=due, currency=currency)
    row = {
        "id": new_id(),
        "order_id": order_id,
        "number": next_number(work, "card"),
        "amount_minor": amount_minor,
        "tip_minor": tip_minor,
        "currency": currency,
        "person_id": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }
    work.add(CardAttempt, row)
    work.journal(CardAttempted(row["id"], order_id, row["number"], amount_minor, tip_minor, currency))
    return attempt_view(work, row["id"])


def answer_card(
    work: Work, attempt_id: str, answer: rules.CardAnswer, *, approval_id: str | None = None
) -> tuple[dict[str, Any], Taken | None]:
    """Writes down what became known of an attempt: the attempt, and the payment when it was approved.

    What was approved was taken from the guest, so it is booked even where the order is paid by now; what is too much is
    given back by a refund. A decision needs its right, or an approval of the attempt. Refused with CARD_PAYMENT_ANSWERED
    or CARD_REFERENCE_USED.
    """
    work.require(TAKE)
    approver_id = permit(work, DECIDE, attempt_id, approval_id=approval_id) if answer.source == "decision" else None
    attempt = attempt_view(work, attempt_id)
    kept = rules.check_answer(answer, state=attempt["state"], number=attempt["number"])
    taken = None
    if kept.outcome == "approved":
        assert kept.reference is not None
        rules.check_reference(kept.reference, references(work, attempt["order_id"]))
        taken = _book(work, attempt, kept.reference)
    row = {
        "attempt_id": attempt_id,
        "outcome": kept.outcome,
        "source": kept.source,
        "reference": kept.reference,
        "reason": kept.reason,
        "person_id": work.caller.person_id,
        "approver_id": approver_id,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }
    work.add(CardAnswer, row)
    fact = CardAnswered(attempt_id, attempt["order_id"], attempt["number"], kept.outcome, kept.source)
    work.journal(fact, reason=kept.reason, approver_id=approver_id)
    return attempt_view(work, attempt_id), taken


def _book(work: Work, attempt: dict[str, Any], reference: str) -> Taken:
    order = load_order(work, attempt["order_id"])
    new = NewPayment("card", attempt["amount_minor"], reference=reference, tip_minor=attempt["tip_minor"])
    return book(
        work,
        order,
        standing(work, order.id),
        new,
        Decided(None, 0, reference),
        sums=order.totals(),
        id=derived_id(attempt["id"], "payment"),
        attempt_id=attempt["id"],
    )
