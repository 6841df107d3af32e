"""Invoices over HTTP; as PDF in `web/paper/api.py`, on paper at the node."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from hospitality.ground.http import Asking, ErrorEnvelope, Id, IdText, Shape, act, read
from hospitality.invoices.reading import invoice_view, invoices_of
from hospitality.invoices.rules import NewInvoice
from hospitality.invoices.service import cancel_invoice, correct_invoice, issue_invoice
from hospitality.people.asking import Reader

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["invoices"], responses={"4XX": {"model": ErrorEnvelope}}
)
Words = Annotated[str, Field(max_length=1_000)]


class NewInvoiceShape(Shape):
    """To whom the receipt is issued: lines of an address, the tax number, the country by its two letters if known."""

    company: Words
    address: Words
    tax_number: Words
    country: Annotated[str, Field(max_length=20)] | None = None
    reference: Words | None = None


class Cancelling(Shape):
    """Why, and who allowed it."""

    reason: Words
    approval_id: IdText | None = None


class Correcting(Cancelling, NewInvoiceShape):
    """What the invoice should say, and why the other one is cancelled."""


class InvoiceShape(Shape):
    """An invoice. `withdrawn`: its receipt counts no more, and it neither; `replaces` is the number of a cancelled one."""

    id: str
    order_id: str
    number: str
    receipt_number: str
    company: str
    address: str
    tax_number: str
    country: str | None
    reference: str | None
    replaces: str | None
    issued_at: str
    state: Literal["issued", "cancelled", "withdrawn"]
    cancelled_reason: str | None


class Invoices(Shape):
    """An order's invoices, oldest first."""

    items: list[InvoiceShape]


@router.get("/orders/{order_id}/invoices", response_model=Invoices)
async def invoices(request: Request, asking: Reader, order_id: Id) -> Response:
    """The invoices of an order."""
    return await read(request, asking, invoices_of, order_id)


@router.post("/orders/{order_id}/invoices", status_code=201, response_model=InvoiceShape)
async def new_invoice(request: Request, asking: Asking, order_id: Id, new: NewInvoiceShape) -> Response:
    """Issues the receipt of a settled order to a company; needs payments.take."""
    return await act(request, asking, issue_invoice, order_id, NewInvoice(**new.model_dump()))


@router.get("/invoices/{invoice_id}", response_model=InvoiceShape)
async def invoice(request: Request, asking: Reader, invoice_id: Id) -> Response:
    """One invoice."""
    return await read(request, asking, invoice_view, invoice_id)


@router.post("/invoices/{invoice_id}/cancel", status_code=201, response_model=InvoiceShape)
async def cancel(request: Request, asking: Asking, invoice_id: Id, why: Cancelling) -> Response:
    """Takes an invoice back; needs invoices.cancel or an approval of the invoice."""
    return await act(request, asking, cancel_invoice, invoice_id, **why.model_dump())


@router.post("/invoices/{invoice_id}/correct", status_code=201, response_model=InvoiceShape)
async def correct(request: Request, asking: Asking, invoice_id: Id, new: Correcting) -> Response:
    """Cancels an invoice and issues another in its place; needs invoices.cancel or an approval of the invoice."""
    said = new.model_dump()
    why = {name: said.pop(name) for name in ("reason", "approval_id")}
    return await act(request, asking, correct_invoice, invoice_id, NewInvoice(**said), **why)
