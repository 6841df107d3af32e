"""What is not signed yet, and what was."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hospitality.fiscal.rules import FIRST, Document, Signed
from hospitality.ground.clock import instant_text
from hospitality.ground.numbers import node_code_of
from hospitality.ground.statements import Reading
from hospitality.payments.reading import FIRST_WITHDRAWAL

AT_ONCE_MAX = 50
_UNSIGNED = f"""
    SELECT * FROM (
        SELECT 'receipt' AS kind, r.id, r.number, r.total_minor, r.currency, r.taxes, r.issued_at AS at, r.business_date
        FROM receipts r WHERE r.org_id = :org_id AND r.property_id = :property_id AND r.business_date >= :since
        UNION ALL
        SELECT 'refund', f.id, f.number, -(f.amount_minor + f.tip_minor), f.currency, f.taxes, f.given_at, f.business_date
        FROM refunds f WHERE f.org_id = :org_id AND f.property_id = :property_id AND f.business_date >= :since
        UNION ALL
        SELECT 'withdrawal', w.id, r.number, -r.total_minor, r.currency, r.taxes, w.at, w.business_date
        FROM receipt_withdrawals w JOIN receipts r ON r.org_id = w.org_id AND r.id = w.receipt_id
        WHERE w.org_id = :org_id AND w.property_id = :property_id AND w.business_date >= :since AND {FIRST_WITHDRAWAL}
    ) AS d
    WHERE d.at >= :since_at AND d.number LIKE :prefix AND NOT EXISTS (
        SELECT 1 FROM fiscal_signatures s
        WHERE s.org_id = :org_id AND s.property_id = :property_id AND s.business_date = d.business_date
          AND s.document_id = d.id)
    ORDER BY d.at, d.id LIMIT :limit
"""
_LAST = """
    SELECT counter, signature FROM fiscal_signatures
    WHERE org_id = :org_id AND property_id = :property_id AND series = :series ORDER BY counter DESC LIMIT 1
"""
_SHOWN = ("document", "document_id", "number", "series", "counter", "device", "said", "signature", "at")


def unsigned(reading: Reading, *, code: str, since: datetime) -> list[tuple[Document, str]]:
    """What the node of this letter issued since then and no device has signed, oldest first, each with its business day;
    AT_ONCE_MAX at most."""
    first = (since - timedelta(days=1)).date().isoformat()
    rows = reading.rows(_UNSIGNED, since=first, since_at=instant_text(since), prefix=f"{code}%", limit=AT_ONCE_MAX)
    return [
        (Document(*(row[name] for name in Document.__slots__)), row["business_date"])
        for row in rows
        if node_code_of(row["number"]) == code
    ]


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
