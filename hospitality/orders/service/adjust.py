"""Comps, discounts, service charges and exemptions from taxes by hand: put on an order or line, and withdrawn, each a
fact with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hospitality.approvals.service import permit
from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.money import portions
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Work
from hospitality.orders import rules
from hospitality.orders.facts import AdjustmentMade, AdjustmentWithdrawn
from hospitality.orders.loading import LoadedOrder
from hospitality.orders.models import ADJUSTMENTS, Adjustment, AdjustmentWithdrawal
from hospitality.orders.rules import Adjusting
from hospitality.orders.service.promote import waive
from hospitality.properties.service import business_day


@dataclass(frozen=True, slots=True)
class NewAdjustment:
    """What to take off or put on: a percentage or an amount, or for a comp or an exemption neither; of a line or of the
    whole order. certificate: what exempts the guest."""

    kind: str
    reason: str
    line_id: str | None = None
    percent_bp: int | None = None
    amount_minor: int | None = None
    name: str | None = None
    certificate: str | None = None


def adjust(
    work: Work, order: LoadedOrder, new: NewAdjustment, *, paid_minor: int, approval_id: str | None = None
) -> LoadedOrder:
    """Needs `orders.<kind>`, or an approval of the line or order whose value is what it comes to now, in minor units.

    Refused with ADJUSTMENT_OVER, LINE_ALREADY_VOIDED, TOO_MANY_ADJUSTMENTS or DISCOUNT_BELOW_PAID.
    """
    one = _asked(order, new)
    why = _reason(new.reason)
    if sum(other.origin_id is None for other in order.without_promotions().adjustments) >= rules.ADJUSTMENTS_MAX:
        raise Refused("TOO_MANY_ADJUSTMENTS", f"An order takes at most {rules.ADJUSTMENTS_MAX}. Withdraw one first.")
    bases = _bases(order, one)
    rules.check_adjustment(one, base_minor=sum(bases.values()), currency=order.row["currency"])
    made = [replace(part, reason=why) for part in _cut_over(one, bases)]
    changed = replace(order, adjustments=(*order.adjustments, *made))
    effects, total = changed.adjusted().effects, changed.totals().total_minor
    effect = sum(effects[part.id] for part in made)
    less = order.totals().total_minor - total
    if less > 0:
        rules.check_covered(total_minor=total, paid_minor=paid_minor)
    value = less if new.kind == rules.EXEMPT else abs(effect)  # a tax on top is in no line's amount
    record = new.line_id or order.id
    approver_id = permit(work, f"orders.{new.kind}", record, approval_id=approval_id, value=value)
    for part in made:
        row = {
            "id": part.id,
            "order_id": order.id,
            "line_id": part.line_id,
            "kind": part.kind,
            "name": part.name,
            "percent_bp": part.percent_bp,
            "amount_minor": part.amount_minor,
            "rule_id": None,
            "reason": why,
            "person_id": work.caller.person_id,
            "approver_id": approver_id,
            "terminal_id": work.caller.terminal_id,
            "at": work.now_text,
            "business_date": business_day(work).isoformat(),
            "origin_id": part.origin_id,
            "certificate": part.certificate,
        }
        work.add(Adjustment, row)
        came_to = -value if new.kind == rules.EXEMPT and len(made) == 1 else effects[part.id]
        told = part.id, order.id, part.line_id, part.kind, part.percent_bp, came_to, total
        work.journal(AdjustmentMade(*told, order.row["currency"]), reason=why, approver_id=approver_id)
    return changed


def withdraw_adjustment(
    work: Work, order: LoadedOrder, adjustment_id: str, *, reason: str, paid_minor: int, approval_id: str | None = None
) -> LoadedOrder:
    """Makes an adjustment count no more; needs what making it needs, the adjustment being the record. A promotion, which
    nobody made, needs the right to discount, and comes back to the order by itself no more."""
    one = next((one for one in order.adjustments if one.id == adjustment_id), None)
    if one is None:
        raise NotFound.of("adjustment", adjustment_id)
    why = _reason(reason)
    if one.kind == rules.PROMOTION:
        return waive(work, order, one, reason=why, approval_id=approval_id)
    going = _with_it(order, one)
    changed = replace(order, adjustments=tuple(other for other in order.adjustments if other not in going))
    total = changed.totals().total_minor
    if one.kind in ("service_charge", rules.EXEMPT):
        rules.check_covered(total_minor=total, paid_minor=paid_minor)
    approver_id = permit(work, f"orders.{one.kind}", adjustment_id, approval_id=approval_id)
    for part in going:
        row = {
            "adjustment_id": part.id,
            "reason": why,
            "person_id": work.caller.person_id,
            "approver_id": approver_id,
            "terminal_id": work.caller.terminal_id,
            "at": work.now_text,
            "business_date": business_day(work).isoformat(),
        }
        work.add(AdjustmentWithdrawal, row)
        fact = AdjustmentWithdrawn(part.id, order.id, part.kind, total, order.row["currency"])
        work.journal(fact, reason=why, approver_id=approver_id)
    return changed


def _with_it(order: LoadedOrder, one: Adjusting) -> list[Adjusting]:
    """An adjustment with those that were made with it of the other lines of a whole."""
    line = next((line for line in order.lines if line.row["id"] == one.line_id), None)
    if line is None or line.part_of is None or one.origin_id is None:
        return [one]
    ids = {of.row["id"] for of in order.together(line)}
    return [other for other in order.adjustments if other.origin_id == one.origin_id and other.line_id in ids]


def _asked(order: LoadedOrder, new: NewAdjustment) -> Adjusting:
    if new.kind not in ADJUSTMENTS:
        raise Invalid("ADJUSTMENT_INVALID", f"Choose one of {', '.join(ADJUSTMENTS)}.", kind=new.kind)
    if new.line_id is not None:
        line = next((line for line in order.lines if line.row["id"] == new.line_id), None)
        if line is None:
            raise NotFound.of("order line", new.line_id)
        if line.state == "voided":
            raise Refused(
                "LINE_ALREADY_VOIDED",
                f"{line.row['name']} is voided already. Read the order again.",
                line_id=new.line_id,
            )
    name = kept_text(new.name, what="name", length_max=rules.NAME_LENGTH_MAX)
    certificate = kept_text(new.certificate, what="certificate", length_max=rules.NAME_LENGTH_MAX)
    one = Adjusting(new_id(), new.kind, new.line_id, new.percent_bp, new.amount_minor, name)
    return replace(one, certificate=certificate)


def _bases(order: LoadedOrder, one: Adjusting) -> dict[str | None, int]:
    """What there is to take it off: of the order (None), or of each line that was ordered as one with the line."""
    now = order.adjusted()
    if one.line_id is None:
        return {None: sum(now.amounts) - sum(effect for effect in now.effects.values() if effect > 0)}
    line = next(line for line in order.left() if line.row["id"] == one.line_id)
    left = {of.row["id"]: of.row["amount_minor"] for of in order.together(line) if of.state != "voided"}
    for other in order.adjustments:
        if other.line_id in left and other.kind != "service_charge":
            left[other.line_id] += now.effects[other.id]
    return left


def _cut_over(one: Adjusting, bases: Mapping[str | None, int]) -> list[Adjusting]:
    """An adjustment of a line that was ordered as one with others, cut over those that have anything left; each names the
    first as its origin. bases: what there is to take it off of each. One of a line by itself stays as it is."""
    if len(bases) == 1:
        return [one]
    lines = {id: base for id, base in bases.items() if base}
    amounts: Sequence[int | None] = [None] * len(lines)
    if one.amount_minor is not None:
        amounts = portions(one.amount_minor, list(lines.values()))
    return [
        replace(one, id=new_id(), line_id=id, amount_minor=amount, origin_id=one.id)
        for id, amount in zip(lines, amounts, strict=True)
        if amount != 0
    ]


def _reason(reason: str) -> str:
    why = kept_text(reason, what="reason", length_max=rules.REASON_LENGTH_MAX)
    if why is None:
        raise Invalid("REASON_MISSING", "Say why.")
    return why
