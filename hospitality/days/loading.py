"""What the facts of a drawer's session or of a business day add up to. Nothing is cached: a figure is asked of the facts.

A fact belongs to its own business date, whenever it came here; so the figures of a day that is over change only by what
comes late to it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from hospitality.cash.rules import KINDS
from hospitality.checks.loading import overpaid
from hospitality.days.rules import Figure, Figures, adjustment_figure, summed, tax_figures
from hospitality.ground.statements import Found, Reading
from hospitality.orders.loading import DIVIDED, FIRST_VOID, TABLE_LABEL, lines_left, load_orders, pieces_voided
from hospitality.payments.reading import FIRST_OUTCOME, FIRST_WITHDRAWAL, has_receipt, risked

OPEN_ORDERS_MAX = 500
ORDERS_AT_ONCE_MAX = 500
# The casts keep PostgreSQL from answering a sum of bigint as a decimal.
_MOVED = """
    SELECT kind, COUNT(*) AS n, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor FROM cash_moves
    WHERE org_id = :org_id AND session_id = :id GROUP BY kind
"""
_SOLD = """
    SELECT CAST(COALESCE(SUM(
        CASE WHEN given_currency IS NULL THEN tendered_minor - change_minor ELSE -change_minor END), 0) AS BIGINT)
    FROM payments WHERE org_id = :org_id AND drawer_session_id = :id
"""
_GIVEN = """
    SELECT given_currency, CAST(SUM(given_minor) AS BIGINT) AS given_minor FROM payments
    WHERE org_id = :org_id AND drawer_session_id = :id AND given_currency IS NOT NULL GROUP BY given_currency
"""
_GIVEN_BACK = """
    SELECT CAST(COALESCE(SUM(amount_minor + tip_minor + rounding_minor), 0) AS BIGINT) FROM refunds
    WHERE org_id = :org_id AND drawer_session_id = :id
"""
# deposits that lie in the drawer, less those that were given back out of it
_HELD = """
    SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM (
        SELECT amount_minor FROM deposits WHERE org_id = :org_id AND drawer_session_id = :id
        UNION ALL
        SELECT -amount_minor FROM deposit_ends WHERE org_id = :org_id AND drawer_session_id = :id) AS held
"""


def drawer_figures(reading: Reading, session_id: str, *, float_minor: int, currency: str) -> Figures:
    """What makes up the cash that should be in a drawer by now: the float, cash sales with tips, moves, deposits."""

    def found() -> Iterator[Figure]:
        yield Figure("session", "float", 0, float_minor, currency)
        yield Figure("session", "sales with tips", 0, reading.value(_SOLD, id=session_id), currency)
        yield Figure("session", "given back", 0, -reading.value(_GIVEN_BACK, id=session_id), currency)
        yield Figure("session", "deposits", 0, reading.value(_HELD, id=session_id), currency)
        for row in reading.rows(_MOVED, id=session_id):
            yield Figure("session", row["kind"], row["n"], KINDS[row["kind"]] * row["amount_minor"], currency)
        for row in reading.rows(_GIVEN, id=session_id):
            yield Figure("session", "handed over", 0, row["given_minor"], row["given_currency"])

    return tuple(one for one in found() if one.amount_minor)


def expected_cash(reading: Reading, session_id: str, *, float_minor: int, currency: str) -> dict[str, int]:
    """What should be in a drawer by now, by currency."""
    expected = {currency: 0}
    for one in drawer_figures(reading, session_id, float_minor=float_minor, currency=currency):
        expected[one.currency] = expected.get(one.currency, 0) + one.amount_minor
    return expected


_OF_DAY = "org_id = :org_id AND property_id = :property_id AND business_date = :day"
_PLACED = f"""
    SELECT COUNT(*) AS n, CAST(COALESCE(SUM(covers), 0) AS BIGINT) AS covers FROM orders WHERE {_OF_DAY} {{by}}
"""
# who serves order `o` by the facts of so far
_SERVER = """
    COALESCE((SELECT c.server_id FROM order_changes c
              WHERE c.org_id = o.org_id AND c.order_id = o.id AND c.field = 'server' AND c.business_date <= :day
              ORDER BY c.at DESC, c.id DESC LIMIT 1), o.opened_by)
"""
_TAKEN_OVER = f"""
    SELECT COUNT(*) AS n, CAST(COALESCE(SUM(o.covers), 0) AS BIGINT) AS covers FROM orders o
    WHERE o.org_id = :org_id AND o.property_id = :property_id AND o.business_date = :day
      AND o.opened_by <> :person_id AND {_SERVER} = :person_id
"""
_LINES = f"""
    SELECT COUNT(*) AS n, CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS amount_minor
    FROM order_lines WHERE {_OF_DAY} AND whole_id IS NULL {{by}}
