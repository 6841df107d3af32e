"""Serves a page that any enrolled terminal may look at; who acts on it signs in there with their PIN.

The page itself is almost empty: its scripts draw what the node answers and tells, and what staff may do is the node's to
refuse.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.pages import Pages
from web.texts import Texts

TEMPLATES = {"staff_page": Path(__file__).parent}
CATALOGUES = Path(__file__).parent / "catalogues"


@dataclass(frozen=True, slots=True)
class StaffPageConfig:
    """What the host of such pages provides.

    `locale` is a language tag, `zone` an IANA time zone. `enrolled` answers whether an enrolled terminal asks; `now` is
    aware.
    """

    property_id: str
    property_name: str
    locale: str
    zone: str
    currency: str
    enrolled: Callable[[Request], Awaitable[bool]]
    now: Callable[[], datetime]


def staff_page(
    config: StaffPageConfig, pages: Pages, *, name: str, texts: Callable[[Texts], dict[str, str]]
) -> APIRouter:
    """The router with the page at `/name`, from the template `name/name.html`; `texts` are the words of its scripts by key.

    `pages` must know that folder and the one in `TEMPLATES`.
    """
    router = APIRouter(include_in_schema=False)

    @router.get(f"/{name}", response_class=HTMLResponse)
    async def show(request: Request) -> HTMLResponse:
        if not await config.enrolled(request):
            return pages.render("staff_page/refused.html", locale=config.locale, status=401, config=config)
        return pages.render(
            f"{name}/{name}.html",
            locale=config.locale,
            config=config,
            name=name,
            texts=texts(pages.texts(config.locale)),
            server_time=config.now().isoformat().replace("+00:00", "Z"),
        )

    return router
