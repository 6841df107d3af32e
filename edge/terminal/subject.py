"""What an action is about, as far as a terminal knows it. Pure."""

from dataclasses import dataclass
from datetime import datetime

from edge.terminal.shapes.floor import Party, Table
from edge.terminal.shapes.hardware import Attempt
from edge.terminal.shapes.money import Drawer, Payment
from edge.terminal.shapes.node import Person, PrintJob
from edge.terminal.shapes.orders import Order, OrderLine


@dataclass(frozen=True)
class Subject:
    """What an action is about, as far as this terminal knows it."""

    currency: str = ""
    order: Order | None = None
    line: OrderLine | None = None
    payments: tuple[Payment, ...] = ()
    slips: tuple[PrintJob, ...] = ()
    people: tuple[Person, ...] = ()
    person_id: str = ""
    terminal_id: str = ""
    drawer: Drawer | None = None
    currencies: tuple[str, ...] = ()
    business_date: str = ""
    others: tuple[Order, ...] = ()
    """The other open orders."""
    parties: tuple[Party, ...] = ()
    """Those who can be seated: who wait first, then who have reserved."""
    tables: tuple[Table, ...] = ()
    """Those that it may be about: that are free, or that are not."""
    card_terminal: str = ""
    """The name of the one that is this till's."""
    attempts: tuple[Attempt, ...] = ()
    """The card payments of the order of which nobody knows yet if they went through."""
    card_refunds: tuple[Attempt, ...] = ()
    """What card terminals were asked to give back of the order, of which nobody knows yet if they did."""
    now: datetime = datetime.min
    """By the node's clock, in the zone that staff read."""

    @property
    def unknown(self) -> bool:
        """Whether a card payment of it waits for an end."""
        return self.order is not None and self.order.payment_state == "unknown"

    @property
    def settled(self) -> bool:
        """Whether the order is paid."""
        return self.order is not None and self.order.payment_state == "settled"

    @property
    def left(self) -> tuple[OrderLine, ...]:
        """The order's lines that are not voided."""
        return tuple(line for line in (self.order.lines if self.order else ()) if not line.void_reason)

    @property
    def seats(self) -> tuple[int, ...]:
        """The seats of what is left, in their order."""
        return tuple(sorted({line.seat for line in self.left if line.seat is not None}))

    @property
    def held(self) -> tuple[OrderLine, ...]:
        """The lines that the kitchen does not know of yet."""
        return tuple(line for line in self.left if line.kitchen_state == "held")

    @property
    def session_id(self) -> str:
        """The drawer's open session."""
        return self.drawer.session.id if self.drawer and self.drawer.session else ""
