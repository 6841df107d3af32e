"""What staff do, as verbs on the desk. Those that must not be lost go through the outbox and return at once."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from msgspec import structs

from edge.terminal.action import Action
from edge.terminal.client import read_as
from edge.terminal.desk import Desk
from edge.terminal.draft import draft_of
from edge.terminal.kept import KeptAction, Kind
from edge.terminal.news import Topic
from edge.terminal.shapes.edits import Conflict, ConflictPage, KeptBackList, SetAsidePage, Undecided
from edge.terminal.shapes.kitchen import Ticket, Tickets
from edge.terminal.shapes.menu import MenuItem
from edge.terminal.shapes.money import (
    HouseRates,
    HouseRules,
    Invoice,
    Invoices,
    Mail,
    Mailable,
    Mails,
    Receipt,
    ReceiptLink,
)
from edge.terminal.shapes.node import Approval, Person, SignedIn
from edge.terminal.shapes.orders import Order, Parts
from edge.terminal.subject import Subject
from edge.terminal.ways import CashTaken
from edge.terminal.words import _


async def sign_in(desk: Desk, person: Person, pin: str) -> None:
    """Sign a person in. Raises NodeError (WRONG_PIN, PIN_LOCKED, …)."""
    # Each try is an action of its own: under the same key the node would only repeat its first answer.
    key = secrets.token_hex(16)
    body = {"person_id": person.id, "pin": pin}
    answer = await desk.client.act(f"{desk.place}/sign-ins", body, key=key, token=desk.terminal_token)
    desk.session = read_as(answer, SignedIn)
    desk.outbox.tokens[person.id] = desk.session.token
    desk.outbox.wake()
    desk.changed(Topic.SESSION, Topic.DRAFT)


def sign_out(desk: Desk) -> None:
    """Sign the person out here at once; the node hears of it after what the person still has to send."""
    if desk.session:
        _put(desk, "sign_out", "/sign-outs", {}, token=desk.session.token)
        desk.session = None
        desk.changed(Topic.SESSION)


def end_session(desk: Desk, person_id: str) -> bool:
    """The node has ended a sign-in; True when it was that of the person signed in here now."""
    if desk.session is None or desk.session.person.id != person_id:
        return False
    desk.session = None
    desk.changed(Topic.SESSION)
    return True


async def set_pin(desk: Desk, code: str, pin: str) -> None:
    """Set a PIN by its one-time code. Raises NodeError."""
    body = {"code": code, "pin": pin}
    await desk.act_once(("pin", code, pin), f"{desk.place}/pins", body, token=desk.terminal_token)
    desk.want(Topic.PEOPLE)


def send_draft(desk: Desk) -> None:
    """Hand the draft to the outbox; nothing happens when it is empty or on its way already."""
    draft = desk.draft
    if desk.session is None or draft.empty or draft.sending:
        return
    kind: Kind = "lines" if draft.order_id else "order"
    path = f"/orders/{draft.order_id}/lines" if draft.order_id else "/orders"
    title = place_words(draft.table, draft.channel)
    key = _put(desk, kind, path, draft.body(), title, draft.estimate_minor, draft.order_id)
    desk.draft = replace(draft, sending=key, kept=False, refusal="")


def send_despite_pause(desk: Desk, station_id: str, approval_id: str = "") -> None:
    """Send the draft again, with what is of a paused station meant all the same."""
    desk.draft = desk.draft.despite_pause(station_id, approval_id)
    send_draft(desk)


def send_at_price(desk: Desk, item_id: str, price_minor: int, approval_id: str) -> None:
    """Send the draft again, with a manager's approval of what was keyed in for an open item."""
    desk.draft = desk.draft.approved(item_id, price_minor, approval_id)
    send_draft(desk)


async def pause_station(desk: Desk, station_id: str, body: dict[str, Any]) -> None:
    """Take no more orders for a station. Raises NodeError."""
    action = ("pause", station_id, *(str(value) for value in body.values()))
    await desk.act_once(action, f"{desk.place}/stations/{station_id}/pause", body, token=desk.acting_token)
    desk.want(Topic.TICKETS)


async def resume_station(desk: Desk, station_id: str) -> None:
    """Take orders for a station again. Raises NodeError."""
    await desk.act_once(
        ("resume", station_id), f"{desk.place}/stations/{station_id}/resume", {}, token=desk.acting_token
    )
    desk.want(Topic.TICKETS)


def send_act(desk: Desk, action: Action, subject: Subject, answers: Mapping[str, Any]) -> None:
    """Hand a verb of the table of actions to the outbox."""
    path, body = action.request(subject, answers)
    about = [_(action.label)]
    if action.scope == "line" and subject.line:
        about.append(subject.line.name)
    if subject.order and action.scope != "till":
        about.append(subject.order.number)
    order_id = subject.order.id if subject.order else None
    _put(desk, "act", path, body, " · ".join(about), order_id=order_id, name=action.name)


