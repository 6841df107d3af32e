"""What new lines are written as: an item with its choices is one line or several, each at its own station, tax and share
of the price, bound together by `part_of`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hospitality.approvals.service import permit
from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Work
from hospitality.menu import rules as menu_rules
from hospitality.menu.composing import AtHand, Piece, pieces_of
from hospitality.menu.for_sale import at_hand
from hospitality.menu.hours import When
from hospitality.menu.periods import require_served
from hospitality.menu.portions import take_portions
from hospitality.menu.rules import ItemForSale, Ordering
from hospitality.orders import rules
from hospitality.orders.rules import NewLine
from hospitality.orders.service.paused import permit_paused

OPEN_PRICE = "orders.open_price"
OPEN_ITEM = "orders.open_item"
Tickets = dict[tuple[str, int | None, bool], str]


@dataclass(frozen=True, slots=True)
class Ordered:
    """A line as it was asked for, what it is made of, and what was keyed in for one that is not sold by the piece."""

    line: NewLine
    item: ItemForSale
    pieces: list[Piece]
    sold_as: dict[str, Any] | None = None

    def is_held(self, piece: Piece) -> bool:
        """Whether a piece waits until it is fired."""
        return self.line.hold or (piece.group is not None and piece.group.held)

    def course_of(self, piece: Piece) -> int | None:
        """The course of a piece: that of the group that brought it, where it has one."""
        of_group = piece.group.course if piece.group else None
        return of_group or self.line.course


@dataclass(frozen=True, slots=True)
class Built:
    """Rows for lines, what was chosen on each, and who approved what of it, if somebody had to."""

    rows: list[dict[str, Any]]
    choices: list[list[dict[str, Any]]]
    approver_id: str | None


def ordering_now(work: Work, channel: str, table: str | None) -> Ordering:
    """Ordering at this moment, by the property's clock."""
    return Ordering(channel, When(work.now, work.place.zone, work.place.cut_off_hour), table)


def build(
    work: Work,
    lines: Sequence[NewLine],
    ordering: Ordering,
    *,
    order_id: str,
    there: int,
    first_no: int,
    today: str,
) -> Built:
    """The rows of new lines at the menu's prices of this moment; takes their portions. there: lines on the order already."""
    named = {id for line in lines for id in _option_ids(line)}
    menu = at_hand(work, {line.menu_item_id for line in lines}, named, ordering)
    ordered = [_ordered(menu, line) for line in lines]
    require_served(work, {one.item.id: one.item for one in ordered}.values(), ordering.when)
    rules.check_size(there + sum(len(one.pieces) for one in ordered))
    approver_id = permit_paused(work, [(one.line, _stations(one)) for one in ordered])
    rows: list[dict[str, Any]] = []
    sold: list[dict[str, Any]] = []
    tickets: Tickets = {}
    for one in ordered:
        approver_id = _permit_keyed(work, one) or approver_id
        mine = _rows(one, tickets)
        sold += mine
        if one.item.is_set:  # no line of its own, and counted all the same
            sold.append({"id": _whole_id(mine), "menu_item_id": one.item.id, "quantity": one.line.quantity})
        rows += mine
    by = {"placed_at": work.now_text, "placed_by": work.caller.person_id, "business_date": today, "whole_id": None}
    for line_no, row in enumerate(rows, first_no):
        row |= {"order_id": order_id, "line_no": line_no, **by}
    take_portions(work, menu.items, sold)
    return Built(rows, [piece.choices for one in ordered for piece in one.pieces], approver_id)


def _option_ids(line: NewLine) -> Iterable[str]:
    for id, _ in line.options:
        yield id
    waiting = list(line.choices)
    while waiting:
        choice = waiting.pop()
        yield choice.option_id
        waiting += choice.choices