"""
_VOIDS = f"""
    SELECT COUNT(*) AS n, CAST(COALESCE(SUM(COALESCE(v.amount_minor, l.amount_minor)), 0) AS BIGINT) AS amount_minor
    FROM line_voids v JOIN order_lines l ON l.org_id = v.org_id AND l.id = v.line_id
    WHERE v.org_id = :org_id AND v.property_id = :property_id AND v.business_date = :day AND {FIRST_VOID}
      AND NOT {DIVIDED} {{by}}
"""
_DIVIDED_VOIDS = f"""
    SELECT l.id, l.whole_id, l.unit_price_minor
    FROM line_voids v JOIN order_lines l ON l.org_id = v.org_id AND l.id = v.line_id
    WHERE v.org_id = :org_id AND v.property_id = :property_id AND v.business_date = :day AND {FIRST_VOID}
      AND {DIVIDED} {{by}}
"""
_PARTS = f"""
    SELECT part_of, amount_minor FROM order_lines
    WHERE {_OF_DAY} AND whole_id IS NULL AND part_of IS NOT NULL {{by}}
"""
_PARTS_VOIDED = f"""
    SELECT l.part_of, l.amount_minor FROM line_voids v
    JOIN order_lines l ON l.org_id = v.org_id AND l.id = v.line_id AND l.part_of IS NOT NULL
    WHERE v.org_id = :org_id AND v.property_id = :property_id AND v.business_date = :day AND {FIRST_VOID} {{by}}
"""
_RECEIPTS = f"SELECT order_id, total_minor, taxes, adjustments FROM receipts WHERE {_OF_DAY}"
_WITHDRAWN = f"""
    SELECT r.order_id, r.total_minor, r.taxes, r.adjustments FROM receipt_withdrawals w
    JOIN receipts r ON r.org_id = w.org_id AND r.id = w.receipt_id
    WHERE w.org_id = :org_id AND w.property_id = :property_id AND w.business_date = :day AND {FIRST_WITHDRAWAL}
"""
# what is taken back of a receipt is less by what was refunded of it, on the day when both are known
_TURNED = f"""
    SELECT f.amount_minor, f.taxes FROM receipt_withdrawals w
    JOIN refunds f ON f.org_id = w.org_id AND f.order_id = w.order_id AND f.receipt_id = w.receipt_id AND f.kind = 'refund'
    WHERE w.org_id = :org_id AND w.property_id = :property_id AND w.turns_refunds AND {FIRST_WITHDRAWAL}
      AND (w.business_date = :day AND f.business_date <= :day OR f.business_date = :day AND w.business_date < :day)
"""
_REFUND_TAXES = f"SELECT taxes FROM refunds WHERE {_OF_DAY} AND kind = 'refund'"
_PAYMENTS = f"""
    SELECT tender, COUNT(*) AS n, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor,
           CAST(SUM(tip_minor) AS BIGINT) AS tip_minor, SUM(CASE WHEN tip_minor = 0 THEN 0 ELSE 1 END) AS tips
    FROM payments WHERE {_OF_DAY} {{by}} GROUP BY tender
"""
_ROUNDED = f"""
    SELECT COUNT(*) AS n, CAST(COALESCE(SUM(rounding_minor), 0) AS BIGINT) AS amount_minor FROM (
        SELECT rounding_minor FROM payments WHERE {_OF_DAY} AND rounding_minor <> 0
        UNION ALL
        SELECT -rounding_minor FROM refunds WHERE {_OF_DAY} AND rounding_minor <> 0) AS rounded
"""
_CURRENCIES = f"""
    SELECT given_currency, COUNT(*) AS n, CAST(SUM(given_minor) AS BIGINT) AS given_minor
    FROM payments WHERE {_OF_DAY} AND given_currency IS NOT NULL GROUP BY given_currency
"""
_REFUNDS = f"""
    SELECT kind, tender, COUNT(*) AS n, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor,
           CAST(SUM(tip_minor) AS BIGINT) AS tip_minor, SUM(CASE WHEN tip_minor = 0 THEN 0 ELSE 1 END) AS tips
    FROM refunds WHERE {_OF_DAY} {{by}} GROUP BY kind, tender
"""
_CASH = f"""
    SELECT kind, COUNT(*) AS n, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor
    FROM cash_moves WHERE {_OF_DAY} {{by}} GROUP BY kind
