"""Giving receipts to guests over HTTP, where they are born."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from hospitality.ground.http import Asking, ErrorEnvelope, Id, IdText, Shape, act, read
from hospitality.handouts.reading import mails_of
from hospitality.handouts.rules import NewMail
from hospitality.handouts.service import link_receipt, mail_invoice, mail_receipt
from hospitality.handouts.settings import handout_settings
from hospitality.people.asking import Reader

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["handouts"], responses={"4XX": {"model": ErrorEnvelope}}
)


class LinkShape(Shape):
    """Where a receipt is read; whoever has the address needs nothing else."""

    receipt_id: str
    number: str
    url: str


class NewMailShape(Shape):
    """To whom; in which language, if not the property's own; after which mail, where it is to go there once more."""

    address: Annotated[str, Field(max_length=320)]
    language: Annotated[str, Field(max_length=20)] | None = None
    again_of: IdText | None = None


class MailShape(Shape):
    """What is to be mailed, or was. The address is masked; `twice`: it may have arrived a second time; `reply_code` is
    what the receiving side answered."""

    id: str
    receipt_number: str
    invoice_number: str | None
    address: str
    asked_at: str
    state: Literal["waiting", "sent", "refused", "given_up", "unknown"]
    twice: bool
    reply_code: int | None
    ended_at: str | None


class Mails(Shape):
    """An order's mails, oldest first."""

    items: list[MailShape]


@router.post("/orders/{order_id}/receipt-link", status_code=201, response_model=LinkShape)
async def new_link(request: Request, asking: Asking, order_id: Id) -> Response:
    """The link to a settled order's receipt, for a QR code; needs orders.place."""
    return await act(request, asking, link_receipt, order_id, guests_url=handout_settings(request).guests_url)


@router.post("/orders/{order_id}/mails", status_code=201, response_model=MailShape)
async def new_mail(request: Request, asking: Asking, order_id: Id, new: NewMailShape) -> Response:
    """Has head office mail a settled order's receipt; needs orders.place."""
    return await act(request, asking, mail_receipt, order_id, NewMail(**new.model_dump()))


@router.post("/invoices/{invoice_id}/mails", status_code=201, response_model=MailShape)
async def new_invoice_mail(request: Request, asking: Asking, invoice_id: Id, new: NewMailShape) -> Response:
    """Has head office mail an invoice; needs orders.place."""
    return await act(request, asking, mail_invoice, invoice_id, NewMail(**new.model_dump()))


@router.get("/orders/{order_id}/mails", response_model=Mails)
async def mails(request: Request, asking: Reader, order_id: Id) -> Response:
    """What of an order was mailed, and what became of it."""
    return await read(request, asking, mails_of, order_id)
