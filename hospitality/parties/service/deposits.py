"""Money that a party leaves before it comes: held until it is applied to the party's bill, given back or kept.

A deposit is no sale and no payment when it is taken. Applied, it becomes a payment of the tender `deposit`, so the sale,
its taxes and its receipt are those of the evening on which the guests sat.
"""

from typing import Any

from hospitality.approvals.service import permit
from hospitality.cash.reading import till_of
from hospitality.ground.errors import Refused
from hospitality.ground.ids import new_id
from hospitality.ground.work import Work
from hospitality.parties.facts import DepositEnded, DepositTaken
from hospitality.parties.loading import load_deposit, load_manner, load_party
from hospitality.parties.models import Deposit, DepositEnd
from hospitality.parties.reading import party_view
from hospitality.parties.rules.deposits import NewDeposit, NewEnd, check_deposit, check_end
from hospitality.payments.rules import Decided, NewPayment
from hospitality.payments.service.refund import REFUND
from hospitality.payments.service.take import TAKE, book, payable
from hospitality.properties.service import acted


def take_deposit(work: Work, party_id: str, new: NewDeposit) -> dict[str, Any]:
    """Takes a deposit in cash (into the till's drawer) or by card (with its reference); answers the party."""
    work.require(TAKE)
    load_party(work, load_manner(work, work.now), party_id)
    checked = check_deposit(new)
    row = {
        "id": new_id(),
        "party_id": party_id,
        "tender": checked.tender,
        "amount_minor": checked.amount_minor,
        "currency": work.place.currency,
        "reference": checked.reference,
        "drawer_session_id": _drawer(work) if checked.tender == "cash" else None,
        **acted(work),
    }
    work.add(Deposit, row)
    work.journal(DepositTaken(row["id"], party_id, row["tender"], row["amount_minor"], row["currency"]))
    return party_view(work, party_id, now=work.now)


def apply_deposit(work: Work, deposit_id: str, *, order_id: str) -> dict[str, Any]:
    """Pays an order from what is held, as far as both go; answers the party. What pays the last of it settles the order.

    Refused DEPOSIT_SPENT, NOTHING_DUE, and what a payment is refused with.
    """
    work.require(TAKE)
    deposit = load_deposit(work, deposit_id)
    order, before = payable(work, order_id)
    sums = order.totals()
    due = sums.total_minor - before.paid_minor
    amount = min(deposit["held_minor"], due)
    if due <= 0:
        raise Refused("NOTHING_DUE", f"Nothing is due on order {order.number}. Give the deposit back, or keep it.")
    check_end(NewEnd("applied", amount), held_minor=deposit["held_minor"], currency=deposit["currency"])
    payment = NewPayment("deposit", amount)
    taken = book(work, order, before, payment, Decided(None, 0, deposit["reference"]), sums=sums)
    _end(work, deposit, NewEnd("applied", amount), payment_id=taken.payment["id"], order_id=order_id)
    return party_view(work, deposit["party_id"], now=work.now)


def end_deposit(work: Work, deposit_id: str, new: NewEnd, *, approval_id: str | None = None) -> dict[str, Any]:
    """Gives back or keeps what is held, wholly or in part, for a reason; answers the party.

    Needs the right to refund, or an approval of the deposit with the amount as its value. Cash leaves the till's drawer.
    """
    approver_id = permit(work, REFUND, deposit_id, approval_id=approval_id, value=new.amount_minor)
    deposit = load_deposit(work, deposit_id)
    checked = check_end(new, held_minor=deposit["held_minor"], currency=deposit["currency"], tender=deposit["tender"])
    _end(work, deposit, checked, approver_id=approver_id)
    return party_view(work, deposit["party_id"], now=work.now)


def _end(
    work: Work,
    deposit: Any,
    new: NewEnd,
    *,
    payment_id: str | None = None,
    order_id: str | None = None,
    approver_id: str | None = None,
) -> None:
    gives_cash = new.kind == "given_back" and deposit["tender"] == "cash"
    work.add(
        DepositEnd,
        {
            "id": new_id(),
            "deposit_id": deposit["id"],
            "kind": new.kind,
            "tender": deposit["tender"],
            "amount_minor": new.amount_minor,
            "currency": deposit["currency"],
            "payment_id": payment_id,
            "reference": new.reference,
            "reason": new.reason,
            "drawer_session_id": _drawer(work) if gives_cash else None,
            "approver_id": approver_id,
            **acted(work),
        },
    )
    fact = DepositEnded(deposit["id"], deposit["party_id"], new.kind, new.amount_minor, deposit["currency"], order_id)
    work.journal(fact, reason=new.reason, approver_id=approver_id)


def _drawer(work: Work) -> str | None:
    return till_of(work, work.caller.terminal_id).session_id
