"""Pictures of the rules to look at: `python -m tests.edge.rules.pictures FOLDER`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from tests.browser_fixture import KITCHEN, open_browser, open_page
from tests.edge.floor.evening import link, set_pin
from tests.edge.floor.pictures import LOOKS, sign_in
from tests.edge.rules.evening import cards_offline, every_rule
from tests.edge.served_node import furnish, served_node


def take_pictures(folder: Path) -> list[Path]:
    """Every tab at every size, a rule open and refused, one that somebody else changed, and a search; answers the paths."""
    taken: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        taken.append(folder / f"rules-{name}.png")
        page.screenshot(path=taken[-1], animations="disabled")

    with TemporaryDirectory() as work, served_node(furnish(Path(work) / "node")) as lan, open_browser() as browser:
        set_pin(lan)
        empty = open_page(browser, size=LOOKS[0][1])
        empty.goto(link(lan))
        empty.goto(f"{lan.url}/rules")
        empty.get_by_text("Everything costs what the menu says").wait_for()
        take(empty, "empty")
        empty.context.close()
        cards_offline(lan)
        rules, price = every_rule(lan), 2_500
        looks = (*LOOKS, ("large-dark", KITCHEN, "dark"), ("large-light", KITCHEN, "light"))
        links = [link(lan) for _ in looks]
        for (name, size, scheme), one in zip(looks, links, strict=True):
            page = open_page(browser, size=size, scheme=scheme)
            page.goto(one)
            page.goto(f"{lan.url}/rules")
            page.locator("[data-sign][data-state=property_only]").wait_for()
            page.locator(".rule").first.wait_for()
            take(page, f"prices-{name}")
            sign_in(page)
            for tab in ("periods", "routes", "promotions"):
                page.locator(f"[data-tab={tab}]").click()
                take(page, f"{tab}-{name}")
            page.get_by_role("button", name="Soup and steak").click()
            take(page, f"promotion-{name}")
            page.keyboard.press("Escape")
            page.locator("[data-tab=prices]").click()
            page.locator("[data-add]").click()
            page.get_by_role("combobox", name="About").fill("dr")
            take(page, f"picking-{name}")
            page.keyboard.press("Enter")
            page.get_by_label("How much").fill("20")
            page.locator("[data-do=save]").click()
            page.locator(".field-error:visible").first.wait_for()
            take(page, f"refused-{name}")
            page.locator(".panel-close").click()
            page.get_by_role("button", name="Beer of the month").click()
            page.get_by_role("textbox", name="Name").fill("Ale")
            lan.token = page.evaluate("() => JSON.parse(sessionStorage.getItem('buffr-session')).token")
            price -= 50  # another one in each look
            lan.patch(f"price-rules/{rules['Beer of the month']['id']}", {"price_minor": price})
            page.get_by_text("Somebody else changed this").wait_for()
            take(page, f"changed-{name}")
            page.locator(".panel-close").click()
            page.locator("[data-tab=cards]").click()
            take(page, f"cards-{name}")
            page.locator("[data-card]").first.locator(".rule-open").click()
            take(page, f"card-{name}")
            page.context.close()
    return taken


if __name__ == "__main__":
    for picture in take_pictures(Path(sys.argv[1])):
        print(picture)
