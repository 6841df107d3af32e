"""Drawer sessions, and the reports of days, as people look at them; at head office too, from the same facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hospitality.cash.reading import session_row
from hospitality.checks.loading import overpaid
from hospitality.days.composing import Part, Report, day_parts, figures_from, made_part
from hospitality.days.loading import (
    counted_figures,
    drawer_figures,
    expected_cash,
    figures_of_day,
    figures_of_person,
    orders_open,
)
from hospitality.days.rules import NUMBERED, Figure, Figures, less, stretches, summed
from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Found, Reading
from hospitality.payments.reading import FIRST_WITHDRAWAL
from hospitality.properties.service import current_business_date, property_view

REPORTS = "reports.read"

_COUNT = """
    SELECT counted, note, counted_by, counted_at FROM drawer_counts WHERE org_id = :org_id AND session_id = :id
"""
_MOVES = """
    SELECT id, session_id, kind, amount_minor, currency, reason, reference, to_person_id, at FROM cash_moves
    WHERE org_id = :org_id AND session_id = :id ORDER BY at, id
"""


def drawer_session_view(reading: Reading, session_id: str, *, sees_expected: bool) -> dict[str, Any]:
    """A session with its moves and, once counted, what was over or short.

    sees_expected: whether the asker may see before the count what should be there; who counts blindly may not.
    """
    row = session_row(reading, session_id)
    shown = {name: row[name] for name in ("id", "drawer_id", "float_minor", "currency", "opened_at", "opened_by")}
    count = reading.one(_COUNT, id=session_id)
    expected = None
    if sees_expected and count is None:
        expected = expected_cash(reading, session_id, float_minor=row["float_minor"], currency=row["currency"])
    return {
        **shown,
        "business_date": row["business_date"],
        "drawer_name": row["name"],
        "moves": [dict(move) for move in reading.rows(_MOVES, id=session_id)],
        "expected": None if expected is None else [_amount(name, amount) for name, amount in expected.items()],
        "count": None if count is None else _count(dict(count)),
    }


def _amount(currency: str, amount_minor: int) -> dict[str, Any]:
    return {"currency": currency, "amount_minor": amount_minor}


def _count(row: dict[str, Any]) -> dict[str, Any]:
    counted = msgspec.json.decode(row["counted"])
    told = [{**one, "over_short_minor": one["counted_minor"] - one["expected_minor"]} for one in counted]
    return {**row, "counted": told}


# --- days


@dataclass(frozen=True, slots=True)
class Reported:
    """All that was reported of a day: the figures of its Z and supplements, and the last one's sequence."""

    figures: tuple[Figure, ...]
    sequence: int


_REPORTS = """
    SELECT id, kind, sequence, number, currency, figures, open_orders, made_by, made_at FROM day_reports
    WHERE org_id = :org_id AND property_id = :property_id AND date = :day ORDER BY sequence, id
"""
_ONE_REPORT = """
    SELECT id, date, kind, sequence, number, currency, figures, open_orders, made_by, made_at FROM day_reports
    WHERE org_id = :org_id AND property_id = :property_id AND id = :id
"""
_NUMBERS = """
    SELECT number FROM {table}
    WHERE org_id = :org_id AND property_id = :property_id AND business_date = :day
"""
_WITHDRAWN = f"""
    SELECT r.number, w.cause, w.reason, w.business_date AS on_day FROM receipts r
    JOIN receipt_withdrawals w ON w.org_id = r.org_id AND w.receipt_id = r.id AND {FIRST_WITHDRAWAL}
    WHERE r.org_id = :org_id AND r.property_id = :property_id AND r.business_date = :day ORDER BY r.number
"""
_OF_OTHER_DAYS = """
    SELECT number, business_date FROM {table}
    WHERE org_id = :org_id AND property_id = :property_id AND number IN (:numbers)
"""
_PAGE = """
    SELECT d.date, d.status, d.opened_at, d.closed_at,
           (SELECT z.number FROM day_reports z WHERE z.org_id = d.org_id AND z.property_id = d.property_id
              AND z.date = d.date AND z.sequence = 0) AS number,
           (SELECT COUNT(*) FROM day_reports s WHERE s.org_id = d.org_id AND s.property_id = d.property_id
              AND s.date = d.date AND s.sequence > 0) AS supplements
    FROM business_days d WHERE d.org_id = :org_id AND d.property_id = :property_id {before}
    ORDER BY d.date DESC LIMIT :limit
"""


