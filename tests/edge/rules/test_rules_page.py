"""The rules in a browser, at a real node: a manager makes a happy hour, switches a promotion off, deals with cards offline."""

from playwright.sync_api import Page, expect

from edge.rules.texts import rules_texts
from tests.edge.floor.evening import link, made, set_pin
from tests.edge.floor.pictures import sign_in
from tests.edge.node_fixture import BEER, DRINKS
from tests.edge.rules.evening import cards_offline
from tests.edge.served_node import ServedNode
from tests.edge.staff_texts import check_texts
from web.texts import Texts


def check_phone(page: Page) -> None:
    """On a phone what is pressed can be hit, and nothing runs out of the screen."""
    page.set_viewport_size({"width": 390, "height": 844})
    heights = page.evaluate(
        "() => [...document.querySelectorAll('.button, .service, .day, .rule-open, .field > input, .field > select')]"
        ".filter((node) => node.checkVisibility()).map((node) => node.getBoundingClientRect().height)"
    )
    assert min(heights) >= 48
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_a_manager_makes_a_happy_hour_and_switches_a_promotion_off(lone_page: Page, lan: ServedNode) -> None:
    page = lone_page
    set_pin(lan)
    order = {"channel": "counter", "lines": [{"menu_item_id": BEER, "quantity": 1}]}
    usual = made(lan.post("orders", order))["lines"][0]["unit_price_minor"]
    off = {"name": "Tenth off", "kind": "percent", "percent_bp": 1000, "item_ids": [BEER]}
    made(lan.post("promotions", off))
    page.goto(link(lan))
    page.get_by_role("link", name="Rules").click()
    expect(page.get_by_text("Everything costs what the menu says")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("Happy hour")
    search = page.get_by_role("combobox", name="About")
    search.fill("dri")
    search.press("Enter")
    page.get_by_label("How much").fill("150")
    page.get_by_label("How much").press("Enter")
    sign_in(page, ask=False)
    amount = page.locator("[data-fields='price_minor percent_bp']")
    expect(amount.locator(".field-error")).to_contain_text("A part is 0 to 1000 %")
    expect(page.get_by_label("How much")).to_be_focused()
    page.get_by_label("How much").fill("25,5")
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        page.get_by_role("button", name=day, exact=True).click()
    expect(page.locator(".rule-says")).to_have_text("25.5% off all of Drinks, at all times")
    check_phone(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("[data-do=save]").click()
    row = page.locator(".rule", has_text="Happy hour")
    expect(row).to_contain_text("In force now")
    cheaper = {"menu_item_id": BEER, "price_minor": (usual * 745 + 500) // 1000}
    assert cheaper in lan.get("menu-prices", token=lan.tokens["till"]).json()["items"]

    row.locator(".rule-open").click()
    page.locator("#panel input[name=name]").fill("Sundowner")
    lan.token = page.evaluate("() => JSON.parse(sessionStorage.getItem('buffr-session')).token")
    [rule] = lan.get("price-rules").json()["items"]
    made(lan.patch(f"price-rules/{rule['id']}", {"percent_bp": 5000}))
    expect(page.locator(".notice", has_text="Somebody else changed this")).to_contain_text("50% off all of Drinks")
    page.locator("[data-do=save]").click()
    expect(page.locator(".notice", has_text="Somebody else changed this")).to_be_visible()
    assert lan.get("price-rules").json()["items"][0]["name"] == "Happy hour"
    page.locator("[data-do=keep_mine]").click()
    page.locator("[data-do=save]").click()
    row = page.locator(".rule", has_text="Sundowner")
    expect(row).to_contain_text("50% off all of Drinks, at all times")

    half = made(lan.post("orders", order))
    assert half["lines"][0]["unit_price_minor"] == usual // 2
    assert [one["amount_minor"] for one in half["adjustments"]] == [-usual // 20]
    page.keyboard.press("4")
    page.locator(".rule", has_text="Tenth off").get_by_role("button", name="Switch off").click()
    expect(page.locator(".rule", has_text="Tenth off")).to_contain_text("Switched off")
    assert made(lan.post("orders", order))["adjustments"] == []

    page.keyboard.press("1")
    row.locator(".rule-open").click()
    page.locator("[data-do=remove]").click()
    page.locator("[data-do=remove_sure]").click()
    expect(page.get_by_text("Everything costs what the menu says")).to_be_visible()
    assert lan.get("menu-prices").json()["items"] == []
    assert made(lan.post("orders", order))["lines"][0]["unit_price_minor"] == usual


def test_a_serving_period_is_filled_by_search_and_cards_taken_offline_are_dealt_with(
    lone_page: Page, lan: ServedNode
) -> None:
    page = lone_page
    set_pin(lan)
    waiting = cards_offline(lan)[0]
    page.goto(link(lan))
    page.goto(f"{lan.url}/rules#periods")
    page.locator("[data-add]").click()
    page.locator("#panel input[name=name]").fill("Evening")
    search = page.get_by_role("combobox", name="Served in it alone")
    search.fill("drinks")
    search.press("Enter")
    page.locator("[data-do=save]").click()
    sign_in(page, ask=False)
    expect(page.locator(".rule")).to_contain_text("All of Drinks: served then alone, at all times")
    [period] = lan.get("serving-periods", token=lan.tokens["till"]).json()["items"]
    assert period["category_ids"] == [DRINKS]

    page.keyboard.press("5")
    expect(page.locator("[data-figures]")).to_contain_text("1 card waits")
    page.get_by_label("With one card").fill("40")
    page.locator(".limits [type=submit]").click()
    expect(page.locator("[data-said]")).to_have_text("The limits are saved")
    assert lan.get("house-rules", token=lan.tokens["till"]).json()["offline_card_minor"] == 4_000
    page.locator(f"[data-card='{waiting['id']}'] .rule-open").click()
    page.locator("[data-do=confirmed]").click()
    expect(page.locator("#panel .field-error")).to_be_visible()
    page.get_by_label("How is that known?").fill("On the acquirer's list")
    page.locator("[data-do=confirmed]").click()
    expect(page.locator(f"[data-card='{waiting['id']}']")).to_contain_text("Charged")
    check_phone(page)


def test_every_text_that_a_script_asks_for_is_handed_over() -> None:
    families = ("tab_", "add_", "about_", "none_", "kind_", "costs_", "term_", "channel_", "from_time", "to_time")
    of_cards = ("limit_", "card_", "way_", "over_", "tell_")
    counted = ("in_force_", "waiting_", "more_")
    check_texts(rules_texts(Texts("en")), "rules", families=(*families, *of_cards, *counted))
