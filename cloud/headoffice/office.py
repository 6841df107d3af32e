"""What every page of head office stands on: the cloud behind it, the templates, who asks and in which language."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse

from cloud.accounts import hashed
from cloud.headoffice.reading.nodes import Thresholds
from cloud.headoffice.throttle import SignInThrottle, Throttle
from cloud.headoffice.words import Words
from cloud.host import COOKIE, CloudHost
from hospitality.ground.clock import Clock
from hospitality.ground.errors import Forbidden, NotFound, Trouble, Unauthorised, Unavailable
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller
from web.pages import PAGE_HEADERS, Pages
from web.signs import sign_texts
from web.statics import STATIC_FOLDER, Statics
from web.texts import CATALOGUES, Texts

HERE = Path(__file__).parent
MAY_LOOK = "reports.read"
LANGUAGES_MAX = 10
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Office:
    """Head office's pages; one an application."""

    host: CloudHost
    pages: Pages
    now: Clock
    sign_in_tries: SignInThrottle
    guests_tries: Throttle
    thresholds: Thresholds

    async def caller(self, request: Request, property_id: str | None = None) -> Caller:
        """Who asks; raises Unauthorised, Forbidden, or NotFound for another group's property."""
        caller = await self.host.caller_of(request, property_id)
        if not caller.may(MAY_LOOK):
            raise Forbidden("NOT_PERMITTED", "Your role does not show head office's figures. Ask the owner.")
        return caller

    async def ask(self, caller: Caller, question: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Asks on one consistent look; the first argument of `question` is a `Reading`."""

        def asked(reading: Reading) -> T:
            return question(reading, *args, **kwargs)

        return await self.host.read(caller, asked)

    def texts(self, request: Request) -> Texts:
        """The texts in the language that the reader's browser asks for, of those that there are."""
        return self.pages.texts(language(request.headers.get("accept-language", "")))

    def words(self, request: Request) -> Words:
        """What things are called in the reader's language."""
        return Words(self.texts(request))

    def render(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page; every template has `words`, `path` and `texts` (for its scripts)."""
        texts = self.texts(request)
        answer = self.pages.render(
            f"headoffice/{template}",
            locale=texts.locale,
            status=status,
            words=Words(texts),
            path=request.url.path,
            texts=script_texts(texts),
            **values,
        )
        # the same address answers a whole page to a person and a part of it to its script
        answer.headers["Vary"] = "HX-Request, Accept-Language"
        return answer

    def page(self, request: Request, name: str, **values: Any) -> HTMLResponse:
        """The page `name`, or only its changing part (`_name.html`) when its own script asks for that."""
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        template = f"_{name}.html" if wants_part(request) else f"{name}.html"
        return self.render(request, template, part=f"headoffice/_{name}.html", here=here, **values)


def make_pages() -> Pages:
    """The templates and static files of these pages beside those that all pages share."""
    statics = Statics((STATIC_FOLDER, HERE / "static"))
    return Pages({"headoffice": HERE / "templates"}, statics=statics)


def wants_part(request: Request) -> bool:
    """Whether the page's own script asks for its changing part."""
    return request.headers.get("hx-request") == "true"


def language(accepted: str, catalogues: Path = CATALOGUES) -> str:
    """The first language of an Accept-Language header that there are texts for; English ones there always are."""
    for part in accepted.split(",")[:LANGUAGES_MAX]:
        tag = part.partition(";")[0].strip()
        main, *rest = tag.split("-")
        if not tag.isascii() or not all(piece.isalnum() for piece in (main, *rest)) or len(tag) > 12:
            continue
        if main == "en" or (catalogues / f"{tag}.po").is_file() or (catalogues / f"{main}.po").is_file():
            return tag
    return "en"


def script_texts(texts: Texts) -> Mapping[str, str]:
    """The texts that the pages' scripts show."""
    _ = texts.gettext
    return {
        **sign_texts(_),
        "theme_system": _("Colours: system"),
        "theme_light": _("Colours: light"),
        "theme_dark": _("Colours: dark"),
    }


class PageRoute(APIRoute):
    """A route for people: what goes wrong is a page with a sentence, and who is not signed in is asked to."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with troubles turned into pages."""
        handler = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handler(request)
            except Unauthorised:
                return to_sign_in(request)
            except RequestValidationError:
                return _trouble_page(request, NotFound("NO_SUCH_PAGE", "There is no such page."))
            except Trouble as trouble:
                return _trouble_page(request, trouble)

        return handled


def to_sign_in(request: Request) -> Response:
    """Sends the reader to the sign-in page, and afterwards back to where they wanted to go."""
    if wants_part(request):
        # a part can't redirect the page that it belongs to; htmx does so when told by this header
        return Response(status_code=204, headers={**PAGE_HEADERS, "HX-Redirect": "/sign-in"})
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = "/sign-in" if wanted == "/" or request.method != "GET" else f"/sign-in?next={quote(wanted, safe='')}"
    return RedirectResponse(to, status_code=303, headers=dict(PAGE_HEADERS))


def _trouble_page(request: Request, trouble: Trouble) -> Response:
    office: Office = request.app.state.office
    statuses = ((NotFound, 404), (Forbidden, 403), (Unavailable, 503))
    status = next((status for kind, status in statuses if isinstance(trouble, kind)), 400)
    return office.render(request, "trouble.html", status=status, message=trouble.message)


def cookie_hash(request: Request) -> str:
    """What is stored of the session's cookie; it names a live stream without telling the token."""
    return hashed(request.cookies.get(COOKIE, ""))
