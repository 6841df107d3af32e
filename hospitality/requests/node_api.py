"""A person at the property answers a request that is too old to be acted on without one."""

from fastapi import APIRouter, Request, Response

from hospitality.ground.http import Asking, ErrorEnvelope, Id, Shape, act
from hospitality.requests.api import FollowedRequest
from hospitality.requests.service import confirm_request, refuse_request
from hospitality.requests.settings import request_settings

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["requests"], responses={"4XX": {"model": ErrorEnvelope}}
)


class Declining(Shape):
    """Why it is not done, for head office to read."""

    reason: str | None = None


@router.post("/requests/{request_id}/confirm", status_code=201, response_model=FollowedRequest)
async def confirm(request: Request, asking: Asking, request_id: Id) -> Response:
    """Has it done after all, in the name of who asked; needs orders.place. The answer may be that it was refused."""
    return await act(request, asking, confirm_request, request_id, now=request_settings(request).now())


@router.post("/requests/{request_id}/refuse", status_code=201, response_model=FollowedRequest)
async def refuse(request: Request, asking: Asking, request_id: Id, why: Declining) -> Response:
    """Declines it; needs orders.place."""
    now = request_settings(request).now()
    return await act(request, asking, refuse_request, request_id, reason=why.reason, now=now)
