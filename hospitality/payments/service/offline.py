"""Cards that are taken while the acquirer can't be reached: never more than the house risks, unless somebody lets it (R12)."""

from dataclasses import dataclass
from typing import Any

from hospitality.approvals.service import permit
from hospitality.ground.errors import NotFound
from hospitality.ground.ids import derived_id
from hospitality.ground.work import Work
from hospitality.payments.facts import CardTakenOffline, OfflineCardKnown
from hospitality.payments.models import OfflineCard, OfflineOutcome
from hospitality.payments.reading import at_risk, offline_card
from hospitality.payments.rules import NewPayment, kept_reason
from hospitality.payments.rules.offline import Limits, check_outcome, over_limit, refused
from hospitality.properties.service import acted, business_day, house_rules, property_view

OFFLINE = "payments.offline"
DECIDE = "payments.decide"


@dataclass(frozen=True, slots=True)
class Risk:
    """What is risked with one card, tip included; which limit it goes over, and who let it."""

    way: str
    amount_minor: int
    over: str
    approver_id: str | None


def weighed(work: Work, order_id: str, new: NewPayment, *, approval_id: str | None) -> Risk:
    """What a card taken offline puts at risk. Over a limit it needs its right, or an approval of the order with amount
    and tip together as its value; else Refused OFFLINE_OVER_LIMIT."""
    assert new.offline is not None
    amount = new.amount_minor + new.tip_minor
    said = house_rules(work)
    limits = Limits(said["offline_card_minor"], said["offline_day_minor"], said["offline_total_minor"])
    before = at_risk(work, business_day(work).isoformat())
    over = over_limit(limits, before, amount)
    if not over:
        return Risk(new.offline, amount, "", None)
    if approval_id is None and not work.caller.may(OFFLINE):
        currency = property_view(work)["currency"]
        raise refused(over, limits, before, amount, order_id=order_id, currency=currency)
    return Risk(new.offline, amount, over, permit(work, OFFLINE, order_id, approval_id=approval_id, value=amount))


def note_at_risk(work: Work, payment_id: str, order_id: str, risk: Risk, *, currency: str) -> None:
    """Writes down that a payment is not known to the acquirer yet."""
    row = work.add(
        OfflineCard,
        {
            "id": derived_id(payment_id, "offline"),
            "payment_id": payment_id,
            "order_id": order_id,
            "way": risk.way,
            "amount_minor": risk.amount_minor,
            "currency": currency,
            "over": risk.over,
            "approver_id": risk.approver_id,
            **acted(work),
        },
    )
    fact = CardTakenOffline(row["id"], payment_id, order_id, risk.way, risk.amount_minor, currency, risk.over)
    work.journal(fact, approver_id=risk.approver_id)


def tell_outcome(
    work: Work, offline_card_id: str, *, outcome: str, reason: str, approval_id: str | None = None
) -> dict[str, Any]:
    """Tells what became of a card taken offline, by the acquirer's word or as lost, and how that is known: the card.

    Needs its right, or an approval of the card with what is at risk as its value. Refused with OFFLINE_KNOWN.
    """
    card = offline_card(work, offline_card_id)
    if card is None:
        raise NotFound.of("offline card", offline_card_id)
    approver_id = permit(work, DECIDE, offline_card_id, approval_id=approval_id, value=card["at_risk_minor"])
    check_outcome(outcome, known=card["outcome"], number=card["order_number"])
    why = kept_reason(reason, what="how that is known")
    work.add(
        OfflineOutcome,
        {
            "offline_card_id": offline_card_id,
            "outcome": outcome,
            "amount_minor": card["at_risk_minor"],
            "currency": card["currency"],
            "reason": why,
            "approver_id": approver_id,
            **acted(work),
        },
    )
    fact = OfflineCardKnown(offline_card_id, card["order_id"], outcome, card["at_risk_minor"], card["currency"])
    work.journal(fact, reason=why, approver_id=approver_id)
    return {**card, "outcome": outcome, "at_risk_minor": 0}
