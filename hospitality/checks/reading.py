"""Orders with what was paid: a page costs five SELECTs whatever its length."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hospitality.checks.loading import overpaid
from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Reading
from hospitality.orders.loading import LoadedOrder, lines_left, load_order, load_orders
from hospitality.orders.rules import day_cursor, from_day_cursor
from hospitality.orders.view import order_answer
from hospitality.payments.reading import has_receipt, payments_of, receipts_of, standing, standings
from hospitality.payments.rules import Standing, equal_parts
from hospitality.properties.service import current_business_date, property_view

OPEN_DAYS = 7
STATES = ("open", "settled", "overpaid", "all")
_ORDERS = """
    SELECT o.business_date, o.id FROM orders o
    WHERE o.org_id = :org_id AND o.property_id = :property_id {conditions}
    ORDER BY o.business_date DESC, o.id DESC LIMIT :limit
"""
_HAS_RECEIPT = has_receipt()
_HAS_LINES_LEFT = lines_left()
_CONDITIONS = {
    "open": f"AND o.business_date >= :since AND NOT {_HAS_RECEIPT} AND {_HAS_LINES_LEFT}",
    "settled": f"AND ({_HAS_RECEIPT} OR NOT {_HAS_LINES_LEFT})",
    "all": "",
}


def order_view(reading: Reading, order_id: str) -> dict[str, Any]:
    """One order with its sums and states; NotFound when the property doesn't have it."""
    return with_standing(load_order(reading, order_id), standing(reading, order_id))


def order_views(reading: Reading, order_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The property's orders of these ids, in their order; ids that it doesn't have are left out."""
    orders = load_orders(reading, order_ids)
    paid = standings(reading, [order.id for order in orders])
    return [with_standing(order, paid[order.id]) for order in orders]


def with_standing(order: LoadedOrder, paid: Standing) -> dict[str, Any]:
    """The order as it is shown, with what was paid."""
    sums = order.totals()
    return order_answer(
        order,
        sums,
        paid_minor=paid.paid_minor,
        settled=paid.settled,
        refunded_minor=paid.refunded_minor,
        unknown=bool(paid.waiting),
        surplus_minor=paid.surplus_minor(sums.total_minor),
        withdrawn=paid.withdrawn,
    )


def orders_page(reading: Reading, *, state: str = "all", limit: int = 100, cursor: str | None = None) -> dict[str, Any]:
    """{items, next_cursor}: orders newest first.

    state: `open` owes something or was never settled, of the last OPEN_DAYS business days (older ones are found
    under `all`); `settled` has its receipt or nothing left on it; `overpaid`, of the same days, has money that is to be
    given back: one page.
    """
    if state == "overpaid":
        found = overpaid(reading, since=_since(reading))[:limit]
        return {"items": order_views(reading, [one.order_id for one in found]), "next_cursor": None}
    conditions, parameters = _CONDITIONS[state], {"limit": limit + 1, "since": _since(reading)}
    if cursor is not None:
        conditions += " AND (o.business_date, o.id) < (:day, :id)"
        parameters["day"], parameters["id"] = from_day_cursor(cursor)
    rows = reading.rows(_ORDERS.format(conditions=conditions), **parameters)
    page = rows[:limit]
    return {
        "items": order_views(reading, [row["id"] for row in page]),
        "next_cursor": day_cursor(page[-1]) if len(rows) > limit else None,
    }


def open_order_views(reading: Reading, *, limit: int) -> list[dict[str, Any]]:
    """The open orders as `orders_page` finds them, oldest first, the newest `limit` of them; five SELECTs."""
    rows = reading.rows(_ORDERS.format(conditions=_CONDITIONS["open"]), limit=limit, since=_since(reading))
    return order_views(reading, [row["id"] for row in reversed(rows)])


def parts_view(reading: Reading, order_id: str, *, count: int) -> dict[str, Any]:
    """{due_minor, parts}: what is due in equal parts that add up to it exactly, each to be paid by itself."""
    due = max(0, order_view(reading, order_id)["due_minor"])
    return {"due_minor": due, "parts": equal_parts(due, count)}


def receipt_view(reading: Reading, order_id: str, *, receipt_id: str | None = None) -> dict[str, Any]:
    """{id, number, issued_at, replaces, withdrawn, order, payments, property} of the newest receipt that stands, or of one.

    replaces: the numbers of the withdrawn ones that it stands in for. NotFound RECEIPT_NOT_FOUND until the order is
    settled.
    """
    order = order_view(reading, order_id)
    found = [
        row
        for row in receipts_of(reading, order_id)
        if (row["withdrawn_cause"] is None if receipt_id is None else row["id"] == receipt_id)
    ]
    if not found:
        raise NotFound(
            "RECEIPT_NOT_FOUND",
            "This order has no receipt yet. It gets one when it is paid in full.",
            id=order_id,
        )
    receipt = found[-1]
    return {
        "id": receipt["id"],
        "number": receipt["number"],
        "issued_at": receipt["issued_at"],
        "replaces": receipt["replaces"],
        "withdrawn": receipt["withdrawn_cause"] is not None,
        "order": order,
        "payments": payments_of(reading, order_id),
        "property": property_view(reading),
    }


def _since(reading: Reading) -> str:
    latest = current_business_date(reading)
    return (date.fromisoformat(latest) - timedelta(days=OPEN_DAYS)).isoformat() if latest else "0001-01-01"
