"""The floor plan in a browser, at a real node."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from edge.floor.texts import floor_texts
from hospitality.ground.clock import instant_text, utc_now
from hospitality.ground.ids import new_id
from hospitality.ground.texts import set_text
from hospitality.ground.work import Work
from hospitality.parties.facts import PartyChanged
from hospitality.parties.models import Party
from tests.edge.floor.evening import PIN, busy, draw_room, link, made, ordered, set_pin
from tests.edge.node_fixture import PROPERTY
from tests.edge.served_node import ServedNode
from tests.edge.staff_texts import check_texts
from web.texts import Texts


@pytest.fixture
def floor(page: Page, lan: ServedNode) -> Iterator[Page]:
    """The plan at the host's stand; whoever signs in there is signed out of the till."""
    page.set_viewport_size({"width": 1440, "height": 900})
    set_pin(lan)
    page.goto(link(lan))
    page.locator("[data-sign][data-state=property_only]").wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    assert {url for url in asked if not url.startswith((lan.url, lan.url.replace("http", "ws")))} == set()


def called(label: str) -> "re.Pattern[str]":
    """What a table's button is called."""
    return re.compile(rf"^Table {label},")


def sign_in(page: Page, pin: str = PIN) -> None:
    page.locator("#sign-in option").first.wait_for(state="attached")
    page.get_by_label("PIN").fill(pin)
    page.keyboard.press("Enter")


def test_tables_change_by_themselves_and_staff_move_them_on(floor: Page, lan: ServedNode) -> None:
    expect(floor.locator("[data-list=empty]")).to_be_visible()
    draw_room(lan)
    twelve = floor.get_by_role("button", name=called("12"))
    expect(twelve).to_have_accessible_name("Table 12, Free, 8 seats")
    order = ordered(lan, "12")
    expect(twelve).to_have_accessible_name("Table 12, Ordered, 8 seats, 0 min")
    expect(floor.locator("[data-figures]")).to_have_text("1 table taken")
    made(lan.post(f"orders/{order['id']}/payments", {"tender": "cash", "amount_minor": order["due_minor"]}))
    expect(twelve).to_have_accessible_name("Table 12, Free, 8 seats")
    floor.get_by_role("tab", name="Dining room").focus()
    floor.keyboard.press("ArrowRight")
    expect(floor.locator(".table-spot")).to_have_count(0)
    floor.keyboard.press("ArrowLeft")
    twelve.focus()
    floor.keyboard.press("Enter")
    floor.get_by_label("Guests").fill("5")
    floor.keyboard.press("Enter")
    sign_in(floor, "000000")
    expect(floor.locator("#sign-in [data-trouble]")).not_to_be_empty()
    assert lan.get("floor", token=lan.tokens["kitchen"]).json()["tables"][3]["state"] == "free"
    sign_in(floor)
    expect(twelve).to_have_accessible_name("Table 12, Seated, 5 guests, 0 min")
    floor.get_by_role("button", name="Put a table to it").click()
    floor.get_by_role("button", name=called("11")).click()
    expect(floor.get_by_role("button", name=called("11"))).to_have_accessible_name(
        "Table 11, Seated, 5 guests, 0 min, with 12"
    )
    floor.get_by_role("button", name="Guests left").click()
    floor.get_by_role("button", name="Table is clean").click()
    expect(twelve).to_have_accessible_name("Table 12, Free, 8 seats")


def test_a_manager_draws_by_drag_and_by_keyboard(floor: Page, lan: ServedNode) -> None:
    ids = draw_room(lan)
    expect(floor.get_by_role("button", name="Draw the floor")).to_be_hidden()
    floor.locator("[data-who]").click()
    sign_in(floor)
    floor.get_by_role("button", name="Draw the floor").click()
    one = floor.get_by_role("button", name=called("1"))

    def placed() -> list[int]:
        tables = lan.get("floor", token=lan.tokens["kitchen"]).json()["tables"]
        return next([t[name] for name in ("x", "y", "w", "h", "rotation")] for t in tables if t["id"] == ids["1"])

    def saved(wanted: list[int]) -> None:
        expect(floor.locator("#panel")).not_to_have_attribute("aria-busy", "true")
        floor.wait_for_function("() => !document.querySelector('#panel[aria-busy]')")
        assert placed() == wanted

    box = one.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    floor.mouse.move(*middle)
    floor.mouse.down()
    floor.mouse.move(middle[0] + 61, middle[1] + 30, steps=4)
    with floor.expect_response(lambda answer: answer.request.method == "PATCH"):
        floor.mouse.up()
    saved([112, 80, 96, 96, 0])
    one.focus()
    with floor.expect_response(lambda answer: answer.request.method == "PATCH"):
        for key in ("ArrowLeft", "ArrowLeft", "ArrowDown", "Shift+ArrowRight", "r"):
            floor.keyboard.press(key)
    saved([96, 88, 104, 96, 15])
    floor.get_by_role("button", name="Add a table").click()
    expect(floor.get_by_role("button", name=called("23"))).to_be_visible()
    floor.get_by_label("Label").fill("12")
    floor.get_by_role("button", name="Save").click()
    expect(floor.locator("#panel [role=alert]")).to_have_text("There is a table 12 already. Choose another label.")
    floor.get_by_role("button", name="Take the table away").click()
    expect(floor.get_by_role("button", name=called("23"))).to_have_count(0)


