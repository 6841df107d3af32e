"""A picture of each face of the product, for the docs: taken in the browser, off the terminal, and off the paper."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page

from buffr.demo.household import MANAGER_PIN
from devices.virtual_printer import Printed, VirtualPrinter
from edge.terminal.app import TerminalApp
from edge.terminal.locations import locations_of
from tests.browser_fixture import DESK, KITCHEN, TABLET, capture, open_page
from tests.cloud.headoffice import evenings
from tests.cloud_fixture import HeadOffice
from tests.edge.floor.evening import TABLES
from tests.edge.terminal.driving import running, type_in, until_gone, until_shown
from tests.screenshots.evening import RECEIPTS, go_on
from tests.screenshots.property import Shown

TERMINAL_SIZE = (112, 32)
TICKET_LINES = range(14, 30)
RECEIPT_LINES = range(22, 48)


def head_office(browser: Browser, office: HeadOffice, folder: Path) -> Iterator[Path]:
    """A group on a Friday evening: three properties, one of which is not heard, and two prices edited twice."""
    for name, scale in (("Harbour House", 1.0), ("Dune Camp", 0.7)):
        there = evenings.busy(office, name, scale=scale)
    evenings.disputes(office, there)
    evenings.lagging(office, "River Lodge")

    def sign_in(page: Page) -> None:
        page.get_by_label("Mail address").fill(office.email)
        page.get_by_label("Password").fill(office.password)
        page.keyboard.press("Enter")
        page.locator("#properties").wait_for()
        page.locator("[data-sign][data-state=online]").first.wait_for()

    def conflicts(page: Page) -> None:
        sign_in(page)
        page.goto(f"{office.url}/conflicts?state=all")
        page.locator("main table").first.wait_for()

    for name, act in (("head-office", sign_in), ("conflicts", conflicts)):
        path = folder / f"{name}.png"
        yield capture(browser, f"{office.url}/sign-in", path, size=DESK, ready="form", act=act)


def kitchen(browser: Browser, shown: Shown, folder: Path) -> Iterator[Path]:
    """The grill in the middle of it: the oldest begun, a line just voided."""
    grill = next(station for station in shown.get("stations")["items"] if station["name"] == "Grill")
    link = shown.post("terminals", {"name": "Grill screen", "kind": "kitchen", "station_id": grill["id"]})["link"]

    def live(page: Page) -> None:
        page.locator("[data-sign][data-state=online]").wait_for()
        go_on(shown)
        page.locator(".card-foot.is-change").first.wait_for()

    yield capture(
        browser, f"{shown.url}/kds", folder / "kitchen.png", size=KITCHEN, first=link, ready=".card", act=live
    )


def floor(browser: Browser, shown: Shown, folder: Path) -> Iterator[Path]:
    """The dining room in the middle of it: the evening's tables, some guests who have not ordered, one table to clean."""
    area = shown.post("areas", {"name": "Dining room"})["id"]
    shown.post("areas", {"name": "Terrace", "sort": 1})
    taken = [order["table"] for order in shown.get("orders?state=open")["items"] if (order["table"] or "").isdigit()]
    free = [str(number) for number in range(1, 60) if str(number) not in taken]
    names = ("seats", "shape", "x", "y", "w", "h", "rotation")
    ids: dict[str, str] = {}
    for label, table in zip([*dict.fromkeys(taken[:7]), *free], TABLES, strict=False):
        drawn = {"area_id": area, "label": label, **dict(zip(names, table[1:], strict=True))}
        ids[label] = shown.post("tables", drawn)["id"]
    quiet = [id for label, id in ids.items() if label in free]
    for table_id, covers in zip(quiet, (4, 2), strict=False):
        shown.post(f"tables/{table_id}/seatings", {"covers": covers})
    shown.post(f"tables/{quiet[0]}/steps", {"step": "ended"})
    shown.post(f"tables/{next(iter(ids.values()))}/steps", {"step": "bill_asked"})
    for name, covers in (("Shilongo", 4), ("Nangolo", 2)):
        shown.post("parties", {"name": name, "covers": covers})
    for name, minutes, kept in (("Amupolo", -4, []), ("Beukes", 40, quiet[-1:])):
        hour = (shown.clock() + timedelta(minutes=minutes)).isoformat()
        shown.post("parties", {"name": name, "covers": 4, "reserved_for": hour, "table_ids": kept})
    link = shown.post("terminals", {"name": "Host's stand", "kind": "till"})["link"]

    def live(page: Page) -> None:
        page.locator("[data-sign][data-state=online]").wait_for()
        page.locator(".door-party").first.click()
        page.locator(".door-seat").first.wait_for()

    path = folder / "floor.png"
    yield capture(browser, f"{shown.url}/floor", path, size=DESK, first=link, ready=".table-spot", act=live)


