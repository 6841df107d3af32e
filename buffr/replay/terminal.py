"""One pair of hands at one edge: takes an order its whole way, one order at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID, uuid5

from buffr.replay.acknowledgements import Acknowledgements, OrderTaken, PaymentTaken
from buffr.replay.answers import OrderAnswer, PaymentAnswer, Ticket
from buffr.replay.client import EdgeClient, EdgeLate, EdgeRefused
from buffr.replay.orders import Order, OrderLine
from buffr.replay.paying import Tender, tenders
from buffr.replay.publish import PublishedMenu, ReadyEdge

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failure:
    """An order that an edge refused at some step; the others went on."""

    reference: str
    edge_url: str
    step: str
    reason: str


class Terminal:
    """Plays orders one after the other; `acknowledge` hears of every yes before the next step is taken."""

    def __init__(self, edge: ReadyEdge, client: EdgeClient, run: UUID, acknowledge: Acknowledgements) -> None:
        self._edge = edge
        self._client = client
        self._run = run
        self._acknowledge = acknowledge
        self._base = f"/api/v1/properties/{edge.property_id}"
        self._step = ""

    async def play(self, order: Order) -> Failure | None:
        """The order's whole way: placed, its tickets bumped and served, settled. A refusal ends it there."""
        try:
            placed = await self._place(order)
            for ticket_id in await self._tickets(placed):
                await self._advance(order, ticket_id, "bump")
                await self._advance(order, ticket_id, "serve")
            return await self._settle(order, placed)
        except (EdgeRefused, EdgeLate) as refused:
            return self._failure(order, str(refused))

    async def _place(self, order: Order) -> OrderAnswer:
        self._step = "place"
        placed = await self._post("orders", order_body(order, self._edge.menu), OrderAnswer, order)
        self._acknowledge(
            OrderTaken(
                reference=order.reference,
                edge_url=self._edge.access.url,
                order_id=placed.id,
                number=placed.number,
                currency=placed.currency,
                total_minor=placed.total_minor,
                lines=len(placed.lines),
            )
        )
        return placed

    async def _tickets(self, placed: OrderAnswer) -> tuple[str, ...]:
        """The order's tickets; the kitchen's reader of the journal may make them just after the answer."""
        self._step = "tickets"
        if not _has_tickets(placed):
            token = self._edge.access.terminal_token
            path = f"{self._base}/orders/{placed.id}"
            placed = await self._client.get_until(path, OrderAnswer, _has_tickets, token=token)
        return tuple(dict.fromkeys(line.ticket_id for line in placed.lines if line.ticket_id is not None))

    async def _advance(self, order: Order, ticket_id: str, step: str) -> None:
        """A step that a person at the kitchen screen took before us is answered like our own."""
        self._step = step
        await self._post(f"tickets/{ticket_id}/{step}", {}, Ticket, order)

    async def _settle(self, order: Order, placed: OrderAnswer) -> Failure | None:
        taken = None
        for place, tender in enumerate(tenders(order.reference, placed.due_minor), start=1):
            self._step = f"payment {place}"
            taken = await self._pay(order, placed, tender)
        if taken is not None and taken.order.payment_state != "settled":
            return self._failure(order, f"order {placed.number} is not settled; due {taken.order.due_minor}")
        return None

    async def _pay(self, order: Order, placed: OrderAnswer, tender: Tender) -> PaymentAnswer:
        fields = {
            "tender": tender.tender,
            "amount_minor": tender.amount_minor,
            "tendered_minor": tender.tendered_minor,
            "reference": tender.reference,
        }
        taken = await self._post(f"orders/{placed.id}/payments", _stated(fields), PaymentAnswer, order)
        self._acknowledge(
            PaymentTaken(
                reference=order.reference,
                edge_url=self._edge.access.url,
                order_id=placed.id,
                payment_id=taken.payment.id,
                tender=taken.payment.tender,
                amount_minor=taken.payment.amount_minor,
            )
        )
        return taken

    async def _post(self, path: str, body: Mapping[str, Any], answer: type[T], order: Order) -> T:
        key = str(uuid5(self._run, f"{order.reference}\n{self._step}\n{path}"))
        token = self._edge.access.session_token
        return await self._client.post(f"{self._base}/{path}", body, answer, token=token, key=key)

    def _failure(self, order: Order, reason: str) -> Failure:
        return Failure(order.reference, self._edge.access.url, self._step, reason)


def order_body(order: Order, menu: PublishedMenu) -> dict[str, Any]:
    """The order as POST orders takes it, by the edge's ids. Raises ValueError for what the menu lacks."""
    fields = {"channel": order.channel, "table": order.table, "covers": order.covers, "note": order.note}
    try:
        return _stated(fields) | {"lines": [_line_body(line, menu) for line in order.lines]}
    except KeyError as missing:
        raise ValueError(f"order {order.reference} names {missing}, which the published menu lacks") from missing


def _line_body(line: OrderLine, menu: PublishedMenu) -> dict[str, Any]:
    options = [
        {"option_id": menu.option_ids[option.group, option.name], "quantity": option.quantity}
        for option in line.options
    ]
    fields = {
        "menu_item_id": menu.item_ids[line.item],
        "quantity": line.quantity,
        "options": options or None,
        "unit_price_minor": line.unit_price_minor,
        "note": line.note,
        "seat": line.seat,
    }
    return _stated(fields)


def _stated(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def _has_tickets(order: OrderAnswer) -> bool:
    """Whether every line that some station makes is on a ticket."""
    return all(
        line.ticket_id is not None or line.station_id is None or line.void_reason is not None for line in order.lines
    )
