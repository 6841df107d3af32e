"""Serves the kitchen screen at `/kds`.

The page itself is almost empty: tickets are drawn in the browser from `GET …/tickets` and the node's events, so
that a screen goes on showing what it knows when the node is away. What the page needs of its host is named in
`KitchenScreenConfig`, and nothing else of the host is known here.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from edge.kds.texts import kitchen_texts
from edge.staff_page import TEMPLATES as STAFF_TEMPLATES
from web.pages import Pages

TEMPLATES = {"kds": Path(__file__).parent, **STAFF_TEMPLATES}
ALL_STATIONS = "all"
THE_PASS = "pass"
STATION_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Station:
    """A place where items are made, as the picker and the foot name it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class KitchenTerminal:
    """The enrolled screen that asks; `station_id` is None when it may show any station."""

    name: str
    station_id: str | None


@dataclass(frozen=True, slots=True)
class KitchenScreenConfig:
    """What the host of the kitchen screen provides.

    `locale` is a language tag (`en-NA`), `zone` an IANA time zone. `terminal` answers who asks, by the terminal
    cookie, or None; `stations` the property's stations in the order in which they are shown; `now` is aware.
    """

    property_id: str
    property_name: str
    locale: str
    zone: str
    terminal: Callable[[Request], Awaitable[KitchenTerminal | None]]
    stations: Callable[[], Awaitable[Sequence[Station]]]
    now: Callable[[], datetime]


def kitchen_screen(config: KitchenScreenConfig, pages: Pages) -> APIRouter:
    """The router with `GET /kds`; `pages` must know the folders in `TEMPLATES`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/kds", response_class=HTMLResponse)
    async def show_kitchen_screen(
        request: Request, station: Annotated[str | None, Query(max_length=STATION_LENGTH_MAX)] = None
    ) -> HTMLResponse:
        terminal = await config.terminal(request)
        if terminal is None:
            return pages.render("staff_page/refused.html", locale=config.locale, status=401, config=config)
        stations = await config.stations()
        wanted = terminal.station_id or station
        if wanted not in (ALL_STATIONS, THE_PASS) and wanted not in {known.id for known in stations}:
            return _picker(config, pages, stations, unknown=wanted is not None)
        return _screen(config, pages, stations, wanted=wanted, locked=terminal.station_id is not None)

    return router


def _picker(config: KitchenScreenConfig, pages: Pages, stations: Sequence[Station], *, unknown: bool) -> HTMLResponse:
    return pages.render(
        "kds/stations.html",
        locale=config.locale,
        config=config,
        stations=stations,
        unknown=unknown,
        all_stations=ALL_STATIONS,
        the_pass=THE_PASS,
    )


def _screen(
    config: KitchenScreenConfig, pages: Pages, stations: Sequence[Station], *, wanted: str, locked: bool
) -> HTMLResponse:
    texts = kitchen_texts(pages.texts(config.locale))
    current = next((known for known in stations if known.id == wanted), None)
    return pages.render(
        "kds/kds.html",
        locale=config.locale,
        config=config,
        stations=stations,
        current=current,
        is_pass=wanted == THE_PASS,
        the_pass=THE_PASS,
        locked=locked,
        texts=texts,
        server_time=config.now().isoformat().replace("+00:00", "Z"),
    )
