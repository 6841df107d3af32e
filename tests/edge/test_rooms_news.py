"""What a room's terminal hears on `/ws`: that something of its own room changed, and nothing else; revoked, nothing."""

from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.edge.floor.evening import made
from tests.edge.node_fixture import SOUP
from tests.edge.served_node import ALL_EVENTS, ServedNode, screen

EVERYTHING = (*ALL_EVENTS, "menu_updated", "table_updated", "sync_status", "room_updated", "room_menu_updated")


def enrolled(lan: ServedNode, number: str) -> dict[str, Any]:
    """A terminal in a new room, its token and ids."""
    room = made(lan.post("rooms", {"number": number}))
    code = made(lan.post("terminals", {"name": f"Room {number}", "kind": "room", "room_id": room["id"]}))["code"]
    return {**made(lan.post("/api/v1/terminals/enrol", {"code": code}, token="")), "room_id": room["id"]}


def test_a_room_hears_of_itself_alone_and_nothing_once_revoked(lan: ServedNode) -> None:
    one, other = enrolled(lan, "101"), enrolled(lan, "102")
    with screen(lan, *EVERYTHING, token=one["token"]) as ear:
        assert ear.next()["event"] == "hello"
        listed = {row["id"]: row["online"] for row in lan.get("terminals").json()["items"] if row["room_id"]}
        assert listed == {one["terminal_id"]: True, other["terminal_id"]: False}
        lan.order(SOUP)
        for stay_token in (other["token"], one["token"]):
            stay = lan.get("room/now", token=stay_token).json()["stay"]
            body = {"stay": stay, "lines": [{"menu_item_id": SOUP, "quantity": 1}], "shown_minor": 7500}
            placed = made(lan.post("room/orders", body, token=stay_token))
        made(lan.post(f"menu-items/{SOUP}/portions", {"portions": 0}))
        made(lan.post(f"rooms/{other['room_id']}/departures", {}))
        made(lan.post(f"rooms/{one['room_id']}/departures", {}))
        assert placed["kitchen_state"] == "placed"
        heard = [(message["event"], message["data"]) for message in ear.events(3)]
        assert heard == [
            ("room_updated", {"room": "101"}),
            ("room_menu_updated", {}),
            ("room_updated", {"room": "101"}),
        ]
        renumbered = lan.patch(f"rooms/{one['room_id']}", {"number": "104"})
        assert renumbered.status_code == 200
        with pytest.raises(ConnectionClosed):
            ear.until("room_updated")
    with screen(lan, *EVERYTHING, token=one["token"]) as ear:
        assert ear.next()["event"] == "hello"
        made(lan.post("rooms", {"number": "101"}))
        made(lan.post(f"rooms/{one['room_id']}/departures", {}))
        assert ear.events(1)[0]["data"] == {"room": "104"}
        made(lan.post(f"terminals/{one['terminal_id']}/revoke", {}))
        with pytest.raises(ConnectionClosed):
            ear.until("room_updated")
    assert lan.get("room/now", token=one["token"]).status_code == 401
    assert lan.get("room/now", token=other["token"]).status_code == 200
    for page in ("floor", "queue", "slips", "kds"):
        shown = lan.client.get(f"/{page}", headers={"Authorization": f"Bearer {other['token']}"})
        assert shown.status_code == 401, page
