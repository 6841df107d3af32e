"""The HTTP manners that every trade's router shares: who asks, one envelope for errors, keys, pages.

The only place that knows which status a refusal becomes.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Annotated, Any, Concatenate, Literal, ParamSpec, cast

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hospitality.ground.errors import (
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    TooMany,
    Trouble,
    Unauthorised,
    Unavailable,
)
from hospitality.ground.host import KEY_LENGTH_MAX, Host, Once
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller, Work

P = ParamSpec("P")
Position = Callable[[Reading], str]
PAGE_MAX = 500
BODY_BYTES_MAX = 3_000_000
OF_ANSWERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_STATUS: tuple[tuple[type[Trouble], int], ...] = (
    (Invalid, 422),
    (NotFound, 404),
    (Unauthorised, 401),
    (Forbidden, 403),
    (TooMany, 429),
    (Unavailable, 503),
    (Refused, 409),
)
_TOO_LARGE = f"A request has at most {BODY_BYTES_MAX} bytes. Send it in smaller parts."
_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
Id = Annotated[str, Path(pattern=_UUID)]
PropertyId = Annotated[str, Path(pattern=_UUID, description="The property's id")]
IdText = Annotated[str, Field(pattern=_UUID)]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
Cursor = Annotated[str | None, Query(max_length=100)]


class Shape(BaseModel):
    """A request or answer body; unknown fields are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ErrorBody(BaseModel):
    """What went wrong and what to do."""

    code: str
    message: str
    details: dict[str, Any]


class ErrorEnvelope(BaseModel):
    """The one form of every error."""

    error: ErrorBody


class Requested(Shape):
    """Head office asked the property to do it; what came of it is told at `follow`."""

    request_id: str
    state: Literal["pending"]
    follow: str


# for routes whose verb head office may ask the property to do
OR_REQUESTED: dict[int | str, dict[str, Any]] = {
    202: {"model": Requested, "description": "At head office: the property was asked to do it"}
}


def host_of(request: Request) -> Host:
    """The host that serves this request."""
    return cast(Host, request.app.state.host)


async def property_caller(request: Request, property_id: PropertyId) -> Caller:
    """Who asks, on the property that the path names; never a guest at a room's terminal."""
    caller = await host_of(request).caller_of(request, property_id)
    if caller.room_id is not None:
        raise Forbidden("NOT_PERMITTED", "A room's terminal does not do that. Use one of the staff's.")
    return caller


async def room_caller(request: Request, property_id: PropertyId) -> Caller:
    """Who asks at a room's terminal; it proves nothing but the room."""
    caller = await host_of(request).caller_of(request, property_id)
    if caller.room_id is None:
        raise Forbidden("NOT_PERMITTED", "Only a terminal in a room asks for that.")
    return caller


async def any_caller(request: Request, property_id: PropertyId) -> Caller:
    """Who asks for what staff and guests are both shown."""
    return await host_of(request).caller_of(request, property_id)


Asking = Annotated[Caller, Depends(property_caller)]
AskingInRoom = Annotated[Caller, Depends(room_caller)]
AskingAnywhere = Annotated[Caller, Depends(any_caller)]


def envelope(trouble: Trouble) -> Response:
    """The error envelope with its status."""
    status = next(status for kind, status in _STATUS if isinstance(trouble, kind))
    headers = {}
    if isinstance(trouble, TooMany):
        headers["Retry-After"] = str(trouble.retry_after_seconds)
    elif isinstance(trouble, Unavailable):
        headers["Retry-After"] = "1"
    elif isinstance(trouble, Unauthorised):
        headers["WWW-Authenticate"] = "Bearer"
    return enveloped(status, trouble.code, trouble.message, trouble.details, headers)


def enveloped(
    status: int, code: str, message: str, details: dict[str, Any], headers: dict[str, str] | None = None
) -> Response:
    """An error envelope of any status."""
    error = {"error": {"code": code, "message": message, "details": details}}
    try:
        body = msgspec.json.encode(error)
    except UnicodeEncodeError:  # it tells of a text that has half of a pair in it, which goes out escaped as it came
        body = json.dumps(error).encode()
    return json_answer(body, status, headers)


