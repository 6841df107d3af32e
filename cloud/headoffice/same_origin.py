"""Refuses what another site's page would have a browser do in a signed-in person's name.

A browser says where a request comes from (`Sec-Fetch-Site`, and `Origin` where it is older); what says neither is no
browser and carries no cookie by itself.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from hospitality.ground.http import enveloped

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})


class SameOrigin:
    """ASGI middleware over the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers 403."""
        if scope["type"] == "http" and scope["method"] not in SAFE and not is_own(Headers(scope=scope)):
            message = "This came from another site's page. Open head office itself and do it there."
            answer = enveloped(403, "ANOTHER_SITE", message, {})
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def is_own(headers: Headers) -> bool:
    """Whether a writing request comes from our own pages, or from no page at all."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN_SITES
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")
