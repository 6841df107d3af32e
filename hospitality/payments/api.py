"""Payments over HTTP; taking one is in `checks/api.py`, since it answers the order too."""

from typing import Literal

from fastapi import APIRouter, Request, Response

from hospitality.ground.http import Cursor, ErrorEnvelope, Limit, Shape, read
from hospitality.payments.service import payments_page
from hospitality.people.asking import Reader

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["payments"], responses={"4XX": {"model": ErrorEnvelope}}
)
Tender = Literal["cash", "card"]


class PaymentShape(Shape):
    """Money taken: cash with what was handed over and the change, card with the terminal's reference."""

    id: str
    tender: Tender
    amount_minor: int
    tendered_minor: int | None
    change_minor: int
    reference: str | None
    currency: str
    taken_at: str


class ListedPayment(PaymentShape):
    """A payment with its order."""

    order_id: str


class Payments(Shape):
    """A page of payments, newest first."""

    items: list[ListedPayment]
    next_cursor: str | None


@router.get("/payments", response_model=Payments)
async def payments(request: Request, asking: Reader, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The property's payments, newest first."""
    return await read(request, asking, payments_page, limit=limit, cursor=cursor)
