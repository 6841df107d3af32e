"""Pictures of a room's terminal to look at: `python -m tests.edge.room.pictures FOLDER`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from tests.browser_fixture import PHONE, TABLET, Scheme, open_browser, open_page
from tests.edge.floor.evening import made, set_pin
from tests.edge.node_fixture import BEER, SOUP, STEAK
from tests.edge.room.evening import give_photo, room_link, serve_at_night, write_menu
from tests.edge.served_node import furnish, served_node

LOOKS: tuple[tuple[str, tuple[int, int], Scheme, str], ...] = (
    ("tablet-light", TABLET, "light", "en"),
    ("tablet-dark", TABLET, "dark", "en"),
    ("portrait", (768, 1024), "light", "de"),
    ("phone", PHONE, "light", "de"),
    ("phone-dark", PHONE, "dark", "en"),
)


def take_pictures(folder: Path) -> list[Path]:
    """Each place of the terminal at every size; answers the pictures' paths."""
    taken: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        taken.append(folder / f"{name}.png")
        page.screenshot(path=taken[-1], animations="disabled")

    with TemporaryDirectory() as work, served_node(furnish(Path(work) / "node")) as lan, open_browser() as browser:
        set_pin(lan)
        write_menu(lan)
        made(lan.post(f"menu-items/{SOUP}/portions", {"portions": 0}))
        give_photo(lan, STEAK)
        serve_at_night(lan, "Crème caramel")
        for place, (name, size, scheme, language) in enumerate(LOOKS):
            _, link = room_link(lan, str(301 + place))
            page = open_page(browser, size=size, scheme=scheme)
            page.goto(link)
            page.goto(f"{lan.url}/room?lang={language}")
            page.locator("[data-tiles]:visible").wait_for()
            take(page, f"home-{name}")
            page.locator("[data-tile=dine]").click()
            take(page, f"menu-{name}")
            page.locator(".dish", has_text="Rump steak").click()
            page.locator(".option-row", has_text="Mushroom").click()
            page.locator(".option-row", has_text="Chips").click()
            take(page, f"item-{name}")
            page.locator("[data-do=add]").click()
            page.locator(f'.dish[data-item="{BEER}"]').click()
            page.locator("[data-do=add]").click()
            take(page, f"cart-{name}")
            page.locator("[data-cart-bar]").click()
            take(page, f"checkout-{name}")
            page.locator("[data-send-order]").click()
            page.locator(".order").wait_for()
            take(page, f"orders-{name}")
            page.goto(f"{lan.url}/room?lang={language}#housekeeping")
            page.locator("[data-view=housekeeping] .wish").first.click()
            page.locator("[data-view=housekeeping] [type=submit]").click()
            page.locator(".ask").wait_for()
            take(page, f"housekeeping-{name}")
            page.goto(f"{lan.url}/room?lang={language}#bill")
            page.locator("[data-billed] .order").wait_for()
            take(page, f"bill-{name}")
            page.context.close()
    return taken


if __name__ == "__main__":
    for picture in take_pictures(Path(sys.argv[1])):
        print(picture)
