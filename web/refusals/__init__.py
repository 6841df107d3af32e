"""Refusals in the language that a screen asks for: the error envelope's sentence, by its code.

English stands in the code, beside what it is about. The other languages stand in `catalogues/<locale>.po`, by the code of
the envelope and with names from its details, so that one place translates whatever raised it. What is asked for by
`Accept-Language` counts: browsers send it by themselves, and the staff app sends the language that it speaks.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hospitality.ground.errors import Trouble
from web.texts import Texts, load_texts

CATALOGUES = Path(__file__).parent / "catalogues"
LANGUAGES_MAX = 32
LISTED_MAX = 10


class RefusalsInTheirLanguage:
    """ASGI middleware: an error envelope's sentence as its catalogue has it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands on what is no refusal as it is."""
        texts = None
        if scope["type"] == "http":
            first = Headers(scope=scope).get("accept-language", "").partition(",")[0].partition(";")[0].strip()
            texts = _texts_in(first.partition("-")[0].lower())
        answer = send if texts is None else _Translated(send, texts)
        await self._app(scope, receive, answer)


class _Translated:
    """One answer on its way."""

    def __init__(self, send: Send, texts: Texts) -> None:
        self._send, self._texts = send, texts
        self._held: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_envelope(message):
            self._held = message
            return
        if self._held is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = translated(self._body, self._texts)
        MutableHeaders(raw=self._held["headers"])["content-length"] = str(len(body))
        await self._send(self._held)
        await self._send({"type": "http.response.body", "body": body})


def translated(body: bytes, texts: Texts) -> bytes:
    """An envelope with its sentence in that language; as it is where there is none, or it is no envelope."""
    try:
        envelope = msgspec.json.decode(body)
        error = envelope["error"]
        sentence = sentence_of(str(error["code"]), error.get("details") or {}, texts)
    except (msgspec.DecodeError, KeyError, TypeError):
        return body
    return body if sentence is None else msgspec.json.encode({**envelope, "error": {**error, "message": sentence}})


def said(error: Trouble, locale: str) -> str:
    """A refusal's sentence on a page in `locale`."""
    texts = _texts_in(locale.partition("-")[0].lower())
    return error.message if texts is None else sentence_of(error.code, error.details, texts) or error.message


def sentence_of(code: str, details: Mapping[str, Any], texts: Texts) -> str | None:
    """What staff are told; None where the catalogue has nothing, or needs what the details don't say."""
    template = texts.gettext(code)
    if template == code:
        return None
    try:
        return template.format_map({name: _named(value) for name, value in details.items()})
    except KeyError:
        return None


def _named(value: Any) -> str:
    """What is named in a detail: a number or name as it is, and several in a row."""
    if isinstance(value, list):
        return ", ".join(_named(one) for one in value[:LISTED_MAX]) + (" …" if len(value) > LISTED_MAX else "")
    return str(value.get("number", "")) if isinstance(value, dict) else str(value)


def _is_envelope(message: Message) -> bool:
    kind = Headers(raw=list(message["headers"])).get("content-type", "")
    return int(message["status"]) >= 400 and kind.startswith("application/json")


@lru_cache(LANGUAGES_MAX)
def _texts_in(language: str) -> Texts | None:
    """The texts of a language; None where there are none, as for English. Whatever else a header says reads none anew."""
    texts = load_texts(language, CATALOGUES)
    return texts if texts.messages else None
