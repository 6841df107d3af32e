"""What has been paid, given back and asked of cards: on an order, and page by page of the property's."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Found, Reading
from hospitality.orders.rules import day_cursor, from_day_cursor
from hospitality.payments.models import CAUSES
from hospitality.payments.rules import Issued, Standing, card_state
from hospitality.payments.rules.offline import AtRisk
from hospitality.properties.service import property_view

SHOWN = (
    "id",
    "tender",
    "amount_minor",
    "tip_minor",
    "tendered_minor",
    "change_minor",
    "rounding_minor",
    "given_currency",
    "given_minor",
    "rate_micro",
    "reference",
    "currency",
    "taken_at",
)
SHOWN_OF_REFUND = (
    "id",
    "payment_id",
    "order_id",
    "number",
    "kind",
    "tender",
    "amount_minor",
    "tip_minor",
    "rounding_minor",
    "currency",
    "reference",
    "reason",
    "given_at",
)


def standing(reading: Reading, order_id: str) -> Standing:
    """What has been paid on one order."""
    return standings(reading, [order_id])[order_id]


# of a receipt that two nodes withdrew while apart, the first counts; `w` is the withdrawal
FIRST_WITHDRAWAL = """NOT EXISTS (
    SELECT 1 FROM receipt_withdrawals v
    WHERE v.org_id = w.org_id AND v.receipt_id = w.receipt_id AND (v.at, v.id) < (w.at, w.id))"""


def stands(until: str = "", *, org: str = "r.org_id", fence: str = "") -> str:
    """Whether receipt `r` was not withdrawn. until, fence: as `orders.loading.lines_left` has them."""
    return f"""NOT EXISTS (
        SELECT 1 FROM receipt_withdrawals w
        WHERE w.org_id = {org} AND w.receipt_id = r.id {until.format(of="w")} {fence})"""


def has_receipt(until: str = "", *, org: str = "o.org_id", fence: str = "") -> str:
    """Whether a receipt of order `o` stands."""
    return f"""EXISTS (
        SELECT 1 FROM receipts r WHERE r.org_id = {org} AND r.order_id = o.id {until.format(of="r")}
          AND {stands(until, org=org, fence=fence)} {fence})"""


def turned(until: str = "") -> str:
    """Whether refund `f` counts as a reversal, since its receipt was withdrawn. until: as `orders.loading.lines_left` has it."""
    return f"""EXISTS (
        SELECT 1 FROM receipt_withdrawals w
        WHERE w.org_id = f.org_id AND w.receipt_id = f.receipt_id AND w.turns_refunds {until.format(of="w")}
          AND {FIRST_WITHDRAWAL})"""


_STANDING = f"""
    SELECT order_id, 'payment' AS what, amount_minor, '' AS number FROM payments
    WHERE org_id = :org_id AND order_id IN (:ids)
    UNION ALL
    SELECT f.order_id, CASE WHEN {turned()} THEN 'reversal' ELSE f.kind END, f.amount_minor, '' FROM refunds f
    WHERE f.org_id = :org_id AND f.order_id IN (:ids)
    UNION ALL
    SELECT r.order_id, 'receipt', r.total_minor, '' FROM receipts r
    WHERE r.org_id = :org_id AND r.order_id IN (:ids) AND {stands()}
    UNION ALL
    SELECT w.order_id, w.cause, 0, r.number FROM receipt_withdrawals w
    JOIN receipts r ON r.org_id = w.org_id AND r.id = w.receipt_id
    WHERE w.org_id = :org_id AND w.order_id IN (:ids) AND {FIRST_WITHDRAWAL}
    UNION ALL
    SELECT a.order_id, 'card', 0, a.number FROM card_attempts a
    WHERE a.org_id = :org_id AND a.order_id IN (:ids) AND NOT EXISTS (
        SELECT 1 FROM card_answers k
        WHERE k.org_id = a.org_id AND k.attempt_id = a.id AND k.outcome IN ('approved', 'declined'))
