import asyncio
import json
import re
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from cloud.headoffice import live
from sync.hub.capture import NEWS_CHANNEL
from tests.browser_fixture import DESK, PHONE, TABLET, Scheme, open_page
from tests.cloud.headoffice import evenings
from tests.cloud_fixture import ANSWER_MAX_SECONDS, HeadOffice, There
from tests.edge.kds.link import Link, State

SALES = "#tile-NAD-sales"


def enter(browser: Browser, office: HeadOffice, *, size: tuple[int, int] = DESK, scheme: Scheme = "light") -> Page:
    """A page of the owner's, signed in already."""
    page = open_page(browser, size=size, scheme=scheme)
    page.context.add_cookies([{"name": "buffr_session", "value": office.token, "url": office.url}])
    return page


@pytest.fixture
def desk(page: Page, office: HeadOffice) -> Iterator[Page]:
    """The owner's page at a desk, whose script errors fail the test."""
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.context.add_cookies([{"name": "buffr_session", "value": office.token, "url": office.url}])
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    assert refused == []


@pytest.fixture
def there(office: HeadOffice) -> There:
    """A property that has sold something today."""
    there = office.add_property("Harbour House")
    office.open_day(there)
    office.sell(there, [("Burger", 1, 10000)], paid="cash")
    return there


def open_front(page: Page, address: str) -> None:
    """Opens the front page and waits until it is live and has fetched its part once."""
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        page.goto(address)
    expect(page.locator("[data-sign]")).to_have_attribute("data-state", "online")


def test_the_owner_signs_in_by_the_form_and_out_again(browser: Browser, office: HeadOffice, there: There) -> None:
    page = open_page(browser, size=DESK)
    page.goto(f"{office.url}/conflicts")
    page.get_by_label("Mail address").fill(office.email)
    page.get_by_label("Password").fill("not this one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("is not right")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(office.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Conflicts")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    expect(page.locator(SALES)).to_have_text("N$100.00")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.context.close()


def test_a_sale_comes_up_by_itself(desk: Page, office: HeadOffice, there: There) -> None:
    open_front(desk, office.url)
    expect(desk.locator(SALES)).to_have_text("N$100.00")
    office.sell(there, [("Steak", 1, 23400)])
    expect(desk.locator(SALES)).to_have_text("N$334.00")
    expect(desk.locator("#tile-NAD-open")).to_have_text("1")


def test_the_first_property_comes_up_by_itself(desk: Page, office: HeadOffice) -> None:
    open_front(desk, office.url)
    expect(desk.get_by_text("No properties yet")).to_be_visible()
    office.add_property("Harbour House")
    expect(desk.get_by_role("link", name="Harbour House")).to_be_visible()


def test_who_stands_on_a_link_stays_there_while_figures_change(desk: Page, office: HeadOffice, there: There) -> None:
    open_front(desk, office.url)
    desk.locator("#sort-sales").focus()
    office.sell(there, [("Steak", 1, 20000)])
    expect(desk.locator(SALES)).to_have_text("N$300.00")
    expect(desk.locator("#sort-sales")).to_be_focused()


def test_news_that_changes_nothing_touches_nothing(browser: Browser, running: HeadOffice) -> None:
    office = running.anew(now=evenings.friday)
    there = evenings.busy(office, "Harbour House", scale=0.2)
    page = enter(browser, office)
    open_front(page, office.url)
    page.locator(SALES).evaluate("element => { element.marked = true }")
    with (
        page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true") as again,
        office.cloud.database.transaction(office.org_id) as connection,
    ):
        connection.execute("SELECT pg_notify(%s, %s)", (NEWS_CHANNEL, f"{there.id} 1"))
    again.value.finished()
    office.sell(there, [("Steak", 1, 20000)], at=evenings.FRIDAY)
    # the order of requests is kept: had the first one swapped anything in, the mark would be gone before the second
    marks = page.locator(SALES).evaluate("element => element.marked")
    page.context.close()
    assert marks is True


@contextmanager
def cable(port: int) -> Iterator[tuple[str, Callable[[State], None]]]:
    """An address that leads to the port, and a way to cut or hang what lies between."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="cable", daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result(ANSWER_MAX_SECONDS)

    link = Link(port)
    run(link.open())
    try:
        yield f"http://127.0.0.1:{link.port}", lambda state: run(link.turn(state))
    finally:
        run(link.close())
        run(_settled())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(ANSWER_MAX_SECONDS)
        loop.close()


async def _settled() -> None:
    """Waits for what the cable still carries."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*rest, return_exceptions=True)


@pytest.mark.parametrize("trouble", ["cut", "hang"])
def test_a_page_that_hears_nothing_says_so_and_comes_back(
    desk: Page, office: HeadOffice, there: There, trouble: State
) -> None:
    port = urlsplit(office.url).port
    assert port is not None
    with cable(port) as (address, turn):
        open_front(desk, address)
        turn(trouble)
        expect(desk.locator("[data-sign]")).to_have_attribute("data-state", "cut_off")
        expect(desk.locator("[data-sign]")).to_contain_text(re.compile(r"Cut off\s+since \d\d:\d\d"))
        expect(desk.locator("[data-cut-off]")).to_be_visible()
        office.sell(there, [("Steak", 1, 20000)])
        turn("up")
        expect(desk.locator("[data-sign]")).to_have_attribute("data-state", "online")
        expect(desk.locator("[data-cut-off]")).to_be_hidden()
        expect(desk.locator(SALES)).to_have_text("N$300.00")


