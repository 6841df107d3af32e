"""Making so many of a line a line of their own, which then goes where any line may go: 3 of 8 beers to another check.

What was ordered stays as it was placed, and the kitchen makes it as one. A part is a line of which nothing was ordered
anew: its row has no quantity, and what it has follows from the divisions, so that sums over what was ordered stand, and
two nodes that divide a line while apart both have what they took.
"""

from collections.abc import Sequence
from dataclasses import replace

from hospitality.ground.ids import new_id
from hospitality.ground.work import Work
from hospitality.orders import rules
from hospitality.orders.facts import LineDivided, LineVoided
from hospitality.orders.loading import LoadedLine, LoadedOrder, load_order
from hospitality.orders.models import LineDivision, LineVoid, OrderLine
from hospitality.orders.rules.pieces import Division, check_division
from hospitality.orders.service import PLACE
from hospitality.orders.service.move import Going, add_adjustments, check_amounts_stay
from hospitality.properties.service import acted

_ALL_ELSEWHERE = "all of it is on other checks"
_AS_PLACED = (
    "menu_item_id",
    "name",
    "unit_price_minor",
    "tax_rate_name",
    "tax_rate_bp",
    "tax_included",
    "more_taxes",
    "choices",
    "note",
    "seat",
    "station_id",
    "ticket_id",
    "prep_seconds",
    "placed_by",
    "course",
    "sold_as",
)


def divided(work: Work, order: LoadedOrder, parts: Sequence[Going]) -> tuple[LoadedOrder, list[Going]]:
    """The order after its lines were divided as the parts say, and what goes then, by whole lines alone.

    The last of a line goes as the line itself. Percentages go along with a part; an amount that was taken off a line
    stays with what is left of it. Refused with QUANTITY_OVER, SET_NOT_DIVIDED, HELD_NOT_DIVIDED, LINE_NOT_ON_ORDER,
    LINE_ALREADY_VOIDED, ORDER_FULL or MOVE_BELOW_DISCOUNT.
    """
    lines = {line.row["id"]: line for line in order.lines}
    left = {id: line.row["quantity"] for id, line in lines.items()}
    made: list[Division] = []
    going = []
    for part in parts:
        ids = []
        for line_id, quantity in part.some:
            rules.check_moving(named=[line_id], there={id: of.state for id, of in lines.items()}, number=order.number)
            of = lines[line_id]
            held, of_set = of.state == "held", of.part_of is not None
            check_division(quantity=quantity, left=left[line_id], name=of.row["name"], held=held, of_set=of_set)
            left[line_id] -= quantity
            if left[line_id]:
                made.append(Division(line_id, new_id(), quantity))
                ids.append(made[-1].part_id)
            else:
                ids.append(line_id)
        going.append(replace(part, line_ids=(*part.line_ids, *ids), some=()))
    if not made:
        return order, going
    work.require(PLACE)
    rules.check_room(there=len(order.lines), coming=len(made), number=order.number)
    _divide(work, order, [(one, lines[one.line_id]) for one in made])
    after = load_order(work, order.id)
    check_amounts_stay(order, after)
    return after, going


def _divide(work: Work, order: LoadedOrder, made: Sequence[tuple[Division, LoadedLine]]) -> None:
    by = acted(work)
    first_no = max(line.row["line_no"] for line in order.lines) + 1
    rows = [
        {
            **{name: of.row[name] for name in _AS_PLACED},
            "id": one.part_id,
            "order_id": order.id,
            "line_no": line_no,
            "quantity": 0,
            "amount_minor": 0,
            "placed_at": of.row["fired_at"] or of.row["placed_at"],
            "business_date": by["business_date"],
            "whole_id": of.made_as,
        }
        for line_no, (one, of) in enumerate(made, first_no)
    ]
    work.add_all(OrderLine, rows)
    facts = [
        {
            "line_id": one.line_id,
            "part_id": one.part_id,
            "whole_id": of.made_as,
            "quantity": one.quantity,
            "order_id": order.id,
            **by,
        }
        for one, of in made
    ]
    work.add_all(LineDivision, facts)
    along = [
        replace(of_line, id=new_id(), line_id=one.part_id, origin_id=of_line.origin_id or of_line.id)
        for one, _ in made
        for of_line in order.adjustments
        if of_line.line_id == one.line_id and of_line.is_share
    ]
    add_adjustments(work, order, along)
    for one, _ in made:
        work.journal(LineDivided(order.id, order.number, one.line_id, one.part_id, one.quantity))


def take_off_empty(work: Work, order: LoadedOrder) -> LoadedOrder:
    """The order after its lines were taken off of which nodes that were apart put all on other checks; nobody's doing, and
    nothing of the kitchen's."""
    gone = order.empty()
    if not gone:
        return order
    by = {**acted(work), "reason": _ALL_ELSEWHERE, "approver_id": None}
    of_none = {"fired": False, "wasted": False, "amount_minor": 0}
    work.add_all(
        LineVoid, [{"order_id": one.row["order_id"], "line_id": one.row["id"], **of_none, **by} for one in gone]
    )
    after = replace(order, lines=tuple(one.voided(_ALL_ELSEWHERE) if one in gone else one for one in order.lines))
    total, currency = after.totals().total_minor, order.row["currency"]
    for one in gone:
        told = one.row["id"], one.row["ticket_id"], 0, total, currency, False, False
        work.journal(LineVoided(order.id, order.number, *told), reason=_ALL_ELSEWHERE)
    return after