async def approve(desk: Desk, action: KeptAction, approver_id: str, pin: str, reason: str) -> str:
    """Have a manager allow what the node refused: the approval's id. Raises NodeError (WRONG_PIN, APPROVER_MAY_NOT, …)."""
    needs = action.needs or {}
    body: dict[str, Any] = {"person_id": approver_id, "pin": pin, "reason": reason}
    body |= {name: needs.get(name) for name in ("action", "record_id", "value")}
    # Each try is an action of its own, as at sign-in. An approval whose answer is lost is never used.
    key, token = secrets.token_hex(16), desk.acting_token
    return read_as(await desk.client.act(f"{desk.place}/approvals", body, key=key, token=token), Approval).id


def send_approved(desk: Desk, action: KeptAction, approval_id: str) -> None:
    """Ask the node again for what a manager has allowed; a new action, since the node has answered the first."""
    desk.outbox.drop(action.key)
    body = action.body | {"approval_id": approval_id}
    again = structs.replace(action, key=secrets.token_hex(16), body=body, refusal="", needs=None)
    desk.outbox.put(again)


def send_payment(desk: Desk, order: Order, body: dict[str, Any]) -> None:
    """Record a payment; nothing happens while another of the same order has no answer."""
    if payment_under_way(desk, order.id) is None:
        path = f"/orders/{order.id}/payments"
        _put(desk, "payment", path, body, order.number, body["amount_minor"], order.id)


def payment_under_way(desk: Desk, order_id: str) -> KeptAction | None:
    """The payment of this order that the node has not answered: nobody may take another until it has."""
    payments = (action for action in desk.outbox.actions if action.kind == "payment" and not action.refusal)
    return next((action for action in payments if action.order_id == order_id), None)


async def count_portions(desk: Desk, item: MenuItem, portions: int | None) -> None:
    """Say how many portions of an item are left: 0 is an 86, None no limit. Raises NodeError."""
    path = f"{desk.place}/menu-items/{item.id}/portions"
    body = {"portions": portions}
    answer = await desk.act_once(("count", item.id, str(portions)), path, body, token=desk.acting_token)
    desk.board.hear_items([read_as(answer, MenuItem)])
    desk.changed(Topic.MENU)


def edit_again(desk: Desk, action: KeptAction) -> None:
    """Take a refused order out of the outbox and back into the check, to be changed and sent anew."""
    desk.outbox.drop(action.key)
    desk.draft = draft_of(action.body, action.order_id, desk.board.menu)


async def step(desk: Desk, ticket_id: str, verb: str, line_id: str = "") -> None:
    """Move a ticket or one of its lines: "start", "bump", "serve" or "recall". Raises NodeError."""
    before = desk.board.tickets.get(ticket_id)
    states = " ".join(line.state or "" for line in before.lines) if before else ""
    path = f"{desk.place}/tickets/{ticket_id}/{verb}"
    body = {"line_ids": [line_id]} if line_id else {}
    answer = await desk.act_once((verb, ticket_id, line_id, states), path, body, token=desk.acting_token)
    if verb in {"bump", "recall"} and not line_id:
        desk.last_bumped = ticket_id if verb == "bump" else None
    desk.board.hear_ticket(read_as(answer, Ticket))
    desk.changed(Topic.TICKETS)


async def at_pass(desk: Desk, ticket_ids: tuple[str, ...], verb: str, line_id: str = "") -> None:
    """Move an order's tickets at the pass, or one of their lines: "serve" or "return". Raises NodeError."""
    before = (desk.board.tickets.get(ticket_id) for ticket_id in ticket_ids)
    states = " ".join(line.state or "" for ticket in before if ticket for line in ticket.lines)
    body = {"ticket_ids": list(ticket_ids)} | ({"line_ids": [line_id]} if line_id else {})
    action = (verb, *ticket_ids, line_id, states)
    answer = await desk.act_once(action, f"{desk.place}/pass/{verb}", body, token=desk.acting_token)
    for ticket in read_as(answer, Tickets).items:
        desk.board.hear_ticket(ticket)
    desk.last_served = ticket_ids if verb == "serve" else ()
    desk.changed(Topic.TICKETS)


async def parts(desk: Desk, order_id: str, count: int) -> tuple[int, ...]:
    """What is due in so many equal parts. Raises NodeError."""
    query = {"count": str(count)}
    path = f"{desk.place}/orders/{order_id}/parts"
    return (await desk.client.read(path, Parts, token=desk.terminal_token, query=query)).parts


async def cash_taken(desk: Desk) -> CashTaken:
    """How the house takes cash. Raises NodeError."""
    house = await desk.client.read(f"{desk.place}/house-rules", HouseRules, token=desk.terminal_token)
    rates = await desk.client.read(f"{desk.place}/house-rates", HouseRates, token=desk.terminal_token)
    return CashTaken(house.cash_step_minor, rates.items)


