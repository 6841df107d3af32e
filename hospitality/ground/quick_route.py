"""A route for the few verbs that guests wait for: it reads its body and its caller by itself.

FastAPI's general solving of what an endpoint asks for took a quarter of the time of an order. What is usual goes straight
to the endpoint; everything else (a body that is wrong, large or no JSON, a malformed path) takes FastAPI's own way, which
knows how to refuse it. The endpoint, its documentation and its refusals are the same on either way.
"""

from collections.abc import Callable
from functools import cache
from inspect import signature
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from hospitality.ground.http import Asking, property_caller
from hospitality.ground.ids import is_id

BODY_BYTES_MAX = 100_000
JSON = ("application/json", "application/json; charset=utf-8")


class QuickRoute(APIRoute):
    """For an endpoint of exactly `(request, asking, body)` on a property; another one is served the usual way."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The quick way, with the usual one behind it. What is refused leaves by the application's handlers either way."""
        shape, request = _body_shape(self.endpoint), Request(scope, receive, send)
        property_id = scope["path_params"].get("property_id", "")
        if (
            shape is None
            or scope["method"] not in (self.methods or ())
            or not _is_small_json(request)
            or not is_id(property_id)
        ):
            await super().handle(scope, receive, send)
            return
        try:
            raw = await request.body()
        except ClientDisconnect as error:
            raise HTTPException(400, "The request broke off.") from error
        try:
            body = shape.model_validate_json(raw)
        except ValidationError:
            await super().handle(scope, _again(raw, receive), send)
            return
        answer: Response = await self.endpoint(request, await property_caller(request, property_id), body)
        await answer(scope, receive, send)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read once more."""
    told = False

    async def give() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give


def _is_small_json(request: Request) -> bool:
    headers = request.headers
    length = headers.get("content-length", "")
    return headers.get("content-type") in JSON and length.isdecimal() and int(length) <= BODY_BYTES_MAX


@cache
def _body_shape(endpoint: Callable[..., Any]) -> type[BaseModel] | None:
    wanted = [parameter.annotation for parameter in signature(endpoint).parameters.values()]
    if len(wanted) != 3 or wanted[:2] != [Request, Asking]:
        return None
    return wanted[2] if isinstance(wanted[2], type) and issubclass(wanted[2], BaseModel) else None