def kept_figures(reading: Reading, day: str) -> Reported:
    """The figures of all reports of a day, not yet put together."""
    rows = reading.rows(_REPORTS, day=day)
    figures = [one for row in rows for one in _figures(row["figures"])]
    return Reported(tuple(figures), max((row["sequence"] for row in rows), default=0))


def x_report(reading: Reading) -> dict[str, Any]:
    """The figures of the day at hand as they are now; resets nothing. {date, currency, figures, open_orders,
    overpaid_orders}."""
    day = _day_at_hand(reading)
    currency = property_view(reading)["currency"]
    return {
        "date": day,
        "currency": currency,
        "figures": shown(figures_of_day(reading, day, currency=currency)),
        "open_orders": orders_open(reading, day),
        "overpaid_orders": [
            {"id": one.order_id, "number": one.number, "table": one.table, "surplus_minor": one.surplus_minor}
            for one in overpaid(reading, since=day, until=day)
        ],
    }


def day_view(reading: Reading, day: str) -> dict[str, Any]:
    """A day with its Z and supplements, what both come to, and what came late and is in neither yet."""
    found = reading.one(_PAGE.format(before="AND d.date = :day"), day=day, limit=1)
    if found is None:
        raise NotFound.of("day", day)
    rows = reading.rows(_REPORTS, day=day)
    total = summed(one for row in rows for one in _figures(row["figures"]))
    currency = property_view(reading)["currency"]
    late = less(figures_of_day(reading, day, currency=currency), total) if rows else ()
    return {
        "date": day,
        "status": found["status"],
        "currency": currency,
        "reports": [_report(dict(row)) for row in rows],
        "total": shown(total),
        "late": shown(late),
    }


def numbers_view(reading: Reading, day: str) -> dict[str, Any]:
    """{date, items}: which numbers of each fiscal series were given on a day, and why any between them is not among them.

    A number is drawn in the act that uses it, so nothing that was refused, rolled back or cut off by a crash leaves a
    gap; a restored database counts under its next life. What remains: a number that belongs to another day, to which it
    came late, and one whose fact did not arrive here (yet). A receipt that was withdrawn keeps its number, and is named.
    """
    withdrawn = {row["number"]: dict(row) for row in reading.rows(_WITHDRAWN, day=day)}
    items = []
    for series, table in NUMBERED.items():
        rows = reading.rows(_NUMBERS.format(table=table), day=day)
        given = [row["number"] for row in rows]
        for one in stretches(series, given):
            elsewhere = {row["number"]: row["business_date"] for row in _elsewhere(reading, table, one.missing)}
            missing = [{"number": n, "belongs_to": elsewhere.get(n)} for n in one.missing]
            kept = {"series": series, "first": f"{one.prefix}-{one.first}", "last": f"{one.prefix}-{one.last}"}
            of_these = [withdrawn[n] for n in given if n in withdrawn and n.startswith(f"{one.prefix}-")]
            gone = of_these if series == "receipt" else []
            items.append({**kept, "count": one.count, "missing": missing, "withdrawn": gone})
    return {"date": day, "items": items}


def _elsewhere(reading: Reading, table: str, numbers: Sequence[str]) -> Sequence[Found]:
    return reading.rows(_OF_OTHER_DAYS.format(table=table), numbers=list(numbers)) if numbers else []


def days_page(reading: Reading, *, limit: int = 100, cursor: str | None = None) -> dict[str, Any]:
    """{items, next_cursor}: business days, newest first, each with the number of its Z; the cursor is a date."""
    before = "" if cursor is None else "AND d.date < :cursor"
    rows = reading.rows(_PAGE.format(before=before), cursor=cursor, limit=limit + 1)
    page = [dict(row) for row in rows[:limit]]
    return {"items": page, "next_cursor": page[-1]["date"] if len(rows) > limit else None}


