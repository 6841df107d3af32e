"""What can happen to an invoice. Whom it names stands in its row alone."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("invoices.invoice_issued")
@dataclass(frozen=True, slots=True)
class InvoiceIssued:
    """A receipt was issued to a company."""

    invoice_id: str
    number: str
    receipt_id: str
    receipt_number: str
    order_id: str


@journal_kind("invoices.invoice_cancelled")
@dataclass(frozen=True, slots=True)
class InvoiceCancelled:
    """An invoice counts no more; the reason stands in the entry."""

    cancellation_id: str
    invoice_id: str
    number: str
    order_id: str
