"""Promotions on an order: reckoned anew whenever what is on it changes, by the promotions of that moment.

What a promotion takes off a line is an adjustment like another, a fact. One that is no longer right is withdrawn and
another made in its place; its id and all that it holds follow from order, line, promotion and amount, so that nodes
which reckon the same from the same facts write one row. When a line was ordered decides which hold for it, so that what
an order has does not run out with the hour.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import count
from typing import Any

from hospitality.approvals.service import permit
from hospitality.ground.clock import instant
from hospitality.ground.ids import derived_id
from hospitality.ground.statements import Reading
from hospitality.ground.work import Place, Work
from hospitality.menu.for_sale import area_of
from hospitality.menu.hours import When
from hospitality.menu.promotions import Promotion
from hospitality.menu.rules import Ordering
from hospitality.menu.service.promotions import promotions_on
from hospitality.orders.facts import PromotionGiven, PromotionWaived
from hospitality.orders.loading import LoadedLine, LoadedOrder
from hospitality.orders.models import Adjustment, AdjustmentWithdrawal, PromotionWaiver
from hospitality.orders.rules import PROMOTION, Adjusting
from hospitality.orders.rules.promotions import Shares, Sold, taken_off
from hospitality.properties.service import acted

DISCOUNT = "orders.discount"
_ANEW = "reckoned anew"
_HEADINGS = """
    SELECT i.id, i.category_id, c.parent_id FROM menu_items i
    LEFT JOIN menu_categories c ON c.org_id = i.org_id AND c.id = i.category_id
    WHERE i.org_id = :org_id AND i.property_id = :property_id AND i.id IN (:ids)
