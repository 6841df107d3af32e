"""Stations and their tickets."""

from datetime import datetime

import msgspec

from edge.terminal.shapes import Instant
from edge.terminal.shapes.orders import LineOption, PartOf, SoldAs


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


class Stations(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Station, ...]


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


class Tickets(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Ticket, ...]
    position: str | None = None
