"""The menu over HTTP."""

from hospitality.ground.ids import new_id
from tests.hospitality.node import Restaurant
from tests.hospitality.served import Served, code_of, other_property


def test_a_menu_is_built_and_read(served: Served) -> None:
    manager, till = served.person("service_manager"), served.screen()
    station = manager.post("stations", {"name": "Grill", "printer": "grill"}).json()
    tax = manager.post("tax-rates", {"name": "GST", "rate_bp": 1000, "included": True}).json()
    taken_away = {"name": "GST, taken away", "rate_bp": 500, "included": True, "away_rate_id": None}
    away = manager.post("tax-rates", taken_away).json()
    assert away == {**taken_away, "id": away["id"], "with_rate_ids": [], "compound": False}
    assert code_of(manager.patch(f"tax-rates/{tax['id']}", {"away_rate_id": away["id"]})) == "WRITTEN_AT_HEAD_OFFICE"
    heading = manager.post("menu-categories", {"name": "Dinner menu"}).json()
    category = manager.post("menu-categories", {"name": "Main", "sort": 2, "parent_id": heading["id"]}).json()
    category = manager.patch(f"menu-categories/{category['id']}", {"name": "Mains"}).json()
    options = [{"name": "Rare"}, {"name": "Double", "price_delta_minor": 900}]
    group = manager.post(
        "modifier-groups", {"name": "Cut", "choices_min": 1, "choices_max": 1, "options": options}
    ).json()
    wanted = {
        "name": "Oryx",
        "category_id": category["id"],
        "price_minor": 18900,
        "station_id": station["id"],
        "tax_rate_id": tax["id"],
        "prep_seconds": 900,
        "modifier_group_ids": [group["id"]],
        "diets": ["halal"],
        "description": "From the coals.",
        "plu": "4711",
        "barcodes": ["4006381333931"],
    }
    made = manager.post("menu-items", wanted)
    assert made.status_code == 201
    item = made.json()
    assert item == {
        "id": item["id"],
        "name": "Oryx",
        "category_id": category["id"],
        "category_name": "Mains",
        "heading_id": heading["id"],
        "heading_name": "Dinner menu",
        "price_minor": 18900,
        "currency": "NAD",
        "station_id": station["id"],
        "tax_rate_id": tax["id"],
        "available": True,
        "portions_left": None,
        "sold_out": False,
        "prep_seconds": 900,
        "allergens": [],
        "diets": ["halal"],
        "description": "From the coals.",
        "plu": "4711",
        "barcodes": ["4006381333931"],
        "sold_as": "piece",
        "photo_id": None,
        "period_ids": [],
        "version": item["version"],
        "modifier_groups": [group],
    }
    assert station in till.get("stations").json()["items"]
    assert tax in till.get("tax-rates").json()["items"]
    assert category in till.get("menu-categories").json()["items"]
    assert group in till.get("modifier-groups").json()["items"]
    page = till.get("menu-items", limit=500).json()
    assert item in page["items"]
    assert (page["next_cursor"], page["currency"]) == (None, "NAD")
    for code in ("4711", "4006381333931"):
        assert till.get("menu-items", code=code).json()["items"] == [item]
    assert till.get("menu-items", code="471").json()["items"] == []


def test_an_item_is_edited_by_the_fields_given(served: Served, restaurant: Restaurant) -> None:
    manager = served.person()
    edited = manager.patch(f"menu-items/{restaurant.steak}", {"available": False})
    assert edited.status_code == 200
    assert (edited.json()["available"], edited.json()["price_minor"]) == (False, 2500)
    assert manager.patch(f"menu-items/{restaurant.steak}", {"tax_rate_id": None}).json()["tax_rate_id"] is None
    assert manager.patch(f"menu-items/{restaurant.steak}", {"price_minor": 2600}).json()["name"] == "Steak"


def test_a_page_names_the_next(served: Served) -> None:
    till = served.screen()
    first = till.get("menu-items", limit=2).json()
    second = till.get("menu-items", limit=2, cursor=first["next_cursor"]).json()
    assert [len(first["items"]), len(second["items"]), second["next_cursor"]] == [2, 1, None]


def test_what_the_menu_refuses(served: Served, restaurant: Restaurant) -> None:
    manager, staff = served.person(), served.person("staff")
    before = served.node.store.counts()
    for response, status, code in [
        (staff.patch(f"menu-items/{restaurant.steak}", {"price_minor": 1}), 403, "NOT_PERMITTED"),
        (manager.patch(f"menu-items/{new_id()}", {"price_minor": 1}), 404, "MENU_ITEM_NOT_FOUND"),
        (manager.patch("menu-items/17", {"price_minor": 1}), 422, "INVALID_INPUT"),
        (manager.patch(f"menu-items/{restaurant.steak}", {"price_minor": -1}), 422, "PRICE_INVALID"),
        (manager.patch(f"menu-items/{restaurant.steak}", {"prize_minor": 1}), 422, "INVALID_INPUT"),
        (manager.patch(f"menu-items/{restaurant.steak}", {"name": None}), 422, "INVALID_INPUT"),
        (manager.post_raw("stations", rb'{"name": "\ud800"}'), 422, "INVALID_INPUT"),
        (manager.post("menu-categories", {"name": " "}), 422, "NAME_INVALID"),
        (manager.get("menu-items", limit=0), 422, "INVALID_INPUT"),
        (manager.get("menu-items", limit=501), 422, "INVALID_INPUT"),
        (manager.get("menu-items", cursor="x"), 422, "CURSOR_INVALID"),
        (manager.get(f"{other_property(served.prefix)}/menu-items"), 403, "OTHER_PROPERTY"),
        (served.nobody().get("menu-items"), 401, "SIGN_IN_NEEDED"),
    ]:
        assert (response.status_code, code_of(response)) == (status, code)
    assert served.node.store.counts() == before


def test_a_rooms_terminal_does_not_read_the_menu_as_staff_do(served: Served) -> None:
    assert code_of(served.screen("room").get("menu-items")) == "NOT_PERMITTED"
