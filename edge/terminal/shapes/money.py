"""Payments and receipts, drawers and their counts, and what somebody sold and took."""

import msgspec

from edge.terminal.shapes import Instant
from edge.terminal.shapes.orders import Order


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    tender: str
    amount_minor: int
    currency: str
    tip_minor: int = 0
    tendered_minor: int | None = None
    change_minor: int | None = None
    reference: str | None = None
    taken_at: str = ""
    refunded_minor: int = 0


class Payments(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Payment, ...]


class ReceiptRef(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    number: str


class ReceiptProperty(msgspec.Struct, frozen=True, kw_only=True):
    name: str = ""


class PaymentTaken(msgspec.Struct, frozen=True, kw_only=True):
    payment: Payment
    order: Order
    receipt: ReceiptRef | None = None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    number: str
    order: Order
    payments: tuple[Payment, ...]
    issued_at: Instant
    property: ReceiptProperty = ReceiptProperty()


class ReceiptLink(msgspec.Struct, frozen=True, kw_only=True):
    number: str
    url: str


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    address: str
    invoice_number: str | None = None
    """None where it is the receipt."""
    state: str
    twice: bool = False
    reply_code: int | None = None


class Mails(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Mail, ...] = ()


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    number: str
    company: str = ""
    state: str = "issued"


class Invoices(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Invoice, ...] = ()


class Mailable(msgspec.Struct, frozen=True, kw_only=True):
    """What of an order was mailed, and the invoices that count beside its receipt."""

    mails: tuple[Mail, ...]
    invoices: tuple[Invoice, ...]


class DrawerSession(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    float_minor: int
    currency: str
    opened_at: str = ""


class Drawer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    terminal_id: str | None = None
    session: DrawerSession | None = None


class Drawers(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Drawer, ...]


class HouseRate(msgspec.Struct, frozen=True, kw_only=True):
    currency: str
    rate_micro: int


class HouseRates(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[HouseRate, ...]


class HouseRules(msgspec.Struct, frozen=True, kw_only=True):
    cash_step_minor: int = 1


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    currency: str
    counted_minor: int
    expected_minor: int
    over_short_minor: int


class DrawerCount(msgspec.Struct, frozen=True, kw_only=True):
    counted: tuple[Counted, ...] = ()


class CountedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A drawer's session once it was counted."""

    count: DrawerCount
