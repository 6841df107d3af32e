"""Orders for which too much was taken: paid at two nodes that were apart, or merged away where they were not paid.

As of a business day, by the facts of so far, so that a day that is over says the same whenever it is asked.
"""

from dataclasses import dataclass

from hospitality.ground.statements import Reading
from hospitality.orders.loading import TABLE_LABEL, lines_left
from hospitality.payments.reading import stands, turned

OVERPAID_MAX = 500
IN_DOUBT_MAX = 10_000
_UNTIL = "AND {of}.business_date <= :until"
# paid on these days, and not just what the receipts say: the few that are worth a closer look
_IN_DOUBT = f"""
    SELECT t.order_id FROM (
        SELECT DISTINCT p.order_id FROM payments p WHERE p.org_id = :org_id AND p.property_id = :property_id
          AND p.business_date >= :since AND p.business_date <= :until) t
    WHERE (SELECT SUM(p.amount_minor) FROM payments p
           WHERE p.org_id = :org_id AND p.order_id = t.order_id {_UNTIL.format(of="p")}) <> COALESCE((
           SELECT SUM(r.total_minor) FROM receipts r
           WHERE r.org_id = :org_id AND r.order_id = t.order_id {_UNTIL.format(of="r")} AND {stands(_UNTIL)}), -1)
    UNION
    SELECT w.order_id FROM receipt_withdrawals w WHERE w.org_id = :org_id AND w.property_id = :property_id
      AND w.business_date >= :since AND w.business_date <= :until
    LIMIT {IN_DOUBT_MAX}
"""
# What stands against the money: the receipts; nothing, where none stands and nothing is left; else the order is open, and
# says itself what it comes to. The casts keep PostgreSQL from answering a sum of bigint as a decimal.
_OVERPAID = f"""
    SELECT s.id, s.number, s.table_label, s.paid_minor, s.refunded_minor, s.covered_minor FROM (
        SELECT o.id, o.number, o.business_date, {TABLE_LABEL} AS table_label,
               (SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) FROM payments p
                WHERE p.org_id = o.org_id AND p.order_id = o.id {_UNTIL.format(of="p")}) - (
                SELECT CAST(COALESCE(SUM(f.amount_minor), 0) AS BIGINT) FROM refunds f
                WHERE f.org_id = o.org_id AND f.order_id = o.id AND (f.kind = 'reversal' OR {turned(_UNTIL)})
                  {_UNTIL.format(of="f")}
               ) AS paid_minor,
               (SELECT CAST(COALESCE(SUM(f.amount_minor), 0) AS BIGINT) FROM refunds f
                WHERE f.org_id = o.org_id AND f.order_id = o.id AND f.kind = 'refund' AND NOT {turned(_UNTIL)}
                  {_UNTIL.format(of="f")}
               ) AS refunded_minor,
               COALESCE((
                SELECT CAST(SUM(r.total_minor) AS BIGINT) FROM receipts r
                WHERE r.org_id = o.org_id AND r.order_id = o.id {_UNTIL.format(of="r")} AND {stands(_UNTIL)}
               ), CASE WHEN {lines_left(_UNTIL)} THEN NULL ELSE 0 END) AS covered_minor
        FROM orders o WHERE o.org_id = :org_id AND o.id IN (:ids)
    ) s WHERE s.paid_minor > s.covered_minor AND s.paid_minor > s.refunded_minor
    ORDER BY s.business_date DESC, s.id DESC LIMIT :limit
"""
_FOR_EVER = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Overpaid:
    """An order, and how much is to be given back."""

    order_id: str
    number: str
    table: str | None
    surplus_minor: int


def overpaid(reading: Reading, *, since: str, until: str = _FOR_EVER) -> list[Overpaid]:
    """Those that were paid, or whose receipt was withdrawn, on the business days from `since` to `until`, as that one
    ended; newest first."""
    ids = [row["order_id"] for row in reading.rows(_IN_DOUBT, since=since, until=until)]
    rows = reading.rows(_OVERPAID, ids=ids, until=until, limit=OVERPAID_MAX) if ids else []
    return [
        Overpaid(
            row["id"],
            row["number"],
            row["table_label"],
            row["paid_minor"] - max(row["covered_minor"], row["refunded_minor"]),
        )
        for row in rows
    ]