"""
# applied ones stand among the payments too, by the tender `deposit`; one that came back to be held lessens them
_DEPOSITS = f"""
    SELECT 'taken ' || tender AS kind, COUNT(*) AS n, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor
    FROM deposits WHERE {_OF_DAY} GROUP BY tender
    UNION ALL
    SELECT CASE WHEN kind = 'given_back' THEN 'given back ' || tender ELSE kind END, COUNT(*),
           -CAST(SUM(amount_minor) AS BIGINT)
    FROM deposit_ends WHERE {_OF_DAY} GROUP BY 1
    UNION ALL
    SELECT 'applied', 0, CAST(SUM(amount_minor + tip_minor) AS BIGINT)
    FROM refunds WHERE {_OF_DAY} AND tender = 'deposit' GROUP BY tender
"""
# what stands under the payments as well; at risk is what nobody knew of when the day ended
_OFFLINE = f"""
    SELECT 'taken' AS name, COUNT(*) AS n, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor
    FROM offline_cards WHERE {_OF_DAY} GROUP BY property_id
    UNION ALL
    SELECT u.outcome, COUNT(*), CAST(SUM(u.amount_minor) AS BIGINT) FROM offline_outcomes u
    WHERE u.org_id = :org_id AND u.property_id = :property_id AND u.business_date = :day AND {FIRST_OUTCOME}
    GROUP BY u.outcome
    UNION ALL
    SELECT 'at risk', n, amount_minor
    FROM ({risked("AND k.property_id = :property_id", "AND {of}.business_date <= :day")}) AS unknown
"""
_COUNTS = f"SELECT counted FROM drawer_counts WHERE {_OF_DAY}"
# open when the day ended, by the facts of that day and those before it
_OPEN = f"""
    SELECT o.id, o.number, {TABLE_LABEL} AS table_label FROM orders o
    WHERE o.org_id = :org_id AND o.property_id = :property_id AND o.business_date <= :day {{by}}
      AND NOT {has_receipt("AND {of}.business_date <= :day")}
      AND {lines_left("AND {of}.business_date <= :day")}
    ORDER BY o.business_date, o.opened_at, o.id LIMIT :limit
