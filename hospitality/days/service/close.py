"""Closing a business day: its Z is numbered, keeps its figures, and is never made anew (R10)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from hospitality.cash.reading import open_sessions
from hospitality.days import rules
from hospitality.days.facts import ReportMade
from hospitality.days.loading import figures_of_day, orders_open
from hospitality.days.models import DayReport
from hospitality.days.reading import day_view, kept_figures
from hospitality.days.rules import Figures
from hospitality.ground.ids import derived_id
from hospitality.ground.numbers import next_number
from hospitality.ground.statements import Found
from hospitality.ground.work import Work
from hospitality.properties.service import close_business_day, day_id, house_rules

CLOSE = "days.close"
LOOK_BACK_DAYS = 40
_DAYS = """
    SELECT d.date, d.status, z.number FROM business_days d
    LEFT JOIN day_reports z ON z.org_id = d.org_id AND z.property_id = d.property_id AND z.date = d.date
        AND z.sequence = 0
    WHERE d.org_id = :org_id AND d.property_id = :property_id AND d.date <= :upto ORDER BY d.date DESC LIMIT :limit
"""


def close_day(work: Work, day: str) -> dict[str, Any]:
    """Closes a day with its Z: the day as `day_view` has it. Earlier days that turned by themselves get theirs first.

    Refused with ORDERS_OPEN unless the property carries orders over, DRAWERS_OPEN, DAY_CLOSED or DAY_NOT_FOUND. What came
    late to days that are closed goes into supplements here too.
    """
    work.require(CLOSE)
    days = work.rows(_DAYS, upto=day, limit=LOOK_BACK_DAYS)
    found = days[0] if days and days[0]["date"] == day else None
    status, number = (found["status"], found["number"]) if found else (None, None)
    rules.check_reportable(status=status, number=number, date=day)
    is_open = status == "open"
    drawers = [str(drawer["name"]) for drawer in open_sessions(work)] if is_open else []
    carries_over = not is_open or bool(house_rules(work)["carries_over"])
    rules.check_nothing_open(orders_open(work, day), drawers, carries_over=carries_over)
    work.business_date = date.fromisoformat(day)
    for earlier in reversed(days):
        if earlier["number"] is None:
            _make_z(work, earlier["date"])
        else:
            _make_supplement(work, earlier)
    if is_open:
        close_business_day(work, day)
    return day_view(work, day)


def supplement_day(work: Work, day: str) -> dict[str, Any]:
    """Puts what came late to a closed day into a supplement, if anything did: the day as `day_view` has it."""
    work.require(CLOSE)
    found = work.one(_DAYS, upto=day, limit=1)
    is_known = found is not None and found["date"] == day
    rules.check_reportable(status="closed" if is_known else None, number=None, date=day)
    assert found is not None
    work.business_date = date.fromisoformat(day)
    if found["number"] is not None:
        _make_supplement(work, found)
    return day_view(work, day)


def _make_z(work: Work, day: str) -> None:
    currency = work.place.currency
    figures = figures_of_day(work, day, currency=currency)
    carried = [{"id": order["id"], "number": order["number"]} for order in orders_open(work, day)]
    _add(work, day, derived_id(day_id(work, day), "z"), 0, next_number(work, "z"), figures, carried)


def _make_supplement(work: Work, day: Found) -> None:
    reported = kept_figures(work, day["date"])
    late = rules.less(figures_of_day(work, day["date"], currency=work.place.currency), rules.summed(reported.figures))
    if late:
        sequence = reported.sequence + 1
        id = derived_id(day_id(work, day["date"]), f"supplement:{sequence}")
        _add(work, day["date"], id, sequence, f"{day['number']}-S{sequence}", late, [])


def _add(
    work: Work, day: str, id: str, sequence: int, number: str, figures: Figures, carried: Sequence[dict[str, Any]]
) -> None:
    row = {
        "id": id,
        "date": day,
        "kind": "supplement" if sequence else "z",
        "sequence": sequence,
        "number": number,
        "currency": work.place.currency,
        "figures": msgspec.json.encode(figures).decode(),
        "open_orders": msgspec.json.encode(carried).decode(),
        "made_by": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "made_at": work.now_text,
    }
    work.add(DayReport, row)
    work.journal(ReportMade(id, day, str(row["kind"]), number))
