"""The rows behind a property's figures: the orders and the payments of one business day, newest first."""

from typing import Any

from hospitality.checks.reading import order_views
from hospitality.ground.errors import Invalid
from hospitality.ground.ids import is_id
from hospitality.ground.statements import Reading

_ORDERS = """
    SELECT o.id FROM orders o
    WHERE o.org_id = :org_id AND o.property_id = :property_id AND o.business_date = :day {before}
    ORDER BY o.id DESC LIMIT :limit
"""
_PAYMENTS = """
    SELECT p.id, p.order_id, p.tender, p.amount_minor, p.tendered_minor, p.change_minor, p.reference, p.currency,
           p.taken_at, p.business_date, o.number AS order_number
    FROM payments p JOIN orders o ON o.org_id = :org_id AND o.id = p.order_id
    WHERE p.org_id = :org_id AND p.property_id = :property_id AND p.business_date = :day {before}
    ORDER BY p.id DESC LIMIT :limit
"""


def orders_of_day(reading: Reading, day: str, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """{items, next_cursor}: orders of a business day as `order_view` has them."""
    rows = _rows(reading, _ORDERS, "o.id", day, limit, cursor)
    page = [row["id"] for row in rows[:limit]]
    return {"items": order_views(reading, page), "next_cursor": page[-1] if len(rows) > limit else None}


def payments_of_day(reading: Reading, day: str, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """{items, next_cursor}: payments of a business day, each with its `order_number`."""
    rows = _rows(reading, _PAYMENTS, "p.id", day, limit, cursor)
    page = [dict(row) for row in rows[:limit]]
    return {"items": page, "next_cursor": page[-1]["id"] if len(rows) > limit else None}


def _rows(reading: Reading, sql: str, id: str, day: str, limit: int, cursor: str | None) -> Any:
    if cursor is None:
        return reading.rows(sql.format(before=""), day=day, limit=limit + 1)
    if not is_id(cursor):
        raise Invalid("CURSOR_INVALID", "Ask for the first page again; that cursor is none of ours.")
    return reading.rows(sql.format(before=f"AND {id} < :cursor"), day=day, limit=limit + 1, cursor=cursor)
