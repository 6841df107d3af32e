"""What a property says on paper, over HTTP; both hosts serve it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from hospitality.ground.http import Asking, ErrorEnvelope, Shape, act, read
from hospitality.paper.rules import LOGO_BYTES_MAX, PARTS
from hospitality.paper.service import edit_paper_settings, paper_settings

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["paper"], responses={"4XX": {"model": ErrorEnvelope}}
)
Part = Literal[
    "logo", "head", "served_by", "guests", "options", "tax_table", "foot", "code", "allergens", "room_service_slip"
]
Lines = Annotated[str, Field(max_length=1_000)]
LogoText = Annotated[str, Field(max_length=LOGO_BYTES_MAX * 4 // 3 + 4, description="a PNG, JPEG or WebP as base64")]


class PaperShape(Shape):
    """`left_out` are parts that don't show; `{number}` in the link is the receipt's."""

    language: str | None
    kitchen_language: str | None
    head: str | None
    foot: str | None
    feedback_link: str | None
    logo: str | None
    left_out: list[Part]
    buzzes: bool
    receipt_link: bool
    alarm_after_seconds: int


class PaperEdit(Shape):
    """What to set; what is left out stays, and an empty text takes one back."""

    language: Annotated[str, Field(max_length=10)] | None = None
    kitchen_language: Annotated[str, Field(max_length=10)] | None = None
    head: Lines | None = None
    foot: Lines | None = None
    feedback_link: Annotated[str, Field(max_length=300)] | None = None
    logo: LogoText | None = None
    left_out: Annotated[list[Part], Field(max_length=len(PARTS))] | None = None
    buzzes: bool | None = None
    receipt_link: bool | None = None
    alarm_after_seconds: int | None = None


@router.get("/paper-settings", response_model=PaperShape)
async def settings_of(request: Request, asking: Asking) -> Response:
    """What the property says on paper."""
    return await read(request, asking, paper_settings)


@router.patch("/paper-settings", response_model=PaperShape)
async def edit_settings(request: Request, asking: Asking, edit: PaperEdit) -> Response:
    """Sets texts, logo, languages and parts; needs property.manage. What waits to be printed stays as it was decided."""
    return await act(request, asking, edit_paper_settings, edit.model_dump(exclude_none=True))
