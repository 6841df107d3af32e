"""Serves a room's terminal at `/room`, in the guest's language; what it shows is read and drawn in the browser.

Its words come from a catalogue of its own: guests read languages in which no page of staff is written yet.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.pages import Pages
from web.room_service.texts import room_texts, time_for_kitchen
from web.texts import Texts, load_texts

HERE = Path(__file__).parent
TEMPLATES = {"room_service": HERE}
LANGUAGES = {"en": "English", "de": "Deutsch"}


@dataclass(frozen=True, slots=True)
class RoomPageConfig:
    """What the host of the page provides.

    `locale` is the house's language tag, `zone` an IANA time zone. `room` answers in which room a terminal asks, by its
    number, or None when none does; `now` is aware.
    """

    property_id: str
    property_name: str
    locale: str
    zone: str
    room: Callable[[Request], Awaitable[str | None]]
    now: Callable[[], datetime]


def words_in(language: str) -> Texts:
    """The catalogue of this page in a language."""
    return load_texts(language, HERE / "catalogues")


def language_of(request: Request, house: str) -> str:
    """The guest's language: as chosen on the page, else as the browser asks for, else the house's; English otherwise."""
    accepted = request.headers.get("accept-language", "")[:200].split(",")
    wanted = [request.query_params.get("lang", ""), *(one.split(";")[0] for one in accepted), house]
    tags = (tag.strip().split("-")[0].split("_")[0].lower() for tag in wanted)
    return next((tag for tag in tags if tag in LANGUAGES), "en")


def room_page(config: RoomPageConfig, pages: Pages) -> APIRouter:
    """The router with `GET /room`; `pages` must know the folder in `TEMPLATES`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/room", response_class=HTMLResponse)
    async def show(request: Request) -> HTMLResponse:
        language = language_of(request, config.locale)
        words = room_texts(words_in(language))
        number = await config.room(request)
        if number is None:
            return pages.render("room_service/refused.html", locale=language, status=401, config=config, words=words)
        return pages.render(
            "room_service/room.html",
            locale=language,
            config=config,
            number=number,
            words=words,
            languages=LANGUAGES,
            time_for_kitchen=time_for_kitchen(words_in(config.locale)),
            server_time=config.now().isoformat().replace("+00:00", "Z"),
        )

    return router
