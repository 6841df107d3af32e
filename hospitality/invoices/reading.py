"""Invoices as people look at them, at the property and at head office."""

from typing import Any

from hospitality.checks.reading import receipt_view
from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Found, Reading
from hospitality.payments.reading import stands

SHOWN = (
    "id",
    "order_id",
    "number",
    "company",
    "address",
    "tax_number",
    "country",
    "reference",
    "replaces",
    "issued_at",
)
_INVOICES = f"""
    SELECT {", ".join(f"i.{name}" for name in SHOWN)}, i.receipt_id, r.number AS receipt_number,
           (SELECT c.reason FROM invoice_cancellations c WHERE c.org_id = i.org_id AND c.invoice_id = i.id
            ORDER BY c.at, c.id LIMIT 1) AS cancelled_reason,
           CASE WHEN {stands()} THEN 1 ELSE 0 END AS receipt_stands
    FROM invoices i JOIN receipts r ON r.org_id = i.org_id AND r.id = i.receipt_id
    WHERE i.org_id = :org_id AND i.property_id = :property_id AND {{which}} ORDER BY i.issued_at, i.id
"""


def invoices_of(reading: Reading, order_id: str) -> dict[str, Any]:
    """{items}: an order's invoices, oldest first."""
    rows = reading.rows(_INVOICES.format(which="i.order_id = :order_id"), order_id=order_id)
    return {"items": [_shown(row) for row in rows]}


def standing_numbers(reading: Reading, receipt_id: str) -> list[str]:
    """The numbers of a receipt's invoices that were not cancelled."""
    rows = reading.rows(_INVOICES.format(which="i.receipt_id = :receipt_id"), receipt_id=receipt_id)
    return [row["number"] for row in rows if row["cancelled_reason"] is None]


def invoice_row(reading: Reading, invoice_id: str) -> Found:
    """One invoice with its receipt's number; NotFound INVOICE_NOT_FOUND."""
    row = reading.one(_INVOICES.format(which="i.id = :id"), id=invoice_id)
    if row is None:
        raise NotFound.of("invoice", invoice_id)
    return row


def invoice_view(reading: Reading, invoice_id: str) -> dict[str, Any]:
    """One invoice as lists show it."""
    return _shown(invoice_row(reading, invoice_id))


def invoice_paper(reading: Reading, invoice_id: str) -> dict[str, Any]:
    """{invoice, receipt}, of which an invoice's paper is made; the receipt as `checks.reading.receipt_view` has it."""
    row = invoice_row(reading, invoice_id)
    receipt = receipt_view(reading, row["order_id"], receipt_id=row["receipt_id"])
    return {"invoice": _shown(row), "receipt": receipt}


def _shown(row: Found) -> dict[str, Any]:
    """state: `cancelled` for a reason, or `withdrawn` with its receipt, which counts no more."""
    cancelled = row["cancelled_reason"] is not None
    state = "cancelled" if cancelled else "issued" if row["receipt_stands"] else "withdrawn"
    kept = {name: row[name] for name in (*SHOWN, "receipt_number", "cancelled_reason")}
    return {**kept, "state": state}
