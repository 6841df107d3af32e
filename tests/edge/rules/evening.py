"""Rules of every kind at a real node, some of them in force whatever the hour, and cards taken offline."""

from typing import Any

from tests.edge.floor.evening import draw_room, made
from tests.edge.node_fixture import BAR, BEER, DINNER, DRINKS, SOUP, STEAK
from tests.edge.served_node import ServedNode


def every_rule(lan: ServedNode) -> dict[str, dict[str, Any]]:
    """One or two of each kind: name → rule."""
    draw_room(lan)
    areas = {area["name"]: area["id"] for area in lan.get("floor").json()["areas"]}
    lunch = {"name": "Lunch", "from_time": "12:00", "to_time": "15:00", "category_ids": [DINNER]}
    late = {"name": "Late night", "from_time": "22:00", "to_time": "02:00", "weekdays": ["fri", "sat"]}
    periods = [made(lan.post("serving-periods", body)) for body in (lunch, late)]
    week = ["mon", "tue", "wed", "thu", "fri"]
    happy = {"name": "Happy hour", "category_id": DRINKS, "percent_bp": 8000, "weekdays": week}
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("price-rules", {**happy, "from_time": "17:00", "to_time": "19:00", "area_id": areas["Terrace"]}),
        ("price-rules", {"name": "Beer of the month", "menu_item_id": BEER, "price_minor": 2_500}),
        ("price-rules", {"name": "Delivery", "menu_item_id": SOUP, "percent_bp": 11_000, "channel": "delivery"}),
        (
            "station-routes",
            {"name": "All drinks", "category_id": DRINKS, "station_id": BAR, "area_id": areas["Terrace"]},
        ),
        ("promotions", {"name": "Three for two", "kind": "free", "item_ids": [BEER], "buy": 2, "free": 1}),
        ("promotions", {"name": "Large order", "kind": "order_percent", "percent_bp": 1_000, "from_minor": 100_000}),
        (
            "promotions",
            {
                "name": "Soup and steak",
                "kind": "amount",
                "item_ids": [SOUP, STEAK],
                "amount_minor": 1_000,
                "period_ids": [one["id"] for one in periods],
            },
        ),
    ]
    rules = {body["name"]: made(lan.post(path, body)) for path, body in bodies}
    made(lan.patch(f"price-rules/{rules['Delivery']['id']}", {"active": False}))
    return {**rules, **{one["name"]: one for one in periods}}


def cards_offline(lan: ServedNode) -> list[dict[str, Any]]:
    """Three cards taken offline as they are listed, the last one first: of that one nobody knows, the others were charged
    and declined."""
    made(
        lan.patch(
            "house-rules", {"offline_card_minor": 50_000, "offline_day_minor": 500_000, "offline_total_minor": 200_000}
        )
    )
    for reference in ("0017", "0018", "0019"):
        order = lan.order(SOUP)
        paid = {"tender": "card", "amount_minor": order["due_minor"], "reference": reference, "offline": "stored"}
        made(lan.post(f"orders/{order['id']}/payments", paid))
    cards: list[dict[str, Any]] = lan.get("offline-cards").json()["items"]
    for card, outcome in zip(cards[1:], ("confirmed", "lost"), strict=True):
        made(lan.post(f"offline-cards/{card['id']}/outcome", {"outcome": outcome, "reason": "The acquirer's list"}))
    return cards
