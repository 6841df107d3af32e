"""What holds at some times as a manager sees and sets it up: what is in force, whose edit was seen, what was taken away."""

from datetime import datetime, timedelta
from typing import Any

from hospitality.ground.ids import new_id
from hospitality.menu.models import ServingPeriod
from tests.hospitality.node import Restaurant
from tests.hospitality.served import Served, code_of

FIVE = datetime.fromisoformat("2026-03-06T15:30:00+00:00")  # half past five on a Friday in Windhoek
HAPPY = {"from_time": "17:00", "to_time": "19:00", "weekdays": ["fri"]}


def field_of(answer: Any) -> tuple[str, str]:
    """What a refusal is, and the field that it is about."""
    return code_of(answer), answer.json()["error"]["details"]["field"]


def test_what_is_in_force_is_told_as_long_as_it_holds(served: Served, restaurant: Restaurant) -> None:
    node = served.node
    node.now = FIVE
    manager = served.person("service_manager")
    lunch = manager.post("serving-periods", {"name": "Lunch", "from_time": "12:00", "to_time": "15:00"}).json()
    made: dict[str, tuple[str, dict[str, Any]]] = {
        "price_rules": ("price-rules", {"name": "Happy hour", "menu_item_id": restaurant.soup, "percent_bp": 5000}),
        "station_routes": ("station-routes", {"name": "Terrace bar", "station_id": restaurant.bar}),
        "promotions": ("promotions", {"name": "Round", "kind": "order_percent", "percent_bp": 500, "from_minor": 0}),
    }
    for path, body in made.values():
        assert manager.post(path, {**body, **HAPPY}).status_code == 201
    bound = {
        "name": "At lunch",
        "kind": "order_percent",
        "percent_bp": 500,
        "from_minor": 0,
        "period_ids": [lunch["id"]],
    }
    assert manager.post("promotions", bound).status_code == 201

    def in_force() -> set[str]:
        found = served.screen().get("menu-rules").json()
        listed = (*made, "serving_periods")
        return {one["name"] for name in listed for one in found[name] if one["in_force"]}

    assert in_force() == {"Happy hour", "Terrace bar", "Round"}
    assert served.screen().get("menu-rules").json()["until"] == "2026-03-06T17:00:00.000000Z"
    node.now += timedelta(hours=2)
    assert in_force() == set()
    node.now = FIVE.replace(hour=11)
    assert in_force() == {"Lunch", "At lunch"}
    assert manager.patch(f"serving-periods/{lunch['id']}", {"active": False}).status_code == 200
    assert in_force() == set()


def test_an_edit_of_what_somebody_else_edited_meanwhile_is_told_so(served: Served, restaurant: Restaurant) -> None:
    manager = served.person("service_manager")
    rule = manager.post(
        "price-rules", {"name": "Happy hour", "menu_item_id": restaurant.soup, "price_minor": 900}
    ).json()
    path, seen = f"price-rules/{rule['id']}", rule["version"]
    other = manager.patch(path, {"price_minor": 800, "version": seen}).json()
    assert code_of(manager.patch(path, {"name": "Sundowner", "version": seen})) == "RULE_CHANGED"
    assert code_of(manager.post(f"{path}/removal", {"version": seen})) == "RULE_CHANGED"
    assert manager.get("price-rules").json()["items"] == [other]
    again = manager.patch(path, {"name": "Sundowner", "version": other["version"]}).json()
    assert (again["name"], again["price_minor"]) == ("Sundowner", 800)


def test_what_a_rule_is_about_can_be_edited_and_what_can_not_be_any_more_can_be_switched_off(
    served: Served, restaurant: Restaurant
) -> None:
    manager = served.person("service_manager")
    heading = manager.get("menu-categories").json()["items"][0]["id"]
    price = manager.post("price-rules", {"name": "Happy", "menu_item_id": restaurant.soup, "price_minor": 777}).json()
    path = f"price-rules/{price['id']}"
    assert field_of(manager.patch(path, {"menu_item_id": None})) == ("PRICE_RULE_INVALID", "menu_item_id")
    about = {"menu_item_id": None, "category_id": heading}
    assert about.items() <= manager.patch(path, {**about, "version": price["version"]}).json().items()
    of_heading = {one["id"] for one in manager.get("menu-items").json()["items"] if one["category_id"] == heading}
    assert {one["menu_item_id"] for one in manager.get("menu-prices").json()["items"]} == of_heading

    late = manager.post("serving-periods", {"name": "Late", "item_ids": [restaurant.soup]}).json()
    named = {"name": "Off", "kind": "order_percent", "percent_bp": 500, "from_minor": 0, "period_ids": [late["id"]]}
    path = f"promotions/{manager.post('promotions', named).json()['id']}"
    served.node.act(lambda work: work.remove(ServingPeriod, late["id"]))  # by another node, which knew of neither
    order = manager.post("orders", {"channel": "dine_in", "lines": [{"menu_item_id": restaurant.soup, "quantity": 1}]})
    assert order.json()["adjustments"] == []
    assert [one["in_force"] for one in manager.get("menu-rules").json()["promotions"]] == [False]
    early = manager.post("serving-periods", {"name": "Early", "item_ids": [restaurant.soup]}).json()
    assert early["item_ids"] == [restaurant.soup]
    assert field_of(manager.patch(path, {"name": "Less"})) == ("SERVING_PERIOD_NOT_FOUND", "period_ids")
    assert manager.patch(path, {"active": False}).json()["active"] is False
    assert field_of(manager.patch(path, {"active": True})) == ("SERVING_PERIOD_NOT_FOUND", "period_ids")