def json_answer(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON for whoever asked alone: no cache keeps it, and no browser takes it for anything else."""
    return Response(body, status, {**OF_ANSWERS, **(headers or {})}, "application/json")


def no_text() -> Response:
    """The refusal of a text with a sign that no database keeps: half of a pair, or NUL."""
    return enveloped(422, "INVALID_INPUT", "A text holds a sign that can't be kept or printed. Type it anew.", {})


class BoundedBodies:
    """ASGI middleware: no request's body is taken in beyond BODY_BYTES_MAX, announced or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 413 BODY_TOO_LARGE at once where the length says so, or when too much has come."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if announced.isdigit():
            if len(announced) > 12 or int(announced) > BODY_BYTES_MAX:
                await enveloped(413, "BODY_TOO_LARGE", _TOO_LARGE, {})(scope, receive, send)
            else:  # the server takes in no more than was announced
                await self._app(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > BODY_BYTES_MAX:
                raise HTTPException(413, _TOO_LARGE)
            return message

        await self._app(scope, counted, send)


def install_errors(app: FastAPI) -> None:
    """Makes every error of the application leave in the envelope, and bounds what it takes in."""
    app.add_middleware(BoundedBodies)

    async def on_trouble(request: Request, error: Exception) -> Response:
        return envelope(cast(Trouble, error))

    async def on_invalid(request: Request, error: Exception) -> Response:
        problems = [
            {"field": ".".join(str(part) for part in found["loc"][1:]), "problem": found["msg"]}
            for found in cast(RequestValidationError, error).errors()[:20]
        ]
        first = problems[0] if problems else {"field": "", "problem": "the body is not JSON"}
        message = f"Check {first['field'] or 'the body'}: {first['problem']}."
        return enveloped(422, "INVALID_INPUT", message, {"problems": problems})

    async def on_http(request: Request, error: Exception) -> Response:
        found = cast(HTTPException, error)
        codes = {400: "BODY_UNREADABLE", 404: "NO_SUCH_PAGE", 405: "METHOD_NOT_ALLOWED", 413: "BODY_TOO_LARGE"}
        code = codes.get(found.status_code, f"HTTP_{found.status_code}")
        return enveloped(found.status_code, code, str(found.detail), {}, dict(found.headers or {}))

    async def on_half_sign(request: Request, error: Exception) -> Response:
        return no_text()

    async def on_bug(request: Request, error: Exception) -> Response:
        return enveloped(500, "INTERNAL_ERROR", "Something is wrong with the program here. Its log says what.", {})

    app.add_exception_handler(Exception, on_bug)
    app.add_exception_handler(UnicodeEncodeError, on_half_sign)
    app.add_exception_handler(Trouble, on_trouble)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)


def serve_routes(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Has an application serve the routers' routes as they are.

    `include_router` makes each of them a second time when the first request comes, with all of its shapes: a third of a
    second that the first terminal after a start waited for, and that each application paid that shares a router.
    """
    for router in routers:
        app.router.routes.extend(router.routes)


async def once_of(request: Request, caller: Caller) -> Once | None:
    """The request's idempotency key bound to who asks, where, and with which body; None without the header."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= KEY_LENGTH_MAX:
        raise Invalid(
            "IDEMPOTENCY_KEY_INVALID",
            f"An Idempotency-Key has 1 to {KEY_LENGTH_MAX} characters.",
            length=len(key),
        )
    body = await request.body()
    who = caller.terminal_id or caller.person_id or ""
    return Once(key, f"{who} {request.method} {request.scope['path']}", sha256(body).hexdigest())


async def act(
    request: Request,
    caller: Caller,
    verb: Callable[Concatenate[Work, P], Any],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Response:
    """Runs a verb for a POST or PATCH, once for its key, and answers its JSON: 201 to POST, 200 to others.

    202 where the host only asked the property to do it, with where to follow that (`Requested`).
    """
    once = await once_of(request, caller)
    answer = await host_of(request).act_once(caller, once, verb, *args, **kwargs)
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
    status = 202 if answer.requested else 201 if request.method == "POST" else 200
    return json_answer(answer.body, status, headers)


async def read(
    request: Request,
    caller: Caller,
    question: Callable[Concatenate[Reading, P], Any],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Response:
    """Answers a question as JSON."""
    found = await host_of(request).read(caller, question, *args, **kwargs)
    return json_answer(msgspec.json.encode(found))


def with_position(
    request: Request, view: Callable[Concatenate[Reading, P], dict[str, Any]], *args: P.args, **kwargs: P.kwargs
) -> Callable[[Reading], dict[str, Any]]:
    """The view with the journal's `position` of the same look at the rows, from which `/ws` resumes.

    The host puts at `app.state.journal_position` a question that names it; without one the position is null.
    """
    position: Position | None = getattr(request.app.state, "journal_position", None)
    return lambda reading: {**view(reading, *args, **kwargs), "position": position(reading) if position else None}
