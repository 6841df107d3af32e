"""What can happen to an order. Ids, numbers and totals alone: names and notes stay in their rows."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("orders.order_placed")
@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """An order was taken; its tickets go to their stations."""

    order_id: str
    number: str
    ticket_ids: tuple[str, ...]
    lines: int
    total_minor: int
    currency: str


@journal_kind("orders.lines_added")
@dataclass(frozen=True, slots=True)
class LinesAdded:
    """More was ordered; `ticket_ids` are the new tickets."""

    order_id: str
    number: str
    ticket_ids: tuple[str, ...]
    lines: int
    total_minor: int
    currency: str


@journal_kind("orders.line_voided")
@dataclass(frozen=True, slots=True)
class LineVoided:
    """A line was taken off; the reason stands in the entry."""

    order_id: str
    number: str
    line_id: str
    ticket_id: str
    amount_minor: int
    total_minor: int
    currency: str
    fired: bool = True
    wasted: bool = False


@journal_kind("orders.order_voided")
@dataclass(frozen=True, slots=True)
class OrderVoided:
    """The last line that was left was taken off."""

    order_id: str
    number: str


@journal_kind("orders.course_fired")
@dataclass(frozen=True, slots=True)
class CourseFired:
    """Held lines went to their stations; `course` is None when all that was held did."""

    order_id: str
    number: str
    ticket_ids: tuple[str, ...]
    course: int | None
    lines: int


@journal_kind("orders.order_rushed")
@dataclass(frozen=True, slots=True)
class OrderRushed:
    """Its tickets that are still to be made go before others."""

    order_id: str
    number: str
    ticket_ids: tuple[str, ...]


@journal_kind("orders.adjustment_made")
@dataclass(frozen=True, slots=True)
class AdjustmentMade:
    """A comp, a discount or a service charge; `amount_minor` is what it came to then, below zero for what was taken off."""

    adjustment_id: str
    order_id: str
    line_id: str | None
    kind: str
    percent_bp: int | None
    amount_minor: int
    total_minor: int
    currency: str


@journal_kind("orders.adjustment_withdrawn")
@dataclass(frozen=True, slots=True)
class AdjustmentWithdrawn:
    """A comp, discount or service charge counts no more; the reason stands in the entry."""

    adjustment_id: str
    order_id: str
    kind: str
    total_minor: int
    currency: str


@journal_kind("orders.service_charge_rule_set")
@dataclass(frozen=True, slots=True)
class ServiceChargeRuleSet:
    """Which parties get a service charge was decided."""

    rule_id: str
    covers_min: int
    percent_bp: int
    active: bool


@journal_kind("orders.promotion_given")
@dataclass(frozen=True, slots=True)
class PromotionGiven:
    """A promotion takes another sum off an order than before; `amount_minor` is that sum, below zero, or nothing any more."""

    order_id: str
    promotion_id: str
    amount_minor: int
    total_minor: int
    currency: str


@journal_kind("orders.promotion_waived")
@dataclass(frozen=True, slots=True)
class PromotionWaived:
    """Somebody took a promotion off an order, which had it at `amount_minor`; the reason stands in the entry."""

    order_id: str
    promotion_id: str
    amount_minor: int
    currency: str


@journal_kind("orders.order_changed")
@dataclass(frozen=True, slots=True)
class OrderChanged:
    """It went to another table or server, its covers were counted anew, or its tab got a name; `fields` says which."""

    order_id: str
    number: str
    fields: tuple[str, ...]
    ticket_ids: tuple[str, ...]


@journal_kind("orders.line_divided")
@dataclass(frozen=True, slots=True)
class LineDivided:
    """So many of a line are a line of their own, the part."""

    order_id: str
    number: str
    line_id: str
    part_id: str
    quantity: int


@journal_kind("orders.lines_moved")
@dataclass(frozen=True, slots=True)
class LinesMoved:
    """Lines went from one order to another, the first of `other_order_ids`; adjustments that they took along are named.

    opened: whether that is a new check. The total is what is left on the order that they went from.
    """

    order_id: str
    number: str
    other_order_ids: tuple[str, ...]
    to_number: str
    opened: bool
    line_ids: tuple[str, ...]
    ticket_ids: tuple[str, ...]
    adjustment_ids: tuple[str, ...]
    total_minor: int
    currency: str