def test_figures_that_cannot_be_fetched_are_said_to_be_old(desk: Page, office: HeadOffice, there: There) -> None:
    open_front(desk, office.url)
    broken = {"status": 503, "content_type": "text/html", "body": "<p>busy</p>"}
    desk.route(f"{office.url}/", lambda route: route.fulfill(**broken))
    office.sell(there, [("Steak", 1, 20000)])
    expect(desk.locator("[data-not-refreshed]")).to_be_visible()
    expect(desk.locator(SALES)).to_have_text("N$100.00")
    desk.unroute(f"{office.url}/")
    office.sell(there, [("Steak", 1, 20000)])
    expect(desk.locator("[data-not-refreshed]")).to_be_hidden()
    expect(desk.locator(SALES)).to_have_text("N$500.00")


def test_a_session_that_has_ended_leads_to_the_sign_in_page(
    desk: Page, office: HeadOffice, there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "AGAIN_SECONDS", 0.3)
    open_front(desk, office.url)
    with office.client(headers={"Authorization": f"Bearer {office.token}"}) as client:
        client.delete("/api/v1/sessions")
    expect(desk.get_by_label("Mail address")).to_be_visible()


def test_a_page_in_the_background_holds_no_connection(desk: Page, office: HeadOffice, there: There) -> None:
    open_front(desk, office.url)
    hide = "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
    turn = f"{hide} document.dispatchEvent(new Event('visibilitychange')); }}"
    desk.evaluate(turn, True)
    expect(desk.locator("[data-sign]")).to_have_attribute("data-state", "connecting")
    office.sell(there, [("Steak", 1, 20000)])
    desk.evaluate(turn, False)
    expect(desk.locator("[data-sign]")).to_have_attribute("data-state", "online")
    expect(desk.locator(SALES)).to_have_text("N$300.00")


def test_the_table_is_sorted_by_keyboard(desk: Page, office: HeadOffice, there: There) -> None:
    big = office.add_property("Zebra Inn")
    office.open_day(big)
    office.sell(big, [("Steak", 9, 20000)])
    open_front(desk, office.url)
    expect(desk.locator("tbody th a").first).to_have_text("Harbour House")
    desk.locator("#sort-sales").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("th[aria-sort=descending]")).to_contain_text("Sales")
    expect(desk.locator("tbody th a").first).to_have_text("Zebra Inn")


def test_the_pages_are_whole_without_scripts(browser: Browser, office: HeadOffice, there: There) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": DESK[0], "height": DESK[1]})
    page = context.new_page()
    page.goto(office.url)
    page.get_by_label("Mail address").fill(office.email)
    page.get_by_label("Password").fill(office.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(SALES)).to_have_text("N$100.00")
    expect(page.locator("[data-sign]")).to_be_hidden()
    page.locator("#tile-NAD-orders").click()
    expect(page.get_by_role("link", name="A1-1")).to_be_visible()
    page.get_by_role("link", name="A1-1").click()
    expect(page.get_by_role("heading", name="Order A1-1")).to_be_visible()
    context.close()


def test_colours_follow_the_system_until_switched(browser: Browser, office: HeadOffice, there: There) -> None:
    page = enter(browser, office, scheme="dark")
    page.goto(office.url)
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Colours: system").click()
    expect(page.get_by_role("button", name="Colours: light")).to_be_visible()
    expect(root).to_have_attribute("data-theme", "light")
    page.context.close()


@pytest.mark.parametrize("size", [PHONE, TABLET, DESK], ids=["phone", "tablet", "desk"])
def test_nothing_runs_over_the_edge_and_nothing_comes_from_elsewhere(
    browser: Browser, running: HeadOffice, size: tuple[int, int]
) -> None:
    office = running.anew(now=evenings.friday)
    there = evenings.busy(office, "Hotel zur Goldenen Unabhängigkeitsgedächtniskirche", scale=0.2)
    evenings.disputes(office, there)
    office.set_aside(there, changes=[("orders", {})])
    office.heard(there, offset_ms=99_000, told='{"now_ms":0,"error":"' + "UnreadableAnswerOf" * 16 + '"}')
    order_id = office.sell(there, [("Burger", 1, 1_234_567_890)], at=evenings.FRIDAY, table="Terrace, by the fountain")
    page = enter(browser, office, size=size)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in (
        "/",
        f"/properties/{there.id}?show=day",
        f"/properties/{there.id}?show=payments",
        f"/properties/{there.id}/orders/{order_id}",
        "/nodes",
        f"/nodes/{there.node_id}",
        "/conflicts",
        "/quarantine",
    ):
        page.goto(office.url + path)
        expect(page.locator("[data-sign]")).to_have_attribute("data-state", "online")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    page.context.close()
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(office.url).netloc}


def test_what_can_be_touched_is_large_enough_on_a_phone(browser: Browser, running: HeadOffice) -> None:
    office = running.anew(now=evenings.friday)
    evenings.lagging(office, "Dune Lodge", ago=timedelta(hours=1))
    page = enter(browser, office, size=PHONE)
    page.goto(office.url)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, nav a, .needs a")]
            .map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
            .filter(([, height]) => height > 0 && height < 48)"""
    )
    page.context.close()
    assert small == [], json.dumps(small)
