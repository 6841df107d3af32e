"""Giving receipts to guests over HTTP, where they are born."""

from fastapi import APIRouter, Request, Response

from hospitality.ground.http import Asking, ErrorEnvelope, Id, Shape, act
from hospitality.handouts.service import link_receipt
from hospitality.handouts.settings import handout_settings

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["handouts"], responses={"4XX": {"model": ErrorEnvelope}}
)


class LinkShape(Shape):
    """Where a receipt is read; whoever has the address needs nothing else."""

    receipt_id: str
    number: str
    url: str


@router.post("/orders/{order_id}/receipt-link", status_code=201, response_model=LinkShape)
async def new_link(request: Request, asking: Asking, order_id: Id) -> Response:
    """The link to a settled order's receipt, for a QR code; needs orders.place."""
    return await act(request, asking, link_receipt, order_id, guests_url=handout_settings(request).guests_url)
