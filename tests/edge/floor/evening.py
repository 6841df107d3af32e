"""A dining room on a busy evening at a real node, with tables in every state."""

from datetime import timedelta
from typing import Any

from hospitality.ground.clock import instant_text, utc_now
from tests.edge.node_fixture import BEER, SELMA, SOUP
from tests.edge.served_node import ServedNode

PIN = "271828"
# label, seats, shape, x, y, w, h, turned by
TABLES = [
    ("1", 2, "round", 48, 48, 96, 96, 0),
    ("2", 2, "round", 208, 48, 96, 96, 0),
    ("3", 2, "round", 368, 48, 96, 96, 0),
    ("4", 4, "square", 560, 48, 112, 112, 0),
    ("5", 4, "square", 736, 48, 112, 112, 0),
    ("10", 6, "rectangle", 48, 224, 176, 104, 0),
    ("11", 6, "rectangle", 288, 224, 176, 104, 0),
    ("12", 8, "rectangle", 560, 248, 288, 104, 0),
    ("20", 4, "square", 96, 416, 112, 112, 45),
    ("21", 4, "square", 304, 416, 112, 112, 45),
    ("22", 5, "round", 560, 432, 136, 136, 0),
]


def made(answer: Any) -> dict[str, Any]:
    """The body of an answer that did it."""
    assert answer.status_code < 300, answer.text
    body: dict[str, Any] = answer.json()
    return body


def set_pin(lan: ServedNode) -> None:
    """Selma, who manages the place, chooses a PIN, which ends her session, and signs in at the till with it."""
    code = made(lan.post("pin-codes", {"person_id": SELMA}))["code"]
    made(lan.post("pins", {"code": code, "pin": PIN}))
    lan.token = made(lan.post("sign-ins", {"person_id": SELMA, "pin": PIN}, token=lan.tokens["till"]))["token"]


def link(lan: ServedNode) -> str:
    """A one-time link's path for a browser at a till."""
    name: str = made(lan.post("terminals", {"name": "Host's stand", "kind": "till"}))["link"]
    return lan.url + name.removeprefix("http://node.test")


def draw_room(lan: ServedNode) -> dict[str, str]:
    """The dining room and an empty terrace: label → table id."""
    area = made(lan.post("areas", {"name": "Dining room"}))["id"]
    made(lan.post("areas", {"name": "Terrace", "sort": 1}))
    names = ("label", "seats", "shape", "x", "y", "w", "h", "rotation")
    return {
        str(table[0]): made(lan.post("tables", {"area_id": area, **dict(zip(names, table, strict=True))}))["id"]
        for table in TABLES
    }


def ordered(lan: ServedNode, label: str, *items: str) -> dict[str, Any]:
    """One of each for a table."""
    lines = [{"menu_item_id": item, "quantity": 1} for item in items or (SOUP, BEER)]
    return made(lan.post("orders", {"channel": "dine_in", "table": label, "lines": lines}))


def at_the_door(lan: ServedNode, ids: dict[str, str]) -> None:
    """Some who wait, one of them called, and some who have reserved, one with a table and one late."""
    for name, covers, note in (("Shilongo", 4, "High chair"), ("van Wyk", 2, None), ("Nangolo", 6, "Birthday")):
        called = made(lan.post("parties", {"name": name, "covers": covers, "note": note}))
    made(lan.post(f"parties/{called['id']}/steps", {"step": "told"}))
    for name, covers, minutes, tables in (("Amupolo", 2, -6, []), ("Beukes", 4, 35, ["20"]), ("Hamutenya", 8, 95, [])):
        hour = instant_text(utc_now() + timedelta(minutes=minutes))
        kept = [ids[label] for label in tables]
        made(lan.post("parties", {"name": name, "covers": covers, "reserved_for": hour, "table_ids": kept}))


def busy(lan: ServedNode) -> dict[str, str]:
    """The room with a table in each state, two of them joined."""
    ids = draw_room(lan)
    section = {"name": "Window", "service": "dinner", "person_id": SELMA, "table_ids": [ids["1"], ids["4"]]}
    made(lan.post("sections", section))
    made(lan.post(f"tables/{ids['10']}/joins", {"table_ids": [ids["11"]]}))
    for label, covers in (("1", 2), ("2", 1), ("4", 4), ("5", 3), ("10", 11), ("12", 7), ("21", 4)):
        made(lan.post(f"tables/{ids[label]}/seatings", {"covers": covers}))
    for label in ("2", "4", "10", "12"):
        order = ordered(lan, label)
        if label in ("4", "12"):
            for ticket_id in {line["ticket_id"] for line in order["lines"]}:
                made(lan.post(f"tickets/{ticket_id}/serve", {}))
    paid = ordered(lan, "5")
    made(lan.post(f"orders/{paid['id']}/payments", {"tender": "cash", "amount_minor": paid["due_minor"]}))
    ordered(lan, "22")
    made(lan.post(f"tables/{ids['12']}/steps", {"step": "bill_asked"}))
    made(lan.post(f"tables/{ids['21']}/steps", {"step": "ended"}))
    return ids
