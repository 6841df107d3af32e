"""Seatings, joins and the orders at tables, as values; the same few SELECTs for one table as for all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hospitality.checks.reading import with_standing
from hospitality.ground.statements import Found, Reading
from hospitality.orders.loading import TABLE_LABEL, LoadedOrder, load_orders
from hospitality.payments.reading import has_receipt, standings
from hospitality.tables.rules import OrderThere, Seating

ORDER_DAYS = 2  # business days before this one whose open orders are still looked for at tables
# the newest of a table is the one at hand; two more show that two were made apart
_SEATINGS = """
    SELECT s.id, s.table_id, s.covers, s.at, s.party_id,
           (SELECT MIN(e.at) FROM seating_steps e
            WHERE e.org_id = s.org_id AND e.seating_id = s.id AND e.step = 'ended') AS ended_at,
           (SELECT MIN(c.at) FROM seating_steps c
            WHERE c.org_id = s.org_id AND c.seating_id = s.id AND c.step = 'cleaned') AS cleaned_at,
           (SELECT MAX(b.at) FROM seating_steps b
            WHERE b.org_id = s.org_id AND b.seating_id = s.id AND b.step = 'bill_asked') AS bill_at
    FROM dining_tables t
    JOIN table_seatings s ON s.org_id = t.org_id AND s.table_id = t.id AND s.id IN (
        SELECT n.id FROM table_seatings n WHERE n.org_id = t.org_id AND n.table_id = t.id ORDER BY n.id DESC LIMIT 3)
    WHERE t.org_id = :org_id AND t.property_id = :property_id AND t.active {one} ORDER BY s.id DESC
"""
_JOINS = """
    SELECT j.id, j.table_id, j.to_table_id FROM table_joins j
    WHERE j.org_id = :org_id AND j.property_id = :property_id AND j.business_date = :today
      AND NOT EXISTS (SELECT 1 FROM table_partings p WHERE p.org_id = j.org_id AND p.join_id = j.id)
    ORDER BY j.id
"""
_ORDERS = f"""
    SELECT o.id, {TABLE_LABEL} AS table_label, o.opened_at,
           {has_receipt()} AS settled
    FROM orders o
    WHERE o.org_id = :org_id AND o.property_id = :property_id AND o.business_date >= :since
      AND (o.table_label IN (:labels) OR o.id IN (
        SELECT c.order_id FROM order_changes c
        WHERE c.org_id = :org_id AND c.property_id = :property_id AND c.business_date >= :since
          AND c.field = 'table' AND c.value IN (:labels)))
    ORDER BY o.id
"""


@dataclass(frozen=True, slots=True)
class LoadedSeating:
    """One seating: its row's ids and its value."""

    id: str
    table_id: str
    party_id: str | None
    value: Seating


@dataclass(frozen=True, slots=True)
class OrdersThere:
    """The open orders of a label with what each owes, and when settled ones were opened."""

    open: tuple[dict[str, Any], ...] = ()
    values: tuple[OrderThere, ...] = ()
    settled_at: tuple[str, ...] = ()


def load_seatings(reading: Reading, table_id: str | None = None) -> dict[str, list[LoadedSeating]]:
    """Table id → its newest seatings, newest first; of one table or of all."""
    rows = reading.rows(_SEATINGS.format(one="AND t.id = :table_id" if table_id else ""), table_id=table_id)
    found: dict[str, list[LoadedSeating]] = {}
    for row in rows:
        found.setdefault(row["table_id"], []).append(_loaded(row))
    return found


def _loaded(row: Found) -> LoadedSeating:
    value = Seating(row["at"], row["covers"], row["bill_at"], row["ended_at"], row["cleaned_at"])
    return LoadedSeating(row["id"], row["table_id"], row["party_id"], value)


def load_joins(reading: Reading, today: str | None) -> Sequence[Found]:
    """The day's joins that were not parted, oldest first: {id, table_id, to_table_id}."""
    return reading.rows(_JOINS, today=today or "0001-01-01")


def load_orders_there(reading: Reading, labels: Collection[str], today: str | None) -> Mapping[str, OrdersThere]:
    """Label → the orders there of this business day and the ORDER_DAYS before it: a few SELECTs, or none without labels."""
    if not labels or today is None:
        return {}
    since = (date.fromisoformat(today) - timedelta(days=ORDER_DAYS)).isoformat()
    rows = reading.rows(_ORDERS, labels=sorted(labels), since=since)
    orders = load_orders(reading, [row["id"] for row in rows if not row["settled"]])
    paid = standings(reading, [order.id for order in orders])
    there: dict[str, list[tuple[dict[str, Any], OrderThere]]] = {}
    settled: dict[str, list[str]] = {}
    for order in orders:
        answer = with_standing(order, paid[order.id])
        if answer["payment_state"] != "settled":  # everything on it is voided
            there.setdefault(order.row["table_label"] or "", []).append((answer, _value(order, answer)))
    for row in rows:
        if row["settled"]:
            settled.setdefault(row["table_label"] or "", []).append(row["opened_at"])
    return {
        label: OrdersThere(
            tuple(answer for answer, _ in there.get(label, [])),
            tuple(value for _, value in there.get(label, [])),
            tuple(settled.get(label, [])),
        )
        for label in {*there, *settled}
    }


def _value(order: LoadedOrder, answer: Mapping[str, Any]) -> OrderThere:
    placed_at = max(line.row["placed_at"] for line in order.lines)
    return OrderThere(order.row["opened_at"], placed_at, answer["kitchen_state"] == "served", order.row["covers"])
