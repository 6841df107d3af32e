"""Pictures of the floor plan to look at: `python -m tests.edge.floor.pictures FOLDER`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from tests.browser_fixture import DESK, TABLET, Scheme, open_browser, open_page
from tests.edge.floor.evening import PIN, at_the_door, busy, link, set_pin
from tests.edge.served_node import furnish, served_node

PHONE = (390, 844)
LOOKS: tuple[tuple[str, tuple[int, int], Scheme], ...] = tuple(
    (f"{name}-{scheme}", size, scheme)
    for name, size in (("desk", DESK), ("tablet", TABLET), ("phone", PHONE))
    for scheme in ("light", "dark")
)


def sign_in(page: Page, *, ask: bool = True) -> None:
    """Selma signs in; `ask` opens the dialog first."""
    if ask:
        page.locator("[data-who]").click()
    page.locator("#sign-in option").first.wait_for(state="attached")
    page.get_by_label("PIN").fill(PIN)
    page.keyboard.press("Enter")
    page.locator("#sign-in").wait_for(state="hidden")


def take_pictures(folder: Path) -> list[Path]:
    """The floor at every size, and being drawn; answers the pictures' paths."""
    taken: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        taken.append(folder / f"floor-{name}.png")
        page.screenshot(path=taken[-1], animations="disabled")

    with TemporaryDirectory() as work, served_node(furnish(Path(work) / "node")) as lan, open_browser() as browser:
        set_pin(lan)
        at_the_door(lan, busy(lan))
        links = [link(lan) for _ in LOOKS]  # who signs in at a screen is signed out elsewhere
        for (name, size, scheme), one in zip(LOOKS, links, strict=True):
            page = open_page(browser, size=size, scheme=scheme)
            page.goto(one)
            page.locator("[data-sign][data-state=property_only]").wait_for()
            page.locator(".table-spot").first.wait_for()
            take(page, name)
            page.get_by_role("button", name="Table 4,").click()
            sign_in(page)
            take(page, f"table-{name}")
            page.keyboard.press("Escape")
            page.locator(".door-party", has_text="van Wyk").click()
            page.locator(".door-seat").first.wait_for()
            take(page, f"party-{name}")
            page.keyboard.press("Escape")
            page.keyboard.press("n")
            page.locator(".door-quote:not(:empty)").wait_for()
            take(page, f"new-{name}")
            page.keyboard.press("Escape")
            if size != PHONE:
                page.get_by_role("button", name="Draw the floor").click()
                take(page, f"drawing-{name}")
            page.context.close()
    return taken


if __name__ == "__main__":
    for picture in take_pictures(Path(sys.argv[1])):
        print(picture)