"""


def standings(reading: Reading, order_ids: Sequence[str]) -> dict[str, Standing]:
    """What has been paid on each of these orders: one SELECT for any number."""
    if not order_ids:
        return {}
    sums: dict[str, dict[str, int]] = {id: {} for id in order_ids}
    waiting: dict[str, str] = {}
    withdrawn: dict[str, dict[str, str]] = {}
    for order_id, what, amount_minor, number in map(_OF_STANDING, reading.rows(_STANDING, ids=order_ids)):
        found = sums[order_id]
        found[what] = found.get(what, 0) + amount_minor
        if what == "card":
            waiting[order_id] = number
        elif what in CAUSES:
            withdrawn.setdefault(order_id, {})[number] = what
    return {id: _standing(found, waiting.get(id, ""), withdrawn.get(id, {})) for id, found in sums.items()}


_OF_STANDING = itemgetter("order_id", "what", "amount_minor", "number")


def _standing(sums: Mapping[str, int], waiting: str, withdrawn: Mapping[str, str]) -> Standing:
    paid = sums.get("payment", 0) - sums.get("reversal", 0)
    receipts = sums.get("receipt", 0)
    return Standing(paid, "receipt" in sums, sums.get("refund", 0), waiting, receipts, dict(sorted(withdrawn.items())))


_RECEIPTS = f"""
    SELECT r.id, r.number, r.total_minor, r.currency, r.taxes, r.replaces, r.issued_at, r.business_date,
           w.cause AS withdrawn_cause, w.reason AS withdrawn_reason, w.at AS withdrawn_at
    FROM receipts r LEFT JOIN receipt_withdrawals w ON w.org_id = r.org_id AND w.receipt_id = r.id AND {FIRST_WITHDRAWAL}
    WHERE r.org_id = :org_id AND r.order_id = :order_id ORDER BY r.issued_at, r.id
"""


def receipts_of(reading: Reading, order_id: str) -> Sequence[Found]:
    """An order's receipts, oldest first, each with why and when it was withdrawn (None while it stands)."""
    return reading.rows(_RECEIPTS, order_id=order_id)


_WITHDRAWAL = """
    SELECT w.cause, w.reason, w.at, r.number AS receipt_number, r.total_minor, r.currency, o.number AS order_number
    FROM receipt_withdrawals w
    JOIN receipts r ON r.org_id = w.org_id AND r.id = w.receipt_id
    JOIN orders o ON o.org_id = w.org_id AND o.id = w.order_id
    WHERE w.org_id = :org_id AND w.property_id = :property_id AND w.id = :id
"""


def withdrawal_view(reading: Reading, withdrawal_id: str) -> dict[str, Any]:
    """One withdrawal with its receipt, order and property, for paper; NotFound WITHDRAWAL_NOT_FOUND."""
    row = reading.one(_WITHDRAWAL, id=withdrawal_id)
    if row is None:
        raise NotFound.of("withdrawal", withdrawal_id)
    return {**row, "property": property_view(reading)}


def standing_receipts(reading: Reading, order_id: str) -> list[Issued]:
    """Those of them that stand."""
    return [
        Issued(row["id"], row["number"], row["total_minor"], msgspec.json.decode(row["taxes"]), row["business_date"])
        for row in receipts_of(reading, order_id)
        if row["withdrawn_cause"] is None
    ]


# The casts keep PostgreSQL from answering a sum of bigint as a decimal.
_PAYMENTS = """
    SELECT p.id, p.order_id, p.tender, p.amount_minor, p.tip_minor, p.tendered_minor, p.change_minor,
           p.rounding_minor, p.given_currency, p.given_minor, p.rate_micro, p.reference, p.currency, p.taken_at, p.business_date,
           (SELECT CAST(COALESCE(SUM(f.amount_minor + f.tip_minor), 0) AS BIGINT) FROM refunds f
            WHERE f.org_id = p.org_id AND f.payment_id = p.id) AS refunded_minor
    FROM payments p WHERE p.org_id = :org_id
"""
_REFUNDS = f"SELECT {', '.join(SHOWN_OF_REFUND)}, business_date FROM refunds WHERE org_id = :org_id"


def payments_page(
    reading: Reading, *, order_id: str | None = None, limit: int = 100, cursor: str | None = None
) -> dict[str, Any]:
    """{items, next_cursor}: the property's payments, or those of one order, with their order_id, newest first."""
    of_order = "AND p.order_id = :order_id" if order_id else ""
    sql = f"{_PAYMENTS} AND p.property_id = :property_id {of_order}"
    rows, next_cursor = _page(reading, sql, "p.", limit, cursor, order_id=order_id)
    return {"items": [_shown(row) for row in rows], "next_cursor": next_cursor}


