"""Orders with their payments over HTTP: reading, adding, voiding, paying, the receipt."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from hospitality.checks.reading import order_view, orders_page, parts_view, receipt_view
from hospitality.checks.service import add_lines, answer_card_payment, pay, void_line
from hospitality.checks.service.floor import change, fire, make_adjustment, repeat_round, rush, withdraw
from hospitality.checks.service.receipts import reopen
from hospitality.checks.service.split import merge, move, split
from hospitality.ground.http import OR_REQUESTED, Asking, Cursor, ErrorEnvelope, Id, IdText, Limit, Shape, act, read
from hospitality.orders.api import NewLineShape, OrderShape, new_lines
from hospitality.orders.service.adjust import NewAdjustment
from hospitality.orders.service.change import NewHead
from hospitality.orders.service.charge import add_charge_rule, charge_rules, end_charge_rule
from hospitality.orders.service.move import Going
from hospitality.payments.api import AttemptShape, ListedPayment, NewAnswer, PaymentShape, Tender
from hospitality.payments.reading import attempts_of
from hospitality.payments.rules import PARTS_MAX, CardAnswer, NewPayment
from hospitality.people.asking import Reader
from hospitality.properties.api import PropertyShape

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["orders"], responses={"4XX": {"model": ErrorEnvelope}}
)


class Orders(Shape):
    """A page of orders, newest first."""

    items: list[OrderShape]
    next_cursor: str | None


class MoreLines(Shape):
    """Lines to add."""

    lines: list[NewLineShape]


class Void(Shape):
    """Why a line is taken off, and the approval of that line where the role lacks the right.

    `wasted`: whether it was made for nothing; left out, what the kitchen had begun was.
    """

    reason: str
    approval_id: IdText | None = None
    wasted: bool | None = None


class Course(Shape):
    """Which course to fire; without one, all that is held."""

    course: int | None = None


class HeadChange(Shape):
    """What changes; an empty text takes the table, the tab's name or the promise away."""

    table: str | None = None
    covers: int | None = None
    server_id: IdText | None = None
    tab: str | None = None
    promised_at: str | None = None


class SomeShape(Shape):
    """So many of a line."""

    line_id: IdText
    quantity: int


class LinesShape(Shape):
    """Which lines go: those named, so many of others, and all that is left of these seats."""

    line_ids: list[IdText] = []
    some: list[SomeShape] = []
    seats: list[int] = []

    def going(self, tab: str | None = None) -> Going:
        """What goes, as the verbs take it."""
        some = tuple((one.line_id, one.quantity) for one in self.some)
        return Going(tuple(self.line_ids), tuple(self.seats), tab, some)


class GoingShape(LinesShape):
    """Which lines go; `tab` names the check that they get."""

    tab: str | None = None


class Split(Shape):
    """A check for each part; what is in none stays."""

    checks: list[GoingShape]


class Move(LinesShape):
    """Lines that go to another order; to a new check where none is named."""

    to_order_id: IdText | None = None


class Merge(Shape):
    """The orders whose lines come here."""

    order_ids: list[IdText]


class Checks(Shape):
    """The order that lines left, then each that they went to."""

    items: list[OrderShape]


class NewAdjustmentShape(Shape):
    """A comp takes all; a discount and a service charge say how much, in basis points or minor units; an exemption from
    taxes names the guest's certificate."""

    kind: Literal["comp", "discount", "service_charge", "exempt"]
    reason: str
    line_id: IdText | None = None
    percent_bp: int | None = None
    amount_minor: int | None = None
    name: str | None = None
    certificate: str | None = None
    approval_id: IdText | None = None


class Reopening(Shape):
    """Why a settled order is opened again, and the approval of the order where the role lacks the right."""

    reason: str
    approval_id: IdText | None = None


class Withdrawal(Shape):
    """Why an adjustment counts no more."""

    reason: str
    approval_id: IdText | None = None


class NewChargeRule(Shape):
    """Parties of `covers_min` and more are charged."""

    name: str
    covers_min: int
    percent_bp: int


class ChargeRule(NewChargeRule):
    """A rule; one that is not active charges nobody any more."""

    id: str
    active: bool


class ChargeRules(Shape):
    """The property's rules."""

    items: list[ChargeRule]


class NewPaymentShape(Shape):
    """Money to take, in minor units of the order's currency, with the tip on top. Cash may say what was handed over.

    `tendered_currency`: in which, where the house has a rate for it; `tendered_minor` is in that one then. `offline`: a card
    that the acquirer has not heard of: the card terminal keeps it and sends it on (`stored`), or its code was told by
    telephone (`voice`). Over a limit of the house it needs payments.offline, or an approval of the order.
    """

    tender: Tender
    amount_minor: int
    tip_minor: int = 0
    tendered_minor: int | None = None
    tendered_currency: str | None = None
    reference: str | None = None
    offline: Literal["stored", "voice"] | None = None
    approval_id: IdText | None = None


