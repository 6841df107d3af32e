"""What was sold, taken and left open, property by property; each question reads the business days at hand and no more.

Sales are the lines as they were priced, less the voids that belong to the day, as a Z has them; taxes that are put on
top of prices are not in them. Money taken is what was paid, without tips and less what was given back. All amounts are
minor units of the property's currency, and those of two currencies never meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from cloud.headoffice.reading.days import PropertyDay, Window
from hospitality.checks.reading import OPEN_DAYS
from hospitality.ground.statements import Reading
from hospitality.orders.loading import DIVIDED, FIRST_VOID, lines_left, pieces_voided
from hospitality.payments.reading import has_receipt, risked


@dataclass(frozen=True, slots=True)
class Trade:
    """One stretch of trade. `by_hour` maps an hour of the property's wall clock to its sales."""

    sales_minor: int = 0
    by_hour: dict[int, int] = field(default_factory=dict)
    taken_minor: int = 0
    orders: int = 0
    voided: int = 0

    @property
    def check_minor(self) -> int | None:
        """The average check: sales by order, half up; None without orders."""
        return (2 * self.sales_minor + self.orders) // (2 * self.orders) if self.orders else None

    def __add__(self, other: "Trade") -> "Trade":
        return Trade(
            self.sales_minor + other.sales_minor,
            {h: self.by_hour.get(h, 0) + other.by_hour.get(h, 0) for h in self.by_hour | other.by_hour},
            self.taken_minor + other.taken_minor,
            self.orders + other.orders,
            self.voided + other.voided,
        )


@dataclass(frozen=True, slots=True)
class Unpaid:
    """Orders that owe something or were never settled, of the last seven business days; since when the oldest."""

    orders: int = 0
    oldest_at: str | None = None


_LINES_LEFT = lines_left(org=":org_id", fence="OFFSET 0")
_SALES = f"""
    SELECT w.property_id, w.week, s.hour, s.sales_minor
    FROM (VALUES {{windows}}) AS w (property_id, zone, week, day, until)
    CROSS JOIN LATERAL (
        SELECT CAST(extract(hour FROM m.at AT TIME ZONE w.zone) AS integer) AS hour,
               CAST(sum(m.amount_minor) AS bigint) AS sales_minor
        FROM (
            SELECT l.placed_at AS at, l.amount_minor FROM order_lines l
            WHERE l.org_id = :org_id AND l.property_id = w.property_id AND l.business_date = w.day
              AND l.placed_at <= w.until
            UNION ALL
            SELECT CASE WHEN l.business_date = w.day THEN l.placed_at ELSE v.at END,
                   -COALESCE(v.amount_minor, l.amount_minor)
            FROM line_voids v JOIN order_lines l ON l.org_id = :org_id AND l.id = v.line_id
            WHERE v.org_id = :org_id AND v.property_id = w.property_id AND v.business_date = w.day
              AND v.at <= w.until AND l.placed_at <= w.until AND {FIRST_VOID} AND NOT {DIVIDED}
        ) m
        GROUP BY 1
    ) s
"""
_DIVIDED_VOIDS = f"""
    SELECT w.property_id, w.week, l.id, l.whole_id, l.unit_price_minor,
           CAST(extract(hour FROM CASE WHEN l.business_date = w.day THEN l.placed_at ELSE v.at END AT TIME ZONE w.zone)
                AS integer) AS hour
    FROM (VALUES {{windows}}) AS w (property_id, zone, week, day, until)
    JOIN line_voids v ON v.org_id = :org_id AND v.property_id = w.property_id AND v.business_date = w.day
        AND v.at <= w.until
    JOIN order_lines l ON l.org_id = :org_id AND l.id = v.line_id AND l.placed_at <= w.until
    WHERE {FIRST_VOID} AND {DIVIDED}
"""
# an order whose lines went to another one was not voided
_ORDERS = f"""
    SELECT w.property_id, w.week, s.orders, s.voided
    FROM (VALUES {{windows}}) AS w (property_id, zone, week, day, until)
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE t.has_left) AS orders,
               count(*) FILTER (WHERE NOT t.has_left AND NOT t.gave) AS voided
        FROM (
            SELECT {_LINES_LEFT} AS has_left,
                   EXISTS (SELECT 1 FROM line_moves m WHERE m.org_id = :org_id AND m.order_id = o.id) AS gave
            FROM orders o
            WHERE o.org_id = :org_id AND o.property_id = w.property_id AND o.business_date = w.day
              AND o.opened_at <= w.until
        ) t
    ) s
"""
_TAKEN = """
    SELECT w.property_id, w.week, s.taken_minor
    FROM (VALUES {windows}) AS w (property_id, zone, week, day, until)
    CROSS JOIN LATERAL (
        SELECT CAST(coalesce(sum(m.amount_minor), 0) AS bigint) AS taken_minor FROM (
            SELECT p.amount_minor FROM payments p
            WHERE p.org_id = :org_id AND p.property_id = w.property_id AND p.business_date = w.day
              AND p.taken_at <= w.until
            UNION ALL
            SELECT -f.amount_minor FROM refunds f
            WHERE f.org_id = :org_id AND f.property_id = w.property_id AND f.business_date = w.day
              AND f.given_at <= w.until
        ) m
    ) s
"""
# the same orders as `orders_page(state="open")` lists
_UNPAID = f"""
    SELECT w.property_id, s.orders, s.oldest_at
    FROM (VALUES {{since}}) AS w (property_id, since)
    CROSS JOIN LATERAL (
        SELECT count(*) AS orders, min(o.opened_at) AS oldest_at FROM orders o
        WHERE o.org_id = :org_id AND o.property_id = w.property_id AND o.business_date >= w.since
          AND NOT {has_receipt(org=":org_id", fence="OFFSET 0")}
          AND {_LINES_LEFT}
    ) s
"""
_WINDOW = "(:p{n}::uuid, :z{n}::text, :w{n}::integer, :d{n}::date, :u{n}::timestamptz)"
_SINCE = "(:p{n}::uuid, :d{n}::date)"


