"""The live order queue in a browser, at a real node."""

from typing import Any

from playwright.sync_api import Page, expect

from edge.queue.texts import queue_texts
from tests.edge.floor.evening import draw_room, link, made, set_pin
from tests.edge.floor.pictures import sign_in
from tests.edge.line import Line
from tests.edge.queue.evening import every_service, in_minutes, taken
from tests.edge.served_node import ServedNode
from tests.edge.staff_texts import check_texts
from web.texts import Texts


def numbers(page: Page) -> list[str]:
    """The orders shown, in their order."""
    return page.locator(".order-open").all_text_contents()


def check_opened_again(page: Page, lan: ServedNode, order: dict[str, Any]) -> None:
    """An order that is open again names its withdrawn receipt."""
    made(lan.post(f"orders/{order['id']}/reopen", {"reason": "one more"}))
    page.get_by_role("searchbox").fill("")
    page.locator("tr", has_text=order["number"]).locator(".order-open").click()
    expect(page.locator("#panel")).to_contain_text("is withdrawn: the order was opened again")


def check_sizes(page: Page) -> None:
    """What is pressed can be hit, and nothing runs out of the screen, from a wall down to a phone."""
    pressed = ".button, .service, .filter > input, .filter > select, .orders tbody tr"
    for width, height in ((1920, 1080), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        heights = page.evaluate(
            "(pressed) => [...document.querySelectorAll(pressed)].filter((node) => node.checkVisibility())"
            ".map((node) => node.getBoundingClientRect().height)",
            pressed,
        )
        assert min(heights) >= 48
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_every_service_is_sorted_filtered_live_and_catches_up_after_a_cut(lone_page: Page, lan: ServedNode) -> None:
    page = lone_page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.clock.install()
    line = Line(page)
    set_pin(lan)
    draw_room(lan)
    orders = every_service(lan)
    number = {service: order["number"] for service, order in orders.items()}
    page.goto(link(lan))
    page.get_by_role("link", name="Orders").click()
    shown = page.locator(".order-open")
    expect(shown).to_have_text([order["number"] for order in orders.values()])
    expect(page.locator("[data-figures]")).to_have_text("6 open · 1 late")
    row = page.locator("tr", has_text=number["dine_in"])
    expect(row).to_contain_text("Table 12")
    expect(row).to_contain_text("4 guests")
    expect(row).to_contain_text("Dining room")
    expect(page.locator("tr", has_text=number["delivery"])).to_contain_text("10 min late")

    page.get_by_label("Sort by").select_option("promised")
    expect(shown.first).to_have_text(number["delivery"])
    page.get_by_role("button", name="Due", exact=True).click()
    expect(page.get_by_role("columnheader", name="Due")).to_have_attribute("aria-sort", "descending")
    dues = {order["number"]: order["due_minor"] for order in orders.values()}
    found = [dues[one] for one in numbers(page)]
    assert found == sorted(dues.values(), reverse=True)
    page.keyboard.press("6")
    expect(shown).to_have_text([number["delivery"]])
    page.reload()  # what was chosen stands in the address
    expect(shown).to_have_text([number["delivery"]])
    page.keyboard.press("1")
    page.keyboard.press("/")
    page.keyboard.type("call")
    expect(shown).to_have_text([number["takeaway"]])
    page.get_by_role("searchbox").fill("")
    page.locator("[data-filter=state]").select_option("ready")
    expect(shown).to_have_text([number["counter"]])
    page.locator("[data-filter=state]").select_option("")

    row = page.locator("tr", has_text=number["counter"])
    due = orders["counter"]["due_minor"]
    made(lan.post(f"orders/{orders['counter']['id']}/payments", {"tender": "cash", "amount_minor": due}))
    expect(row).to_have_count(0)
    line.cut()
    page.clock.fast_forward(5000)
    expect(page.locator("[data-cut]")).to_be_visible()
    due = orders["tab"]["due_minor"]
    made(lan.post(f"orders/{orders['tab']['id']}/payments", {"tender": "cash", "amount_minor": due}))
    late = taken(lan, "takeaway", promised_at=in_minutes(-1))
    assert numbers(page).count(number["tab"]) == 1
    line.is_cut = False
    page.clock.fast_forward(60_000)
    expect(page.locator("[data-cut]")).to_be_hidden()
    expect(page.locator("[data-figures]")).to_have_text("5 open · 2 late")
    assert number["tab"] not in numbers(page)

    page.get_by_role("searchbox").fill(late["number"])
    page.get_by_role("searchbox").press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text(f"Order {late['number']}")
    page.get_by_role("button", name="15 min later").click()
    sign_in(page, ask=False)
    expect(page.locator("tr", has_text=late["number"])).to_contain_text("in 1")
    expect(page.locator("[data-figures]")).to_have_text("5 open · 1 late")
    told = lan.get(f"orders/{late['id']}").json()
    assert (told["promise"], told["promised_at"] > in_minutes(5)) == ("given", True)
    check_opened_again(page, lan, orders["counter"])
    check_sizes(page)


def test_every_text_that_a_script_asks_for_is_handed_over() -> None:
    check_texts(
        queue_texts(Texts("en")),
        "queue",
        families=("state_", "service_", "sort_", "guests_", "orders_", "late_", "any_", "withdrawn_"),
    )
