"""`GET /properties/{id}`: one property's figures with the rows behind them, and each order by itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from cloud.headoffice.asking import ForProperty, TheOffice
from cloud.headoffice.bars import bars
from cloud.headoffice.list_pages import day_of
from cloud.headoffice.office import PageRoute
from cloud.headoffice.reading.day_lists import orders_of_day, payments_of_day
from cloud.headoffice.reading.nodes import Node, nodes
from cloud.headoffice.reading.overview import Overview, group_name, overview
from cloud.headoffice.tiles import tiles
from hospitality.checks.reading import order_view, orders_page
from hospitality.days.reading import days_page
from hospitality.equipment.reading import device_states
from hospitality.ground.http import Cursor, Id
from hospitality.ground.statements import Reading
from hospitality.payments.reading import payments_of, receipts_of
from hospitality.properties.service import property_view

router = APIRouter(prefix="/properties/{property_id}", route_class=PageRoute, include_in_schema=False)
Show = Literal["open", "day", "all", "payments", "days"]
ROWS = 50
CHART_WIDTH, CHART_HEIGHT = 960, 140


@dataclass(frozen=True, slots=True)
class PropertyLook:
    """One property: its figures, the rows asked for, all of its nodes, and how its devices are by their word."""

    found: Overview
    rows: dict[str, Any]
    nodes: list[Node]
    devices: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class OrderLook:
    """One order with its payments."""

    group: str
    property: dict[str, Any]
    order: dict[str, Any]
    payments: list[dict[str, Any]]
    receipts: list[tuple[str, str | None]]


@router.get("")
async def property_page(
    request: Request,
    asking: ForProperty,
    office: TheOffice,
    show: Annotated[Show | None, Query()] = None,
    cursor: Cursor = None,
) -> Response:
    """The page, or its changing part; `show` says which rows."""
    now = office.now()
    look = await office.ask(asking, property_look, now, show, cursor)
    line = look.found.lines[0]
    group = look.found.currencies[0] if look.found.currencies else None
    return office.page(
        request,
        "property",
        who=asking.name,
        group=look.found.group,
        org_id=asking.org_id,
        look=look,
        line=line,
        now=now,
        show=shown(show, look.found),
        cursor=cursor,
        figures=group,
        tiles=tiles(group, office.words(request), now, at_property=True) if group else [],
        chart=bars(
            line.trade.by_hour,
            line.before.by_hour if line.before else None,
            first_hour=line.day.cut_off_hour,
            width=CHART_WIDTH,
            height=CHART_HEIGHT,
            gap=4,
            from_first_sale=True,
        ),
    )


@router.get("/orders/{order_id}")
async def order_page(request: Request, asking: ForProperty, office: TheOffice, order_id: Id) -> Response:
    """One order with its lines, taxes and payments."""
    look = await office.ask(asking, order_look, order_id)
    return office.page(
        request, "order", who=asking.name, group=look.group, org_id=asking.org_id, look=look, now=office.now()
    )


def shown(show: Show | None, found: Overview) -> Show:
    """Which rows to show when none are asked for: what is open, or else the day."""
    if show is not None:
        return show
    return "open" if found.lines[0].unpaid.orders else "day"


def property_look(reading: Reading, now: datetime, show: Show | None, cursor: str | None) -> PropertyLook:
    """All of the page in one look."""
    found = overview(reading, now)
    day = found.lines[0].day.date
    asked = shown(show, found)
    rows: dict[str, Any] = {"items": [], "next_cursor": None}
    if asked in ("open", "all"):
        rows = orders_page(reading, state=asked, limit=ROWS, cursor=cursor)
    elif asked == "days":
        before = day_of(cursor) if cursor else None
        rows = days_page(reading, limit=ROWS, cursor=before.isoformat() if before else None)
    elif day is not None:
        of_day = payments_of_day if asked == "payments" else orders_of_day
        rows = of_day(reading, day.isoformat(), limit=ROWS, cursor=cursor)
    return PropertyLook(found, rows, nodes(reading), device_states(reading))


def order_look(reading: Reading, order_id: str) -> OrderLook:
    """All of the order's page in one look; NotFound for an order of another property."""
    return OrderLook(
        group_name(reading),
        property_view(reading),
        order_view(reading, order_id),
        payments_of(reading, order_id),
        [(row["number"], row["withdrawn_cause"]) for row in receipts_of(reading, order_id)],
    )
