"""Following requests over HTTP, at a node and at head office; answering them at a node is in `node_api.py`."""

from typing import Any, Literal

from fastapi import APIRouter, Request, Response

from hospitality.ground.http import Cursor, ErrorEnvelope, Id, Limit, Shape, read
from hospitality.orders.api import OrderShape
from hospitality.people.asking import Reader
from hospitality.requests.reading import request_view, requests_page
from hospitality.requests.settings import request_settings

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["requests"], responses={"4XX": {"model": ErrorEnvelope}}
)


class RequestShape(Shape):
    """What head office asked the property to do.

    `pending` until the property answers; `needs_confirmation` from confirm_at on, when a person there must say so;
    `expired` from expires_at on. `code`, `message` and `details` tell why it was refused. `answered_by` is null when
    the node answered by itself.
    """

    id: str
    verb: str
    arguments: dict[str, Any]
    state: Literal["pending", "needs_confirmation", "expired", "refused", "accepted"]
    asked_by: str | None
    asked_at: str
    confirm_at: str
    expires_at: str
    answered_by: str | None
    answered_at: str | None
    code: str | None
    message: str | None
    details: dict[str, Any]
    order_id: str | None


class FollowedRequest(RequestShape):
    """A request with the order that came of it, as that is now."""

    order: OrderShape | None


class Requests(Shape):
    """A page of requests, newest first."""

    items: list[RequestShape]
    next_cursor: str | None


@router.get("/requests", response_model=Requests)
async def requests(
    request: Request,
    asking: Reader,
    state: Literal["open", "all"] = "open",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Requests newest first; `open` have no answer and have not expired."""
    now = request_settings(request).now()
    return await read(request, asking, requests_page, now=now, state=state, limit=limit, cursor=cursor)


@router.get("/requests/{request_id}", response_model=FollowedRequest)
async def followed(request: Request, asking: Reader, request_id: Id) -> Response:
    """One request with its answer."""
    return await read(request, asking, request_view, request_id, now=request_settings(request).now())
