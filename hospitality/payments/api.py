"""Payments over HTTP; taking one is in `checks/api.py`, since it answers the order too."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from hospitality.ground.http import Asking, Cursor, ErrorEnvelope, Id, IdText, Limit, Shape, act, read
from hospitality.payments.reading import card_refunds_of, offline_page, payments_page, refunds_page
from hospitality.payments.rules import CardAnswer, NewRefund
from hospitality.payments.service.card import attempt_card
from hospitality.payments.service.card_refund import answer_card_refund, ask_card_refund
from hospitality.payments.service.offline import tell_outcome
from hospitality.payments.service.refund import refund_payment
from hospitality.people.asking import Reader

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["payments"], responses={"4XX": {"model": ErrorEnvelope}}
)
Tender = Literal["cash", "card"]
TenderTaken = Literal["cash", "card", "deposit"]  # a deposit is applied by the party's own route


class PaymentShape(Shape):
    """Money taken: cash with what was handed over and the change, card with the terminal's reference.

    The tip comes on top of the amount, and cash is rounded to the smallest coin: tendered = change + amount + tip +
    rounding. `given_*` is what was handed over of another currency, at `rate_micro`.
    """

    id: str
    tender: TenderTaken
    amount_minor: int
    tip_minor: int
    tendered_minor: int | None
    change_minor: int
    rounding_minor: int
    given_currency: str | None
    given_minor: int | None
    rate_micro: int | None
    reference: str | None
    currency: str
    taken_at: str


class ListedPayment(PaymentShape):
    """A payment with its order, and how much of amount and tip was given back."""

    order_id: str
    refunded_minor: int


class Payments(Shape):
    """A page of payments, newest first."""

    items: list[ListedPayment]
    next_cursor: str | None


class NewRefundShape(Shape):
    """Money to give back, in minor units; `tender` only where a card or a deposit gets cash back. A card's has a reference."""

    amount_minor: int
    tip_minor: int = 0
    reason: str
    tender: TenderTaken | None = None
    reference: str | None = None
    approval_id: IdText | None = None


class RefundShape(Shape):
    """Money given back: a `reversal` before the order was settled, a `refund` of part of the sale afterwards."""

    id: str
    payment_id: str
    order_id: str
    number: str
    kind: Literal["reversal", "refund"]
    tender: TenderTaken
    amount_minor: int
    tip_minor: int
    rounding_minor: int
    currency: str
    reference: str | None
    reason: str
    given_at: str


class Refunds(Shape):
    """A page of what was given back, newest first."""

    items: list[RefundShape]
    next_cursor: str | None


class NewAttempt(Shape):
    """What a card is about to be charged, in minor units of the order's currency."""

    amount_minor: int
    tip_minor: int = 0


class AttemptShape(Shape):
    """A card payment at a card terminal, which is asked for it under `number`, and how far it is."""

    id: str
    order_id: str
    number: str
    amount_minor: int
    tip_minor: int
    currency: str
    at: str
    state: Literal["attempted", "approved", "declined", "unknown"]


class NewAnswer(Shape):
    """What became known of a card payment: approved has the card terminal's reference, a decision says why."""

    outcome: Literal["approved", "declined", "unknown"]
    source: Literal["terminal", "look_up", "decision"]
    reference: str | None = None
    reason: str | None = None
    approval_id: IdText | None = None


class NewCardRefund(Shape):
    """Money of a card's payment that the card terminal of this till is to give back to it, in minor units."""

    amount_minor: int
    tip_minor: int = 0
    reason: str
    approval_id: IdText | None = None


class CardRefundShape(Shape):
    """What a card terminal was asked to give back, under `number`, and how far it is."""

    id: str
    payment_id: str
    order_id: str
    number: str
    amount_minor: int
    tip_minor: int
    currency: str
    reason: str
    at: str
    state: Literal["attempted", "approved", "declined", "unknown"]


class CardRefunds(Shape):
    """What card terminals were asked to give back of an order's payments, oldest first."""

    items: list[CardRefundShape]


class CardRefundAnswered(Shape):
    """The same after an answer, with the refund when it was approved."""

    card_refund: CardRefundShape
    refund: RefundShape | None


