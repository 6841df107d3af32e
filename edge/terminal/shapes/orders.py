"""An order with its lines, and what was taken off or put on it."""

import msgspec

from edge.terminal.shapes import Instant


class LineOption(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    option_id: str | None = None
    group_name: str | None = None
    price_delta_minor: int = 0
    quantity: int = 1
    half: str | None = None
    depth: int = 0


class PartOf(msgspec.Struct, frozen=True, kw_only=True):
    """What a line was ordered as a part of."""

    id: str
    name: str
    quantity: int = 1


class SoldAs(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    thousandths: int | None = None
    price_minor: int | None = None


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    quantity: int
    amount_minor: int
    unit_price_minor: int = 0
    options: tuple[LineOption, ...] = ()
    part_of: PartOf | None = None
    sold_as: SoldAs | None = None
    note: str | None = None
    seat: int | None = None
    course: int | None = None
    kitchen_state: str | None = None
    void_reason: str | None = None


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken off (below zero) or put on an order or one of its lines."""

    id: str
    kind: str
    amount_minor: int
    name: str | None = None
    line_id: str | None = None
    percent_bp: int | None = None
    reason: str | None = None
    certificate: str | None = None


class Tax(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    rate_bp: int
    tax_minor: int
    net_minor: int = 0
    included: bool = False


class WithdrawnReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt that counts no more."""

    number: str
    cause: str = ""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    number: str
    channel: str
    currency: str
    lines: tuple[OrderLine, ...]
    total_minor: int
    paid_minor: int
    due_minor: int
    payment_state: str
    kitchen_state: str
    opened_at: Instant
    opened_by_name: str | None = None
    table: str | None = None
    covers: int | None = None
    note: str | None = None
    server_id: str | None = None
    server_name: str | None = None
    tab: str | None = None
    adjustments: tuple[Adjustment, ...] = ()
    subtotal_minor: int = 0
    tax_minor: int = 0
    taxes: tuple[Tax, ...] = ()
    refunded_minor: int = 0
    surplus_minor: int = 0
    """Taken too much, to be given back."""
    withdrawn_receipts: tuple[WithdrawnReceipt, ...] = ()


class OrderPage(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Order, ...]
    next_cursor: str | None = None


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    parts: tuple[int, ...]
