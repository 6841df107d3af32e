"""Withdrawing a receipt: it keeps its number and what it said, and counts no more."""

from hospitality.ground.work import Work
from hospitality.payments.facts import ReceiptWithdrawn
from hospitality.payments.models import ReceiptWithdrawal
from hospitality.payments.rules import Issued
from hospitality.properties.service import acted


def withdraw_receipt(
    work: Work,
    receipt: Issued,
    order_id: str,
    *,
    cause: str,
    turns_refunds: bool,
    currency: str,
    reason: str | None = None,
    approver_id: str | None = None,
) -> None:
    """Takes back what a receipt says, on the business day at hand. cause: one of `models.CAUSES`. turns_refunds: as
    `rules.turns_refunds` decides."""
    row = work.add(
        ReceiptWithdrawal,
        {
            "receipt_id": receipt.id,
            "order_id": order_id,
            "cause": cause,
            "turns_refunds": turns_refunds,
            "reason": reason,
            "approver_id": approver_id,
            **acted(work),
        },
    )
    fact = ReceiptWithdrawn(row["id"], receipt.id, receipt.number, order_id, cause, receipt.total_minor, currency)
    work.journal(fact, reason=reason, approver_id=approver_id)
