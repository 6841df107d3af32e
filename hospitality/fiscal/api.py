"""Signatures over HTTP."""

from datetime import date
from typing import Literal

from fastapi import APIRouter, Request, Response

from hospitality.days.asking import Reporter
from hospitality.fiscal.reading import signatures_of_day
from hospitality.ground.http import ErrorEnvelope, Shape, read

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["days"], responses={"4XX": {"model": ErrorEnvelope}}
)


class SignatureShape(Shape):
    """What a fiscal device signed: `said`, word for word, with the signature before it in its series."""

    document: Literal["receipt", "refund", "withdrawal"]
    document_id: str
    number: str
    series: str
    counter: int
    device: str
    said: str
    signature: str
    at: str


class Signatures(Shape):
    """Those of a business day, in the order of signing."""

    items: list[SignatureShape]


@router.get("/business-days/{day}/fiscal-signatures", response_model=Signatures)
async def signatures(request: Request, asking: Reporter, day: date) -> Response:
    """What was signed of a day; needs reports.read."""
    return await read(request, asking, signatures_of_day, day.isoformat())
