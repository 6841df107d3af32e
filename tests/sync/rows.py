"""Rows as a node sends them, for tests that push by hand."""

from typing import Any

from hospitality.ground.ids import new_id
from tests.sync.ends import House

DAY = "2026-03-01"
AT = "2026-03-01T18:30:00.123456Z"


def station(house: House, name: str = "Grill", **changes: Any) -> dict[str, Any]:
    """A station: a record that both sides may write, with no parents."""
    row = {"id": new_id(), "property_id": house.id, "name": name, "sort": 0, "printer": None}
    return {**row, **changes}


def item(house: House, station_id: str, category_id: str, **changes: Any) -> dict[str, Any]:
    """A menu item, which has parents."""
    row = {
        "id": new_id(),
        "property_id": house.id,
        "name": "Soup",
        "category_id": category_id,
        "price_minor": 900,
        "station_id": station_id,
        "tax_rate_id": None,
        "available": 1,
        "prep_seconds": 600,
        "allergens": "[]",
    }
    return {**row, **changes}


def category(house: House, **changes: Any) -> dict[str, Any]:
    """A heading of the menu."""
    return {"id": new_id(), "property_id": house.id, "name": "Mains", "sort": 0, **changes}


def order(house: House, **changes: Any) -> dict[str, Any]:
    """An order's head: a fact that only the property writes."""
    row = {
        "id": new_id(),
        "property_id": house.id,
        "number": "A1-1",
        "channel": "dine_in",
        "table_label": "12",
        "covers": 2,
        "note": None,
        "currency": "NAD",
        "opened_by": None,
        "terminal_id": None,
        "business_date": DAY,
        "opened_at": AT,
    }
    return {**row, **changes}


def line(house: House, order_id: str, **changes: Any) -> dict[str, Any]:
    """An order's line, whose parent is the order."""
    row = {
        "id": new_id(),
        "property_id": house.id,
        "order_id": order_id,
        "line_no": 1,
        "menu_item_id": new_id(),
        "name": "Soup",
        "quantity": 1,
        "unit_price_minor": 900,
        "amount_minor": 900,
        "tax_rate_name": None,
        "tax_rate_bp": 0,
        "tax_included": 0,
        "choices": "[]",
        "note": None,
        "seat": None,
        "station_id": new_id(),
        "ticket_id": new_id(),
        "prep_seconds": 600,
        "placed_at": AT,
        "placed_by": None,
        "business_date": DAY,
    }
    return {**row, **changes}


def business_day(house: House, **changes: Any) -> dict[str, Any]:
    """A trading day, whose status only goes forward."""
    row = {
        "id": new_id(),
        "property_id": house.id,
        "date": DAY,
        "opened_at": AT,
        "closed_at": None,
        "status": "open",
    }
    return {**row, **changes}
