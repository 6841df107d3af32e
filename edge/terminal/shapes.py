"""What this app reads from the node: only the fields that it uses, everything else in an answer is let be."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from edge.terminal.menu_shapes import MenuItem as MenuItem
from edge.terminal.menu_shapes import ModifierGroup as ModifierGroup
from edge.terminal.menu_shapes import Option as Option

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment, read from RFC 3339 text with its zone."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    property_id: str
    property_name: str
    node_code: str = ""
    version: str = ""


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """Where training is served, below the node's address, and everybody's PIN there."""

    address: str
    pin: str


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    terminal_id: str
    name: str
    kind: str
    token: str
    property_id: str
    property_name: str
    station_id: str | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    display_name: str
    role: str = ""
    has_pin: bool | None = None
    """None where nobody can say: a PIN never leaves its node."""


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    person: Person
    permissions: tuple[str, ...] = ()
    expires_at: str = ""


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    reason: str
    until: Instant


class Station(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    sort: int = 0
    pause: Pause | None = None
    """Why and until when it takes no orders, as last read."""

    def paused(self, now: datetime) -> Pause | None:
        """The pause that stands at that moment by the node's clock."""
        return self.pause if self.pause and self.pause.until > now else None


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


class TicketLine(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    quantity: int
    options: tuple[LineOption, ...] = ()
    part_of: PartOf | None = None
    sold_as: SoldAs | None = None
    note: str | None = None
    seat: int | None = None
    allergens: tuple[str, ...] = ()
    state: str | None = None
    void_reason: str | None = None
    station: str = ""
    """Whose it is, where an order's lines stand together at the pass."""

    @property
    def made(self) -> bool:
        """Whether its station is done with it."""
        return self.state in ("ready", "served")

    @property
    def to_make(self) -> bool:
        """Whether its station still has to make it."""
        return not (self.made or self.void_reason)


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    order_id: str
    order_number: str
    station_id: str
    state: str
    placed_at: Instant
    lines: tuple[TicketLine, ...]
    channel: str = ""
    table: str | None = None
    covers: int | None = None
    order_note: str | None = None
    station_name: str | None = None
    server: str | None = None
    course: int | None = None
    rush: bool = False
    prep_seconds: int = 0
    parts: tuple[str, ...] = ()
    """The tickets that an order's card at the pass stands for."""

    @property
    def pickable(self) -> tuple[TicketLine, ...]:
        """The lines that can be moved by themselves, in their order."""
        return tuple(line for line in self.lines if not line.void_reason)


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


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class Payments(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Payment, ...]


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    parts: tuple[int, ...]


class PrintJob(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    kind: str
    title: str
    state: str
    printer_name: str | None = None


class PrintJobs(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[PrintJob, ...]


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


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    section: str
    name: str
    count: int
    amount_minor: int
    currency: str


class ServerDay(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody sold and took on a day."""

    date: str
    figures: tuple[Figure, ...]


class ReceiptRef(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    number: str


class PaymentTaken(msgspec.Struct, frozen=True, kw_only=True):
    payment: Payment
    order: Order
    receipt: ReceiptRef | None = None


class ReceiptProperty(msgspec.Struct, frozen=True, kw_only=True):
    name: str = ""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    number: str
    order: Order
    payments: tuple[Payment, ...]
    issued_at: Instant
    property: ReceiptProperty = ReceiptProperty()


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Guests who wait, or have reserved."""

    id: str
    name: str
    covers: int
    state: str
    reserved_for: Instant | None = None
    waits_since: Instant | None = None
    table_ids: tuple[str, ...] = ()


class Parties(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Party, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    label: str
    seats: int
    state: str
    joined_to: str | None = None


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    tables: tuple[Table, ...]


class Sync(msgspec.Struct, frozen=True, kw_only=True):
    state: str = "online"
    waiting: int = 0
    last_success_at: Instant | None = None
    last_error: str | None = None
    conflicts: int = 0
    set_aside: int = 0
    kept: int = 0
    clock_offset_ms: int = 0


class Printer(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    state: str
    jobs_waiting: int = 0
    detail: str | None = None


class Device(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    state: str
    detail: str = ""


class PaperAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that should be on paper for long, and is not."""

    title: str
    printer: str = ""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    property_name: str
    node_code: str = ""
    business_date: str | None = None
    version: str = ""
    sync: Sync = Sync()
    printers: tuple[Printer, ...] = ()
    paper_alarms: tuple[PaperAlarm, ...] = ()
    devices: tuple[Device, ...] = ()
    server_time: str = ""


class People(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Person, ...]


class Stations(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Station, ...]


class MenuPage(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[MenuItem, ...]
    next_cursor: str | None = None
    currency: str | None = None


class OrderPage(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Order, ...]
    next_cursor: str | None = None


class Tickets(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Ticket, ...]
    position: str | None = None


class ConflictSide(msgspec.Struct, frozen=True, kw_only=True):
    value: Any
    at: Instant
    value_name: str | None = None
    node_code: str | None = None
    """None is head office."""
    person: str | None = None


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    table: str
    field: str
    won: ConflictSide
    lost: ConflictSide
    row_name: str | None = None
    restore: str = "never"


class ConflictPage(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Conflict, ...]
    next_cursor: str | None = None


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    code: str
    at: Instant
    holds: dict[str, int] = {}


class SetAsidePage(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[SetAside, ...]


class KeptBack(msgspec.Struct, frozen=True, kw_only=True):
    """What came from head office and can't be applied at the node."""

    id: int
    reason: str
    holds: dict[str, int] = {}


class KeptBackList(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[KeptBack, ...]
    count: int = 0


class Undecided(msgspec.Struct, frozen=True, kw_only=True):
    """All that a manager may have to decide or to know of."""

    conflicts: tuple[Conflict, ...] = ()
    more: bool = False
    set_aside: tuple[SetAside, ...] = ()
    kept: tuple[KeptBack, ...] = ()


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    message: str
    details: dict[str, Any] = {}


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    error: Problem