class ReceiptShape(Shape):
    """A receipt's id and number."""

    id: str
    number: str


class Paid(Shape):
    """The payment, the order after it, and the receipt if it settled the order."""

    payment: PaymentShape
    order: OrderShape
    receipt: ReceiptShape | None


class Attempts(Shape):
    """The card payments that were tried on an order, oldest first."""

    items: list[AttemptShape]


class Answered(Shape):
    """The attempt and the order after an answer, with the payment when it was approved."""

    attempt: AttemptShape
    payment: PaymentShape | None
    order: OrderShape
    receipt: ReceiptShape | None


class Parts(Shape):
    """What is due, in parts that add up to it exactly; each is paid by itself."""

    due_minor: int
    parts: list[int]


class Receipt(Shape):
    """All that a receipt prints. `replaces`: the numbers of withdrawn receipts that it stands in for."""

    id: str
    number: str
    issued_at: str
    replaces: str | None
    withdrawn: bool
    order: OrderShape
    payments: list[ListedPayment]
    property: PropertyShape


def new_payment_of(new: NewPaymentShape) -> NewPayment:
    """The payment as the verbs take it."""
    return NewPayment(**new.model_dump(exclude={"approval_id"}))


@router.get("/orders", response_model=Orders)
async def orders(
    request: Request,
    asking: Reader,
    state: Literal["open", "settled", "overpaid", "all"] = "all",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Orders newest first; `open` and `overpaid` (to be refunded) look back seven business days, `all` to the first."""
    return await read(request, asking, orders_page, state=state, limit=limit, cursor=cursor)


@router.get("/orders/{order_id}", response_model=OrderShape)
async def order(request: Request, asking: Reader, order_id: Id) -> Response:
    """One order."""
    return await read(request, asking, order_view, order_id)


@router.post("/orders/{order_id}/lines", status_code=201, response_model=OrderShape, responses=OR_REQUESTED)
async def more_lines(request: Request, asking: Asking, order_id: Id, more: MoreLines) -> Response:
    """Adds lines to an order that is not paid; needs orders.place."""
    return await act(request, asking, add_lines, order_id, new_lines(more.lines))


@router.post(
    "/orders/{order_id}/lines/{line_id}/void", status_code=201, response_model=OrderShape, responses=OR_REQUESTED
)
async def void(request: Request, asking: Asking, order_id: Id, line_id: Id, why: Void) -> Response:
    """Takes a line off an order that is not paid; needs orders.void or an approval."""
    return await act(
        request, asking, void_line, order_id, line_id, reason=why.reason, approval_id=why.approval_id, wasted=why.wasted
    )


@router.post("/orders/{order_id}/fire", status_code=201, response_model=OrderShape)
async def fire_held(request: Request, asking: Asking, order_id: Id, which: Course) -> Response:
    """Sends what was held to the kitchen; needs orders.place. Firing again changes nothing."""
    return await act(request, asking, fire, order_id, which.course)


@router.post("/orders/{order_id}/rush", status_code=201, response_model=OrderShape)
async def hurry(request: Request, asking: Asking, order_id: Id) -> Response:
    """Puts the order's tickets before others in the kitchen; needs orders.place."""
    return await act(request, asking, rush, order_id)


@router.post("/orders/{order_id}/changes", status_code=201, response_model=OrderShape)
async def change_head(request: Request, asking: Asking, order_id: Id, new: HeadChange) -> Response:
    """Takes an order to another table or server, counts its covers, names its tab or promises a time; needs orders.place."""
    head = NewHead(new.table, new.covers, new.server_id, new.tab, new.promised_at)
    return await act(request, asking, change, order_id, head)


@router.post("/orders/{order_id}/repeat", status_code=201, response_model=OrderShape)
async def repeat(request: Request, asking: Asking, order_id: Id) -> Response:
    """Orders the last round again at the prices of now; needs orders.place."""
    return await act(request, asking, repeat_round, order_id)


@router.post("/orders/{order_id}/split", status_code=201, response_model=Checks)
async def split_order(request: Request, asking: Asking, order_id: Id, into: Split) -> Response:
    """Opens further checks and takes lines there, by seat, line or so many of one; needs orders.place.
    Something stays on the order."""
    return await act(request, asking, split, order_id, [part.going(part.tab) for part in into.checks])


@router.post("/orders/{order_id}/moves", status_code=201, response_model=Checks)
async def move_to(request: Request, asking: Asking, order_id: Id, what: Move) -> Response:
    """Takes lines to another order that is not paid, or to a new check; needs orders.place."""
    return await act(request, asking, move, order_id, what.to_order_id, what.going())


@router.post("/orders/{order_id}/merges", status_code=201, response_model=OrderShape)
async def merge_orders(request: Request, asking: Asking, order_id: Id, which: Merge) -> Response:
    """Takes all that is left of other orders onto this one; needs orders.place."""
    return await act(request, asking, merge, order_id, which.order_ids)


@router.post("/orders/{order_id}/adjustments", status_code=201, response_model=OrderShape)
async def new_adjustment(request: Request, asking: Asking, order_id: Id, new: NewAdjustmentShape) -> Response:
    """Comps, discounts, charges or exempts an order or a line; needs orders.comp, orders.discount, orders.service_charge or
    orders.exempt."""
    of = (new.line_id, new.percent_bp, new.amount_minor, new.name, new.certificate)
    asked = NewAdjustment(new.kind, new.reason, *of)
    return await act(request, asking, make_adjustment, order_id, asked, approval_id=new.approval_id)


@router.post("/orders/{order_id}/adjustments/{adjustment_id}/withdraw", status_code=201, response_model=OrderShape)
async def withdrawn(request: Request, asking: Asking, order_id: Id, adjustment_id: Id, why: Withdrawal) -> Response:
    """Makes an adjustment count no more; needs what making it needs."""
    return await act(request, asking, withdraw, order_id, adjustment_id, reason=why.reason, approval_id=why.approval_id)


@router.post("/orders/{order_id}/reopen", status_code=201, response_model=OrderShape, tags=["payments"])
async def open_again(request: Request, asking: Asking, order_id: Id, why: Reopening) -> Response:
    """Opens a settled order again: its receipt counts no more; needs orders.reopen or an approval of the order."""
    return await act(request, asking, reopen, order_id, reason=why.reason, approval_id=why.approval_id)


@router.get("/service-charge-rules", response_model=ChargeRules)
async def rules_of_charges(request: Request, asking: Reader) -> Response:
    """Which parties get a service charge."""
    return await read(request, asking, charge_rules)


@router.post("/service-charge-rules", status_code=201, response_model=ChargeRule)
async def new_rule(request: Request, asking: Asking, new: NewChargeRule) -> Response:
    """Charges large parties from now on; needs menu.manage."""
    fields = new.model_dump()
    return await act(request, asking, add_charge_rule, **fields)


@router.post("/service-charge-rules/{rule_id}/end", status_code=201, response_model=ChargeRule)
async def end_rule(request: Request, asking: Asking, rule_id: Id) -> Response:
    """Charges nobody by this rule any more; needs menu.manage."""
    return await act(request, asking, end_charge_rule, rule_id)


@router.post("/orders/{order_id}/payments", status_code=201, response_model=Paid, tags=["payments"])
async def new_payment(request: Request, asking: Asking, order_id: Id, new: NewPaymentShape) -> Response:
    """Takes a payment; needs payments.take. What pays the last of it settles the order."""
    return await act(request, asking, pay, order_id, new_payment_of(new), approval_id=new.approval_id)


@router.get("/orders/{order_id}/parts", response_model=Parts, tags=["payments"])
async def parts(
    request: Request, asking: Reader, order_id: Id, count: Annotated[int, Query(ge=1, le=PARTS_MAX)]
) -> Response:
    """What is due in equal parts."""
    return await read(request, asking, parts_view, order_id, count=count)


@router.get("/orders/{order_id}/card-attempts", response_model=Attempts, tags=["payments"])
async def attempts(request: Request, asking: Reader, order_id: Id) -> Response:
    """The card payments that were tried on an order."""
    return await read(request, asking, lambda reading: {"items": attempts_of(reading, order_id)})


@router.post("/card-attempts/{attempt_id}/answers", status_code=201, response_model=Answered, tags=["payments"])
async def new_answer(request: Request, asking: Asking, attempt_id: Id, new: NewAnswer) -> Response:
    """Tells what became known of a card payment; needs payments.take, and payments.decide or an approval where somebody
    decides."""
    answer = CardAnswer(new.outcome, new.source, new.reference, new.reason)
    return await act(request, asking, answer_card_payment, attempt_id, answer, approval_id=new.approval_id)


@router.get("/orders/{order_id}/receipt", response_model=Receipt, tags=["payments"])
async def receipt(request: Request, asking: Reader, order_id: Id) -> Response:
    """The receipt of a settled order."""
    return await read(request, asking, receipt_view, order_id)
