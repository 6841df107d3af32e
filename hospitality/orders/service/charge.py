"""Service charges by rule: a large party is charged when it orders, and when it is counted anew, by the rule of that
moment."""

from dataclasses import replace
from typing import Any

from hospitality.ground.errors import NotFound
from hospitality.ground.ids import new_id
from hospitality.ground.statements import Found, Reading
from hospitality.ground.texts import kept_name
from hospitality.ground.work import Work
from hospitality.orders import rules
from hospitality.orders.facts import AdjustmentMade, AdjustmentWithdrawn, ServiceChargeRuleSet
from hospitality.orders.loading import LoadedOrder
from hospitality.orders.models import Adjustment, AdjustmentWithdrawal, ServiceChargeRule
from hospitality.orders.rules import Adjusting
from hospitality.properties.service import acted, business_day

MANAGE = "menu.manage"
_COUNTED = "guests were counted anew"
_RULES = """
    SELECT id, name, covers_min, percent_bp, active FROM service_charge_rules
    WHERE org_id = :org_id AND property_id = :property_id {which} ORDER BY covers_min DESC, id LIMIT 100
"""


def charge_by_rule(work: Work, order_id: str, covers: int, *, today: str) -> tuple[Adjusting, ...]:
    """Puts the charge of the rule for so many covers on a new order; nothing where no rule is for them."""
    rule = _rule_for(work, covers)
    return () if rule is None else (_charge(work, order_id, rule, today=today),)


def charge_anew(work: Work, before: LoadedOrder, after: LoadedOrder, *, paid_minor: int) -> LoadedOrder:
    """The order after its guests were counted anew: where another rule is for so many, or none any more, that one's charge
    takes the place of the one by rule that stands. Where the same rule is for them, what stands or was withdrawn stays.

    Refused DISCOUNT_BELOW_PAID where more was paid than would be left to pay.
    """
    rule = _rule_for(work, after.row["covers"])
    had = _rule_for(work, before.row["covers"])
    by_rule = [one for one in after.adjustments if one.rule_id is not None and one.line_id is None]
    outgrown = [one for one in by_rule if _least(work, one) > (after.row["covers"] or 0)]
    if (rule and rule["id"]) == (had and had["id"]):
        ended, added = outgrown, None
    elif rule is not None and any(one.rule_id == rule["id"] for one in by_rule):
        ended, added = [], None
    else:
        ended, added = by_rule, rule
    if not ended and added is None:
        return after
    today = business_day(work).isoformat()
    kept = tuple(one for one in after.adjustments if one not in ended)
    made = () if added is None else (_charge(work, after.id, added, today=today),)
    changed = replace(after, adjustments=(*kept, *made))
    total, currency = changed.totals().total_minor, after.row["currency"]
    if ended:
        rules.check_covered(total_minor=total, paid_minor=paid_minor)
    by = {**acted(work), "reason": _COUNTED, "approver_id": None}
    work.add_all(AdjustmentWithdrawal, [{"adjustment_id": one.id, **by} for one in ended])
    for one in ended:
        work.journal(AdjustmentWithdrawn(one.id, after.id, one.kind, total, currency), reason=_COUNTED)
    for one in made:
        effect = changed.adjusted().effects[one.id]
        fact = AdjustmentMade(one.id, after.id, None, one.kind, one.percent_bp, effect, total, currency)
        work.journal(fact, reason=_COUNTED)
    return changed


def _rule_for(reading: Reading, covers: int | None) -> Found | None:
    """The rule with the most covers that fits so many; smaller parties are never looked up."""
    if covers is None or covers < rules.PARTY_MIN:
        return None
    return reading.one(_RULES.format(which="AND active AND covers_min <= :covers"), covers=covers)


def _least(reading: Reading, one: Adjusting) -> int:
    """For how many guests the rule that charged was, also one that has ended; none is known of a rule that is not here."""
    return int(
        reading.value("SELECT covers_min FROM service_charge_rules WHERE org_id = :org_id AND id = :id", id=one.rule_id)
        or 0
    )


def _charge(work: Work, order_id: str, rule: Found, *, today: str) -> Adjusting:
    one = Adjusting(new_id(), "service_charge", percent_bp=rule["percent_bp"], name=rule["name"], rule_id=rule["id"])
    row = {
        "id": one.id,
        "order_id": order_id,
        "line_id": None,
        "kind": one.kind,
        "name": one.name,
        "percent_bp": one.percent_bp,
        "amount_minor": None,
        "rule_id": rule["id"],
        "reason": None,
        "person_id": work.caller.person_id,
        "approver_id": None,
        "terminal_id": work.caller.terminal_id,
        "at": work.now_text,
        "business_date": today,
    }
    work.add(Adjustment, row)
    return one


def charge_rules(reading: Reading) -> dict[str, Any]:
    """{items}: the property's rules, those for the largest parties first."""
    return {"items": [_shown(row) for row in reading.rows(_RULES.format(which=""))]}


def add_charge_rule(work: Work, *, name: str, covers_min: int, percent_bp: int) -> dict[str, Any]:
    """Sets a rule: {id, name, covers_min, percent_bp, active}."""
    work.require(MANAGE)
    rules.check_charge_rule(covers_min, percent_bp)
    values = {"name": kept_name(name, what="service charge"), "covers_min": covers_min, "percent_bp": percent_bp}
    row = work.add(ServiceChargeRule, {**values, "active": True})
    work.journal(ServiceChargeRuleSet(row["id"], covers_min, percent_bp, active=True))
    return _shown(row)


def end_charge_rule(work: Work, rule_id: str) -> dict[str, Any]:
    """Stops charging by a rule; what was charged by it stays. Ending it again changes nothing."""
    work.require(MANAGE)
    row = work.one(_RULES.format(which="AND id = :id"), id=rule_id)
    if row is None:
        raise NotFound.of("service charge rule", rule_id)
    if row["active"]:
        work.edit(ServiceChargeRule, rule_id, active=False)
        work.journal(ServiceChargeRuleSet(rule_id, row["covers_min"], row["percent_bp"], active=False))
    return {**_shown(row), "active": False}


def _shown(row: Any) -> dict[str, Any]:
    found = {name: row[name] for name in ("id", "name", "covers_min", "percent_bp")}
    return {**found, "active": bool(row["active"])}
