"""Money that a card terminal gives back to a card: asked, then answered, and unknown in between, as charges are (R12).

What is asked for is on disk before the card terminal is, under a number under which it gives back once. Until somebody knows
what came of it no other money of the order goes back. The refund itself is written down by the approval.
"""

from dataclasses import replace
from typing import Any

from hospitality.approvals.service import permit
from hospitality.ground.errors import Refused
from hospitality.ground.ids import derived_id, new_id
from hospitality.ground.numbers import next_number
from hospitality.ground.statements import Found
from hospitality.ground.work import Work
from hospitality.payments import rules
from hospitality.payments.facts import CardRefundAnswered, CardRefundAsked
from hospitality.payments.models import CardRefund, CardRefundAnswer
from hospitality.payments.reading import card_refund_view, waiting_refund
from hospitality.payments.rules import CardAnswer, DecidedRefund, NewRefund
from hospitality.payments.service.card import DECIDE
from hospitality.payments.service.refund import REFUND, GivenBy, book_refund, refundable
from hospitality.payments.service.take import TAKE
from hospitality.properties.service import business_day


def ask_card_refund(work: Work, payment_id: str, new: NewRefund, *, approval_id: str | None = None) -> dict[str, Any]:
    """Writes down that a card terminal is about to give money of a card's payment back: {id, payment_id, number, state …}.

    Needs what `refund_payment` needs, and is refused as it is.
    """
    back = new.amount_minor + new.tip_minor
    approver_id = permit(work, REFUND, payment_id, approval_id=approval_id, value=back)
    payment = refundable(work, payment_id)
    if payment.tender != "card":
        message = "Give cash back for cash; a card or a deposit gets back what it paid."
        raise Refused("REFUND_TENDER", message, tender=payment.tender)
    rules.check_refund_known(waiting_refund(work, payment.order_id))
    number = next_number(work, "card")
    decided = rules.decide_refund(replace(new, reference=number), payment.left, currency=payment.currency)
    row = {
        "id": new_id(),
        "payment_id": payment_id,
        "order_id": payment.order_id,
        "number": number,
        "amount_minor": new.amount_minor,
        "tip_minor": new.tip_minor,
        "currency": payment.currency,
        "reason": decided.reason,
        **_acted(work, approver_id),
    }
    work.add(CardRefund, row)
    told = ("payment_id", "order_id", "number", "amount_minor", "tip_minor", "currency")
    fact = CardRefundAsked(row["id"], **{name: row[name] for name in told})
    work.journal(fact, reason=decided.reason, approver_id=approver_id)
    return card_refund_view(work, row["id"])


def answer_card_refund(
    work: Work, card_refund_id: str, answer: CardAnswer, *, approval_id: str | None = None
) -> dict[str, Any]:
    """Writes down what became known of it: {card_refund, refund}; the refund when it was approved.

    What the card got back is booked whatever was given back otherwise meanwhile. A decision needs its right, or an approval
    of the card refund. Refused with CARD_REFUND_ANSWERED.
    """
    work.require(TAKE)
    approver_id = permit(work, DECIDE, card_refund_id, approval_id=approval_id) if answer.source == "decision" else None
    view = card_refund_view(work, card_refund_id)
    kept = rules.check_refund_answer(answer, state=view["state"], number=view["number"])
    row = {
        "card_refund_id": card_refund_id,
        "outcome": kept.outcome,
        "source": kept.source,
        "reference": kept.reference,
        "reason": kept.reason,
        **_acted(work, approver_id),
    }
    work.add(CardRefundAnswer, row)
    fact = CardRefundAnswered(card_refund_id, view["order_id"], view["number"], kept.outcome, kept.source)
    work.journal(fact, reason=kept.reason, approver_id=approver_id)
    refund = _booked(work, card_refund_id, kept.reference) if kept.outcome == "approved" else None
    return {"card_refund": card_refund_view(work, card_refund_id), "refund": refund}


def _booked(work: Work, card_refund_id: str, reference: str | None) -> dict[str, Any]:
    asked: Found | None = work.one("SELECT * FROM card_refunds WHERE org_id = :org_id AND id = :id", id=card_refund_id)
    assert asked is not None
    payment = refundable(work, asked["payment_id"])
    return book_refund(
        work,
        payment,
        DecidedRefund(rules.kind_of(payment.left), "card", reference, asked["reason"]),
        GivenBy(asked["person_id"], asked["approver_id"], asked["terminal_id"]),
        amount_minor=asked["amount_minor"],
        tip_minor=asked["tip_minor"],
        id=derived_id(card_refund_id, "refund"),
    )


def _acted(work: Work, approver_id: str | None) -> dict[str, Any]:
    return {
        "person_id": work.caller.person_id,
        "approver_id": approver_id,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }
