"""The parts of an edge's answers that a play reads; whatever else they hold is let be."""

from typing import Literal

from msgspec import Struct


class Node(Struct, frozen=True):
    """GET /api/v1/node"""

    property_id: str
    property_name: str


class Enrolled(Struct, frozen=True):
    """POST /api/v1/terminals/enrol"""

    terminal_id: str
    token: str
    property_id: str
    property_name: str


class Person(Struct, frozen=True):
    """One of GET people"""

    id: str
    display_name: str
    role: str
    has_pin: bool | None


class SignedIn(Struct, frozen=True):
    """POST sign-ins"""

    token: str
    permissions: tuple[str, ...]


class Named(Struct, frozen=True):
    """A station, category or tax rate"""

    id: str
    name: str


class TaxRateAnswer(Struct, frozen=True):
    """A tax rate"""

    id: str
    name: str
    rate_bp: int
    included: bool


class OptionAnswer(Struct, frozen=True):
    """An option of a modifier group"""

    id: str
    name: str
    price_delta_minor: int


class GroupAnswer(Struct, frozen=True):
    """A modifier group"""

    id: str
    name: str
    choices_min: int
    choices_max: int
    options: tuple[OptionAnswer, ...]


class ItemAnswer(Struct, frozen=True):
    """A menu item"""

    id: str
    name: str
    station_id: str | None
    modifier_groups: tuple[GroupAnswer, ...]


class People(Struct, frozen=True):
    """GET people"""

    items: tuple[Person, ...]


class NamedList(Struct, frozen=True):
    """GET stations, menu-categories"""

    items: tuple[Named, ...]


class TaxRateList(Struct, frozen=True):
    """GET tax-rates"""

    items: tuple[TaxRateAnswer, ...]


class GroupList(Struct, frozen=True):
    """GET modifier-groups"""

    items: tuple[GroupAnswer, ...]


class ItemPage(Struct, frozen=True):
    """One page of GET menu-items"""

    items: tuple[ItemAnswer, ...]
    next_cursor: str | None
    currency: str | None


class LineAnswer(Struct, frozen=True):
    """A line of an order; a line without a station gets no ticket"""

    id: str
    station_id: str | None
    ticket_id: str | None
    kitchen_state: str
    void_reason: str | None


class OrderAnswer(Struct, frozen=True):
    """An order"""

    id: str
    number: str
    currency: str
    lines: tuple[LineAnswer, ...]
    total_minor: int
    due_minor: int
    kitchen_state: str
    payment_state: Literal["open", "settled"]


class Ticket(Struct, frozen=True):
    """POST tickets/{id}/bump, /serve"""

    id: str
    state: str


class Payment(Struct, frozen=True):
    """A payment"""

    id: str
    tender: str
    amount_minor: int
    change_minor: int | None


class PaymentAnswer(Struct, frozen=True):
    """POST payments"""

    payment: Payment
    order: OrderAnswer


class ErrorBody(Struct, frozen=True):
    """What went wrong"""

    code: str
    message: str


class ErrorAnswer(Struct, frozen=True):
    """The envelope of every error"""

    error: ErrorBody
