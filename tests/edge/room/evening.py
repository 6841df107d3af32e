"""A room with a terminal at a real node, and a menu that guests would like to read."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from tests.edge.floor.evening import made
from tests.edge.node_fixture import BAR, BEER, DINNER, DRINKS, KITCHEN, SOUP, STEAK, VAT, ZONE
from tests.edge.served_node import PREFIX, ServedNode

MORE: tuple[tuple[str, str, str, int, list[str], list[str], str | None], ...] = (
    (
        DINNER,
        KITCHEN,
        "Kingklip with lemon butter",
        21500,
        ["fish", "milk"],
        ["gluten_free"],
        "Pan-fried, with samp and beans",
    ),
    (
        DINNER,
        KITCHEN,
        "Wild mushroom risotto",
        16500,
        ["milk", "celery"],
        ["vegetarian"],
        "Arborio rice, parmesan, thyme",
    ),
    (
        DINNER,
        KITCHEN,
        "Garden salad",
        8500,
        ["mustard"],
        ["vegan", "gluten_free"],
        "Leaves, seeds and a sharp dressing",
    ),
    (DINNER, KITCHEN, "Crème caramel", 6500, ["eggs", "milk"], ["vegetarian"], "With a little sea salt"),
    (DRINKS, BAR, "Rooibos cappuccino", 4200, ["milk"], ["vegetarian"], None),
    (DRINKS, BAR, "Still water 750 ml", 2800, [], ["vegan"], None),
    (DRINKS, BAR, "Chenin blanc, a glass", 6900, ["sulphites"], ["vegan"], "Swartland, dry"),
)


def edited(lan: ServedNode, path: str, fields: dict[str, Any]) -> dict[str, Any]:
    """A PATCH below the property."""
    headers = {"Authorization": f"Bearer {lan.token}"}
    return made(lan.client.patch(f"{PREFIX}/{path}", json=fields, headers=headers))


def write_menu(lan: ServedNode) -> None:
    """More to eat and drink, with what is in it."""
    for category, station, name, price, allergens, diets, about in MORE:
        item = {"name": name, "category_id": category, "price_minor": price, "station_id": station, "tax_rate_id": VAT}
        made(lan.post("menu-items", {**item, "allergens": allergens, "diets": diets, "description": about}))
    edited(
        lan, f"menu-items/{STEAK}", {"allergens": ["mustard"], "description": "From the fire, with a sauce of yours"}
    )
    edited(lan, f"menu-items/{SOUP}", {"allergens": ["celery", "milk"], "diets": ["vegetarian"]})
    edited(lan, f"menu-items/{BEER}", {"allergens": ["gluten"], "diets": ["vegan"]})


def give_photo(lan: ServedNode, item: str) -> None:
    """A photo of sorts."""
    drawn = BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((640, 480)).save(drawn, "PNG")
    headers = {"Authorization": f"Bearer {lan.token}", "Content-Type": "image/png"}
    made(lan.client.post(f"{PREFIX}/menu-items/{item}/photo", content=drawn.getvalue(), headers=headers))


def serve_at_night(lan: ServedNode, name: str) -> None:
    """Has an item served in an hour that is not now."""
    hour = (lan.node.now() + timedelta(hours=3)).astimezone(ZoneInfo(ZONE))
    times = {"from_time": f"{hour:%H:00}", "to_time": f"{hour + timedelta(hours=1):%H:00}"}
    period = made(lan.post("serving-periods", {"name": "Late", **times}))["id"]
    item = next(one["id"] for one in lan.get("menu-items").json()["items"] if one["name"] == name)
    edited(lan, f"menu-items/{item}", {"period_ids": [period]})


def room_link(lan: ServedNode, number: str) -> tuple[str, str]:
    """A new room's id, and the one-time link of a terminal in it."""
    room: str = made(lan.post("rooms", {"number": number, "floor": "First"}))["id"]
    name: str = made(lan.post("terminals", {"name": f"Room {number}", "kind": "room", "room_id": room}))["link"]
    return room, lan.url + name.removeprefix("http://node.test")