def _ordered(menu: AtHand, line: NewLine) -> Ordered:
    item = _sellable(menu.items.get(line.menu_item_id), line)
    menu_rules.check_measured(item, line.measured, line.measured_by)
    keyed = line.unit_price_minor
    sold_as: dict[str, Any] | None = None
    if item.is_open:
        if keyed is None:
            raise Invalid("OPEN_PRICE_MISSING", f"Key in what {item.name} costs.", menu_item_id=item.id)
        sold_as = {"kind": "open", "thousandths": None, "price_minor": None, "by": None}
    elif line.name is not None:
        raise Invalid("NAME_NOT_OPEN", f"{item.name} keeps its name. Use an open item.", menu_item_id=item.id)
    if keyed is not None:
        menu_rules.check_price(keyed)
    if item.unit and line.measured:
        price = menu_rules.price_measured(item.price_minor, line.measured)
        measured = {"thousandths": line.measured, "price_minor": item.price_minor, "by": line.measured_by}
        sold_as = {"kind": item.unit, **measured}
        item = item.at(price)
    pieces = pieces_of(item, line.taken(), menu, unit_price_minor=keyed)
    for piece in pieces:
        if not piece.item.available:
            raise _sold_out(piece.item)
    return Ordered(line, item, pieces, sold_as)


def _sellable(item: ItemForSale | None, line: NewLine) -> ItemForSale:
    if item is None:
        raise Refused(
            "UNKNOWN_ITEM",
            "That item is not on the menu here. Reload the menu.",
            menu_item_id=line.menu_item_id,
        )
    if not item.available:
        raise _sold_out(item)
    return item


def _sold_out(item: ItemForSale) -> Refused:
    return Refused("ITEM_UNAVAILABLE", f"{item.name} is sold out. Offer something else.", menu_item_id=item.id)


def _stations(one: Ordered) -> set[str]:
    """The stations that a line reaches at once."""
    return {piece.item.station_id for piece in one.pieces if not one.is_held(piece)}


def _permit_keyed(work: Work, one: Ordered) -> str | None:
    """Who approved a price that was keyed in, if somebody had to."""
    price = one.line.unit_price_minor
    if price is None:
        return None
    action = OPEN_ITEM if one.item.is_open else OPEN_PRICE
    return permit(work, action, one.item.id, approval_id=one.line.approval_id, value=price)


def _rows(one: Ordered, tickets: Tickets) -> list[dict[str, Any]]:
    rows = [_row(one, piece, tickets) for piece in one.pieces]
    if one.item.is_set or len(rows) > 1:
        whole = {
            "id": new_id() if one.item.is_set else rows[0]["id"],
            "menu_item_id": one.item.id,
            "name": one.item.name,
            "quantity": one.line.quantity,
        }
        for row, piece in zip(rows, one.pieces, strict=True):
            part = {**whole, "option_id": piece.option_id, "depth": piece.depth}
            row["part_of"] = msgspec.json.encode(part).decode()
    return rows


def _row(one: Ordered, piece: Piece, tickets: Tickets) -> dict[str, Any]:
    line, item = one.line, piece.item
    name = line.name if one.item.is_open and piece.option_id is None else None
    course, held = one.course_of(piece), one.is_held(piece)
    quantity = line.quantity * piece.quantity
    return {
        "id": new_id(),
        "menu_item_id": item.id,
        "name": kept_text(name, what="name", length_max=menu_rules.OPEN_NAME_LENGTH_MAX) or item.name,
        "quantity": quantity,
        "unit_price_minor": piece.unit_price_minor,
        "amount_minor": piece.unit_price_minor * quantity,
        "tax_rate_name": item.tax_rate_name,
        "tax_rate_bp": item.tax_rate_bp,
        "tax_included": item.tax_included,
        "more_taxes": msgspec.json.encode(item.more_taxes).decode() if item.more_taxes else None,
        "choices": msgspec.json.encode(piece.choices).decode() if piece.choices else "[]",
        "note": kept_text(line.note, what="line's note", length_max=rules.LINE_NOTE_LENGTH_MAX),
        "seat": line.seat,
        "station_id": item.station_id,
        "ticket_id": tickets.setdefault((item.station_id, course, held), new_id()),
        "prep_seconds": item.prep_seconds,
        "course": course,
        "held": held,
        "part_of": None,
        "sold_as": msgspec.json.encode(one.sold_as).decode() if one.sold_as and piece.option_id is None else None,
    }


def _whole_id(rows: Sequence[dict[str, Any]]) -> str:
    return str(msgspec.json.decode(rows[0]["part_of"])["id"])