"""


def orders_open(reading: Reading, day: str, *, served_by: str | None = None) -> list[dict[str, Any]]:
    """The orders that stood open when a day ended, oldest first: {id, number, table}; those that one person serves, if
    given."""
    by = "" if served_by is None else f"AND {_SERVER} = :served_by"
    rows = reading.rows(_OPEN.format(by=by), day=day, served_by=served_by, limit=OPEN_ORDERS_MAX)
    return [{"id": row["id"], "number": row["number"], "table": row["table_label"]} for row in rows]


def figures_of_day(reading: Reading, day: str, *, currency: str) -> Figures:
    """Everything that a report of a business day says, added up from the facts that belong to it."""

    def one(section: str, name: str, row: Found) -> Figure:
        return Figure(section, name, row["n"], row["amount_minor"], currency)

    def found() -> Iterator[Figure]:
        yield from _trade(reading, day, currency)
        yield from _receipts(reading, day, currency)
        for row in reading.rows(_REFUND_TAXES, day=day):
            yield from tax_figures(msgspec.json.decode(row["taxes"]), sign=-1, currency=currency)
        for row in reading.rows(_ROUNDED, day=day):
            yield one("rounding", "cash", row)
        for row in reading.rows(_CURRENCIES, day=day):
            yield Figure("currencies", "handed over", row["n"], row["given_minor"], row["given_currency"])
        for row in reading.rows(_DEPOSITS, day=day):
            yield one("deposits", row["kind"], row)
        for row in reading.rows(_CASH.format(by=""), day=day):
            yield one("tips", "paid out", row) if row["kind"] == "tip_out" else one("cash", row["kind"], row)
        for row in reading.rows(_COUNTS, day=day):
            yield from counted_figures(row)
        for order in overpaid(reading, since=day, until=day):
            yield Figure("surplus", "to give back", 1, order.surplus_minor, currency)
        for row in reading.rows(_OFFLINE, day=day):
            yield one("offline", row["name"], row)
        yield Figure("open", "carried over", len(orders_open(reading, day)), 0, currency)

    return summed(found())


def _receipts(reading: Reading, day: str, currency: str) -> Iterator[Figure]:
    """What the receipts of a day say, less what those say that were withdrawn on it and was not refunded of them; so the
    day of a receipt that is withdrawn later stays as it was."""
    unsaid: list[tuple[str, int]] = []
    for sql, name, sign in ((_RECEIPTS, "issued", 1), (_WITHDRAWN, "withdrawn", -1)):
        for row in reading.rows(sql, day=day):
            yield Figure("receipts", name, 1, sign * row["total_minor"], currency)
            yield from tax_figures(msgspec.json.decode(row["taxes"]), sign=sign, currency=currency)
            if row["adjustments"] is None:
                unsaid.append((row["order_id"], sign))
            for one in msgspec.json.decode(row["adjustments"] or "[]"):
                yield adjustment_figure(one["kind"], one.get("name"), sign, one["amount_minor"], currency)
    for row in reading.rows(_TURNED, day=day):
        yield Figure("receipts", "withdrawn", 0, row["amount_minor"], currency)
        yield from tax_figures(msgspec.json.decode(row["taxes"]), sign=1, currency=currency)
    yield from _adjustments_now(reading, unsaid, currency)


def _adjustments_now(reading: Reading, of: Sequence[tuple[str, int]], currency: str) -> Iterator[Figure]:
    """What comps, discounts and service charges come to on orders whose receipts did not keep it: (order id, sign)."""
    signs: dict[str, int] = {}
    for order_id, sign in of:
        signs[order_id] = signs.get(order_id, 0) + sign
    ids = sorted(id for id, sign in signs.items() if sign)
    for at in range(0, len(ids), ORDERS_AT_ONCE_MAX):
        for order in load_orders(reading, ids[at : at + ORDERS_AT_ONCE_MAX]):
            for one, amount_minor in order.came_to():
                yield adjustment_figure(one.kind, one.name, signs[order.id], amount_minor, currency)


def figures_of_person(reading: Reading, day: str, person_id: str, *, currency: str) -> Figures:
    """What one person sold, took and was paid out on a business day."""
    return summed(_trade(reading, day, currency, person_id))


def _trade(reading: Reading, day: str, currency: str, person_id: str | None = None) -> Iterator[Figure]:
    """Orders, lines, voids, payments, refunds and tips of a day, or of one person on it."""

    def rows(sql: str, by: str) -> Any:
        which = "" if person_id is None else f"AND {by} = :person_id"
        return reading.rows(sql.format(by=which), day=day, person_id=person_id)

    (placed,) = rows(_PLACED, "opened_by")
    yield Figure("orders", "placed", placed["n"], 0, currency)
    yield Figure("orders", "covers", placed["covers"], 0, currency)
    if person_id is not None:
        (taken,) = reading.rows(_TAKEN_OVER, day=day, person_id=person_id)
        yield Figure("orders", "taken over", taken["n"], 0, currency)
        yield Figure("orders", "covers taken over", taken["covers"], 0, currency)
    (lines,) = rows(_LINES, "placed_by")
    yield Figure("sales", "lines", lines["n"], lines["amount_minor"], currency)
    (voids,) = rows(_VOIDS, "l.placed_by")
    yield Figure("sales", "voids", voids["n"], -voids["amount_minor"], currency)
    for amount_minor in pieces_voided(reading, rows(_DIVIDED_VOIDS, "l.placed_by")).values():
        yield Figure("sales", "voids", 1 if amount_minor else 0, -amount_minor, currency)
    yield from _sets(rows(_PARTS, "placed_by"), 1, currency)
    yield from _sets(rows(_PARTS_VOIDED, "l.placed_by"), -1, currency)
    for row in rows(_PAYMENTS, "taken_by"):
        yield Figure("payments", row["tender"], row["n"], row["amount_minor"], currency)
        yield Figure("tips", row["tender"], row["tips"], row["tip_minor"], currency)
    for row in rows(_REFUNDS, "person_id"):
        yield Figure(f"{row['kind']}s", row["tender"], row["n"], -row["amount_minor"], currency)
        yield Figure("tips", f"{row['tender']} given back", row["tips"], -row["tip_minor"], currency)
    if person_id is not None:
        for row in rows(_CASH, "kind = 'tip_out' AND to_person_id"):
            yield Figure("tips", "paid out", row["n"], row["amount_minor"], currency)


def _sets(rows: Iterable[Found], sign: int, currency: str) -> Iterator[Figure]:
    """The sets that these lines are the parts of: what goes with an item of its own is none."""
    parts: dict[str, list[tuple[dict[str, Any], int]]] = {}
    for row in rows:
        part = msgspec.json.decode(row["part_of"])
        parts.setdefault(part["id"], []).append((part, row["amount_minor"]))
    for of in parts.values():
        whole = of[0][0]
        if all(part["option_id"] is not None for part, _ in of):
            yield Figure("sets", whole["name"], sign * whole["quantity"], sign * sum(one for _, one in of), currency)


def counted_figures(row: Found) -> Iterator[Figure]:
    """What a count of a drawer found over or short, in each currency."""
    for one in msgspec.json.decode(row["counted"]):
        over_short = one["counted_minor"] - one["expected_minor"]
        yield Figure("drawers", "counted", 1, one["counted_minor"], one["currency"])
        if over_short:
            yield Figure("drawers", "over" if over_short > 0 else "short", 1, over_short, one["currency"])
