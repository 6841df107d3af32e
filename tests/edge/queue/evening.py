"""Open orders of every service at a real node."""

from datetime import timedelta
from typing import Any

from hospitality.ground.clock import instant_text, utc_now
from tests.edge.floor.evening import made
from tests.edge.node_fixture import BEER, SOUP
from tests.edge.served_node import ServedNode


def in_minutes(minutes: int) -> str:
    """An instant so many minutes from now."""
    return instant_text(utc_now() + timedelta(minutes=minutes))


def taken(lan: ServedNode, channel: str, *items: str, **head: Any) -> dict[str, Any]:
    """An order for one of each item."""
    lines = [{"menu_item_id": item, "quantity": 1} for item in items or (SOUP, BEER)]
    return made(lan.post("orders", {"channel": channel, "lines": lines, **head}))


def every_service(lan: ServedNode) -> dict[str, dict[str, Any]]:
    """One of each, the delivery promised for ten minutes ago and the take-away for in half an hour: service → order."""
    orders = {
        "dine_in": taken(lan, "dine_in", table="12", covers=4),
        "tab": taken(lan, "counter", BEER, tab="Ines"),
        "counter": taken(lan, "counter", SOUP),
        "takeaway": taken(lan, "takeaway", SOUP, SOUP, note="Call first", promised_at=in_minutes(30)),
        "delivery": taken(lan, "delivery", SOUP, BEER, BEER, promised_at=in_minutes(-10)),
        "room_service": taken(lan, "room_service", table="Room 7"),
    }
    for ticket in {line["ticket_id"] for line in orders["counter"]["lines"]}:
        made(lan.post(f"tickets/{ticket}/bump", {}))
    return orders
