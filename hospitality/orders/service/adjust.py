"""Comps, discounts and service charges by hand: put on an order or line, and withdrawn, each a fact with its reason."""

from dataclasses import dataclass, replace

from hospitality.approvals.service import permit
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Work
from hospitality.orders import rules
from hospitality.orders.facts import AdjustmentMade, AdjustmentWithdrawn
from hospitality.orders.loading import LoadedOrder
from hospitality.orders.models import ADJUSTMENTS, Adjustment, AdjustmentWithdrawal
from hospitality.orders.rules import Adjusting
from hospitality.properties.service import business_day


@dataclass(frozen=True, slots=True)
class NewAdjustment:
    """What to take off or put on: a percentage or an amount, or for a comp neither; of a line or of the whole order."""

    kind: str
    reason: str
    line_id: str | None = None
    percent_bp: int | None = None
    amount_minor: int | None = None
    name: str | None = None


def adjust(
    work: Work, order: LoadedOrder, new: NewAdjustment, *, paid_minor: int, approval_id: str | None = None
) -> LoadedOrder:
    """Needs `orders.<kind>`, or an approval of the line or order whose value is what it comes to now, in minor units.

    Refused with ADJUSTMENT_OVER, LINE_ALREADY_VOIDED, TOO_MANY_ADJUSTMENTS or DISCOUNT_BELOW_PAID.
    """
    one = _asked(order, new)
    why = _reason(new.reason)
    if sum(other.origin_id is None for other in order.adjustments) >= rules.ADJUSTMENTS_MAX:
        raise Refused("TOO_MANY_ADJUSTMENTS", f"An order takes at most {rules.ADJUSTMENTS_MAX}. Withdraw one first.")
    rules.check_adjustment(one, base_minor=_base(order, one), currency=order.row["currency"])
    changed = replace(order, adjustments=(*order.adjustments, replace(one, reason=why)))
    effect, total = changed.adjusted().effects[one.id], changed.totals().total_minor
    if effect < 0:
        rules.check_covered(total_minor=total, paid_minor=paid_minor)
    record = new.line_id or order.id
    approver_id = permit(work, f"orders.{new.kind}", record, approval_id=approval_id, value=abs(effect))
    row = {
        "id": one.id,
        "order_id": order.id,
        "line_id": one.line_id,
        "kind": one.kind,
        "name": one.name,
        "percent_bp": one.percent_bp,
        "amount_minor": one.amount_minor,
        "rule_id": None,
        "reason": why,
        "person_id": work.caller.person_id,
        "approver_id": approver_id,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": business_day(work).isoformat(),
        "origin_id": None,
    }
    work.add(Adjustment, row)
    fact = AdjustmentMade(one.id, order.id, one.line_id, one.kind, one.percent_bp, effect, total, order.row["currency"])
    work.journal(fact, reason=why, approver_id=approver_id)
    return changed


def withdraw_adjustment(
    work: Work, order: LoadedOrder, adjustment_id: str, *, reason: str, paid_minor: int, approval_id: str | None = None
) -> LoadedOrder:
    """Makes an adjustment count no more; needs what making it needs, the adjustment being the record."""
    one = next((one for one in order.adjustments if one.id == adjustment_id), None)
    if one is None:
        raise NotFound.of("adjustment", adjustment_id)
    why = _reason(reason)
    changed = replace(order, adjustments=tuple(other for other in order.adjustments if other is not one))
    total = changed.totals().total_minor
    if one.kind == "service_charge":
        rules.check_covered(total_minor=total, paid_minor=paid_minor)
    approver_id = permit(work, f"orders.{one.kind}", adjustment_id, approval_id=approval_id)
    row = {
        "adjustment_id": adjustment_id,
        "reason": why,
        "person_id": work.caller.person_id,
        "approver_id": approver_id,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }
    work.add(AdjustmentWithdrawal, row)
    fact = AdjustmentWithdrawn(adjustment_id, order.id, one.kind, total, order.row["currency"])
    work.journal(fact, reason=why, approver_id=approver_id)
    return changed


def _asked(order: LoadedOrder, new: NewAdjustment) -> Adjusting:
    if new.kind not in ADJUSTMENTS:
        raise Invalid("ADJUSTMENT_INVALID", f"Choose one of {', '.join(ADJUSTMENTS)}.", kind=new.kind)
    if new.line_id is not None:
        line = next((line for line in order.lines if line.row["id"] == new.line_id), None)
        if line is None:
            raise NotFound.of("order line", new.line_id)
        if line.state == "voided":
            raise Refused("LINE_ALREADY_VOIDED", f"{line.row['name']} is voided already.", line_id=new.line_id)
    name = kept_text(new.name, what="name", length_max=rules.NAME_LENGTH_MAX)
    return Adjusting(new_id(), new.kind, new.line_id, new.percent_bp, new.amount_minor, name)


def _base(order: LoadedOrder, one: Adjusting) -> int:
    """What there is to take it off."""
    now = order.adjusted()
    if one.line_id is None:
        return sum(now.amounts) - sum(effect for effect in now.effects.values() if effect > 0)
    gross = next(line.row["amount_minor"] for line in order.left() if line.row["id"] == one.line_id)
    of_line = (other for other in order.adjustments if other.line_id == one.line_id and other.kind != "service_charge")
    return int(gross + sum(now.effects[other.id] for other in of_line))


def _reason(reason: str) -> str:
    why = kept_text(reason, what="reason", length_max=rules.REASON_LENGTH_MAX)
    if why is None:
        raise Invalid("REASON_MISSING", "Say why.")
    return why
