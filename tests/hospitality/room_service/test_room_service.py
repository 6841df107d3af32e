"""A guest orders and asks from the room, staff answer, and the next guest sees nothing of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from hospitality.ground.clock import instant_text
from hospitality.room_service.node_api import Asks, GuestsOrder, RoomMenu, RoomNow
from hospitality.room_service.reading import asked_since, stay_of
from hospitality.room_service.service import answer_room, ask_from_room
from hospitality.rooms.service import add_room
from tests.hospitality.checks.test_receipts import ON_SQLITE, two_nodes
from tests.hospitality.node import Restaurant
from tests.hospitality.served import Face, Served, code_of


def room_id(face: Face, number: str) -> str:
    """The id of the room of that number."""
    rooms = {room["number"]: room["id"] for room in face.get("rooms").json()["items"]}
    return str(rooms[number])


def order(tablet: Face, *lines: dict[str, Any], shown: int, **head: Any) -> dict[str, Any]:
    """The body of an order from this terminal, as it is now."""
    return {"stay": tablet.get("room/now").json()["stay"], "lines": list(lines), "shown_minor": shown, **head}


def steak(restaurant: Restaurant, *, sides: int = 0, quantity: int = 1) -> dict[str, Any]:
    """A steak with mushrooms (500) and so many chips (1500 each)."""
    options: list[dict[str, Any]] = [
        {"option_id": restaurant.option(restaurant.sauces["options"], "Mushroom")},
    ]
    if sides:
        options.append({"option_id": restaurant.option(restaurant.sides["options"], "Chips"), "quantity": sides})
    return {"menu_item_id": restaurant.steak, "quantity": quantity, "options": options}


def test_a_guest_orders_at_the_price_shown_and_only_the_own_room_is_seen(
    served: Served, restaurant: Restaurant
) -> None:
    tablet, other, staff = served.room("101"), served.room("102"), served.person("staff")
    served.node.now += timedelta(minutes=1)
    menu = tablet.get("room/menu").json()
    RoomMenu.model_validate(menu)
    prices = {item["id"]: item["price_minor"] for item in menu["items"]}
    assert (prices[restaurant.steak], menu["taxed_on_top"]) == (2500, True)
    assert [group["name"] for group in menu["groups"]] == ["Sauce", "Sides"]
    wanted = {**steak(restaurant, sides=2, quantity=2), "note": "No salt"}
    body = order(tablet, wanted, shown=2 * 6000, covers=2, note="Please knock")
    made = [tablet.post("room/orders", body, key="a key") for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    placed = made[0].json()
    assert placed == made[1].json()
    GuestsOrder.model_validate(placed)
    assert (placed["subtotal_minor"], placed["note"], placed["kitchen_state"]) == (12000, "Please knock", "placed")

    taken = staff.get(f"orders/{placed['id']}").json()
    assert (taken["channel"], taken["table"], taken["covers"]) == ("room_service", "101", 2)
    assert (taken["opened_by"], taken["total_minor"]) == (None, placed["total_minor"])
    ticket = taken["lines"][0]["ticket_id"]
    assert staff.post(f"tickets/{ticket}/bump", {}).status_code == 201
    now = tablet.get("room/now").json()
    RoomNow.model_validate(now)
    assert [(one["number"], one["kitchen_state"]) for one in now["orders"]] == [(placed["number"], "ready")]
    more = {"lines": [{"menu_item_id": restaurant.soup, "quantity": 1, "note": "VIP, sends things back"}]}
    assert staff.post(f"orders/{placed['id']}/lines", more).status_code == 201
    [shown] = tablet.get("room/now").json()["orders"]
    assert (shown["note"], [line["note"] for line in shown["lines"]]) == ("Please knock", ["No salt", None])
    assert other.get("room/now").json()["orders"] == []
    soup = {"menu_item_id": restaurant.soup, "quantity": 1}
    by_phone = {"channel": "room_service", "table": "102", "note": "has complained before", "lines": [soup]}
    served.node.now += timedelta(minutes=1)
    called = staff.post("orders", by_phone).json()
    theirs = other.get("room/now").json()["orders"]
    assert [(one["number"], one["note"]) for one in theirs] == [(called["number"], None)], "what staff wrote is theirs"
    assert len(tablet.get("room/now").json()["orders"]) == 1


def test_what_a_room_may_not_is_refused_and_nothing_is_written(served: Served, restaurant: Restaurant) -> None:
    tablet, manager = served.room("101"), served.person("service_manager")
    served.node.now += timedelta(minutes=1)
    soup = {"menu_item_id": restaurant.soup, "quantity": 1}
    good = order(tablet, soup, shown=900)
    late, past = instant_text(served.node.now + timedelta(hours=25)), instant_text(served.node.now)
    many = [soup] * 31
    before = served.node.store.counts()
    for change, status, code in (
        ({"shown_minor": 899}, 409, "PRICE_CHANGED"),
        ({"stay": "2026-01-01T00:00:00.000000Z"}, 409, "STAY_ENDED"),
        ({"lines": [{**soup, "quantity": 11}, {**soup, "quantity": 10}]}, 409, "TOO_MUCH_FOR_A_ROOM"),
        ({"lines": many}, 409, "TOO_MUCH_FOR_A_ROOM"),
        ({"covers": 21}, 422, "COVERS_INVALID"),
        ({"wanted_at": late}, 422, "WANTED_AT_INVALID"),
        ({"wanted_at": past}, 422, "WANTED_AT_INVALID"),
        ({"wanted_at": "soon"}, 422, "PROMISE_INVALID"),
        ({"lines": [{**soup, "unit_price_minor": 1}]}, 422, "INVALID_INPUT"),
        ({"table": "102"}, 422, "INVALID_INPUT"),
    ):
        refused = tablet.post("room/orders", {**good, **change})
        assert (refused.status_code, code_of(refused)) == (status, code), change
    assert code_of(served.person("staff").post("room/orders", good)) == "NOT_PERMITTED"
    assert served.node.store.counts() | {"people": 0, "sessions": 0, "terminals": 0, "journal": 0} == before | {
        "people": 0,
        "sessions": 0,
        "terminals": 0,
        "journal": 0,
    } | {name: count for name, count in served.node.store.counts().items() if name == "one_time_codes"}
    late = manager.post("serving-periods", {"name": "Late", "from_time": "22:00", "to_time": "23:00"}).json()["id"]
    assert manager.patch(f"menu-items/{restaurant.soup}", {"period_ids": [late]}).status_code == 200
    shown = {item["id"]: (item["served"], item["next_at"]) for item in tablet.get("room/menu").json()["items"]}
    assert shown[restaurant.soup] == (False, "2026-03-01T20:00:00.000000Z")  # ten in the evening in Windhoek
    assert shown[restaurant.steak] == (True, None)
    assert code_of(tablet.post("room/orders", good)) == "NOT_SERVED_NOW"
    assert manager.patch(f"menu-items/{restaurant.soup}", {"period_ids": []}).status_code == 200
    assert manager.patch(f"menu-items/{restaurant.soup}", {"available": False}).status_code == 200
    assert code_of(tablet.post("room/orders", good)) == "ITEM_UNAVAILABLE"
    assert manager.patch(f"menu-items/{restaurant.soup}", {"available": True}).status_code == 200
    for _ in range(5):
        assert tablet.post("room/orders", good).status_code == 201
    assert code_of(tablet.post("room/orders", good)) == "ROOM_TOO_OFTEN"
    served.node.now += timedelta(minutes=11)
    assert tablet.post("room/orders", good).status_code == 201


def test_what_a_room_asks_for_is_answered_once(served: Served) -> None:
    tablet, other, staff = served.room("101"), served.room("102"), served.person("staff")
    served.node.now += timedelta(minutes=1)
    stay = tablet.get("room/now").json()["stay"]
    asked = {"stay": stay, "about": "housekeeping", "wishes": ["towels", "pillows"], "text": "Two, please"}
    towels = tablet.post("room/asks", asked, key="k").json()
    assert tablet.post("room/asks", asked, key="k").json() == towels
    assert (towels["number"], towels["wishes"], towels["answered_at"]) == ("101", ["pillows", "towels"], None)
    for wrong, code in (
        ({"wishes": [], "text": "  "}, "ROOM_ASK_EMPTY"),
        ({"about": "message"}, "ROOM_ASK_INVALID"),
        ({"wishes": ["champagne"]}, "INVALID_INPUT"),
        ({"stay": "another"}, "STAY_ENDED"),
    ):
        assert code_of(tablet.post("room/asks", {**asked, **wrong})) == code
    waiting = staff.get("room-asks")
    Asks.model_validate(waiting.json())
    assert [ask["id"] for ask in waiting.json()["items"]] == [towels["id"]]
    assert code_of(served.screen().post(f"room-asks/{towels['id']}/answers", {})) == "NOT_PERMITTED"
    assert staff.post(f"room-asks/{towels['id']}/answers", {"text": "In ten minutes"}).status_code == 201
    assert code_of(staff.post(f"room-asks/{towels['id']}/answers", {})) == "ROOM_ASK_ANSWERED"
    assert staff.get("room-asks").json()["items"] == []
    seen = tablet.get("room/now").json()["asks"]
    assert [(ask["answer"], "answered_by" in ask) for ask in seen] == [("In ten minutes", False)]
    assert other.get("room/now").json()["asks"] == []


@ON_SQLITE
def test_of_what_two_answered_a_room_while_apart_the_first_answer_counts(
    restaurant: Restaurant, tmp_path: Path
) -> None:
    room = restaurant.node.act(add_room, number="101")["id"]
    restaurant.node.later(minutes=1)
    stay = stay_of(restaurant.node.reading(), room, None)
    guest = restaurant.node.as_(room_id=room)
    ask = guest.act(ask_from_room, stay=stay, about="housekeeping", wishes=["towels"], text=None)["id"]
    with two_nodes(restaurant, tmp_path / "apart") as apart:
        apart.one.act(answer_room, ask, text="At once")
        apart.two.later(seconds=5)
        apart.two.act(answer_room, ask, text="In ten minutes")
        for node in apart.both:
            apart.tell(node)
            assert [one["answer"] for one in node.read(asked_since, room, stay)] == ["At once"]


def test_nothing_of_an_earlier_guest_is_seen_though_the_clock_went_back(served: Served, restaurant: Restaurant) -> None:
    tablet, other, staff = served.room("101"), served.room("102"), served.person("staff")
    soup = {"menu_item_id": restaurant.soup, "quantity": 1}
    served.node.now += timedelta(hours=1)
    first = order(tablet, soup, shown=900)
    stays = order(other, soup, shown=900)
    assert tablet.post("room/orders", first).status_code == 201
    assert other.post("room/orders", stays).status_code == 201
    ask = {"stay": first["stay"], "about": "message", "text": "Late check-out?"}
    assert tablet.post("room/asks", ask).status_code == 201
    served.node.now -= timedelta(minutes=30)
    room = room_id(staff, "101")
    assert code_of(served.screen().post(f"rooms/{room}/departures")) == "NOT_PERMITTED"
    left = staff.post(f"rooms/{room}/departures", key="left")
    assert left.status_code == 201
    assert staff.post(f"rooms/{room}/departures", key="left").json() == left.json()
    now = tablet.get("room/now").json()
    assert (now["orders"], now["asks"], now["stay"] != first["stay"]) == ([], [], True)
    assert staff.get("room-asks").json()["items"] == []
    assert code_of(tablet.post("room/orders", first)) == "STAY_ENDED"
    assert len(other.get("room/now").json()["orders"]) == 1
    served.node.now += timedelta(hours=1)
    again = tablet.post("room/orders", order(tablet, soup, shown=900)).json()
    assert [one["id"] for one in tablet.get("room/now").json()["orders"]] == [again["id"]]


def test_a_room_under_another_number_shows_nothing_of_who_had_it_and_one_taken_away_nothing_at_all(
    served: Served, restaurant: Restaurant
) -> None:
    tablet, other, manager = served.room("101"), served.room("102"), served.person("hospitality_manager")
    served.node.now += timedelta(minutes=1)
    soup = {"menu_item_id": restaurant.soup, "quantity": 1}
    meant = order(tablet, soup, shown=900)
    assert other.post("room/orders", order(other, soup, shown=900)).status_code == 201
    served.node.now += timedelta(minutes=1)
    one, two = room_id(manager, "101"), room_id(manager, "102")
    for room, number in ((two, "103"), (one, "102")):
        assert manager.patch(f"rooms/{room}", {"number": number}).status_code == 200
    now = tablet.get("room/now").json()
    assert (now["room"]["number"], now["orders"]) == ("102", [])
    assert code_of(tablet.post("room/orders", meant)) == "STAY_ENDED"
    assert manager.patch(f"rooms/{one}", {"active": False}).status_code == 200
    photo = f"menu-photos/{restaurant.soup}"
    assert {tablet.get(path).status_code for path in ("room/now", "room/menu", photo)} == {401}
    assert other.get("room/now").status_code == 200
    served.node.now += timedelta(minutes=1)
    assert manager.post("rooms", {"number": "102"}).json()["id"] == one
    assert tablet.get("room/now").json()["stay"] > now["stay"]
