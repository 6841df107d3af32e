"""Serves the floor plan at `/floor`.

The page itself is almost empty: tables are drawn in the browser from `GET …/floor` and the node's events. Any enrolled
terminal may look; who seats guests or draws signs in with their PIN, and what they may do is the node's to refuse.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from edge.floor.texts import floor_texts
from web.pages import Pages

TEMPLATES = {"floor": Path(__file__).parent}


@dataclass(frozen=True, slots=True)
class FloorConfig:
    """What the host of the floor plan provides.

    `locale` is a language tag, `zone` an IANA time zone. `enrolled` answers whether an enrolled terminal asks; `now` is
    aware.
    """

    property_id: str
    property_name: str
    locale: str
    zone: str
    enrolled: Callable[[Request], Awaitable[bool]]
    now: Callable[[], datetime]


def floor_plan(config: FloorConfig, pages: Pages) -> APIRouter:
    """The router with `GET /floor`; `pages` must know the folder in `TEMPLATES`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/floor", response_class=HTMLResponse)
    async def show_floor(request: Request) -> HTMLResponse:
        if not await config.enrolled(request):
            return pages.render("floor/refused.html", locale=config.locale, status=401, config=config)
        return pages.render(
            "floor/floor.html",
            locale=config.locale,
            config=config,
            texts=floor_texts(pages.texts(config.locale)),
            server_time=config.now().isoformat().replace("+00:00", "Z"),
        )

    return router
