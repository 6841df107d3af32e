"""Turns templates into pages: Jinja with autoescape, texts by language, money and times by locale, strict headers.

A host makes one `Pages` with the folders of its own templates (each page's templates lie beside its code) and
mounts `pages.statics`. `base.html` and the shared partials come from this folder.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.responses import HTMLResponse

from web.locales import count_text, day_text, is_right_to_left, money_text, time_text
from web.statics import STATIC_PATH, Statics
from web.texts import CATALOGUES, Texts, load_texts

TEMPLATES = Path(__file__).parent
LOCALES_MAX = 32

_ALLOWED = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{kind} {source}" for kind, source in _ALLOWED.items())
PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # A page says who is signed in and what is true now: neither belongs in a cache.
    "Cache-Control": "no-store",
}


class Pages:
    """Renders the templates of one host."""

    def __init__(
        self,
        folders: Mapping[str, Path],
        *,
        statics: Statics | None = None,
        catalogues: Path = CATALOGUES,
    ) -> None:
        """`folders` maps a prefix to a folder: `{"kds": …}` makes `kds/board.html` a template's name."""
        self.statics = statics or Statics()
        self._catalogues = catalogues
        self._loader = ChoiceLoader(
            [
                PrefixLoader({prefix: FileSystemLoader(folder) for prefix, folder in folders.items()}),
                FileSystemLoader(TEMPLATES),
            ]
        )
        self._environments: dict[str, Environment] = {}

    def environment(self, locale: str) -> Environment:
        """The Jinja environment whose texts, money and times are those of `locale`; made once a locale."""
        known = self._environments.get(locale)
        if known is None:
            known = make_environment(self._loader, self.statics, locale=locale, catalogues=self._catalogues)
            # A locale may come from a request header: a flood of odd ones must not fill the memory.
            if len(self._environments) < LOCALES_MAX:
                self._environments[locale] = known
        return known

    def texts(self, locale: str) -> Texts:
        """The texts of `locale`, for what a page hands to its scripts."""
        return load_texts(locale, self._catalogues)

    def render(self, template: str, *, locale: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Answer with `template` filled with `values`, in `locale`, under the headers every page has."""
        html = self.environment(locale).get_template(template).render(values)
        return HTMLResponse(html, status_code=status, headers=dict(PAGE_HEADERS))

    def mount(self, app: Starlette) -> None:
        """Serve the static files of these pages from `app`."""
        app.mount(STATIC_PATH, self.statics, name="static")


def make_environment(
    loader: ChoiceLoader, statics: Statics, *, locale: str, catalogues: Path = CATALOGUES
) -> Environment:
    """A Jinja environment: autoescape always on, an unknown name is an error, filters bound to `locale`.

    Filters: `money(amount_minor, currency)`, `count`, `time(zone)`, `day(zone)`; functions `_`, `ngettext`,
    `static(name)`; variables `locale`, `direction`.
    """
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts = load_texts(locale, catalogues)
    install: Any = environment
    install.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)
    environment.filters["money"] = partial(money_text, locale=locale)
    environment.filters["count"] = partial(count_text, locale=locale)
    environment.filters["time"] = _time
    environment.filters["day"] = partial(_day, locale=locale)
    environment.globals["static"] = statics.url
    environment.globals["locale"] = texts.locale
    environment.globals["direction"] = "rtl" if is_right_to_left(locale) else "ltr"
    return environment


def _time(instant: datetime, zone: str) -> str:
    return time_text(instant, zone)


def _day(instant: datetime, zone: str, *, locale: str) -> str:
    return day_text(instant, zone, locale)
