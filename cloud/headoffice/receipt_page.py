"""`GET /r/{token}`: a guest's receipt under the property's own name, for whoever has its link and nobody else.

It tells nothing that names a person, and no search engine may keep it. A link that nobody knows here may be on its way:
the receipt was born at the property, and comes when that reaches head office.
"""

import asyncio
from base64 import b64decode
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from cloud.headoffice.asking import TheOffice
from cloud.headoffice.office import Office, PageRoute, language
from cloud.headoffice.sessions import address_of
from hospitality.ground.errors import NotFound
from hospitality.ground.work import Caller
from hospitality.handouts.rules import is_token
from web.paper.paper import CATALOGUES, Paper
from web.paper.pdf import A4, pdf_of
from web.paper.taken import Taken, taken
from web.texts import load_texts

router = APIRouter(prefix="/r/{token}", route_class=PageRoute, include_in_schema=False)
Token = Annotated[str, Path(max_length=60)]
AGAIN_SECONDS = 20
AWAITED = (
    "Your receipt is on its way",
    "It comes as soon as the house has sent it. This page looks again by itself.",
)
TOO_MANY = ("Too many looks at once", "This page looks again by itself in a moment.")
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address is the key
    "Cache-Control": "no-store",
}


@router.get("")
async def receipt_page(request: Request, office: TheOffice, token: Token) -> Response:
    """The receipt, or that it is on its way."""
    found = await _found(request, office, token)
    if isinstance(found, Response):
        return found
    elements = [(type(element).__name__, element) for element in found.document.elements]
    shown: dict[str, Any] = {"name": found.name, "elements": elements, "token": token, "withdrawn": found.withdrawn}
    return _answer(office, "receipt.html", found.paper, **shown)


@router.get("/pdf")
async def receipt_pdf(request: Request, office: TheOffice, token: Token) -> Response:
    """The same to keep."""
    found = await _found(request, office, token)
    if isinstance(found, Response):
        return found
    made = await asyncio.to_thread(pdf_of, found.document, found.paper, A4, name=found.name, at=office.now())
    headers = {**HEADERS, "Content-Disposition": 'inline; filename="receipt.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


@router.get("/logo")
async def receipt_logo(request: Request, office: TheOffice, token: Token) -> Response:
    """The property's logo, in its own colours."""
    found = await _found(request, office, token)
    if isinstance(found, Response) or found.logo is None:
        raise NotFound("NO_SUCH_PAGE", "There is no such page.")
    return Response(b64decode(found.logo), media_type="image/png", headers=HEADERS)


async def _found(request: Request, office: Office, token: str) -> Taken | Response:
    """The receipt, or what to tell a guest who does not see it."""
    wait = office.guests_tries.wait_seconds(address_of(request))
    if wait:
        answer = _told(request, office, TOO_MANY, wait_seconds=wait, status=429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    rows = await run_in_threadpool(office.host.database.before_sign_in, "receipt", token) if is_token(token) else []
    if not rows:
        return _told(request, office, AWAITED, wait_seconds=AGAIN_SECONDS, status=404)
    link: dict[str, Any] = msgspec.json.decode(rows[0]["data"])
    return await office.ask(Caller(rows[0]["org"], link["property_id"]), taken, link["order_id"], link["receipt_id"])


def _told(request: Request, office: Office, words: tuple[str, str], *, wait_seconds: int, status: int) -> Response:
    """A page in the guest's own language, since nobody knows yet whose guest it is; it looks again by itself."""
    texts = load_texts(language(request.headers.get("accept-language", ""), CATALOGUES), CATALOGUES)
    title, more = map(texts.gettext, words)
    shown: dict[str, Any] = {"title": title, "more": more, "wait_seconds": wait_seconds}
    return _answer(office, "receipt_awaited.html", Paper("UTC", texts), status=status, **shown)


def _answer(office: Office, template: str, paper: Paper, *, status: int = 200, **values: Any) -> Response:
    answer = office.pages.render(
        f"headoffice/{template}", locale=paper.texts.locale, status=status, say=paper.say, **values
    )
    answer.headers.update(HEADERS)
    return answer
