"""Issuing, cancelling and correcting invoices. Each answers the invoice as it is then."""

from typing import Any

from hospitality.approvals.service import permit
from hospitality.checks.reading import receipt_view
from hospitality.ground.numbers import next_number
from hospitality.ground.statements import Found
from hospitality.ground.work import Work
from hospitality.invoices import rules
from hospitality.invoices.facts import InvoiceCancelled, InvoiceIssued
from hospitality.invoices.models import Invoice, InvoiceCancellation
from hospitality.invoices.reading import invoice_row, invoice_view, standing_numbers
from hospitality.invoices.rules import NewInvoice
from hospitality.payments.reading import standing_receipts
from hospitality.payments.rules import Issued
from hospitality.payments.service.take import TAKE
from hospitality.properties.service import business_day

CANCEL = "invoices.cancel"


def issue_invoice(work: Work, order_id: str, new: NewInvoice) -> dict[str, Any]:
    """Issues the receipt of a settled order to a company; Refused INVOICE_STANDS, NotFound RECEIPT_NOT_FOUND."""
    work.require(TAKE)
    receipt = _receipt(work, order_id)
    rules.check_none_stands(standing_numbers(work, receipt.id))
    return _issue(work, order_id, receipt, rules.checked(new))


def cancel_invoice(work: Work, invoice_id: str, *, reason: str, approval_id: str | None = None) -> dict[str, Any]:
    """Takes an invoice back, for a reason; needs the right, or an approval of the invoice. Refused INVOICE_CANCELLED."""
    _cancel(work, invoice_row(work, invoice_id), reason=reason, approval_id=approval_id)
    return invoice_view(work, invoice_id)


def correct_invoice(
    work: Work, invoice_id: str, new: NewInvoice, *, reason: str, approval_id: str | None = None
) -> dict[str, Any]:
    """Cancels an invoice and issues another in its place, in one act: the new one."""
    row = invoice_row(work, invoice_id)
    receipt, kept = _receipt(work, row["order_id"]), rules.checked(new)
    _cancel(work, row, reason=reason, approval_id=approval_id)
    rules.check_none_stands(standing_numbers(work, receipt.id))
    return _issue(work, row["order_id"], receipt, kept, replaces=row["number"])


def _receipt(work: Work, order_id: str) -> Issued:
    found = standing_receipts(work, order_id)
    if not found:
        receipt_view(work, order_id)  # says that there is none, or no such order
    return found[-1]


def _cancel(work: Work, row: Found, *, reason: str, approval_id: str | None) -> None:
    why = rules.kept_reason(reason)
    rules.check_stands(cancelled=row["cancelled_reason"] is not None, number=row["number"])
    approver_id = permit(work, CANCEL, row["id"], approval_id=approval_id)
    kept = {
        "invoice_id": row["id"],
        "reason": why,
        "person_id": work.caller.person_id,
        "approver_id": approver_id,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }
    cancellation = work.add(InvoiceCancellation, kept)
    fact = InvoiceCancelled(cancellation["id"], row["id"], row["number"], row["order_id"])
    work.journal(fact, reason=why, approver_id=approver_id)


def _issue(
    work: Work, order_id: str, receipt: Issued, new: NewInvoice, *, replaces: str | None = None
) -> dict[str, Any]:
    row = work.add(
        Invoice,
        {
            "receipt_id": receipt.id,
            "order_id": order_id,
            "number": next_number(work, "invoice"),
            "company": new.company,
            "address": new.address,
            "tax_number": new.tax_number,
            "country": new.country,
            "reference": new.reference,
            "replaces": replaces,
            "person_id": work.caller.person_id,
            "terminal_id": work.caller.terminal_id,
            "issued_at": work.now_text,
            "business_date": business_day(work).isoformat(),
        },
    )
    work.journal(InvoiceIssued(row["id"], row["number"], receipt.id, receipt.number, order_id))
    return invoice_view(work, row["id"])
