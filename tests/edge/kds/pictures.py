"""Pictures of the kitchen screen to look at: `python -m tests.edge.kds.pictures FOLDER`."""

import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser_fixture import KITCHEN, TABLET, Scheme, capture, open_browser
from tests.edge.kds.evenings import busy_evening, quiet_evening
from tests.edge.kds.node_double import KitchenNode, line

LOOKS: tuple[tuple[str, tuple[int, int], Scheme], ...] = (
    ("kitchen-light", KITCHEN, "light"),
    ("kitchen-dark", KITCHEN, "dark"),
    ("tablet-light", TABLET, "light"),
    ("tablet-dark", TABLET, "dark"),
)


def take_pictures(folder: Path) -> list[Path]:
    """Take every picture of the kitchen screen; answers their paths."""
    taken: list[Path] = []
    with open_browser() as browser:
        for name, size, scheme in LOOKS:
            for scene, play in SCENES.items():
                path = folder / f"kds-{scene}-{name}.png"
                with KitchenNode() as node:
                    play(browser, node, path, size, scheme)
                taken.append(path)
    return taken


Scene = Callable[[Browser, KitchenNode, Path, tuple[int, int], Scheme], None]


def scene(prepare: Callable[[KitchenNode], object], ready: str, act: Callable[[Page, KitchenNode], None]) -> Scene:
    """A scene: the node is prepared, the screen opened, and then something happens."""

    def play(browser: Browser, node: KitchenNode, path: Path, size: tuple[int, int], scheme: Scheme) -> None:
        prepare(node)
        kds = f"{node.url}/kds"
        first = node.enrol_url
        capture(
            browser, kds, path, size=size, scheme=scheme, first=first, ready=ready, act=lambda page: act(page, node)
        )

    return play


def live(page: Page, node: KitchenNode) -> None:
    """Wait until the screen hears the node."""
    page.locator("[data-sign][data-state=online]").wait_for()


def change_orders(page: Page, node: KitchenNode) -> None:
    """After firing: a line voided, one added, a ticket voided, one bumped, one refused; the cloud is away."""
    live(page, node)
    table = {str(ticket["table"]): ticket_id for ticket_id, ticket in node.book.tickets.items()}
    node.book.refusal = "This ticket was moved to table 9."
    page.keyboard.press("3")
    page.locator(".card-foot.is-bad").wait_for()
    node.book.refusal = None
    node.change(table["7"], state="ready")
    node.void_line(table["12"], "Chips", "guest left")
    node.add_line(table["12"], line("Garlic bread", 2))
    node.change(table["18"], state="voided")
    node.change(table["16"], state="in_preparation")
    node.set_sync("property_only", 37)
    page.locator("[data-sign][data-state=property_only]").wait_for()
    page.locator(".card-foot.is-change").first.wait_for()


def cut_off(page: Page, node: KitchenNode) -> None:
    """The link hangs while a bump is under way."""
    live(page, node)
    node.turn_link("hang")
    page.keyboard.press("2")
    page.locator(".alarm").wait_for()
    page.locator(".card[data-phase=waiting]").wait_for()


def line_by_line(page: Page, node: KitchenNode) -> None:
    """Some lines are made, and one ticket's lines have keys."""
    live(page, node)
    page.locator(".card").nth(1).locator(".line-name").first.tap()
    page.locator(".line.is-made").wait_for()
    for key in ("i", "1", "ArrowDown", "2"):
        page.keyboard.press(key)
    page.locator(".line.is-made .line-key").wait_for()


def pause(page: Page, node: KitchenNode) -> None:
    """The grill is paused, and its question is open again for the picture."""
    live(page, node)
    page.get_by_role("button", name="Pause ordering").click()
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator(".chip.is-paused").wait_for()
    page.evaluate("document.getElementById('pause').showModal()")


def several_stations(node: KitchenNode) -> None:
    """Orders whose lines stand at three stations, one of them complete."""
    node.book.station_id = None
    stations = (("st-grill", "Grill"), ("st-cold", "Cold"), ("st-pass", "Pastry"))
    dishes = ("Oryx steak", "Green salad", "Malva pudding", "Kapana plate", "Beef carpaccio", "Grilled kingklip")
    for number in range(7):
        for place, (station_id, name) in enumerate(stations[: number % 3 + 1]):
            made = ("ready", "in_preparation", "placed")[(number + place) % 3] if number else "ready"
            lines = [line(dishes[(number + place + more) % 6], 1 + more, seat=more + 1) for more in range(2)]
            lines = [{**one, "state": made} for one in lines]
            node.place(
                *lines,
                minutes_ago=14.5 - 2 * number,
                station_id=station_id,
                station_name=name,
                order_id=f"o-{number}",
                order_number=f"A1-{101 + number}",
                table=str(number + 3),
                state=made,
            )


def at_pass(page: Page, node: KitchenNode) -> None:
    """The expeditor's screen; a line went by itself."""
    page.get_by_role("link", name="The pass").click()
    live(page, node)
    page.locator(".card").nth(2).locator(".line").first.click()
    page.locator(".line.is-made").wait_for()


def nothing(node: KitchenNode) -> None:
    """No order yet."""


SCENES: dict[str, Scene] = {
    "empty": scene(nothing, "[data-list=empty]", live),
    "quiet": scene(quiet_evening, ".card", live),
    "busy": scene(busy_evening, ".card", live),
    "changed": scene(busy_evening, ".card", change_orders),
    "lines": scene(busy_evening, ".card", line_by_line),
    "pause": scene(busy_evening, ".card", pause),
    "pass": scene(several_stations, ".picker", at_pass),
    "cut-off": scene(busy_evening, ".card", cut_off),
}


if __name__ == "__main__":
    for picture in take_pictures(Path(sys.argv[1])):
        print(picture)