def test_a_refusal_names_the_field_that_is_wrong(served: Served, restaurant: Restaurant) -> None:
    manager = served.person("service_manager")
    price = {"name": "Happy hour", "menu_item_id": restaurant.soup, "price_minor": 900}
    wrong: list[tuple[str, dict[str, Any], str, str]] = [
        ("price-rules", {**price, "name": " "}, "NAME_INVALID", "name"),
        ("price-rules", {**price, "to_time": "25:00"}, "TIME_INVALID", "to_time"),
        ("price-rules", {**price, "weekdays": ["son"]}, "WEEKDAY_UNKNOWN", "weekdays"),
        ("price-rules", {**price, "price_minor": -1}, "PRICE_INVALID", "price_minor"),
        ("price-rules", {**price, "menu_item_id": new_id()}, "MENU_ITEM_NOT_FOUND", "menu_item_id"),
        ("price-rules", {**price, "priority": -1}, "SORT_INVALID", "priority"),
        (
            "station-routes",
            {"name": "Bar", "station_id": restaurant.bar, "channel": "air"},
            "CHANNEL_INVALID",
            "channel",
        ),
        ("promotions", {"name": "Off", "kind": "percent", "percent_bp": 500}, "PROMOTION_INVALID", "item_ids"),
        ("promotions", {"name": "Off", "kind": "free", "buy": 2}, "PROMOTION_INVALID", "free"),
        ("serving-periods", {"name": "Late", "item_ids": [new_id()]}, "MENU_ITEM_NOT_FOUND", "item_ids"),
    ]
    for path, body, code, field in wrong:
        assert field_of(manager.post(path, body)) == (code, field)
        assert manager.get(path).json()["items"] == []


def test_what_is_served_in_a_period_is_set_with_it_and_it_goes_once_it_is_empty(
    served: Served, restaurant: Restaurant
) -> None:
    manager = served.person("service_manager")
    late = manager.post("serving-periods", {"name": "Late", "from_time": "22:00", "item_ids": [restaurant.soup]}).json()
    path = f"serving-periods/{late['id']}"
    assert late["item_ids"] == [restaurant.soup]
    heading = manager.get("menu-categories").json()["items"][0]["id"]
    change = {"item_ids": [], "category_ids": [heading], "version": late["version"]}
    late = manager.patch(path, change).json()
    assert (late["item_ids"], late["category_ids"]) == ([], [heading])
    assert manager.get("menu-categories").json()["items"][0]["period_ids"] == [late["id"]]
    assert code_of(manager.post(f"{path}/removal", {})) == "PERIOD_IN_USE"
    assert manager.patch(path, {"category_ids": []}).json()["category_ids"] == []
    assert manager.post(f"{path}/removal", {}).status_code == 201
    assert manager.get("serving-periods").json()["items"] == []
    named = {"name": "Off", "kind": "order_percent", "percent_bp": 500, "from_minor": 0, "period_ids": [late["id"]]}
    assert field_of(manager.post("promotions", named)) == ("SERVING_PERIOD_NOT_FOUND", "period_ids")


def test_what_was_taken_away_holds_no_more(served: Served, restaurant: Restaurant) -> None:
    manager = served.person("service_manager")
    price = manager.post("price-rules", {"name": "All day", "menu_item_id": restaurant.soup, "price_minor": 1}).json()
    route = manager.post("station-routes", {"name": "Grill only", "station_id": restaurant.bar}).json()
    off = {"name": "Off", "kind": "percent", "percent_bp": 5000, "item_ids": [restaurant.soup]}
    promotion = manager.post("promotions", off).json()
    assert manager.get("menu-prices").json()["items"] == [{"menu_item_id": restaurant.soup, "price_minor": 1}]
    kinds = {"price-rules": price, "station-routes": route, "promotions": promotion}
    assert served.person("staff").post(f"price-rules/{price['id']}/removal").status_code == 403
    for path, one in kinds.items():
        assert manager.post(f"{path}/{one['id']}/removal", {"version": one["version"]}).json() == one
        assert manager.get(path).json()["items"] == []
        assert manager.post(f"{path}/{one['id']}/removal").status_code == 404
    assert manager.get("menu-prices").json()["items"] == []
    line = {"menu_item_id": restaurant.soup, "quantity": 1}
    order = manager.post("orders", {"channel": "dine_in", "lines": [line]}).json()
    assert (order["total_minor"] > 1, order["lines"][0]["station_id"]) == (True, restaurant.kitchen)
    assert order["adjustments"] == []
