"""The terminal in a guest's room in a browser, at a real node: from its link to the next guest."""

import re

from playwright.sync_api import Page, Response, expect

from tests.browser_fixture import PHONE, TABLET
from tests.edge.floor.evening import made, set_pin
from tests.edge.line import Line
from tests.edge.node_fixture import BEER, STEAK
from tests.edge.room.evening import edited, room_link, write_menu
from tests.edge.served_node import ServedNode
from tests.edge.staff_texts import check_asked
from web.room_service.page import HERE, words_in
from web.room_service.texts import room_texts, time_for_kitchen
from web.texts import Texts

FIRST_LOAD_BYTES_MAX = 100_000


def check_sizes(page: Page) -> None:
    """What is pressed can be hit, and nothing runs out of the screen."""
    pressed = ".button, .step, .dish, .heading, .room-tile, .option-row, .cart-bar, .sheet-close"
    for width, height in (TABLET, (768, 1024), PHONE):
        page.set_viewport_size({"width": width, "height": height})
        heights = page.evaluate(
            "(pressed) => [...document.querySelectorAll(pressed)].filter((node) => node.checkVisibility())"
            ".map((node) => node.getBoundingClientRect().height)",
            pressed,
        )
        assert min(heights) >= 48
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def choose_steak(page: Page) -> None:
    """Two steaks with mushrooms and two portions of chips each, found by letters that are not quite right."""
    page.get_by_role("searchbox").fill("rmup steack")
    expect(page.locator(".dish strong")).to_have_text(["Rump steak 300 g"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    add = page.locator("[data-do=add]")
    expect(add).to_have_text(re.compile(r"Add · NAD.185\.00"))
    page.get_by_role("checkbox", name="Mushroom").click()
    page.get_by_role("checkbox", name="Chips").click()
    page.get_by_role("button", name="One more: Chips").click()
    page.get_by_role("button", name="One more: How many").click()
    expect(add).to_have_text(re.compile(r"Add · NAD.440\.00"))  # 2 × (185 + 5 + 2 × 15)
    page.get_by_label("A word to the kitchen").fill("Medium")
    check_sizes(page)
    add.click()


def ask_for_towels(page: Page, lan: ServedNode) -> None:
    """In German, and staff answer."""
    page.goto(f"{lan.url}/room?lang=de#housekeeping")
    page.get_by_label("Frische Handtücher").check()
    page.get_by_role("button", name="Senden").click()
    expect(page.locator(".ask")).to_contain_text("Gesendet")
    ask = lan.get("room-asks").json()["items"][0]
    assert (ask["number"], ask["wishes"]) == ("204", ["towels"])
    made(lan.post(f"room-asks/{ask['id']}/answers", {"text": "Gleich da"}))
    expect(page.locator(".ask")).to_contain_text("Gleich da")


def sleep_and_be_cut_off(page: Page, line: Line) -> None:
    """The bill is shown to nobody while the terminal can't know who is there, and again once it does."""
    page.route("**/room/now", lambda route: route.abort())
    page.clock.set_system_time(page.evaluate("Date.now()") + 6 * 60_000)  # it slept, and no timer went on
    page.clock.fast_forward(1_000)
    expect(page.locator("[data-view=bill]")).to_be_hidden()
    page.unroute("**/room/now")
    page.clock.fast_forward(60_000)
    page.get_by_role("link", name="Bill").click()
    line.cut()
    page.clock.fast_forward(5_000)
    expect(page.locator("[data-cut]")).to_contain_text("No connection to the house since")
    page.clock.fast_forward(5 * 60_000)  # who looks now may be another guest
    expect(page.locator("[data-view=bill]")).to_be_hidden()
    line.is_cut = False
    page.clock.fast_forward(60_000)
    expect(page.locator("[data-cut]")).to_be_hidden()
    page.get_by_role("link", name="Bill").click()
    expect(page.locator(".bill-due")).to_be_visible()


def test_a_guest_orders_follows_the_order_and_the_next_one_sees_nothing(lone_page: Page, lan: ServedNode) -> None:
    page = lone_page
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
    page.clock.install()
    line = Line(page)
    set_pin(lan)
    write_menu(lan)
    room, link = room_link(lan, "204")
    _, neighbour = room_link(lan, "205")
    page.goto(link)
    expect(page).to_have_url(f"{lan.url}/room")
    expect(page.locator(".room-tile strong")).to_have_text(["Dine", "Housekeeping", "Messages", "Bill"])
    assert {response.url.split("/")[2] for response in loaded} == {lan.url.split("/")[2]}
    assert sum(len(response.body()) for response in loaded if response.status == 200) < FIRST_LOAD_BYTES_MAX

    page.get_by_role("link", name="Dine").click()
    choose_steak(page)
    page.get_by_role("searchbox").fill("")
    page.locator(f'[data-item="{BEER}"]').click()
    page.locator("[data-do=add]").click()
    expect(page.locator("[data-cart-bar]")).to_contain_text("3 items")
    page.reload()  # what was chosen is still there
    page.locator("[data-cart-bar]").click()
    page.get_by_label("Anything we should know").fill("Please knock")
    made(lan.post(f"menu-items/{BEER}/portions", {"portions": 0}))  # an 86 reaches the cart at once
    expect(page.locator("[data-send-order]")).to_be_disabled()
    page.get_by_role("button", name="Take away").click()
    page.route("**/room/menu", lambda route: route.abort())  # a price of which the terminal has not heard
    edited(lan, f"menu-items/{STEAK}", {"price_minor": 19000})
    page.locator("[data-send-order]").click()
    expect(page.locator("[data-view=checkout] [data-trouble]")).to_contain_text("A price has changed")
    page.unroute("**/room/menu")
    expect(page.locator("[data-send-order]")).to_have_text(re.compile(r"Order · NAD.450\.00"))
    page.locator("[data-send-order]").click()

    card = page.locator("[data-view=orders] .order")
    expect(card.locator("[aria-current=step]")).to_have_text("Received")
    expect(card.locator(".order-when")).to_have_text(re.compile(r"About \d\d:\d\d, in \d+ min"))
    taken = lan.get("orders").json()["items"][0]
    assert (taken["channel"], taken["table"], taken["total_minor"]) == ("room_service", "204", 45000)
    assert (taken["note"], taken["lines"][0]["note"]) == ("Please knock", "Medium")
    made(lan.post(f"tickets/{taken['lines'][0]['ticket_id']}/bump", {}))
    expect(card.locator("[aria-current=step]")).to_have_text("Ready")
    check_sizes(page)

    ask_for_towels(page, lan)
    page.goto(f"{lan.url}/room?lang=en#bill")
    expect(page.locator(".bill-due")).to_contain_text("450.00")

    sleep_and_be_cut_off(page, line)
    made(lan.post(f"rooms/{room}/departures", {}))
    expect(page.locator("[data-view=home]")).to_be_visible()
    for place in ("bill", "orders", "housekeeping", "checkout"):
        page.goto(f"{lan.url}/room#{place}")
        page.reload()
        expect(page.locator(f"[data-view={place}]")).to_be_visible()
        expect(page.locator(".order, .ask, .line")).to_have_count(0)
    page.goto(neighbour)
    expect(page.locator(".room-name")).to_contain_text("Room 205")


def test_every_text_of_the_terminal_is_handed_over_and_said_in_german() -> None:
    handed = room_texts(Texts("en"))
    german = words_in("de")
    templates = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*.html"))
    in_page = set(re.findall(r"words\.(\w+)", templates))
    assert in_page - handed.keys() == set()
    built = (
        "allergen_",
        "diet_",
        "wish_",
        "step_",
        "tile_name_",
        "refused_",
        "adjustment_",
        "things_",
        "wishes_",
        "answers_",
    )
    check_asked(handed, ("room.js", "room/*.js"), families=(*built, *in_page))
    assert {"For {time}", *handed.values()} - german.messages.keys() - _plural(handed) == set()
    assert time_for_kitchen(german) == "Für {time} Uhr"


def _plural(handed: dict[str, str]) -> set[str]:
    return {text for key, text in handed.items() if key.endswith(("_two", "_few", "_many", "_other"))}