class OfflineShape(Shape):
    """A card that was taken while the acquirer could not be reached, with its order and reference; what is still at risk
    of it (a refund to the card lessens that), and which limit of the house it went over, if any."""

    id: str
    payment_id: str
    order_id: str
    order_number: str
    reference: str | None
    way: Literal["stored", "voice"]
    amount_minor: int
    at_risk_minor: int
    currency: str
    over: Literal["", "card", "day", "total"]
    at: str
    outcome: Literal["confirmed", "lost"] | None


class OfflineCards(Shape):
    """A page of them, newest first."""

    items: list[OfflineShape]
    next_cursor: str | None


class NewOutcome(Shape):
    """What became of one: the acquirer confirmed it, or the money is lost; and how that is known."""

    outcome: Literal["confirmed", "lost"]
    reason: str
    approval_id: IdText | None = None


@router.get("/payments", response_model=Payments)
async def payments(
    request: Request,
    asking: Reader,
    order_id: Annotated[IdText | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The property's payments, or those of an order, newest first."""
    return await read(request, asking, payments_page, order_id=order_id, limit=limit, cursor=cursor)


@router.get("/refunds", response_model=Refunds)
async def refunds(request: Request, asking: Reader, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """What the property gave back, newest first."""
    return await read(request, asking, refunds_page, limit=limit, cursor=cursor)


@router.post("/payments/{payment_id}/refunds", status_code=201, response_model=RefundShape)
async def new_refund(request: Request, asking: Asking, payment_id: Id, new: NewRefundShape) -> Response:
    """Gives back money of a payment, never more than is left of it; needs payments.refund or an approval."""
    refund = NewRefund(new.amount_minor, new.reason, new.tip_minor, new.tender, new.reference)
    return await act(request, asking, refund_payment, payment_id, refund, approval_id=new.approval_id)


@router.post("/orders/{order_id}/card-attempts", status_code=201, response_model=AttemptShape)
async def new_attempt(request: Request, asking: Asking, order_id: Id, new: NewAttempt) -> Response:
    """Writes down that a card is about to be charged; needs payments.take.

    The order takes no other payment until this one is answered.
    """
    return await act(request, asking, attempt_card, order_id, amount_minor=new.amount_minor, tip_minor=new.tip_minor)


@router.get("/offline-cards", response_model=OfflineCards)
async def offline_cards(
    request: Request,
    asking: Reader,
    is_open: Annotated[bool, Query(alias="open")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Cards that were taken offline, newest first; `open`: those of which nobody knows yet what they became."""
    return await read(request, asking, offline_page, is_open=is_open, limit=limit, cursor=cursor)


@router.post("/offline-cards/{offline_card_id}/outcome", status_code=201, response_model=OfflineShape)
async def new_outcome(request: Request, asking: Asking, offline_card_id: Id, new: NewOutcome) -> Response:
    """Tells what became of a card that was taken offline; needs payments.decide or an approval."""
    return await act(request, asking, tell_outcome, offline_card_id, **new.model_dump())


@router.post("/payments/{payment_id}/card-refunds", status_code=201, response_model=CardRefundShape)
async def new_card_refund(request: Request, asking: Asking, payment_id: Id, new: NewCardRefund) -> Response:
    """Writes down what the card terminal at this till is asked to give back; needs payments.refund or an approval."""
    refund = NewRefund(new.amount_minor, new.reason, new.tip_minor)
    return await act(request, asking, ask_card_refund, payment_id, refund, approval_id=new.approval_id)


@router.get("/orders/{order_id}/card-refunds", response_model=CardRefunds)
async def card_refunds(request: Request, asking: Reader, order_id: Id) -> Response:
    """What card terminals were asked to give back of an order's payments."""
    return await read(request, asking, lambda reading: {"items": card_refunds_of(reading, order_id)})


@router.post("/card-refunds/{card_refund_id}/answers", status_code=201, response_model=CardRefundAnswered)
async def new_refund_answer(request: Request, asking: Asking, card_refund_id: Id, new: NewAnswer) -> Response:
    """Tells what became known of it; needs payments.take, and payments.decide or an approval where somebody decides."""
    answer = CardAnswer(new.outcome, new.source, new.reference, new.reason)
    return await act(request, asking, answer_card_refund, card_refund_id, answer, approval_id=new.approval_id)
