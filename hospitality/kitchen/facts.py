"""What can happen to a ticket. Where its lines stand on several orders, each is named."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("kitchen.ticket_started")
@dataclass(frozen=True, slots=True)
class TicketStarted:
    """The station began to make it."""

    ticket_id: str
    order_id: str
    other_order_ids: tuple[str, ...] = ()


@journal_kind("kitchen.ticket_bumped")
@dataclass(frozen=True, slots=True)
class TicketBumped:
    """All of it is ready."""

    ticket_id: str
    order_id: str
    other_order_ids: tuple[str, ...] = ()


@journal_kind("kitchen.ticket_served")
@dataclass(frozen=True, slots=True)
class TicketServed:
    """All of it reached the guest."""

    ticket_id: str
    order_id: str
    other_order_ids: tuple[str, ...] = ()


@journal_kind("kitchen.ticket_recalled")
@dataclass(frozen=True, slots=True)
class TicketRecalled:
    """It was brought back to its station."""

    ticket_id: str
    order_id: str
    other_order_ids: tuple[str, ...] = ()
