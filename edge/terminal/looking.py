"""Looks up what an action is about where the board does not hold it. Raises NodeError."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from edge.terminal import fitted
from edge.terminal.client import NodeError
from edge.terminal.desk import Desk
from edge.terminal.shapes.floor import Floor, Parties, Table
from edge.terminal.shapes.hardware import Attempts
from edge.terminal.shapes.money import Drawers, HouseRates, Payments
from edge.terminal.shapes.node import PrintJobs, Status
from edge.terminal.subject import Subject
from edge.terminal.words import _

SEATABLE = frozenset({"waiting", "late", "reserved"})


async def at_till(desk: Desk, subject: Subject) -> Subject:
    """With the day at hand, this terminal's drawer, else the shared one that is open or first, the currencies taken, and
    who waits for a table."""
    token = desk.terminal_token
    desk.board.status = status = await desk.client.read(f"{desk.place}/status", Status, token=token)
    drawers = (await desk.client.read(f"{desk.place}/drawers", Drawers, token=token)).items
    rates = (await desk.client.read(f"{desk.place}/house-rates", HouseRates, token=token)).items
    mine = [one for one in drawers if one.terminal_id == subject.terminal_id]
    shared = [one for one in drawers if one.terminal_id is None]
    fitting = sorted([*mine, *shared], key=lambda one: one.session is None)  # stable: one's own before a shared one
    currencies = tuple(rate.currency for rate in rates)
    day, drawer = status.business_date or "", fitting[0] if fitting else None
    parties = (await desk.client.read(f"{desk.place}/parties", Parties, token=token)).items
    seatable = tuple(party for party in parties if party.state in SEATABLE)
    return replace(subject, drawer=drawer, currencies=currencies, business_date=day, parties=seatable)


async def free_tables(desk: Desk, subject: Subject) -> Subject:
    """With the tables at which nobody sits."""
    return replace(subject, tables=tuple(one for one in await _tables(desk) if one.state == "free"))


async def taken_tables(desk: Desk, subject: Subject) -> Subject:
    """With the tables at which somebody sits, or sat."""
    return replace(subject, tables=tuple(one for one in await _tables(desk) if one.state != "free"))


async def _tables(desk: Desk) -> list[Table]:
    found = await desk.client.read(f"{desk.place}/floor", Floor, token=desk.terminal_token)
    return [one for one in found.tables if one.joined_to is None]


async def payments_of(desk: Desk, subject: Subject) -> Subject:
    """With the order's payments."""
    order_id = subject.order.id if subject.order else ""
    query = {"order_id": order_id, "limit": "100"}
    found = await desk.client.read(f"{desk.place}/payments", Payments, token=desk.terminal_token, query=query)
    return replace(subject, payments=found.items)


async def slips_of(desk: Desk, subject: Subject) -> Subject:
    """With the order's slips: its tickets, and its receipt once it is paid."""
    order_id = subject.order.id if subject.order else ""
    query = {"order_id": order_id, "limit": "100"}
    found = await desk.client.read(f"{desk.place}/print-jobs", PrintJobs, token=desk.terminal_token, query=query)
    return replace(subject, slips=found.items)


async def card_terminal(desk: Desk, subject: Subject) -> Subject:
    """With the card terminal of this till."""
    return replace(subject, card_terminal=(await fitted.card_terminal_of(desk)).name)


async def attempts_of(desk: Desk, subject: Subject) -> Subject:
    """With the card payments of the order that wait for an end."""
    order_id = subject.order.id if subject.order else ""
    found = await desk.client.read(f"{desk.place}/orders/{order_id}/card-attempts", Attempts, token=desk.terminal_token)
    return replace(subject, attempts=tuple(one for one in found.items if one.waits))


async def card_payments(desk: Desk, subject: Subject) -> Subject:
    """With the payments, at a till that has a card terminal."""
    return await payments_of(desk, await card_terminal(desk, subject))


async def card_refunds_of(desk: Desk, subject: Subject) -> Subject:
    """With what was to go back to cards and waits for an end."""
    order_id = subject.order.id if subject.order else ""
    found = await desk.client.read(f"{desk.place}/orders/{order_id}/card-refunds", Attempts, token=desk.terminal_token)
    waiting = tuple(one for one in found.items if one.waits)
    if not waiting:
        raise NodeError("CARD_REFUND_NOT_FOUND", _("Of this order nothing waits to go back to a card."))
    return replace(subject, card_refunds=waiting)


FOR: dict[str, Callable[[Desk, Subject], Awaitable[Subject]]] = {
    "refund": payments_of,
    "reprint": slips_of,
    **dict.fromkeys(("seat", "walk_in"), free_tables),
    "table_step": taken_tables,
    "charge_card": card_terminal,
    "give_back_to_card": card_payments,
    **dict.fromkeys(("card_went_back", "card_was_not_given_back"), card_refunds_of),
    **dict.fromkeys(("give_up_card", "card_was_charged", "card_was_not"), attempts_of),
}
"""What is looked up before the form of an action is opened, by its name."""
