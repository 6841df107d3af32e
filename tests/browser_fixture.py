"""Headless Chromium for tests and pictures: fixtures `browser` and `page`, and `capture(...)`.

Registered by `tests/conftest.py`. Debian's package is driven as it is, nothing is downloaded; `BUFFR_CHROMIUM` names
another program. Without one these tests skip and say so.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = Path(os.environ.get("BUFFR_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    # one process draws all pages of a profile: to start one for each page took longer than most tests
    "--renderer-process-limit=1",
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process,SpareRendererForSitePerProcess",
)
WAIT_MAX_MS = 15_000
KITCHEN = (1920, 1080)
DESK = (1440, 900)
TABLET = (1024, 768)
PHONE = (390, 844)

Scheme = Literal["light", "dark"]


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Run Chromium for the length of the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, *, size: tuple[int, int] = KITCHEN, scheme: Scheme = "light") -> Page:
    """A page in a browser profile of its own; close its `context` afterwards."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=True, locale="en-GB"
    )
    context.set_default_timeout(WAIT_MAX_MS)
    expect.set_options(timeout=WAIT_MAX_MS)
    return context.new_page()


def capture(
    browser: Browser,
    url: str,
    path: Path,
    *,
    size: tuple[int, int] = KITCHEN,
    scheme: Scheme = "light",
    ready: str = "body",
    first: str | None = None,
    act: Callable[[Page], None] | None = None,
) -> Path:
    """Take a picture of `url` as PNG at `path` once the selector `ready` is visible.

    `first` is an address that is opened before, such as a one-time link that leaves the terminal's cookie; `act`
    does on the page whatever must have happened before the picture, and waits for it.
    """
    page = open_page(browser, size=size, scheme=scheme)
    try:
        if first is not None:
            page.goto(first)
        page.goto(url)
        page.locator(ready).first.wait_for(state="visible")
        if act is not None:
            act(page)
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, animations="disabled")
    finally:
        page.context.close()
    return path


# For a module and not for the session: while it runs, playwright keeps an event loop running in this thread, and
# `asyncio.run` in another test of the same process would be refused.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium, shared by the tests of one module."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: install Debian's chromium, or name another in BUFFR_CHROMIUM")
    with open_browser() as running:
        yield running


@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile for the pages of one module; a blank page stays open, so that its process does too."""
    parked = open_page(browser)
    yield parked.context
    parked.context.close()


@pytest.fixture
def page(profile: BrowserContext) -> Iterator[Page]:
    """A fresh page at the size of a kitchen screen, whose script errors fail the test; it leaves nothing behind.

    A test that sets the clock takes `lone_page`: a clock is the profile's.
    """
    yield from _watched(profile.new_page())
    profile.clear_cookies()


@pytest.fixture
def lone_page(browser: Browser) -> Iterator[Page]:
    """The same in a profile of its own."""
    opened = open_page(browser)
    yield from _watched(opened)
    opened.context.close()


def _watched(page: Page) -> Iterator[Page]:
    errors: list[str] = []
    origins: set[str] = set()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("framenavigated", lambda frame: origins.add("/".join(frame.url.split("/")[:3])))
    try:
        yield page
    finally:
        devtools = page.context.new_cdp_session(page)
        for origin in origins:
            if origin.startswith("http"):
                devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        page.close()
    assert errors == [], "the page's scripts failed"
