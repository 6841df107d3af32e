"""A page with htmx under the policy that every page carries."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Page, expect

from tests.serving import serve
from web.pages import Pages

PAGE = """{% extends "base.html" %}
{% block head %}{% include "_htmx.html" %}{% endblock %}
{% block main %}
<button class="button" data-theme-switch>Colours</button>
<button id="more" class="button" hx-get="/rows" hx-target="#rows">More</button>
<ul id="rows">{% include "try/_rows.html" %}</ul>
{% endblock %}"""


def test_htmx_swaps_a_partial_and_the_policy_is_never_broken(page: Page, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "_rows.html").write_text("<li>{{ rows }}</li>", encoding="utf-8")
    pages = Pages({"try": tmp_path})
    app = FastAPI()
    pages.mount(app)

    @app.get("/")
    async def whole() -> HTMLResponse:
        return pages.render("try/page.html", locale="en", rows="first")

    @app.get("/rows")
    async def rows() -> HTMLResponse:
        return pages.render("try/_rows.html", locale="en", rows="second")

    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    with serve(app) as url:
        page.goto(url)
        page.locator("#more").click()
        expect(page.locator("#rows")).to_have_text("second")
        for theme in ("light", "dark"):
            page.locator("[data-theme-switch]").click()
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
        page.goto("about:blank")
    assert complaints == []
