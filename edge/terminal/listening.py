"""What the desk does with what it hears: from the live feed, and from the outbox."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import msgspec

from edge.terminal import fetching, live
from edge.terminal.client import NodeError, read_as
from edge.terminal.desk import Desk
from edge.terminal.news import Accepted, CardTold, Link, News, Refused, Scanned, Topic, Trouble, Waiting
from edge.terminal.shapes.hardware import CardSaid
from edge.terminal.shapes.money import PaymentTaken
from edge.terminal.shapes.orders import Order
from edge.terminal.words import _


class _Scan(msgspec.Struct):
    code: str


async def run(desk: Desk) -> None:
    """Listen, fetch and send for ever; ends only by being cancelled."""
    feed = live.LiveFeed(
        desk.address,
        desk.terminal_token,
        take=lambda heard: take_live(desk, heard),
        chance=desk.chance,
        shows=lambda: desk.shows(),
    )
    desk.knock_on_feed = feed.try_now
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(feed.run())
        tasks.create_task(fetching.run(desk))
        tasks.create_task(desk.outbox.run())


def take_live(desk: Desk, heard: live.Heard) -> None:
    """Something came over the live feed."""
    match heard:
        case live.Joined(fresh):
            desk.link = Link(heard=True, since=desk.clock())
            desk.outbox.wake()
            # Resumed, nothing of orders, tickets and the menu was missed; people and printers have no events.
            desk.want(*(fetching.EVERYTHING if fresh else (Topic.STATUS, Topic.PEOPLE)))
            desk.changed(Topic.LINK)
        case live.Lost(unwelcome):
            if desk.link is None or desk.link.heard or not desk.link.tried:
                desk.link = Link(heard=False, since=desk.clock())
                desk.changed(Topic.LINK)
            if unwelcome:
                # The reads say for certain whether this terminal is known no more.
                desk.want(Topic.STATUS)
        case live.Reload():
            desk.want(*fetching.EVERYTHING)
        case live.Event("barcode_scanned", data):
            with suppress(msgspec.MsgspecError):  # of a newer node: nothing that could be read
                desk.tell(Scanned(msgspec.json.decode(data, type=_Scan).code))
        case live.Event("card_told", data):
            with suppress(msgspec.MsgspecError):
                desk.tell(CardTold(msgspec.json.decode(data, type=CardSaid)))
        case live.Event(name, data):
            try:
                topics = desk.board.take_event(name, data, desk.clock())
            except msgspec.MsgspecError:
                desk.tell(Trouble(_("The node sent what this app can't read. Bring both to the same version.")))
                return
            if name == "station_updated":
                desk.want(Topic.TICKETS)
            if Topic.MENU in topics:
                desk.follow_menu()
                desk.want(*([Topic.MENU, Topic.PRICES] if desk.board.menu_stale else []))
            if topics:
                desk.changed(*topics)


def take_outbox(desk: Desk, news: News) -> None:
    """Something happened to an action in the outbox: bring board and drafts in line, before screens draw."""
    match news:
        case Accepted(action, answer):
            order = _order_of(action.kind, answer)
            if order:
                desk.board.hear_order(order)
            elif action.kind != "sign_out":
                desk.want(Topic.ORDERS)
            _each_draft(desk, action.key, order_id=order.id if order else None)
        case Waiting(action):
            _each_draft(desk, action.key, kept=True)
        case Refused(action, error):
            if _each_draft(desk, action.key, refusal=error.message):
                # The lines stand in somebody's check, where they can be changed: nothing is left to keep.
                desk.outbox.drop(action.key)
            desk.want(Topic.MENU, Topic.ORDERS)


def _order_of(kind: str, answer: bytes) -> Order | None:
    try:
        if kind == "payment":
            return read_as(answer, PaymentTaken).order
        return read_as(answer, Order) if kind != "sign_out" else None
    except NodeError:
        return None


def _each_draft(desk: Desk, key: str, *, kept: bool = False, refusal: str = "", order_id: str | None = None) -> bool:
    """Bring the draft that is on its way under `key` in line with its fate; False when there is none."""
    drafts = desk.drafts()
    for person_id, draft in list(drafts.items()):
        if draft.sending != key:
            continue
        if kept:
            drafts[person_id] = replace(draft, kept=True)
        elif refusal:
            drafts[person_id] = replace(draft, sending=None, kept=False, refusal=refusal)
        else:
            drafts[person_id] = replace(draft.next(), done_order_id=order_id)
        desk.changed(Topic.DRAFT)
        return True
    return False
