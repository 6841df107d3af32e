"""What can happen to a ticket. Where its lines stand on several orders, each is named; where somebody moved some of its
lines by themselves, those are."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("kitchen.ticket_started")
@dataclass(frozen=True, slots=True)
class TicketStarted:
    """The station began to make it."""

    ticket_id: str
    order_id: str
    other_order_ids: tuple[str, ...] = ()
    line_ids: tuple[str, ...] = ()


@journal_kind("kitchen.ticket_bumped")
@dataclass(frozen=True, slots=True)
class TicketBumped:
    """It is ready, or some of its lines are."""

    ticket_id: str
    order_id: str
    other_order_ids: tuple[str, ...] = ()
    line_ids: tuple[str, ...] = ()


@journal_kind("kitchen.ticket_served")
@dataclass(frozen=True, slots=True)
class TicketServed:
    """It reached the guest, or some of its lines did."""

    ticket_id: str
    order_id: str
    other_order_ids: tuple[str, ...] = ()
    line_ids: tuple[str, ...] = ()


@journal_kind("kitchen.ticket_recalled")
@dataclass(frozen=True, slots=True)
class TicketRecalled:
    """It was brought back to its station, or some of its lines were."""

    ticket_id: str
    order_id: str
    other_order_ids: tuple[str, ...] = ()
    line_ids: tuple[str, ...] = ()


@journal_kind("kitchen.ticket_returned")
@dataclass(frozen=True, slots=True)
class TicketReturned:
    """It had been served, or some of its lines had, and is at the pass again."""

    ticket_id: str
    order_id: str
    other_order_ids: tuple[str, ...] = ()
    line_ids: tuple[str, ...] = ()
