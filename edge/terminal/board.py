"""What this terminal knows of the property, kept current by reads and events. No screen, no network."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from msgspec import structs

from edge.terminal.changes import Marks, changes_between, voids_on
from edge.terminal.news import Topic
from edge.terminal.passes import AT_PASS
from edge.terminal.shapes import Instant
from edge.terminal.shapes.kitchen import Station, Ticket
from edge.terminal.shapes.menu import MenuItem, NotServed, PricesNow
from edge.terminal.shapes.node import Person, Status
from edge.terminal.shapes.orders import Order

ORDERS_KEPT_MAX = 2_000
TICKETS_KEPT_MAX = 2_000
SKEW_TOLD = timedelta(seconds=2)

TICKETS_TO_DO = frozenset({"placed", "in_preparation"})


class _OrderEvent(msgspec.Struct):
    order: Order


class _TicketEvent(msgspec.Struct):
    ticket: Ticket


class _MenuEvent(msgspec.Struct):
    items: tuple[MenuItem, ...] = ()
    whole: bool = True
    """More may have changed than the items told: the menu is to be read anew."""


class _Beat(msgspec.Struct):
    server_time: Instant | None = None


class Board:
    """The property as last heard. `problems` says, by topic, why something could not be read."""

    def __init__(self, property_name: str = "") -> None:
        self.property_name = property_name
        self.currency = ""
        self.status: Status | None = None
        self.people: tuple[Person, ...] = ()
        self.menu: tuple[MenuItem, ...] = ()
        self.menu_stale = False
        """More of the menu has changed than was told."""
        self.stations: tuple[Station, ...] = ()
        self.orders: dict[str, Order] = {}
        self.tickets: dict[str, Ticket] = {}
        self.loaded: set[Topic] = set()
        self.problems: dict[Topic, str] = {}
        self.skew = timedelta()
        """The node's clock minus this machine's."""
        self.marks: dict[str, Marks] = {}
        """What changed on tickets after they were fired and nobody has acknowledged, by ticket."""
        self._prices: dict[str, int] = {}
        self._off: dict[str, NotServed] = {}
        self._prices_until: datetime | None = None
        self._items_of: tuple[MenuItem, ...] = ()
        self._items: dict[str, MenuItem] = {}
        self._heard_meanwhile: set[str] = set()
        self._acknowledged: set[str] = set()

    @property
    def items(self) -> dict[str, MenuItem]:
        """The menu by id."""
        if self._items_of is not self.menu:
            self._items_of, self._items = self.menu, {item.id: item for item in self.menu}
        return self._items

    def open_orders(self) -> list[Order]:
        """Orders not paid yet, oldest first."""
        waiting = [order for order in self.orders.values() if order.payment_state != "settled"]
        return sorted(
            (order for order in waiting if order.kitchen_state != "voided"),
            key=lambda order: (order.opened_at, order.number),
        )

    def settled_orders(self) -> list[Order]:
        """Paid orders that this terminal knows of, latest first."""
        # An order of which everything was voided counts as settled too, but has no receipt to show.
        settled = [
            order
            for order in self.orders.values()
            if order.payment_state == "settled" and order.kitchen_state != "voided"
        ]
        return sorted(settled, key=lambda order: (order.opened_at, order.number), reverse=True)

    def overpaid_orders(self) -> list[Order]:
        """Orders for which too much was taken, latest first."""
        too_much = [order for order in self.orders.values() if order.surplus_minor]
        return sorted(too_much, key=lambda order: (order.opened_at, order.number), reverse=True)

    def queue(self, station_id: str | None, states: Iterable[str] = TICKETS_TO_DO) -> list[Ticket]:
        """Tickets of a station (None: of all) in these states: rushed ones first, then the oldest."""
        wanted = set(states)
        # a voided ticket stays until its void was seen
        loud = self.marks if wanted >= TICKETS_TO_DO else {}
        fitting = [ticket for ticket in self.tickets.values() if ticket.state in wanted or ticket.id in loud]
        return sorted(
            (ticket for ticket in fitting if station_id in (None, ticket.station_id)),
            key=lambda ticket: (not ticket.rush, ticket.placed_at, ticket.order_number, ticket.id),
        )

    def paused(self, now: datetime) -> dict[str, Station]:
        """The stations that take no orders at that moment by the node's clock, by id."""
        return {station.id: station for station in self.stations if station.paused(now)}

    def begin_fetch(self) -> None:
        """A whole list is about to be read: what events say from now on is newer than that list."""
        self._heard_meanwhile.clear()

    def replace_open_orders(self, orders: Iterable[Order]) -> None:
        """The whole list of open orders, as read since `begin_fetch`."""
        for order in self.open_orders():
            if order.id not in self._heard_meanwhile:
                del self.orders[order.id]
        self.take_orders([order for order in orders if order.id not in self._heard_meanwhile])

    def replace_tickets_to_do(self, tickets: Iterable[Ticket]) -> None:
        """The whole list of tickets to do, as read since `begin_fetch`."""
        self._replace_tickets(self.queue(None), tickets)

    def replace_at_pass(self, tickets: Iterable[Ticket]) -> None:
        """The whole list of what is not served, as read since `begin_fetch`; what else is ready has left the pass."""
        self._replace_tickets(self.queue(None, AT_PASS), tickets)

    def _replace_tickets(self, known: Iterable[Ticket], tickets: Iterable[Ticket]) -> None:
        fresh = {ticket.id: ticket for ticket in tickets if ticket.id not in self._heard_meanwhile}
        for ticket in known:
            if ticket.id not in self._heard_meanwhile and ticket.id not in fresh:
                del self.tickets[ticket.id]
                self.marks.pop(ticket.id, None)
        self.take_tickets(fresh.values())

    def acknowledge(self, ticket_ids: Iterable[str]) -> None:
        """Somebody has seen what changed on these tickets."""
        for ticket_id in ticket_ids:
            self._acknowledged.update(self.marks.pop(ticket_id, {}))

    def _mark(self, ticket: Ticket) -> None:
        """Keep what is loud on a ticket that is about to take the place of what was known."""
        before = self.tickets.get(ticket.id)
        if ticket.state in {"ready", "served"}:
            self.marks.pop(ticket.id, None)
            return
        if before is None:
            marks = voids_on(ticket, self._acknowledged) if ticket.state in TICKETS_TO_DO else {}
        else:
            marks = changes_between(before, ticket) if before.state in TICKETS_TO_DO else {}
        if marks:
            self.marks.setdefault(ticket.id, {}).update(marks)

    def take_orders(self, orders: Iterable[Order]) -> None:
        """Orders as the node has them now; the oldest settled ones are forgotten beyond ORDERS_KEPT_MAX."""
        self.orders.update((order.id, order) for order in orders)
        surplus = len(self.orders) - ORDERS_KEPT_MAX
        for order in self.settled_orders()[::-1][: max(0, surplus)]:
            del self.orders[order.id]

    def take_tickets(self, tickets: Iterable[Ticket]) -> None:
        """Tickets as the node has them now; the oldest done ones are forgotten beyond TICKETS_KEPT_MAX."""
        for ticket in tickets:
            self._mark(ticket)
            self.tickets[ticket.id] = ticket
        surplus = len(self.tickets) - TICKETS_KEPT_MAX
        kept = self.marks
        done = [one for one in self.tickets.values() if one.state not in TICKETS_TO_DO and one.id not in kept]
        for ticket in sorted(done, key=lambda ticket: ticket.placed_at)[: max(0, surplus)]:
            del self.tickets[ticket.id]

    def hear_order(self, order: Order) -> None:
        """One order as it is at this moment, from an event or an answer."""
        self._heard_meanwhile.add(order.id)
        self.take_orders([order])

    def hear_ticket(self, ticket: Ticket) -> None:
        """One ticket as it is at this moment, from an event or an answer."""
        self._heard_meanwhile.add(ticket.id)
        self.take_tickets([ticket])

    def replace_menu(self, items: Iterable[MenuItem]) -> None:
        """The whole menu, as read since `begin_fetch`."""
        heard = {item.id: item for item in self.menu if item.id in self._heard_meanwhile}
        self.menu = tuple(heard.pop(item.id) if item.id in heard else self._as_now(item) for item in items) + tuple(
            heard.values()
        )

    def take_prices(self, now: PricesNow) -> None:
        """What costs something else now and what is not served; all other items are as the menu says."""
        self._prices = {one.menu_item_id: one.price_minor for one in now.items}
        self._off = {one.menu_item_id: one for one in now.not_served}
        self._prices_until = now.until
        self.menu = tuple(self._as_now(item) for item in self.menu)

    def prices_are_over(self, now: datetime) -> bool:
        """Whether prices may have changed since they were read."""
        return self._prices_until is not None and now >= self._prices_until

    def _as_now(self, item: MenuItem) -> MenuItem:
        price, off = self._prices.get(item.id), self._off.get(item.id)
        if price is item.usual_minor is None and off == item.off:
            return item
        usual = item.price_minor if item.usual_minor is None else item.usual_minor
        if price is None:
            return structs.replace(item, price_minor=usual, usual_minor=None, off=off)
        return structs.replace(item, price_minor=price, usual_minor=usual, off=off)

    def hear_items(self, items: Iterable[MenuItem]) -> None:
        """Items as they are at this moment, from an event or an answer; a new one stands at the end."""
        heard = {item.id: self._as_now(item) for item in items}
        self._heard_meanwhile.update(heard)
        self.menu = tuple(heard.pop(item.id, item) for item in self.menu) + tuple(heard.values())

    @property
    def wrong_by_ms(self) -> int:
        """How far this machine's clock is behind the node's where staff are told of it (R23); nothing is shown by it."""
        return self.skew // timedelta(milliseconds=1) if abs(self.skew) > SKEW_TOLD else 0

    def take_event(self, name: str, data: bytes, now: datetime) -> frozenset[Topic]:
        """Apply one event; the topics that it changed. Raises msgspec.MsgspecError for what can't be read."""
        if name in {"order_created", "order_updated"}:
            self.hear_order(msgspec.json.decode(data, type=_OrderEvent).order)
            return frozenset({Topic.ORDERS})
        if name == "ticket_updated":
            self.hear_ticket(msgspec.json.decode(data, type=_TicketEvent).ticket)
            return frozenset({Topic.TICKETS})
        if name == "menu_updated":
            told = msgspec.json.decode(data, type=_MenuEvent)
            self.hear_items(told.items)
            self.menu_stale = self.menu_stale or told.whole
            return frozenset({Topic.MENU})
        if name == "sync_status":
            self.status = msgspec.json.decode(data, type=Status)
            return frozenset({Topic.STATUS})
        if name in {"heartbeat", "hello"}:
            beat = msgspec.json.decode(data, type=_Beat)
            before = self.wrong_by_ms
            self.skew = beat.server_time - now if beat.server_time else self.skew
            if bool(self.wrong_by_ms) is not bool(before):
                return frozenset({Topic.STATUS})
        return frozenset()
