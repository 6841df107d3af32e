"""The property itself over HTTP."""

from fastapi import APIRouter, Request, Response

from hospitality.ground.http import Asking, ErrorEnvelope, Shape, read
from hospitality.properties.service import property_view

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["properties"], responses={"4XX": {"model": ErrorEnvelope}}
)


class PropertyShape(Shape):
    """A property; `cut_off_hour` is the local hour at which its business day turns."""

    id: str
    name: str
    zone: str
    currency: str
    cut_off_hour: int
    locale: str


@router.get("", response_model=PropertyShape)
async def property_of(request: Request, asking: Asking) -> Response:
    """The property's name, zone and currency."""
    return await read(request, asking, property_view)
