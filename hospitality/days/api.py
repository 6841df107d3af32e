"""The end of a day's trade over HTTP."""

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from fastapi import APIRouter, Request, Response

from hospitality.cash.api import MoveShape
from hospitality.checks.api import NewPaymentShape, Paid, new_payment_of
from hospitality.days.asking import Reporter, check_own
from hospitality.days.composing import Report, file_name
from hospitality.days.reading import (
    REPORTS,
    day_view,
    days_page,
    drawer_session_of,
    drawer_session_view,
    numbers_view,
    server_of,
    server_view,
    x_of,
    x_report,
    z_of,
)
from hospitality.days.service.checkout import check_out
from hospitality.days.service.close import close_day, supplement_day
from hospitality.days.service.count import count_drawer
from hospitality.days.service.late import pay_late
from hospitality.days.view import report_csv
from hospitality.ground.http import Asking, ErrorEnvelope, Id, Limit, Shape, act, host_of, read
from hospitality.ground.work import Caller
from hospitality.people.asking import Reader

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["days"], responses={"4XX": {"model": ErrorEnvelope}}
)
Format = Literal["json", "csv"]


class AmountShape(Shape):
    """An amount of a currency."""

    currency: str
    amount_minor: int


class NewCount(Shape):
    """What was counted, in minor units by currency."""

    counted_minor: dict[str, int]
    note: str | None = None


class CountedShape(Shape):
    """One currency of a count; `over_short_minor` is below zero when cash is missing."""

    currency: str
    counted_minor: int
    expected_minor: int
    over_short_minor: int


class CountShape(Shape):
    """How a session ended."""

    counted: list[CountedShape]
    note: str | None
    counted_by: str | None
    counted_at: str


class SessionShape(Shape):
    """A drawer's session. `expected` is told before the count only to whoever may read reports."""

    id: str
    drawer_id: str
    drawer_name: str | None
    float_minor: int
    currency: str
    opened_at: str
    opened_by: str | None
    business_date: str
    moves: list[MoveShape]
    expected: list[AmountShape] | None
    count: CountShape | None


@router.get("/drawer-sessions/{session_id}", response_model=SessionShape)
async def drawer_session(request: Request, asking: Reader, session_id: Id, format: Format = "json") -> Response:
    """A drawer's session."""
    sees_expected = asking.may(REPORTS)
    if format == "json":
        return await read(request, asking, drawer_session_view, session_id, sees_expected=sees_expected)
    return await _csv(request, asking, drawer_session_of, session_id, sees_expected=sees_expected)


@router.post("/drawer-sessions/{session_id}/count", status_code=201, response_model=SessionShape)
async def new_count(request: Request, asking: Asking, session_id: Id, new: NewCount) -> Response:
    """Ends a session with what was counted; needs cash.drawer."""
    return await act(request, asking, count_drawer, session_id, counted_minor=new.counted_minor, note=new.note)


class FigureShape(Shape):
    """One line of a report: so many, and so much in minor units."""

    section: str
    name: str
    count: int
    amount_minor: int
    currency: str


class OpenOrder(Shape):
    """An order that stands open, by the number that people read."""

    id: str
    number: str
    table: str | None = None


class OverpaidOrder(OpenOrder):
    """An order for which too much was taken, which is to be given back."""

    surplus_minor: int


class XReport(Shape):
    """The figures of the day at hand as they are now."""

    date: str
    currency: str
    figures: list[FigureShape]
    open_orders: list[OpenOrder]
    overpaid_orders: list[OverpaidOrder]


class ReportShape(Shape):
    """A Z, or a supplement to it (sequence 1, 2 …), with its figures as they were when it was made."""

    id: str
    kind: Literal["z", "supplement"]
    sequence: int
    number: str
    currency: str
    figures: list[FigureShape]
    open_orders: list[OpenOrder]
    made_by: str | None
    made_at: str


class DayShape(Shape):
    """A day with its reports, what they come to, and what the raw facts say beyond them by now."""

    date: str
    status: Literal["open", "closed"]
    currency: str
    reports: list[ReportShape]
    total: list[FigureShape]
    late: list[FigureShape]


class ListedDay(Shape):
    """A business day; `number` is its Z's, null until it is closed by somebody."""

    date: str
    status: Literal["open", "closed"]
    opened_at: str
    closed_at: str | None
    number: str | None
    supplements: int


class Days(Shape):
    """Business days, newest first; the cursor is a date."""

    items: list[ListedDay]
    next_cursor: str | None


