"""What is not signed yet, and what was."""

from collections.abc import Sequence
from typing import Any

from hospitality.fiscal.rules import FIRST, Document, Signed, signature_id
from hospitality.ground.numbers import node_code_of
from hospitality.ground.statements import Reading
from hospitality.payments.reading import FIRST_WITHDRAWAL

_DOCUMENTS = f"""
    SELECT 'receipt' AS kind, r.id, r.number, r.total_minor, r.currency, r.taxes, r.issued_at AS at, r.business_date
    FROM receipts r WHERE r.org_id = :org_id AND r.property_id = :property_id AND r.id IN (:ids)
    UNION ALL
    SELECT 'refund', f.id, f.number, -(f.amount_minor + f.tip_minor), f.currency, f.taxes, f.given_at, f.business_date
    FROM refunds f WHERE f.org_id = :org_id AND f.property_id = :property_id AND f.id IN (:ids)
    UNION ALL
    SELECT 'withdrawal', w.id, r.number, -r.total_minor, r.currency, r.taxes, w.at, w.business_date
    FROM receipt_withdrawals w JOIN receipts r ON r.org_id = w.org_id AND r.id = w.receipt_id
    WHERE w.org_id = :org_id AND w.property_id = :property_id AND w.id IN (:ids) AND {FIRST_WITHDRAWAL}
"""
_LAST = """
    SELECT counter, signature FROM fiscal_signatures
    WHERE org_id = :org_id AND property_id = :property_id AND series = :series ORDER BY counter DESC LIMIT 1
"""
_SHOWN = ("document", "document_id", "number", "series", "counter", "device", "said", "signature", "at")


def unsigned(reading: Reading, ids: Sequence[str], *, code: str) -> list[tuple[Document, str]]:
    """Of these documents those that are the node's of this letter and that no device has signed, in their order, each with
    its business day."""
    rows = {row["id"]: row for row in reading.rows(_DOCUMENTS, ids=ids)} if ids else {}
    own = [rows[id] for id in ids if id in rows and node_code_of(rows[id]["number"]) == code]
    signed = _signed(reading, [row["id"] for row in own])
    return [
        (Document(*(row[name] for name in Document.__slots__)), row["business_date"])
        for row in own
        if row["id"] not in signed
    ]


def _signed(reading: Reading, document_ids: Sequence[str]) -> set[str]:
    if not document_ids:
        return set()
    sql = "SELECT document_id FROM fiscal_signatures WHERE org_id = :org_id AND id IN (:ids)"
    return {row["document_id"] for row in reading.rows(sql, ids=[signature_id(id) for id in document_ids])}


def last_of(reading: Reading, series: str) -> tuple[int, str]:
    """How far a series has come: its last counter and signature."""
    row = reading.one(_LAST, series=series)
    return (0, FIRST) if row is None else (row["counter"], row["signature"])


def series_of(reading: Reading, series: str) -> Sequence[Signed]:
    """All of a series."""
    rows = reading.rows(
        "SELECT counter, said, signature FROM fiscal_signatures"
        " WHERE org_id = :org_id AND property_id = :property_id AND series = :series ORDER BY counter",
        series=series,
    )
    return [Signed(row["counter"], row["said"], row["signature"]) for row in rows]


def signatures_of_day(reading: Reading, day: str) -> dict[str, Any]:
    """{items}: what was signed of a business day, in the order of signing."""
    rows = reading.rows(
        f"SELECT {', '.join(_SHOWN)} FROM fiscal_signatures"
        " WHERE org_id = :org_id AND property_id = :property_id AND business_date = :day ORDER BY series, counter",
        day=day,
    )
    return {"items": [dict(row) for row in rows]}