def payments_of(reading: Reading, order_id: str) -> list[dict[str, Any]]:
    """An order's payments, oldest first."""
    rows = reading.rows(f"{_PAYMENTS} AND p.order_id = :order_id ORDER BY p.taken_at, p.id", order_id=order_id)
    return [_shown(row) for row in rows]


def refunds_page(reading: Reading, *, limit: int = 100, cursor: str | None = None) -> dict[str, Any]:
    """{items, next_cursor}: what was given back at the property, newest first."""
    rows, next_cursor = _page(reading, f"{_REFUNDS} AND property_id = :property_id", "", limit, cursor)
    return {"items": [{name: row[name] for name in SHOWN_OF_REFUND} for row in rows], "next_cursor": next_cursor}


def refund_view(reading: Reading, refund_id: str) -> dict[str, Any]:
    """One refund with its order's number and its property, for paper; NotFound REFUND_NOT_FOUND."""
    row = reading.one(f"{_REFUNDS} AND property_id = :property_id AND id = :id", id=refund_id)
    if row is None:
        raise NotFound.of("refund", refund_id)
    number = reading.value("SELECT number FROM orders WHERE org_id = :org_id AND id = :id", id=row["order_id"])
    shown = {name: row[name] for name in SHOWN_OF_REFUND}
    return {**shown, "order_number": number, "property": property_view(reading)}


def _page(
    reading: Reading, sql: str, of: str, limit: int, cursor: str | None, *, by: str = "id", **named: Any
) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    """A page, newest first. by: the id in which the time is, where a row's own follows from another's."""
    before = ""
    parameters: dict[str, Any] = {"limit": limit + 1, **named}
    if cursor is not None:
        before = f"AND ({of}business_date, {of}{by}) < (:day, :id)"
        parameters["day"], parameters["id"] = from_day_cursor(cursor)
    rows = reading.rows(f"{sql} {before} ORDER BY {of}business_date DESC, {of}{by} DESC LIMIT :limit", **parameters)
    page = rows[:limit]
    return page, day_cursor({**page[-1], "id": page[-1][by]}) if len(rows) > limit else None


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in SHOWN}
    return {**shown, "order_id": row["order_id"], "refunded_minor": row["refunded_minor"]}


_ATTEMPTS = """
    SELECT a.id, a.order_id, a.number, a.amount_minor, a.tip_minor, a.currency, a.at, k.outcome
    FROM card_attempts a LEFT JOIN card_answers k ON k.org_id = a.org_id AND k.attempt_id = a.id
    WHERE a.org_id = :org_id AND a.property_id = :property_id AND {which} ORDER BY a.at, a.id
"""


def attempts_of(reading: Reading, order_id: str) -> list[dict[str, Any]]:
    """The card payments that were tried on an order, oldest first, each with its state."""
    return _attempts(reading.rows(_ATTEMPTS.format(which="a.order_id = :order_id"), order_id=order_id))


def attempt_view(reading: Reading, attempt_id: str) -> dict[str, Any]:
    """One attempt with its state; NotFound CARD_ATTEMPT_NOT_FOUND."""
    found = _attempts(reading.rows(_ATTEMPTS.format(which="a.id = :id"), id=attempt_id))
    if not found:
        raise NotFound.of("card attempt", attempt_id)
    return found[0]


_CARD_REFUNDS = """
    SELECT b.id, b.payment_id, b.order_id, b.number, b.amount_minor, b.tip_minor, b.currency, b.reason, b.at, k.outcome
    FROM card_refunds b LEFT JOIN card_refund_answers k ON k.org_id = b.org_id AND k.card_refund_id = b.id
    WHERE b.org_id = :org_id AND b.property_id = :property_id AND {which} ORDER BY b.at, b.id
"""


def card_refunds_of(reading: Reading, order_id: str) -> list[dict[str, Any]]:
    """What card terminals were asked to give back of an order's payments, oldest first, each with its state."""
    return _attempts(reading.rows(_CARD_REFUNDS.format(which="b.order_id = :order_id"), order_id=order_id))


def card_refund_view(reading: Reading, card_refund_id: str) -> dict[str, Any]:
    """One of them with its state; NotFound CARD_REFUND_NOT_FOUND."""
    found = _attempts(reading.rows(_CARD_REFUNDS.format(which="b.id = :id"), id=card_refund_id))
    if not found:
        raise NotFound.of("card refund", card_refund_id)
    return found[0]


