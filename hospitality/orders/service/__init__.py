"""Taking orders and changing them by further facts. Placing is the path that every guest waits for: plain statements,
nothing read again, the answer built from what is in hand.

What needs to know of payments (adding to and voiding from an order that may be paid) is composed in `checks`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hospitality.approvals.service import permit
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.numbers import next_number
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Work
from hospitality.menu.portions import give_portions_back
from hospitality.menu.rules import CHANNELS
from hospitality.orders import rules
from hospitality.orders.facts import LinesAdded, LineVoided, OrderPlaced, OrderVoided
from hospitality.orders.loading import LoadedLine, LoadedOrder, head_of
from hospitality.orders.models import LineVoid, Order, OrderLine
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service.building import build, ordering_now
from hospitality.orders.service.change import name_and_promise
from hospitality.orders.service.charge import charge_by_rule
from hospitality.orders.service.promote import promoted
from hospitality.orders.view import order_answer
from hospitality.properties.service import business_day, taxed_by_line

PLACE = "orders.place"
VOID = "orders.void"


def place_order(work: Work, new: NewOrder) -> dict[str, Any]:
    """Takes an order and sends its tickets; answers the whole order.

    Refused with UNKNOWN_ITEM, ITEM_UNAVAILABLE, NOT_SERVED_NOW, NOT_ENOUGH_LEFT, or by what is chosen as
    `menu.composing.pieces_of` says.
    """
    work.require(PLACE)
    rules.check_head(new, channels=CHANNELS)
    rules.check_lines(new.lines)
    today = business_day(work).isoformat()
    order_id = new_id()
    table = kept_text(new.table, what="table", length_max=rules.TABLE_LENGTH_MAX)
    ordering = ordering_now(work, new.channel, table)
    built = build(work, new.lines, ordering, order_id=order_id, there=0, first_no=1, today=today)
    head = work.add(
        Order,
        {
            "id": order_id,
            "number": next_number(work, "order", restarts=today),
            "channel": new.channel,
            "table_label": table,
            "covers": new.covers,
            "note": kept_text(new.note, what="note", length_max=rules.NOTE_LENGTH_MAX),
            "currency": work.place.currency,
            "opened_by": work.caller.person_id,
            "terminal_id": work.caller.terminal_id,
            "business_date": today,
            "opened_at": work.now_text,
            "tax_by_line": taxed_by_line(work),
        },
    )
    added = work.add_all(OrderLine, built.rows)
    lines = tuple(_placed(row, chosen) for row, chosen in zip(added, built.choices, strict=True))
    charges: tuple[rules.Adjusting, ...] = ()
    if new.covers is not None and new.covers >= rules.PARTY_MIN:
        charges = charge_by_rule(work, order_id, new.covers, today=today)
    head = head_of({**head, "opened_by_name": _opener(work)})
    if new.tab is not None or new.promised_at is not None:
        head |= name_and_promise(work, order_id, new.tab, new.promised_at)
    answer = order_answer(promoted(work, LoadedOrder(head, _opener(work), lines, charges)))
    total = answer["total_minor"]
    fact = OrderPlaced(order_id, head["number"], _tickets(lines), len(lines), total, head["currency"])
    work.journal(fact, approver_id=built.approver_id)
    return answer


def _placed(row: dict[str, Any], chosen: list[dict[str, Any]]) -> LoadedLine:
    if row["held"]:
        return LoadedLine({**row, "fired_at": None}, chosen, "held")
    return LoadedLine(row, chosen)


def _opener(work: Work) -> str | None:
    return work.caller.name or None if work.caller.person_id else None


def add_lines(work: Work, order: LoadedOrder, lines: Sequence[NewLine]) -> LoadedOrder:
    """Adds lines on tickets of their own; `checks.add_lines` has made sure that the order is not paid."""
    work.require(PLACE)
    rules.check_lines(lines, there=len(order.lines))
    if not order.left():
        if order.merged_into is not None:
            raise Refused(
                "ORDER_MERGED",
                f"What was on order {order.number} is on {order.merged_into} now. Add it there.",
                number=order.merged_into,
            )
        raise Refused(
            "ORDER_VOIDED",
            f"Everything on order {order.number} is voided. Take a new order.",
            number=order.number,
        )
    today = business_day(work).isoformat()
    first_no = max(line.row["line_no"] for line in order.lines) + 1
    ordering, there = ordering_now(work, order.row["channel"], order.row["table_label"]), len(order.lines)
    built = build(work, lines, ordering, order_id=order.id, there=there, first_no=first_no, today=today)
    rows = work.add_all(OrderLine, built.rows)
    added = tuple(_placed(row, chosen) for row, chosen in zip(rows, built.choices, strict=True))
    grown = promoted(work, replace(order, lines=order.lines + added))
    total = grown.totals().total_minor
    fact = LinesAdded(order.id, order.number, _tickets(added), len(added), total, order.row["currency"])
    work.journal(fact, approver_id=built.approver_id)
    return grown


def void_line(
    work: Work,
    order: LoadedOrder,
    line_id: str,
    *,
    reason: str,
    paid_minor: int,
    approval_id: str | None = None,
    wasted: bool | None = None,
) -> LoadedOrder:
    """Takes a line off for a reason, and with it all that was ordered as one with it; `checks.void_line` has made sure that
    the order is not paid.

    What the kitchen does not know of yet is taken off by whoever places orders, other lines by right or approval of the
    line. paid_minor: what has been paid so far, which what is left must still cover. wasted: whether it was made for
    nothing; when nobody says, what the kitchen had begun was.
    """
    why = kept_text(reason, what="reason", length_max=rules.REASON_LENGTH_MAX)
    if why is None:
        raise Invalid("REASON_MISSING", "Say why the line is voided.")
    line = next((line for line in order.lines if line.row["id"] == line_id), None)
    if line is None:
        raise NotFound.of("order line", line_id)
    if line.state == "voided":
        raise Refused(
            "LINE_ALREADY_VOIDED", f"{line.row['name']} is voided already. Read the order again.", line_id=line_id
        )
    approver_id = None
    going = [one for one in order.together(line) if one.state != "voided"]
    if any(one.is_kitchens for one in going) or not work.caller.may(PLACE):
        approver_id = permit(work, VOID, line_id, approval_id=approval_id)
    lines = tuple(found.voided(why) if found in going else found for found in order.lines)
    shrunk = promoted(work, replace(order, lines=lines))
    total = shrunk.totals().total_minor
    rules.check_void(total_left_minor=total, paid_minor=paid_minor)
    lost = [one for one in going if one.is_kitchens and (one.state != "placed" if wasted is None else wasted)]
    for one in going:
        _add_void(work, one, why, approver_id, wasted=one in lost)
        if one not in lost:  # nothing was made of it
            give_portions_back(work, one.row["id"], taken_by=one.made_as, portions=one.row["quantity"])
        fact = LineVoided(
            order.id,
            order.number,
            one.row["id"],
            one.row["ticket_id"],
            one.row["amount_minor"],
            total,
            order.row["currency"],
            one.is_kitchens,
            one in lost,
        )
        work.journal(fact, reason=why, approver_id=approver_id)
    if line.part_of and not lost:
        give_portions_back(work, line.part_of["id"])
    if not shrunk.left():
        work.journal(OrderVoided(order.id, order.number), reason=why, approver_id=approver_id)
    return shrunk


def _add_void(work: Work, line: LoadedLine, reason: str, approver_id: str | None, *, wasted: bool) -> None:
    values = {
        "order_id": line.row["order_id"],
        "line_id": line.row["id"],
        "reason": reason,
        "person_id": work.caller.person_id,
        "approver_id": approver_id,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": business_day(work).isoformat(),
        "fired": line.is_kitchens,
        "wasted": wasted,
        "amount_minor": line.row["amount_minor"],
    }
    work.add(LineVoid, values)


def _tickets(lines: Sequence[LoadedLine]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.row["ticket_id"] for line in lines if line.is_kitchens))