async def receipt(desk: Desk, order_id: str) -> Receipt:
    """The receipt of a settled order. Raises NodeError."""
    return await desk.client.read(f"{desk.place}/orders/{order_id}/receipt", Receipt, token=desk.terminal_token)


async def receipt_link(desk: Desk, order_id: str) -> ReceiptLink:
    """Where the guest of a settled order reads its receipt. Raises NodeError."""
    path, key = f"{desk.place}/orders/{order_id}/receipt-link", secrets.token_hex(16)
    return read_as(await desk.client.act(path, {}, key=key, token=desk.acting_token), ReceiptLink)


async def mailable(desk: Desk, order_id: str) -> Mailable:
    """What of an order can be mailed, and was. Raises NodeError."""
    of_order, token = f"{desk.place}/orders/{order_id}", desk.terminal_token
    mails = (await desk.client.read(f"{of_order}/mails", Mails, token=token)).items
    invoices = (await desk.client.read(f"{of_order}/invoices", Invoices, token=token)).items
    return Mailable(mails=mails, invoices=tuple(one for one in invoices if one.state == "issued"))


async def mail(desk: Desk, paper: str, address: str, *, again_of: str = "") -> Mail:
    """Have a paper mailed, once more where the mail before is named: the receipt of "orders/…", or "invoices/…". Raises
    NodeError (MAILED_ALREADY, …)."""
    body = {"address": address} | ({"again_of": again_of} if again_of else {})
    action = ("mail", paper, address, again_of)
    return read_as(await desk.act_once(action, f"{desk.place}/{paper}/mails", body, token=desk.acting_token), Mail)


async def issue_invoice(desk: Desk, order_id: str, to: Mapping[str, str]) -> Invoice:
    """Issue a receipt to a company: company, address, tax_number, perhaps country. Raises NodeError (TAX_NUMBER_INVALID,
    INVOICE_STANDS, …)."""
    path = f"{desk.place}/orders/{order_id}/invoices"
    action = ("invoice", order_id, *to.values())
    return read_as(await desk.act_once(action, path, dict(to), token=desk.acting_token), Invoice)


async def undecided(desk: Desk) -> Undecided:
    """What waits for a manager. Raises NodeError."""
    token, open_only = desk.acting_token, {"state": "open", "limit": "100"}
    conflicts = await desk.client.read(f"{desk.place}/conflicts", ConflictPage, token=token, query=open_only)
    aside = await desk.client.read(f"{desk.place}/troubles", SetAsidePage, token=token, query=open_only)
    kept = await desk.client.read(f"{desk.place}/kept", KeptBackList, token=token)
    return Undecided(
        conflicts=conflicts.items, more=conflicts.next_cursor is not None, set_aside=aside.items, kept=kept.items
    )


async def decide(desk: Desk, conflict: Conflict, verb: str, note: str = "") -> None:
    """Settle a conflict: "restore" or "dismiss". Raises NodeError."""
    path = f"{desk.place}/conflicts/{conflict.id}/{verb}"
    await desk.act_once((verb, conflict.id, note), path, {"note": note} if note else {}, token=desk.acting_token)
    desk.want(Topic.STATUS)


async def try_kept_back(desk: Desk) -> None:
    """Have the node try what it could not apply. Raises NodeError."""
    await desk.act_once(("kept",), f"{desk.place}/kept/retry", {}, token=desk.acting_token)
    desk.want(Topic.STATUS)


def channel_words(channel: str) -> str:
    """A way of ordering in words."""
    words = {
        "dine_in": _("Dine in"),
        "takeaway": _("Take-away"),
        "counter": _("Counter"),
        "delivery": _("Delivery"),
        "room_service": _("Room service"),
    }
    return words.get(channel, channel.replace("_", " "))


def place_words(table: str | None, channel: str) -> str:
    """Where an order goes: its table or room, else how it was ordered."""
    if not table:
        return channel_words(channel)
    if channel == "room_service":
        return _("Room {room}").format(room=table)
    return _("Table {table}").format(table=table)


def _put(
    desk: Desk,
    kind: Kind,
    path: str,
    body: dict[str, Any],
    title: str = "",
    amount_minor: int = 0,
    order_id: str | None = None,
    *,
    token: str = "",
    name: str = "",
) -> str:
    """Put an action of the person signed in into the outbox; its key."""
    assert desk.session is not None, "somebody must be signed in to act"
    action = KeptAction(
        key=secrets.token_hex(16),
        kind=kind,
        path=desk.place + path,
        body=body,
        person_id=desk.session.person.id,
        person_name=desk.session.person.display_name,
        title=title,
        amount_minor=amount_minor,
        currency=desk.board.currency,
        made_at=desk.node_now().isoformat(),
        order_id=order_id,
        name=name,
    )
    desk.outbox.put(action, token=token)
    return action.key
