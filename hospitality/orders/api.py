"""Placing orders over HTTP, and the shapes of an order that other faces use; reading them is in `checks/api.py`."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from hospitality.ground.http import OR_REQUESTED, Asking, ErrorEnvelope, IdText, Shape, act
from hospitality.ground.quick_route import QuickRoute
from hospitality.menu.composing import Choice
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order

router = APIRouter(
    prefix="/api/v1/properties/{property_id}",
    tags=["orders"],
    responses={"4XX": {"model": ErrorEnvelope}},
    route_class=QuickRoute,
)
Channel = Literal["dine_in", "takeaway", "delivery", "room_service", "counter"]
KitchenState = Literal["held", "placed", "in_preparation", "ready", "served", "voided"]


class NewOptionShape(Shape):
    """A choice, and how many of it go into one of the item; 0 leaves out what goes with it by itself (a preset).

    `half`: left or right, where it is not on the whole. `options`: chosen of what it leads to, or of the item that it
    brings.
    """

    option_id: IdText
    quantity: int = 1
    half: Literal["left", "right"] | None = None
    options: list["NewOptionShape"] = []


class NewLineShape(Shape):
    """A line to order. `unit_price_minor` is of one, options included, and needs orders.open_price or an approval of it.

    The approval is of the item's id, with the price as its value. What is on `hold` reaches the kitchen when it is fired.
    `name`: of an open item, which needs a price as well, and orders.open_item or an approval of the item with that price.
    `measured`: thousandths of the unit by which it is sold, `measured_by` a scale or keyed.
    `despite_pause`: the item's station takes no orders, and this is meant; needs orders.despite_pause, or an approval of
    the pause in `pause_approval_id` instead.
    """

    menu_item_id: IdText
    quantity: int
    options: list[NewOptionShape] = []
    note: str | None = None
    seat: int | None = None
    unit_price_minor: int | None = None
    approval_id: IdText | None = None
    course: int | None = None
    hold: bool = False
    despite_pause: bool = False
    pause_approval_id: IdText | None = None
    name: str | None = None
    measured: int | None = None
    measured_by: Literal["keyed", "scale"] = "keyed"


class NewOrderShape(Shape):
    """An order to place. `promised_at`: what the guest was told; left out, it follows from the items' prep times."""

    channel: Channel
    table: str | None = None
    covers: int | None = None
    note: str | None = None
    tab: str | None = None
    promised_at: str | None = None
    lines: list[NewLineShape]


class ChosenOption(Shape):
    """A choice as it was sold; a quantity of 0 is a preset that was left out. `depth`: nested under the one before so deep.

    `of_whole`: said of the set that its line is a part of.
    """

    option_id: str
    group_name: str
    name: str
    price_delta_minor: int
    quantity: int
    half: Literal["left", "right"] | None = None
    depth: int = 0
    of_whole: bool = False


class PartOf(Shape):
    """What a line was ordered as a part of: `id` is the same on all of its lines, the rest is of what was ordered.

    `option_id` brought the line, null where it is what was ordered itself; `depth` steps away from that.
    """

    id: str
    menu_item_id: str
    name: str
    quantity: int
    option_id: str | None
    depth: int


class SoldAs(Shape):
    """What was keyed in for a line: `open`, or a unit with so many thousandths of it at `price_minor` a unit."""

    kind: Literal["open", "kg", "lb", "litre"]
    thousandths: int | None
    price_minor: int | None
    by: Literal["keyed", "scale"] | None


class LineShape(Shape):
    """A line as it was sold; a voided one keeps its amount and is in no sum.

    `from_order`: the number of the order that it came from. `contested`: of those to which others moved it while apart.
    """

    id: str
    line_no: int
    menu_item_id: str
    name: str
    quantity: int
    unit_price_minor: int
    amount_minor: int
    options: list[ChosenOption]
    part_of: PartOf | None
    sold_as: SoldAs | None
    note: str | None
    seat: int | None
    course: int | None
    station_id: str
    ticket_id: str
    kitchen_state: KitchenState
    void_reason: str | None
    from_order: str | None
    contested: list[str]