def trades(reading: Reading, stretches: Sequence[Window]) -> dict[tuple[str, int], Trade]:
    """(property id, week) → what was traded in that stretch; every stretch has an entry."""
    found = {(w.property_id, w.week): Trade() for w in stretches}
    if not stretches:
        return found
    marks = ", ".join(_WINDOW.format(n=n) for n in range(len(stretches)))
    binds = {
        name: value
        for n, w in enumerate(stretches)
        for name, value in zip(
            (f"p{n}", f"z{n}", f"w{n}", f"d{n}", f"u{n}"),
            (w.property_id, w.zone, w.week, w.day, w.until),
            strict=True,
        )
    }
    for row in reading.rows(_SALES.format(windows=marks), **binds):
        key = (row["property_id"], row["week"])
        found[key] = found[key] + Trade(row["sales_minor"], {row["hour"]: row["sales_minor"]})
    divided = reading.rows(_DIVIDED_VOIDS.format(windows=marks), **binds)
    voided = pieces_voided(reading, divided)
    for row in divided:
        key, amount_minor = (row["property_id"], row["week"]), voided[row["id"]]
        found[key] = found[key] + Trade(-amount_minor, {row["hour"]: -amount_minor})
    for row in reading.rows(_ORDERS.format(windows=marks), **binds):
        key = (row["property_id"], row["week"])
        found[key] = replace(found[key], orders=row["orders"], voided=row["voided"])
    for row in reading.rows(_TAKEN.format(windows=marks), **binds):
        key = (row["property_id"], row["week"])
        found[key] = replace(found[key], taken_minor=row["taken_minor"])
    return found


def unpaid(reading: Reading, properties: Sequence[PropertyDay]) -> dict[str, Unpaid]:
    """Property id → its open orders; every property has an entry."""
    found = {one.id: Unpaid() for one in properties}
    traded = [(one.id, _since(one.date)) for one in properties if one.date is not None]
    if not traded:
        return found
    marks = ", ".join(_SINCE.format(n=n) for n in range(len(traded)))
    binds = {f"{letter}{n}": value for n, pair in enumerate(traded) for letter, value in zip("pd", pair, strict=True)}
    for row in reading.rows(_UNPAID.format(since=marks), **binds):
        found[row["property_id"]] = Unpaid(row["orders"], row["oldest_at"])
    return found


def _since(day: date) -> str:
    return (day - timedelta(days=OPEN_DAYS)).isoformat()


@dataclass(frozen=True, slots=True)
class Risked:
    """Cards that a property took offline and nobody knows the end of, whatever their day."""

    property: PropertyDay
    cards: int
    amount_minor: int


def at_risk(reading: Reading, properties: Sequence[PropertyDay]) -> tuple[Risked, ...]:
    """What may be lost, in the order of the properties; those that risk nothing are left out."""
    found = {row["property_id"]: row for row in reading.rows(risked(""))}
    return tuple(
        Risked(one, found[one.id]["n"], found[one.id]["amount_minor"]) for one in properties if one.id in found
    )