def test_guests_at_the_door_are_quoted_a_time_seated_by_key_and_reserve(floor: Page, lan: ServedNode) -> None:
    ids = draw_room(lan)
    for label in ids.keys() - {"4", "5", "12"}:
        made(lan.post(f"tables/{ids[label]}/seatings", {"covers": 2}))
    expect(floor.get_by_role("button", name=called("22"))).to_contain_text("Seated")
    floor.keyboard.press("n")
    expect(floor.locator("#panel input[name=name]")).to_be_focused()
    floor.keyboard.type("Ines")
    floor.get_by_role("spinbutton", name="Guests").fill("8")
    expect(floor.locator(".door-quote")).to_have_text("They can sit down now")
    floor.keyboard.press("Enter")
    sign_in(floor)
    ines = floor.locator(".door-party", has_text="Ines")
    expect(ines).to_contain_text("Waits · 0 min")
    expect(floor.locator("[data-figures]")).to_have_text("8 tables taken · 1 party waiting")
    expect(floor.locator(".door-seat")).to_have_text(["1Table 128 seats", "2Table 4 + 58 seats"])
    floor.keyboard.press("2")
    expect(floor.locator(".door-party")).to_have_count(0)
    expect(floor.get_by_role("button", name=called("5"))).to_have_accessible_name(
        "Table 5, Seated, 8 guests, 0 min, with 4"
    )
    floor.get_by_role("button", name="New", exact=True).click()
    floor.locator("#panel input[name=name]").fill("Petrus")
    floor.get_by_label("They reserve for later").check()
    floor.get_by_label("For when").fill("2026-12-24T20:15")
    expect(floor.locator(".door-quote")).to_be_empty()
    with floor.expect_response(
        lambda answer: answer.url.endswith("/parties") and answer.request.method == "POST"
    ) as told:
        floor.keyboard.press("Enter")
    petrus = told.value.json()
    assert petrus["reserved_for"] == "2026-12-24T18:15:00.000000Z", "by the property's clock"
    soon = instant_text(utc_now() + timedelta(minutes=40))
    path = f"{lan.url}/api/v1/properties/{PROPERTY}/parties/{petrus['id']}"
    lan.client.patch(
        path, json={"reserved_for": soon, "table_ids": [ids["12"]]}, headers={"Authorization": f"Bearer {lan.token}"}
    )
    expect(floor.get_by_role("button", name=called("12"))).to_contain_text(re.compile(r"\d\d:\d\d for 2"))
    apart_id = new_id()
    row = {"id": apart_id, "name": "Apart", "covers": 3, "reserved_for": soon, "table_ids": set_text([ids["12"]])}
    empty = dict.fromkeys(("phone", "note", "area_id", "stay_minutes", "quoted_for", "made_by"))
    fields = {**empty, **row, "made_at": instant_text(utc_now())}

    def apart(work: Work) -> None:  # as it comes from head office
        work.add(Party, fields)
        work.journal(PartyChanged(apart_id, ()))

    lan.node.host.writer.act(lan.node.host.system(), apart).result(20)
    expect(floor.locator(".door-party", has_text="Petrus")).to_contain_text("Table given twice")
    floor.locator(".door-party", has_text="Apart").click()
    expect(floor.locator("#panel .is-bad")).to_contain_text("also given to Petrus")
    floor.get_by_role("button", name="Keep none").click()
    expect(floor.locator("[data-clash=true]")).to_have_count(0)
    floor.keyboard.press("Escape")
    expect(floor.locator(".door-party", has_text="Apart")).to_be_focused()


def test_every_table_can_be_hit_and_phones_see_tiles(floor: Page, lan: ServedNode) -> None:
    busy(lan)
    made(lan.post("parties", {"name": "Ines", "covers": 2}))
    expect(floor.get_by_role("button", name=called("12"))).to_contain_text("Bill asked")
    expect(floor.locator(".door-party")).to_be_visible()
    for width, height in ((1440, 900), (1024, 768), (390, 844)):
        floor.set_viewport_size({"width": width, "height": height})
        boxes = floor.evaluate(
            "() => [...document.querySelectorAll('.table-spot, .button, .area, .door-party')]"
            ".filter((node) => node.checkVisibility()).map((node) => node.getBoundingClientRect().toJSON())"
        )
        assert min(min(box["width"], box["height"]) for box in boxes) >= 48
        assert floor.evaluate("() => document.documentElement.scrollWidth") <= width
    labels = floor.locator(".table-label").all_text_contents()
    assert labels == ["1", "2", "3", "4", "5", "10", "11", "12", "20", "21", "22"]


def test_every_text_that_a_script_asks_for_is_handed_over() -> None:
    check_texts(
        floor_texts(Texts("en")),
        "floor",
        families=("state_", "kitchen_", "shape_", "guests_", "seats_", "taken_", "waiting_", "party_"),
    )