def queue(browser: Browser, shown: Shown, folder: Path) -> Iterator[Path]:
    """The open orders in the middle of it, some of them promised; the one that is furthest behind is chosen."""
    for place, order in enumerate(shown.get("orders?state=open")["items"][2:20:3]):
        promised = shown.clock() + timedelta(minutes=7 * place - 9)
        shown.post(f"orders/{order['id']}/changes", {"promised_at": promised.isoformat()})
    link = shown.post("terminals", {"name": "Office", "kind": "till"})["link"]

    def live(page: Page) -> None:
        page.locator("[data-sign][data-state=online]").wait_for()
        page.locator(".order-open").first.click()

    url = f"{shown.url}/queue?sort=promised"
    yield capture(browser, url, folder / "queue.png", size=DESK, first=link, ready=".order-open", act=live)


def rules(browser: Browser, shown: Shown, folder: Path) -> Iterator[Path]:
    """What costs something else at some times, happy hour among it and open. After the other faces, whose prices it would
    change."""
    headings = {one["name"]: one["id"] for one in shown.get("menu-categories")["items"]}
    terrace = next(area["id"] for area in shown.get("floor")["areas"] if area["name"] == "Terrace")
    week = {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "from_time": "17:00", "to_time": "21:00"}
    weekend = {"weekdays": ["sat", "sun"], "from_time": "12:00", "to_time": "15:00"}
    prices: tuple[dict[str, Any], ...] = (
        {"name": "Happy hour", "category_id": headings["Cocktails"], "percent_bp": 8_000, **week, "weekdays": []},
        {
            "name": "Sundowner on the terrace",
            "category_id": headings["Wine"],
            "percent_bp": 7_500,
            "area_id": terrace,
            **week,
        },
        {"name": "Sunday dessert", "category_id": headings["Desserts"], "price_minor": 5_500, **weekend},
        {"name": "Delivered", "category_id": headings["Burgers"], "percent_bp": 11_000, "channel": "delivery"},
    )
    for price in prices:
        shown.post("price-rules", price)
    shown.post("serving-periods", {"name": "Brunch", **weekend, "category_ids": [headings["Salads"]]})
    three = {"name": "Three for two", "kind": "free", "buy": 2, "free": 1, "category_ids": [headings["Beer"]]}
    shown.post("promotions", three)
    link = shown.post("terminals", {"name": "Back office", "kind": "till"})["link"]

    def live(page: Page) -> None:
        page.locator("[data-sign][data-state=online]").wait_for()
        page.locator(".rule", has_text="Happy hour").locator(".rule-open").click()

    path = folder / "rules.png"
    yield capture(browser, f"{shown.url}/rules", path, size=DESK, first=link, ready=".rule", act=live)


def room(browser: Browser, shown: Shown, folder: Path) -> Iterator[Path]:
    """A guest's evening at the terminal in the room: what there is, a dish with its choices, and where the order is."""
    there = shown.post("rooms", {"number": "204", "floor": "Second"})["id"]
    link = shown.post("terminals", {"name": "Room 204", "kind": "room", "room_id": there})["link"]
    page = open_page(browser, size=TABLET)
    page.goto(link)
    page.locator("[data-tiles]:visible").wait_for()

    def taken(name: str) -> Path:
        path = folder / f"room-{name}.png"
        page.screenshot(path=path, animations="disabled")
        return path

    yield taken("home")
    page.locator("[data-tile=dine]").click()
    yield taken("menu")
    page.locator(".dish", has_text="Springbok").first.click()
    for group in page.locator(".sheet .group").all():
        group.locator("input").first.click()
    page.locator("[data-sheet-body]").evaluate("(body) => body.scrollTo(0, 0)")
    yield taken("item")
    page.locator("[data-do=add]").click()
    page.locator("[data-cart-bar]").click()
    page.locator("[data-send-order]").click()
    page.locator(".order").wait_for()
    placed = next(order for order in shown.get("orders?state=open")["items"] if order["table"] == "204")
    shown.post(f"tickets/{placed['lines'][0]['ticket_id']}/start", {})
    page.locator(".is-done", has_text="Being made").wait_for()
    yield taken("order")
    page.goto(f"{shown.url}/room#housekeeping")
    page.locator(".wish").nth(1).click()
    page.locator("[data-view=housekeeping] [type=submit]").click()
    page.locator(".ask").wait_for()
    yield from _rooms(browser, shown, folder)
    page.context.close()


