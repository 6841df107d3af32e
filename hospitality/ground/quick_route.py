"""A way of their own for the few verbs that guests wait for: the body and the caller are read without the framework.

FastAPI's routing, its layers and its solving of what an endpoint asks for took a third of the node's time for an order.
What is usual goes straight to the endpoint, before all layers; everything else (a body that is wrong, large or no JSON,
a malformed path) goes on into the application, which knows how to refuse it. The endpoint, its documentation and its
refusals are the same on either way.
"""

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from re import Pattern
from typing import Any, NamedTuple

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hospitality.ground.errors import Trouble
from hospitality.ground.http import Asking, envelope, no_text, property_caller
from hospitality.ground.ids import is_id

BODY_BYTES_MAX = 100_000
JSON = (b"application/json", b"application/json; charset=utf-8")


class QuickRoute(APIRoute):
    """Marks a router's endpoints of exactly `(request, asking, body)` on a property for the quick way."""


class _Way(NamedTuple):
    path: Pattern[str]
    endpoint: Callable[..., Any]
    shape: type[BaseModel]


class QuickWay:
    """ASGI middleware: serves the quick routes by itself and hands everything else on."""

    def __init__(self, app: ASGIApp, ways: Mapping[str, list[_Way]]) -> None:
        self._app = app
        self._ways = ways

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the module."""
        way = self._way(scope) if scope["type"] == "http" else None
        if way is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            raw = await request.body()
        except ClientDisconnect:  # nobody is there to be told
            return
        try:
            body = way.shape.model_validate_json(raw)
        except ValidationError:
            await self._app(_without_path(scope), _again(raw, receive), send)
            return
        answer: Response
        try:
            answer = await way.endpoint(
                request, await property_caller(request, scope["path_params"]["property_id"]), body
            )
        except Trouble as trouble:
            answer = envelope(trouble)
        except UnicodeEncodeError:
            answer = no_text()
        await answer(scope, receive, send)

    def _way(self, scope: Scope) -> _Way | None:
        for way in self._ways.get(scope["method"], ()):
            found = way.path.match(scope["path"])
            if found is not None and is_id(found["property_id"]) and _is_small_json(scope["headers"]):
                scope["path_params"] = found.groupdict()
                return way
        return None


def install_quick_way(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Opens the quick way in front of an application that has these routers; to be called last, so that it is first."""
    ways: dict[str, list[_Way]] = {}
    for router in routers:
        for route in router.routes:
            shape = _body_shape(route.endpoint) if isinstance(route, QuickRoute) else None
            if isinstance(route, QuickRoute) and shape is not None:
                for method in route.methods or ():
                    ways.setdefault(method, []).append(_Way(route.path_regex, route.endpoint, shape))
    app.add_middleware(QuickWay, ways=ways)


def _without_path(scope: Scope) -> Scope:
    return {name: value for name, value in scope.items() if name != "path_params"}


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


def _is_small_json(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    kind, length = b"", b""
    for name, value in headers:
        if name == b"content-type":
            kind = value
        elif name == b"content-length":
            length = value
    return kind in JSON and length.isdigit() and len(length) < 9 and int(length) <= BODY_BYTES_MAX


def _body_shape(endpoint: Callable[..., Any]) -> type[BaseModel] | None:
    wanted = [parameter.annotation for parameter in signature(endpoint).parameters.values()]
    if len(wanted) != 3 or wanted[:2] != [Request, Asking]:
        return None
    return wanted[2] if isinstance(wanted[2], type) and issubclass(wanted[2], BaseModel) else None