def waiting_refund(reading: Reading, order_id: str) -> str:
    """The number of one of which nobody knows yet whether it went through; empty when there is none."""
    found = card_refunds_of(reading, order_id)
    return next((one["number"] for one in found if one["state"] in ("attempted", "unknown")), "")


def _attempts(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    heads: dict[str, dict[str, Any]] = {}
    outcomes: dict[str, set[str]] = {}
    for row in rows:
        head = dict(row)
        outcome = head.pop("outcome")
        heads.setdefault(row["id"], head)
        if outcome is not None:
            outcomes.setdefault(row["id"], set()).add(outcome)
    return [{**head, "state": card_state(outcomes.get(id, ()))} for id, head in heads.items()]


# --- cards that the acquirer had not heard of when they were taken

# of outcomes that two nodes told while apart, the first counts; `u` is the outcome
FIRST_OUTCOME = """NOT EXISTS (
    SELECT 1 FROM offline_outcomes v
    WHERE v.org_id = u.org_id AND v.offline_card_id = u.offline_card_id AND (v.at, v.id) < (u.at, u.id))"""
# what is left of card `k` to be lost: what was given back to the card is not
_LEFT = """
    k.amount_minor - (SELECT CAST(COALESCE(SUM(f.amount_minor + f.tip_minor), 0) AS BIGINT) FROM refunds f
                      WHERE f.org_id = k.org_id AND f.payment_id = k.payment_id AND f.tender = 'card' {until})
"""


def risked(which: str, until: str = "") -> str:
    """A SELECT of what is at risk by property: property_id, currency, n, amount_minor. which: of which cards `k`. until: as
    `orders.loading.lines_left` has it."""
    left = _LEFT.format(until=until.format(of="f"))
    return f"""
        SELECT property_id, currency, COUNT(*) AS n, CAST(SUM(left_minor) AS BIGINT) AS amount_minor FROM (
            SELECT k.property_id, k.currency, {left} AS left_minor FROM offline_cards k
            WHERE k.org_id = :org_id {which} {until.format(of="k")} AND NOT EXISTS (
                SELECT 1 FROM offline_outcomes u
                WHERE u.org_id = k.org_id AND u.offline_card_id = k.id {until.format(of="u")})) AS risked
        WHERE left_minor > 0 GROUP BY property_id, currency"""


_AT_RISK = f"""
    SELECT (SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM offline_cards
            WHERE org_id = :org_id AND property_id = :property_id AND business_date = :day) AS day_minor,
           (SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT)
            FROM ({risked("AND k.property_id = :property_id")}) AS unknown) AS total_minor
"""
_OFFLINE = f"""
    SELECT k.id, k.payment_id, k.order_id, o.number AS order_number, p.reference, k.way, k.amount_minor, k.currency, k.over,
           k.at, k.business_date, u.outcome, {_LEFT.format(until="")} AS left_minor
    FROM offline_cards k
    JOIN payments p ON p.org_id = k.org_id AND p.id = k.payment_id
    JOIN orders o ON o.org_id = k.org_id AND o.id = k.order_id
    LEFT JOIN offline_outcomes u ON u.org_id = k.org_id AND u.offline_card_id = k.id AND {FIRST_OUTCOME}
    WHERE k.org_id = :org_id AND k.property_id = :property_id
"""


def at_risk(reading: Reading, day: str) -> AtRisk:
    """What the property risks already on cards that the acquirer has not heard of; `day` is the business day at hand."""
    row = reading.one(_AT_RISK, day=day)
    assert row is not None
    return AtRisk(row["day_minor"], row["total_minor"])


def offline_card(reading: Reading, id: str) -> dict[str, Any] | None:
    """One card that was taken offline, as the list has it."""
    row = reading.one(f"{_OFFLINE} AND k.id = :id", id=id)
    return None if row is None else _offline(row)


def offline_page(
    reading: Reading, *, is_open: bool = False, limit: int = 100, cursor: str | None = None
) -> dict[str, Any]:
    """{items, next_cursor}: cards taken offline, newest first; is_open: those of which nobody knows yet what they became."""
    which = "AND u.id IS NULL" if is_open else ""
    rows, next_cursor = _page(reading, f"{_OFFLINE} {which}", "k.", limit, cursor, by="payment_id")
    return {"items": [_offline(row) for row in rows], "next_cursor": next_cursor}


def _offline(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(row)
    left_minor = shown.pop("left_minor")
    return {**shown, "at_risk_minor": 0 if row["outcome"] else max(0, left_minor)}