_CHECKOUT = """
    SELECT id, declared_tip_minor, made_at FROM server_checkouts
    WHERE org_id = :org_id AND property_id = :property_id AND date = :day AND person_id = :person_id
    ORDER BY made_at DESC, id DESC LIMIT 1
"""


def server_view(reading: Reading, person_id: str, *, date: str | None = None) -> dict[str, Any]:
    """What a person sold and took on a day (the one at hand), and their last checkout of it, if any."""
    if reading.one("SELECT id FROM people WHERE org_id = :org_id AND id = :id", id=person_id) is None:
        raise NotFound.of("person", person_id)
    day = date or _day_at_hand(reading)
    currency = property_view(reading)["currency"]
    checkout = reading.one(_CHECKOUT, day=day, person_id=person_id)
    return {
        "date": day,
        "person_id": person_id,
        "currency": currency,
        "figures": shown(figures_of_person(reading, day, person_id, currency=currency)),
        "checkout": None if checkout is None else dict(checkout),
    }


# --- the same as reports, for screen, CSV, paper and PDF


def x_of(reading: Reading) -> Report:
    """The day at hand as it is now."""
    x = x_report(reading)
    numbers = tuple(order["number"] for order in x["open_orders"])
    return Report(_name(reading), x["date"], (Part("x", figures_from(x["figures"]), open_orders=numbers),))


def z_of(reading: Reading, day: str) -> Report:
    """A day with its Z and supplements."""
    return Report(_name(reading), day, tuple(day_parts(day_view(reading, day))))


def report_of(reading: Reading, report_id: str) -> Report:
    """One Z or supplement as it was made; NotFound REPORT_NOT_FOUND."""
    found = reading.one(_ONE_REPORT, id=report_id)
    if found is None:
        raise NotFound.of("report", report_id)
    return Report(_name(reading), found["date"], (made_part(_report(dict(found))),))


def server_of(reading: Reading, person_id: str, *, date: str | None = None) -> Report:
    """What a person sold and took on a day, and the tips that they said they keep."""
    found = server_view(reading, person_id, date=date)
    figures, checkout = figures_from(found["figures"]), found["checkout"]
    if checkout is not None:
        figures += (Figure("declared", "tips kept", 0, checkout["declared_tip_minor"], found["currency"]),)
    part = Part("server", figures, made_at=checkout["made_at"] if checkout else None)
    return Report(_name(reading), found["date"], (part,), of=_person(reading, person_id))


def drawer_session_of(reading: Reading, session_id: str, *, sees_expected: bool) -> Report:
    """What is in a drawer: what should be there, and once it was counted what is over or short.

    Until then only whoever may see what should be there is told anything but its float.
    """
    row, count = session_row(reading, session_id), reading.one(_COUNT, id=session_id)
    figures = drawer_figures(reading, session_id, float_minor=row["float_minor"], currency=row["currency"])
    if count is not None:
        figures += tuple(counted_figures(count))
    elif not sees_expected:
        figures = tuple(one for one in figures if one.name == "float")
    part = Part("drawer", figures, made_at=count["counted_at"] if count else None)
    return Report(_name(reading), row["business_date"], (part,), of=row["name"] or "")


def _name(reading: Reading) -> str:
    return str(property_view(reading)["name"])


def _person(reading: Reading, person_id: str) -> str:
    name = reading.value("SELECT display_name FROM people WHERE org_id = :org_id AND id = :id", id=person_id)
    return str(name or "")


def shown(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """Figures as an answer has them."""
    return [msgspec.to_builtins(one) for one in figures]


def _day_at_hand(reading: Reading) -> str:
    day = current_business_date(reading)
    if day is None:
        raise NotFound("DAY_NOT_FOUND", "Nothing was sold here yet. The first order opens the first day.")
    return day


def _report(row: dict[str, Any]) -> dict[str, Any]:
    documents = {name: msgspec.json.decode(row[name]) for name in ("figures", "open_orders")}
    return {**row, **documents}


def _figures(document: str) -> Figures:
    return tuple(msgspec.json.decode(document, type=list[Figure]))