class AdjustmentShape(Shape):
    """What was taken off (`amount_minor` below zero) or put on the order or one of its lines. A promotion is the order's,
    whatever lines it is about."""

    id: str
    kind: Literal["promotion", "comp", "discount", "service_charge", "exempt"]
    name: str | None
    line_id: str | None
    percent_bp: int | None
    amount_minor: int
    reason: str | None
    certificate: str | None


class TaxShape(Shape):
    """One tax of the order, rounded once on the sum of its lines, or line by line; what is exempt is at a rate of 0.

    `on_minor`: what it is on, where that is not its net: the net of what is taxed several times stands once.
    """

    name: str
    rate_bp: int
    included: bool
    net_minor: int
    tax_minor: int
    on_minor: int | None = Field(default=None, exclude_if=lambda on: on is None)


class WithdrawnReceipt(Shape):
    """A receipt of the order that counts no more.

    `reopened` by somebody; `changed`, when the order came to something else at a node that did not know of the receipt;
    `settled_twice`, when another of its receipts stands.
    """

    number: str
    cause: Literal["reopened", "changed", "settled_twice"]


class OrderShape(Shape):
    """An order with its sums. subtotal = lines + adjustments; total = that + the taxes that are not included; due = total - paid.

    `unknown`: nobody knows yet whether a card payment went through. What is refunded was given back after settling.
    `promised_at` is what somebody told the guest (`given`), or follows from the prep times of what the kitchen has
    (`reckoned`; null when it has nothing left to bring).
    `merged_into`: the number of the order that has its lines now. `surplus_minor` was taken too much (at two nodes that
    were apart), and is to be given back.
    """

    id: str
    number: str
    channel: Channel
    table: str | None
    covers: int | None
    note: str | None
    business_date: str
    opened_at: str
    opened_by: str | None
    opened_by_name: str | None
    server_id: str | None
    server_name: str | None
    tab: str | None
    promised_at: str | None
    promise: Literal["given", "reckoned"]
    currency: str
    lines: list[LineShape]
    adjustments: list[AdjustmentShape]
    subtotal_minor: int
    tax_minor: int
    taxes: list[TaxShape]
    total_minor: int
    paid_minor: int
    due_minor: int
    refunded_minor: int
    kitchen_state: KitchenState
    payment_state: Literal["open", "unknown", "settled"]
    merged_into: str | None
    surplus_minor: int
    withdrawn_receipts: list[WithdrawnReceipt]


def new_lines(lines: list[NewLineShape]) -> tuple[NewLine, ...]:
    """The lines as the verbs take them."""
    return tuple(
        NewLine(
            line.menu_item_id,
            line.quantity,
            () if _is_elaborate(line.options) else tuple((one.option_id, one.quantity) for one in line.options),
            line.note,
            line.seat,
            line.unit_price_minor,
            line.approval_id,
            line.course,
            line.hold,
            line.despite_pause,
            line.pause_approval_id,
            _choices(line.options) if _is_elaborate(line.options) else (),
            line.name,
            line.measured,
            line.measured_by,
        )
        for line in lines
    )


def _is_elaborate(options: list[NewOptionShape]) -> bool:
    return any(option.half or option.options for option in options)


def _choices(options: list[NewOptionShape]) -> tuple[Choice, ...]:
    return tuple(Choice(one.option_id, one.quantity, one.half, _choices(one.options)) for one in options)


@router.post("/orders", status_code=201, response_model=OrderShape, responses=OR_REQUESTED)
async def new_order(request: Request, asking: Asking, new: NewOrderShape) -> Response:
    """Takes an order and sends its tickets; needs orders.place. Answered once it is durable."""
    order = NewOrder(new.channel, new_lines(new.lines), new.table, new.covers, new.note, new.tab, new.promised_at)
    return await act(request, asking, place_order, order)