class CheckoutShape(Shape):
    """When somebody handed in, and the tips that they said they keep."""

    id: str
    declared_tip_minor: int
    made_at: str


class ServerShape(Shape):
    """What somebody sold, took and was paid out on a day."""

    date: str
    person_id: str
    currency: str
    figures: list[FigureShape]
    checkout: CheckoutShape | None


class NewCheckout(Shape):
    """The cash tips that somebody keeps, as they declare them."""

    declared_tip_minor: int = 0


class MissingNumber(Shape):
    """A number between a day's first and last that is not of that day: of which it is, or null while it is not here."""

    number: str
    belongs_to: str | None


class WithdrawnNumber(Shape):
    """A receipt's number that counts no more, why, and the business day on which it was withdrawn."""

    number: str
    cause: Literal["reopened", "changed", "settled_twice"]
    reason: str | None
    on_day: str


class NumbersShape(Shape):
    """The numbers that one life of a node gave in a series on a day."""

    series: Literal["receipt", "refund", "invoice"]
    first: str
    last: str
    count: int
    missing: list[MissingNumber]
    withdrawn: list[WithdrawnNumber]


class Numbers(Shape):
    """A day's numbers, series by series."""

    date: str
    items: list[NumbersShape]


@router.get("/x-report", response_model=XReport)
async def x(request: Request, asking: Reporter, format: Format = "json") -> Response:
    """What the day at hand comes to so far; resets nothing. Needs reports.read."""
    if format == "json":
        return await read(request, asking, x_report)
    return await _csv(request, asking, x_of)


@router.get("/business-days", response_model=Days)
async def days(request: Request, asking: Reporter, limit: Limit = 100, cursor: date | None = None) -> Response:
    """The property's business days, newest first; needs reports.read."""
    return await read(request, asking, days_page, limit=limit, cursor=cursor.isoformat() if cursor else None)


@router.get("/business-days/{day}", response_model=DayShape)
async def day_of(request: Request, asking: Reporter, day: date, format: Format = "json") -> Response:
    """A day with its Z and supplements; needs reports.read."""
    if format == "json":
        return await read(request, asking, day_view, day.isoformat())
    return await _csv(request, asking, z_of, day.isoformat())


@router.get("/business-days/{day}/numbers", response_model=Numbers)
async def numbers(request: Request, asking: Reporter, day: date) -> Response:
    """Which receipt and refund numbers a day has, every gap explained; needs reports.read."""
    return await read(request, asking, numbers_view, day.isoformat())


@router.post("/business-days/{day}/close", status_code=201, response_model=DayShape)
async def close(request: Request, asking: Asking, day: date) -> Response:
    """Closes a day with its numbered Z; needs days.close."""
    return await act(request, asking, close_day, day.isoformat())


@router.post("/business-days/{day}/supplements", status_code=201, response_model=DayShape)
async def supplement(request: Request, asking: Asking, day: date) -> Response:
    """Puts what came late to a closed day into a supplement, if anything did; needs days.close."""
    return await act(request, asking, supplement_day, day.isoformat())


@router.post("/business-days/{day}/orders/{order_id}/payments", status_code=201, response_model=Paid)
async def late_payment(request: Request, asking: Asking, day: date, order_id: Id, new: NewPaymentShape) -> Response:
    """Takes a payment as one of an earlier day, to which it comes late; needs days.close."""
    payment = new_payment_of(new)
    return await act(request, asking, pay_late, day.isoformat(), order_id, payment, approval_id=new.approval_id)


@router.get("/servers/{person_id}", response_model=ServerShape)
async def server(
    request: Request, asking: Reader, person_id: Id, day: date | None = None, format: Format = "json"
) -> Response:
    """What somebody took on a day; one's own, or anybody's with reports.read."""
    check_own(asking, person_id)
    on = day.isoformat() if day else None
    if format == "json":
        return await read(request, asking, server_view, person_id, date=on)
    return await _csv(request, asking, server_of, person_id, date=on)


@router.post("/servers/{person_id}/checkouts", status_code=201, response_model=ServerShape)
async def new_checkout(request: Request, asking: Asking, person_id: Id, new: NewCheckout) -> Response:
    """Hands in what somebody took today; one's own needs payments.take, another's reports.read."""
    return await act(request, asking, check_out, person_id, declared_tip_minor=new.declared_tip_minor)


async def _csv(request: Request, asking: Caller, question: Callable[..., Report], *args: Any, **kw: Any) -> Response:
    report = await host_of(request).read(asking, question, *args, **kw)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(report)}.csv"'}
    return Response(report_csv(report), media_type="text/csv", headers=headers)
