"""The property itself over HTTP."""

from fastapi import APIRouter, Request, Response

from hospitality.ground.http import Asking, ErrorEnvelope, Shape, act, read
from hospitality.properties.service import edit_house_rules, house_rules, property_view

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


class HouseRulesShape(Shape):
    """`carries_over`: a day may be closed while orders stand open, which go on into the next.

    `cash_step_minor`: the smallest coin, to which cash is rounded; 1 rounds nothing. `tax_by_line`: taxes of what is
    ordered from now on are rounded line by line, else once a rate on the whole bill. `offline_*`: how much is risked on
    cards taken while the acquirer can't be reached: of one, on one business day, and altogether until they are known.
    """

    carries_over: bool
    cash_step_minor: int
    tax_by_line: bool
    offline_card_minor: int
    offline_day_minor: int
    offline_total_minor: int


class HouseRulesEdit(Shape):
    """The rules to set; what is left out stays."""

    carries_over: bool | None = None
    cash_step_minor: int | None = None
    tax_by_line: bool | None = None
    offline_card_minor: int | None = None
    offline_day_minor: int | None = None
    offline_total_minor: int | None = None


@router.get("/house-rules", response_model=HouseRulesShape)
async def rules_of(request: Request, asking: Asking) -> Response:
    """How the property handles money and days."""
    return await read(request, asking, house_rules)


@router.patch("/house-rules", response_model=HouseRulesShape)
async def edit_rules(request: Request, asking: Asking, edit: HouseRulesEdit) -> Response:
    """Sets rules of the house; needs property.manage."""
    return await act(request, asking, edit_house_rules, edit.model_dump(exclude_none=True))