def _rooms(browser: Browser, shown: Shown, folder: Path) -> Iterator[Path]:
    """The same evening as staff see the rooms, one of them chosen."""
    for number, floor in (("101", "First"), ("102", "First"), ("103", "First"), ("201", "Second"), ("202", "Second")):
        shown.post("rooms", {"number": number, "floor": floor})
    link = shown.post("terminals", {"name": "Front desk", "kind": "till"})["link"]

    def live(page: Page) -> None:
        page.locator("[data-sign][data-state=online]").wait_for()
        page.locator("[data-room='204'][data-state=online]").click()

    path = folder / "rooms.png"
    yield capture(browser, f"{shown.url}/rooms", path, size=DESK, first=link, ready=".ask-row", act=live)


def drawn_terminal(shown: Shown, folder: Path) -> list[Path]:
    """The staff app at the node, as SVG: an order being taken, and one being paid."""
    code = shown.post("terminals", {"name": "Bar till", "kind": "till"})["code"]
    return asyncio.run(_drawn(shown, code, folder))


async def _drawn(shown: Shown, code: str, folder: Path) -> list[Path]:
    def draw(name: str) -> Path:
        picture = folder / f"{name}.svg"
        # no picture loads a font from the internet
        text = app.export_screenshot(title="buffr terminal").replace("Fira Code", "DejaVu Sans Mono")
        picture.write_text(text.replace("@font-face", "@font-unused"), encoding="utf-8")
        return picture

    app = TerminalApp(
        shown.url,
        locations_of(folder / "state", shown.url),
        clock=lambda: shown.clock().astimezone(ZoneInfo(shown.zone)),
    )
    async with running(app, TERMINAL_SIZE) as pilot:
        await until_shown(pilot, "answers")
        await type_in(pilot, code)
        await pilot.press("enter", "enter")
        await until_shown(pilot, "Anna", "Online")
        await pilot.press("1")
        await type_in(pilot, MANAGER_PIN)
        await pilot.press("enter")
        await until_shown(pilot, "F10 Sign out", "Springbok")
        await pilot.press("f6")
        await until_shown(pilot, "Guests")
        await type_in(pilot, "7")
        await pilot.press("enter")
        await type_in(pilot, "2")
        await pilot.press("enter")
        await until_gone(pilot, "Guests")
        await type_in(pilot, "oryx")
        await pilot.press("enter")
        await until_shown(pilot, "Medium rare")
        await pilot.press("2", "1", "tab", "2", "enter")
        await until_gone(pilot, "Well done")
        await type_in(pilot, "2 oysters")
        await pilot.press("enter")
        await type_in(pilot, "negroni")
        await pilot.press("enter")
        await type_in(pilot, "ch")
        await until_shown(pilot, "Not sent", "Negroni", "Chenin")
        pictures = [draw("terminal-order")]
        await pilot.press("escape", "f8")
        await until_shown(pilot, "Accepted")
        await pilot.press("f7")
        await until_shown(pilot, "How is it paid?")
        pictures.append(draw("terminal-pay"))
    return pictures


def painted(browser: Browser, drawings: Sequence[Path]) -> Iterator[Path]:
    """Drawings as the browser paints them."""
    for svg in drawings:
        png = svg.with_suffix(".png")
        page = open_page(browser, size=(1600, 1000))
        try:
            page.goto(svg.as_uri())
            page.locator("svg").first.screenshot(path=png)
        finally:
            page.context.close()
        yield png


def paper(shown: Shown) -> Iterator[tuple[str, Path]]:
    """A ticket that must not be misread, and a receipt: (name, picture)."""
    yield "ticket", _slip(shown.printers["Grill"], TICKET_LINES, "ALLERGY")
    yield "receipt", _slip(shown.printers[RECEIPTS], RECEIPT_LINES, "Change")


def _slip(printer: VirtualPrinter, lines: range, holding: str) -> Path:
    """A slip of a good length for a picture, one that holds these words where there is one."""

    def fit(slip: Printed) -> tuple[bool, bool, int]:
        length = len(slip.text.splitlines())
        return length in lines, holding.casefold() in slip.text.casefold(), length

    picture = max(printer.printed(), key=fit).picture
    assert picture is not None, "the printer keeps pictures of the first slips"
    return picture
