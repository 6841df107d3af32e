"""Rooms as they are described, and that a terminal in one opens no door but its room's."""

import pytest
from fastapi import FastAPI

from hospitality.ground.errors import Forbidden, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.rooms.reading import rooms_list
from hospitality.rooms.service import add_room, edit_room
from tests.hospitality.node import Node
from tests.hospitality.served import Served

OF_GUESTS = ("/room/", "/menu-photos/")


def test_a_number_is_one_rooms_and_a_room_taken_away_comes_back_with_it(node: Node) -> None:
    suite = node.act(add_room, number=" 301 ", name="Dune suite", floor="Third")
    plain = node.act(add_room, number="102")
    assert (suite["number"], suite["active"]) == ("301", True)
    assert [room["number"] for room in node.read(rooms_list)] == ["102", "301"]
    before = node.store.counts()
    with pytest.raises(Refused, match="a room 301 already"):
        node.act(add_room, number="301")
    with pytest.raises(Refused, match="a room 301 already"):
        node.act(edit_room, plain["id"], {"number": "301"})
    with pytest.raises(NotFound):
        node.act(edit_room, new_id(), {"name": "Nowhere"})
    with pytest.raises(Forbidden):
        node.as_("orders.place").act(add_room, number="9")
    assert node.store.counts() == before
    assert node.act(edit_room, suite["id"], {"number": "301"}) == suite
    node.act(edit_room, suite["id"], {"active": False})
    assert [room["number"] for room in node.read(rooms_list)] == ["102"]
    again = node.act(add_room, number="301", name="Dune suite")
    assert (again["id"], again["floor"], again["active"]) == (suite["id"], None, True)
    assert [entry["kind"] for entry in node.journal("rooms.")] == [
        *("rooms.room_added", "rooms.room_added", "rooms.room_changed", "rooms.room_added")
    ]


def test_a_rooms_terminal_is_refused_at_every_route_of_the_staff(served: Served) -> None:
    tablet = served.screen("room")
    app = served.client.app
    assert isinstance(app, FastAPI)
    asked = 0
    for path, methods in app.openapi()["paths"].items():
        below = path.removeprefix("/api/v1/properties/{property_id}")
        if below == path or below.startswith(OF_GUESTS):
            continue
        for method in methods:
            filled = served.prefix + below.replace("{step}", "start")
            for name in {part for part in below.split("/") if part.startswith("{")}:
                filled = filled.replace(name, new_id())
            answer = tablet.client.request(method.upper(), filled, headers={"Authorization": f"Bearer {tablet.token}"})
            assert answer.status_code == 403, (method, path, answer.text)
            asked += 1
    assert asked > 100