"""
_WAIVED = "SELECT promotion_id FROM promotion_waivers WHERE org_id = :org_id AND order_id = :order_id"
_MADE = "SELECT id FROM adjustments WHERE org_id = :org_id AND order_id = :order_id AND kind = :kind"
_PLACED = "SELECT id, placed_at FROM order_lines WHERE org_id = :org_id AND id IN (:ids)"


def promoted(work: Work, order: LoadedOrder) -> LoadedOrder:
    """The order, which is not settled, with what promotions take off it now; writes what is another than what stood."""
    on = promotions_on(work)
    stood = [one for one in order.adjustments if one.kind == PROMOTION]
    if not on and not stood:
        return order
    kept, ended, wanted = _compared(stood, wanted_shares(work, order, on, place=work.place))
    if not ended and not wanted:
        return order
    made = _made(work, order, wanted, {one.id: one.name for one in on})
    others = [one for one in order.adjustments if one.kind != PROMOTION]
    after = LoadedOrder(order.row, order.opened_by_name, order.lines, (*kept, *made, *others), order.merged_into)
    by = {**acted(work), "reason": _ANEW, "approver_id": None}
    work.add_all(AdjustmentWithdrawal, [{"adjustment_id": one.id, **by} for one in ended])
    total, before, now = after.totals().total_minor, _sums(stood), _sums((*kept, *made))
    for id in sorted({*before, *now}):
        if before[id] != now[id]:
            work.journal(PromotionGiven(order.id, id, now[id], total, order.row["currency"]))
    return after


def is_promoted(reading: Reading, order: LoadedOrder, *, place: Place) -> bool:
    """Whether an order has what promotions take off it by now."""
    on = promotions_on(reading)
    stood = [one for one in order.adjustments if one.kind == PROMOTION]
    if not on and not stood:
        return True
    _, ended, wanted = _compared(stood, wanted_shares(reading, order, on, place=place))
    return not ended and not wanted


def waive(
    work: Work, order: LoadedOrder, one: Adjusting, *, reason: str, approval_id: str | None = None
) -> LoadedOrder:
    """Takes a promotion off an order for good: the order as it is then, with what others may take off it instead.

    one: what it took off, or the first part of that. Needs the right to discount, or an approval of it.
    """
    approver_id = permit(work, DISCOUNT, one.id, approval_id=approval_id)
    assert one.rule_id is not None, "a promotion's adjustment names it"
    row = {"order_id": order.id, "promotion_id": one.rule_id, "reason": reason, "approver_id": approver_id}
    work.add(PromotionWaiver, {**row, **acted(work)})
    fact = PromotionWaived(order.id, one.rule_id, _sums(order.adjustments)[one.rule_id], order.row["currency"])
    work.journal(fact, reason=reason, approver_id=approver_id)
    return promoted(work, order)


def carry_waivers(work: Work, order_id: str, check_id: str) -> None:
    """What was taken off an order stays off a check that is opened for a part of it."""
    rows = work.rows(
        "SELECT promotion_id, reason, approver_id FROM promotion_waivers"
        " WHERE org_id = :org_id AND order_id = :order_id ORDER BY id",
        order_id=order_id,
    )
    work.add_all(PromotionWaiver, [{**dict(row), "order_id": check_id, **acted(work)} for row in rows])


def wanted_shares(reading: Reading, order: LoadedOrder, on: Collection[Promotion], *, place: Place) -> Shares:
    """(promotion id, line id) → what should be taken off: nothing off what is on the house, or of an open item that is not
    named itself."""
    comps = {one.line_id for one in order.adjustments if one.kind == "comp"}
    lines = [line for line in order.left() if line.row["id"] not in comps]
    if not on or not lines or None in comps:
        return {}
    waived = {row["promotion_id"] for row in reading.rows(_WAIVED, order_id=order.id)}
    on = [one for one in on if one.id not in waived]
    headings = _headings(reading, lines) if any(one.category_ids for one in on) else {}
    table = order.row["table_label"]
    area_id = area_of(reading, table) if table is not None and any(one.area_id for one in on) else None
    held: dict[str, list[Promotion]] = {}
    sold = []
    for line, at in _ordered_at(reading, lines):
        if at not in held:
            when = When(instant(at), place.zone, place.cut_off_hour)
            ordering = Ordering(order.row["channel"], when, table, area_id)
            held[at] = [one for one in on if one.holds(ordering)]
        sold.append(_sold(line, held[at], headings))
    return taken_off(sold, on)


def _sold(line: LoadedLine, held: Iterable[Promotion], headings: Mapping[str, Collection[str]]) -> Sold:
    part = line.part_of
    is_part = part is not None and part["option_id"] is not None
    item_id = part["menu_item_id"] if part is not None and is_part else line.row["menu_item_id"]
    is_open = line.sold_as is not None and line.sold_as["kind"] == "open"
    ids = frozenset(
        one.id
        for one in held
        if (not is_open if one.is_of_order else one.names(item_id, () if is_open else headings.get(item_id, ())))
    )
    return Sold(line.row["id"], line.row["quantity"], line.row["unit_price_minor"], ids, is_part)


def _headings(reading: Reading, lines: Iterable[LoadedLine]) -> dict[str, list[str]]:
    """Item id → its category and the heading above, of what was ordered."""
    ids = {line.row["menu_item_id"] for line in lines}
    ids |= {line.part_of["menu_item_id"] for line in lines if line.part_of is not None}
    rows = reading.rows(_HEADINGS, ids=list(ids))
    return {row["id"]: [id for id in (row["category_id"], row["parent_id"]) if id is not None] for row in rows}


def _ordered_at(reading: Reading, lines: Iterable[LoadedLine]) -> Iterable[tuple[LoadedLine, str]]:
    """Each line with when it was ordered, one that is a part of a line when that was."""
    parts = {line.made_as for line in lines if line.made_as != line.row["id"]}
    wholes = {row["id"]: row["placed_at"] for row in reading.rows(_PLACED, ids=list(parts))} if parts else {}
    for line in lines:
        yield line, wholes.get(line.made_as, line.row["placed_at"])


def _compared(stood: Iterable[Adjusting], wanted: Shares) -> tuple[list[Adjusting], list[Adjusting], Shares]:
    """What stands and should, what stands and should not, and what is wanted beside that."""
    kept, ended, left = [], [], dict(wanted)
    for one in stood:
        key = (one.rule_id or "", one.line_id or "")
        if left.get(key) == one.amount_minor:
            kept.append(one)
            del left[key]
        else:
            ended.append(one)
    return kept, ended, left


def _made(work: Work, order: LoadedOrder, wanted: Shares, names: Mapping[str, str]) -> list[Adjusting]:
    if not wanted:
        return []
    taken = {row["id"] for row in work.rows(_MADE, order_id=order.id, kind=PROMOTION)}
    made = [
        Adjusting(
            _free_id(order, line_id, f"{promotion_id} {amount} {names[promotion_id]}", taken),
            PROMOTION,
            line_id,
            amount_minor=amount,
            name=names[promotion_id],
            rule_id=promotion_id,
        )
        for (promotion_id, line_id), amount in sorted(wanted.items())
    ]
    work.add_all(Adjustment, [_row(order, one) for one in made])
    return made


def _free_id(order: LoadedOrder, line_id: str, what: str, taken: Collection[str]) -> str:
    """The id of the first such adjustment that was not made yet: one that was withdrawn may be wanted again."""
    ids = (derived_id(line_id, f"promotion {order.id} {what} {time}") for time in count())
    return next(id for id in ids if id not in taken)


def _row(order: LoadedOrder, one: Adjusting) -> dict[str, Any]:
    """As every node writes it: nobody's, at the order's own time."""
    return {
        "id": one.id,
        "order_id": order.id,
        "line_id": one.line_id,
        "kind": one.kind,
        "name": one.name,
        "percent_bp": None,
        "amount_minor": one.amount_minor,
        "rule_id": one.rule_id,
        "reason": None,
        "person_id": None,
        "approver_id": None,
        "terminal_id": None,
        "at": order.row["opened_at"],
        "business_date": order.row["business_date"],
    }


def _sums(adjustments: Iterable[Adjusting]) -> Counter[str]:
    """Promotion id → what it comes to, below zero."""
    sums: Counter[str] = Counter()
    for one in adjustments:
        if one.kind == PROMOTION:
            sums[one.rule_id or ""] -= one.amount_minor or 0
    return sums
