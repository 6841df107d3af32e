"""Pictures of the order queue to look at: `python -m tests.edge.queue.pictures FOLDER`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser_fixture import KITCHEN, open_browser, open_page
from tests.edge.floor.evening import draw_room, link, set_pin
from tests.edge.floor.pictures import LOOKS
from tests.edge.queue.evening import every_service, in_minutes, taken
from tests.edge.served_node import furnish, served_node


def take_pictures(folder: Path) -> list[Path]:
    """The queue at every size, and an order chosen; answers the pictures' paths."""
    taken_to: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work, served_node(furnish(Path(work) / "node")) as lan, open_browser() as browser:
        set_pin(lan)
        draw_room(lan)
        every_service(lan)
        for table in range(1, 12):
            taken(lan, "dine_in", table=str(table), covers=2, promised_at=in_minutes(3 * table - 12))
        for name, size, scheme in (*LOOKS, ("large-dark", KITCHEN, "dark")):
            page = open_page(browser, size=size, scheme=scheme)
            page.goto(link(lan))
            page.goto(f"{lan.url}/queue")
            page.locator("[data-sign][data-state=property_only]").wait_for()
            page.locator("tr .order-open").first.wait_for()
            page.screenshot(path=folder / f"queue-{name}.png", animations="disabled")
            page.locator("tr .order-open").nth(4).click()
            page.screenshot(path=folder / f"order-{name}.png", animations="disabled")
            taken_to += [folder / f"queue-{name}.png", folder / f"order-{name}.png"]
            page.context.close()
    return taken_to


if __name__ == "__main__":
    for picture in take_pictures(Path(sys.argv[1])):
        print(picture)
